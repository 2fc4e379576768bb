package gputrain.engine.cuda;

import gputrain.engine.EngineException;
import gputrain.engine.TrainingPlan;
import gputrain.engine.cuda.KernelInfo.Team;
import gputrain.model.ProductUnitNetwork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A training kernel and the number of blocks that share one replica. Decided by a cost model from the plan and the kind of
 * GPU alone, never by a measurement, so that a rerun or a resumed run sums in the same order.
 *
 * @param blocks of one replica
 * @param resident blocks that the whole GPU holds at once
 */
record KernelChoice(KernelInfo kernel, int blocks, int resident) {
    // Estimates, until a GPU calibrates them: multiply-adds a second of a multiprocessor, the share of them that each
    // kind
    // of kernel reaches, and the cost of a step's barriers in seconds.
    private static final double PEAK = 2.2e11;
    private static final double SOLO_BARRIERS = 2e-6;
    private static final double CLUSTER_BARRIERS = 2e-6;
    private static final double MEETING = 1.5e-6;
    private static final double EXCHANGE_BYTES_A_SECOND = 2.5e12;
    private static final int MOST_CLUSTERS = 16;
    // Instructions of a logarithm with its derivative, and of an exponential, real and complex.
    private static final int LOGARITHM = 45;
    private static final int EXPONENTIAL = 15;
    private static final int COMPLEX_LOGARITHM = 105;
    private static final int COMPLEX_EXPONENTIAL = 85;
    // kMostParts of layered.h.
    private static final double LAYERED_PARTS = 4;

    /** What one looks for in the list of kernels. */
    private record Candidate(KernelChoice choice, double seconds) {}

    /** Of equal costs the smaller cluster and the fewer blocks, so that no order of tables decides. */
    private static final Comparator<Candidate> CHEAPEST = Comparator.comparingDouble(Candidate::seconds)
            .thenComparingInt(one -> one.choice.kernel.cluster())
            .thenComparingInt(one -> one.choice.blocks)
            .thenComparing(one -> one.choice.kernel.name());

    /**
     * @param kernels those that fit the network, their shared memory known
     * @param residentBlocks of a kernel on one multiprocessor
     * @param wish null, or a kernel by name or by the begin of its name after "train_", with ":BLOCKS" for the blocks of a
     *     replica
     * @return what would do, the best first; a GPU may be unable to hold as many blocks of a cluster at once as their number
     *     suggests, then the next one is taken
     * @throws EngineException when the wish cannot be met, or no kernel fits
     */
    static List<KernelChoice> of(
            TrainingPlan plan,
            List<KernelInfo> kernels,
            Device.Properties device,
            ToIntFunction<KernelInfo> residentBlocks,
            @Nullable String wish) {
        List<Candidate> candidates = new ArrayList<>();
        for (KernelInfo kernel : kernels) {
            if (kernel.sharedBytes() > device.sharedBytesOfBlock() || kernel.cluster() > device.mostClusterBlocks()) {
                continue;
            }
            int resident = residentBlocks.applyAsInt(kernel) * device.multiprocessors();
            for (int blocks : blockCounts(kernel, resident, plan)) {
                KernelChoice choice = new KernelChoice(kernel, blocks, resident);
                candidates.add(new Candidate(choice, choice.secondsPerEpoch(plan, device.multiprocessors())));
            }
        }
        if (wish != null) {
            return wished(wish, candidates, kernels);
        }
        if (candidates.isEmpty()) {
            throw new EngineException("cuda engine: no kernel fits this network on " + device.name());
        }
        return candidates.stream().sorted(CHEAPEST).map(Candidate::choice).toList();
    }

    /** As the log and the run record name it; also a wish for {@link #of}. */
    String text() {
        return kernel.name() + ":" + blocks;
    }

    /** Whether the blocks of different replicas never wait for each other, so that replicas may queue. */
    boolean apart() {
        return kernel.team() != Team.GRID && blocks == kernel.cluster();
    }

    /** Replicas that could train at once, as far as the number of blocks goes. */
    int teams() {
        return Math.max(1, resident / blocks);
    }

    private static List<KernelChoice> wished(String wish, List<Candidate> candidates, List<KernelInfo> kernels) {
        String[] parts = wish.split(":", 2);
        String name = parts[0].startsWith("train_") ? parts[0] : "train_" + parts[0];
        List<Candidate> named = candidates.stream()
                .filter(one -> one.choice.kernel.name().startsWith(name))
                .sorted(Comparator.<Candidate, Boolean>comparing(one -> !one.choice.kernel.specialised())
                        .thenComparing(CHEAPEST))
                .toList();
        if (named.isEmpty()) {
            throw new EngineException("cuda engine: no kernel " + parts[0] + " fits this network and GPU; there are "
                    + kernels.stream().map(KernelInfo::name).collect(Collectors.joining(", ")));
        }
        if (parts.length == 1) {
            return named.stream().map(Candidate::choice).toList();
        }
        KernelChoice first = named.get(0).choice;
        int blocks;
        try {
            blocks = Integer.parseInt(parts[1]);
        } catch (NumberFormatException e) {
            throw new EngineException("cuda engine: the number of blocks in " + wish + " is not a number");
        }
        boolean solo = first.kernel.team() == Team.SOLO;
        if (blocks < 1 || blocks % first.kernel.cluster() != 0 || (solo && blocks != 1) || blocks > first.resident) {
            throw new EngineException("cuda engine: " + wish + " needs "
                    + (solo ? "1 block" : "a multiple of " + first.kernel.cluster() + " blocks up to " + first.resident)
                    + " a network");
        }
        return List.of(new KernelChoice(first.kernel, blocks, first.resident));
    }

