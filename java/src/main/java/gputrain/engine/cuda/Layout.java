package gputrain.engine.cuda;

import gputrain.engine.EngineException;
import java.util.HashMap;
import java.util.Map;

/**
 * Offsets and sizes in bytes of the structures that kernels read, by name ({@code gt_progress.loss}; a structure's own name
 * for its size). The kernels' module tells them, so the two sides cannot disagree.
 */
final class Layout {
    /** Entries that the buffer for the {@code layout} kernel holds. */
    static final int CAPACITY = 256;

    /** As GT_LAYOUT in cuda_abi.h. */
    private static final String[] NAMES = """
            gt_rules .rate_rule .latched .table_lines .watched .table_loss .table_rate .rate .factor .threshold .minimum
            .every .rate_patience .max_epochs .training_loss_below .patience .sample_every
            .average_last
            gt_progress .epoch .step .status .rate_line .loss .learning_rate .plateau_best .plateau_bad .best_rms
            .best_epoch
            gt_cuda_replica .progress .seed .weight_decay .rate_factor .rows .set_begin .parameters .first_moment
            .second_moment .best .parameter_sum .samples .sample_capacity .sample_count
            gt_cuda_session .rules .widths .layers .family .activation .parameters .loss .optimizer .batch_size .shuffle .row_sets
            .replicas .huber_delta .guard .beta1 .beta2 .epsilon .momentum .inputs .targets .exact_targets .output_weights
            .replica .partial .partial_loss .arrivals .workspace .workspace_floats
            gt_spline_replica .progress .seed .weight_decay .rate_factor .rows .set_begin .parameters .first_moment
            .second_moment .best .parameter_sum .samples .sample_capacity .sample_count
            gt_spline_session .rules .widths .layers .intervals .order .parameters .loss .optimizer .history .evaluations
            .batch_size .shuffle .row_sets .replicas .most_rows .tolerance .penalty_l1 .penalty_entropy .huber_delta .beta1
            .beta2 .epsilon .momentum .inputs .targets .output_weights .replica .partial .arrivals .workspace
            .workspace_doubles .partial_doubles
            gt_kernel_info .name .team .threads .cluster .tile_rows .shared_bytes .family .activation .layers .widths
            """.strip().split("\\s+");

    private final Map<String, Integer> offsets = new HashMap<>();

    /** @param entries what the {@code layout} kernel wrote: their number, then they */
    Layout(int[] entries) {
        if (entries[0] != NAMES.length) {
            throw new EngineException("cuda engine: the kernels describe " + entries[0] + " fields, this program knows "
                    + NAMES.length + "; kernels and program are of different versions");
        }
        String struct = "";
        for (int i = 0; i < NAMES.length; i++) {
            boolean field = NAMES[i].startsWith(".");
            struct = field ? struct : NAMES[i];
            offsets.put(field ? struct + NAMES[i] : struct, entries[i + 1]);
        }
    }

    int of(String name) {
        Integer offset = offsets.get(name);
        if (offset == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return offset;
    }
}
