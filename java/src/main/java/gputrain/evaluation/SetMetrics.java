package gputrain.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Deviations of all replicas over one set of nuclei.
 *
 * <p>Where the set differs from replica to replica, as validation sets do, the ensemble's prediction of a nucleus is the
 * mean of those replicas only that have it in their set.
 *
 * @param count nuclei of a replica's set, rounded mean of the replicas
 * @param ensembleCount nuclei that are in at least one replica's set
 */
public record SetMetrics(Spread rmsdMeV, Spread maeMeV, int count, int ensembleCount) {

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
        for (int r = 0; r < predictions.size(); r++) {
            Deviation deviation = Deviation.of(predictions.get(r), experiment, rows.get(r));
            rmsd.add(deviation.rmsdMeV());
            mae.add(deviation.maeMeV());
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
                Spread.of(rmsd, ensemble.rmsdMeV()), Spread.of(mae, ensemble.maeMeV()), count, ensemble.count());
    }
}