    private static List<Integer> blockCounts(KernelInfo kernel, int resident, TrainingPlan plan) {
        List<Integer> counts = new ArrayList<>();
        int tiles = ceiling(stepRows(plan), kernel.tileRows());
        switch (kernel.team()) {
            case SOLO -> counts.add(1);
            // Counts that make no block's share a tile longer than another's.
            case GRID -> {
                if (kernel.layered()) {
                    for (int blocks = resident; blocks > 0; blocks /= 2) {
                        counts.add(blocks);
                    }
                    break;
                }
                for (int each = 1; each <= tiles; each++) {
                    int blocks = ceiling(tiles, each);
                    if (blocks <= resident && !counts.contains(blocks)) {
                        counts.add(blocks);
                    }
                }
            }
            case CLUSTER -> {
                for (int clusters = 1; clusters <= MOST_CLUSTERS; clusters++) {
                    if (clusters * kernel.cluster() <= resident) {
                        counts.add(clusters * kernel.cluster());
                    }
                }
            }
        }
        return counts;
    }

    private double secondsPerEpoch(TrainingPlan plan, int multiprocessors) {
        int rows = stepRows(plan);
        int trained = plan.replicas().get(0).trainingRows().length;
        double steps = Math.ceil((double) trained / rows);
        int replicas = plan.replicas().size();
        double waves = Math.ceil((double) replicas / teams());
        int together = Math.min(replicas, teams()) * blocks;
        double crowd = Math.max(1, Math.ceil((double) together / multiprocessors));
        if (kernel.layered()) {
            return waves
                    * steps
                    * layeredStep(KernelInfo.widths(plan.network()), rows, (double) together / multiprocessors);
        }
        double tiles = ceiling(ceiling(rows, blocks), kernel.tileRows());
        double compute = tiles * kernel.tileRows() * work(plan) / (PEAK * efficiency()) * crowd;
        return waves * steps * (compute + barriers(plan.network().parameterCount()));
    }

    /**
     * Seconds of a step through layers whose products are cut into square tiles, dealt over the blocks.
     *
     * @param crowd blocks on a multiprocessor; a lone one waits for its memory
     */
    private double layeredStep(List<Integer> widths, int rows, double crowd) {
        int side = kernel.tileRows();
        double depth = 0;
        double gradientTiles = 0;
        for (int l = 0; l + 1 < widths.size(); l++) {
            int in = widths.get(l);
            int out = widths.get(l + 1);
            double rowTiles = ceiling(rows, side);
            depth += Math.ceil(rowTiles * ceiling(out, side) / blocks) * in;
            if (l > 0) {
                depth += Math.ceil(rowTiles * ceiling(in, side) / blocks) * out;
            }
            gradientTiles += (double) ceiling(out, side) * ceiling(in + 1, side);
        }
        depth += Math.ceil(LAYERED_PARTS * gradientTiles / blocks) * rows / LAYERED_PARTS;
        double rate = PEAK * (crowd < 2 ? 0.35 : 0.5) / Math.max(1, crowd);
        return depth * side * side / rate + (2 * widths.size() - 1) * MEETING;
    }

    private double efficiency() {
        double of = kernel.specialised() ? 1 : kernel.inWorkspace() ? 0.05 : 0.3;
        return of * (kernel.team() == Team.SOLO ? 0.7 : 0.25);
    }

    private double barriers(int parameters) {
        return switch (kernel.team()) {
            case SOLO -> SOLO_BARRIERS;
            case GRID -> 2 * MEETING + 2.0 * Float.BYTES * parameters * blocks / EXCHANGE_BYTES_A_SECOND;
            case CLUSTER -> CLUSTER_BARRIERS + (blocks > kernel.cluster() ? MEETING : 0);
        };
    }

    /** Multiply-adds of a row forward and backward, and as many as the functions of product units take as long as. */
    private static double work(TrainingPlan plan) {
        double work = plan.network().multiplyAddsPerRow();
        if (plan.network() instanceof ProductUnitNetwork units) {
            work += (double) units.factors() * (units.complex() ? COMPLEX_LOGARITHM : LOGARITHM)
                    + (double) units.productUnits() * (units.complex() ? COMPLEX_EXPONENTIAL : EXPONENTIAL);
        }
        return work;
    }

    private static int stepRows(TrainingPlan plan) {
        int rows = plan.replicas().get(0).trainingRows().length;
        return plan.batchSize() == 0 ? rows : Math.min(plan.batchSize(), rows);
    }

    private static int ceiling(int n, int d) {
        return (n + d - 1) / d;
    }
}
