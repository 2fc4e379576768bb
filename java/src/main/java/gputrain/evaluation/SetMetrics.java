package gputrain.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Deviations of all replicas over one set of nuclei.
 *
 * @param count nuclei of the set; with sets that differ from replica to replica, those of the ensemble
 */
public record SetMetrics(Spread rmsdMeV, Spread maeMeV, int count) {

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
        int[] covered = java.util.stream.IntStream.range(0, members.length)
                .filter(row -> members[row] > 0)
                .toArray();
        for (int row : covered) {
            sum[row] /= members[row];
        }
        Deviation ensemble = Deviation.of(sum, experiment, covered);
        return new SetMetrics(Spread.of(rmsd, ensemble.rmsdMeV()), Spread.of(mae, ensemble.maeMeV()), ensemble.count());
    }
}
