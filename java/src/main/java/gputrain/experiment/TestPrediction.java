package gputrain.experiment;

import gputrain.nuclide.Nuclide;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A mass predicted by those networks that had the nucleus in their test set.
 *
 * @param massExcessMeV their mean; NaN where there are none
 * @param networks how many they are
 */
record TestPrediction(double massExcessMeV, int networks) {

    /** Of every nucleus that is divided, for a run whose networks have test sets of their own. */
    static Map<Nuclide, TestPrediction> of(Prepared prepared, ProtocolResult result) {
        int test = result.protocol().sets().indexOf("test");
        double[] sum = new double[prepared.rows().size()];
        int[] networks = new int[sum.length];
        for (int k = 0; k < result.members().size(); k++) {
            List<int[]> sets =
                    result.plan().replicas().get(result.members().get(k)).rowSets();
            for (int row : sets.get(test)) {
                sum[row] += result.predictionsMeV().get(k)[row];
                networks[row]++;
            }
        }
        Map<Nuclide, TestPrediction> predictions = new HashMap<>();
        for (int row : prepared.rowsOf("all")) {
            predictions.put(
                    prepared.rows().get(row).nuclide(),
                    new TestPrediction(networks[row] > 0 ? sum[row] / networks[row] : Double.NaN, networks[row]));
        }
        return predictions;
    }
}
