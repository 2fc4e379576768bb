package gputrain.experiment;

import gputrain.data.MassEntry;
import gputrain.nuclide.Nuclide;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Parts of an experiment's sets. */
public final class Subsets {
    private Subsets() {}

    /** @throws ExperimentException when a subset is empty */
    static void require(
            Experiment experiment, List<MassEntry> rows, int[] training, int[] test, Map<String, int[]> extras) {
        for (Experiment.Subset subset : experiment.data().subsets()) {
            int[] extra = extras.get(subset.of());
            IntStream set = extra != null
                    ? IntStream.of(extra)
                    : subset.of().equals("train")
                            ? IntStream.of(training)
                            : subset.of().equals("test") && test.length > 0
                                    ? IntStream.of(test)
                                    : IntStream.range(0, training.length + test.length);
            if (set.noneMatch(row -> subset.selection().admits(rows.get(row)))) {
                throw ExperimentFile.error(
                        experiment, "data.subsets", "no nucleus of the set is in \"" + subset.name() + "\"");
            }
        }
    }

    /** The nuclei of each part of an extra set, by the name of the part; a nucleus can be in several. */
    public static Map<String, List<Nuclide>> of(Prepared prepared, String extra) {
        Map<String, List<Nuclide>> parts = new LinkedHashMap<>();
        for (Experiment.Subset subset : prepared.experiment().data().subsets()) {
            if (subset.of().equals(extra)) {
                parts.put(
                        subset.name(),
                        IntStream.of(prepared.part(subset, prepared.rowsOf(extra)))
                                .mapToObj(row -> prepared.rows().get(row).nuclide())
                                .toList());
            }
        }
        return parts;
    }
}
