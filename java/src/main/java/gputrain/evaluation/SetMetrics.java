package gputrain.evaluation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Deviations of all replicas over one set of nuclei.
 *
 * <p>Where the set differs from replica to replica, as validation sets do, the ensemble's prediction of a nucleus is the
 * mean of those replicas only that have it in their set.
 *
 * @param count nuclei of a replica's set, rounded mean of the replicas
 * @param ensembleCount nuclei that are in at least one replica's set
 * @param unpredicted of each replica's set, the nuclei without a finite prediction, which leave the replica and the
 *     ensemble without a figure
 * @param ensembleUnpredicted nuclei that are without one in at least one replica
 */
public record SetMetrics(
        Spread rmsdMeV,
        Spread maeMeV,
        int count,
        int ensembleCount,
        List<Integer> unpredicted,
        int ensembleUnpredicted) {

    public SetMetrics {
        unpredicted = List.copyOf(unpredicted);
    }

    /**
     * Metrics over a set that may differ from replica to replica.
     *
     * @param predictions one array per replica, MeV, one value per row
     * @param experiment MeV, one value per row
     * @param rows one array per replica: its rows of the set
     */
    public static SetMetrics of(List<double[]> predictions, double[] experiment, List<int[]> rows) {
        List<Double> rmsd = new ArrayList<>();
        List<Double> mae = new ArrayList<>();
        double[] sum = new double[experiment.length];
        int[] members = new int[experiment.length];
        List<Integer> unpredicted = new ArrayList<>();
        Set<Integer> anywhere = new HashSet<>();
        for (int r = 0; r < predictions.size(); r++) {
            Deviation deviation = Deviation.of(predictions.get(r), experiment, rows.get(r));
            rmsd.add(deviation.rmsdMeV());
            mae.add(deviation.maeMeV());
            double[] predicted = predictions.get(r);
            int[] without = IntStream.of(rows.get(r))
                    .filter(row -> !representable(predicted[row] - experiment[row]))
                    .toArray();
            unpredicted.add(without.length);
            IntStream.of(without).forEach(anywhere::add);
            for (int row : rows.get(r)) {
                sum[row] += predictions.get(r)[row];
                members[row]++;
            }
        }
        int[] covered = IntStream.range(0, members.length)
                .filter(row -> members[row] > 0)
                .toArray();
        for (int row : covered) {
            sum[row] /= members[row];
        }
        Deviation ensemble = Deviation.of(sum, experiment, covered);
        int count = (int)
                Math.round(rows.stream().mapToInt(set -> set.length).average().orElse(0));
        return new SetMetrics(
                Spread.of(rmsd, ensemble.rmsdMeV()),
                Spread.of(mae, ensemble.maeMeV()),
                count,
                ensemble.count(),
                unpredicted,
                anywhere.size());
    }

    /** Whether a deviation has a square: one that is finite itself can be too large for that. */
    private static boolean representable(double difference) {
        return Double.isFinite(difference * difference);
    }
}
