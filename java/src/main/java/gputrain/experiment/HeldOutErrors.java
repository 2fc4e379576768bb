package gputrain.experiment;

import gputrain.evaluation.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * Errors of a set of nuclei that the networks did not train on, with the variances that they should have.
 *
 * @param networks one for each network
 * @param ensemble of the mean of the networks that have the nucleus in this set
 */
record HeldOutErrors(String set, List<Errors> networks, Errors ensemble) {

    /**
     * Experiment minus prediction, and the variances predicted for that, noise included.
     *
     * @param errorsMeV in MeV
     * @param variances in MeV^2
     */
    record Errors(double[] errorsMeV, double[] variances) {
        double coverage(double level) {
            return Calibration.coverage(errorsMeV, variances, level);
        }

        double meanSquare() {
            return Calibration.meanSquare(errorsMeV, variances);
        }
    }

    /**
     * Errors of one set.
     *
     * @param posteriors of the networks, whose nuclides are the rows of the experiment
     * @param predictionsMeV by network and row
     * @param rows of the set, by network
     */
    static HeldOutErrors of(
            String set,
            List<NetworkPosterior> posteriors,
            List<double[]> predictionsMeV,
            double[] experimentMeV,
            List<int[]> rows) {
        List<Errors> networks = new ArrayList<>();
        List<List<Integer>> members = new ArrayList<>();
        IntStream.range(0, experimentMeV.length).forEach(row -> members.add(new ArrayList<>()));
        for (int k = 0; k < posteriors.size(); k++) {
            int network = k;
            IntStream.of(rows.get(k)).forEach(row -> members.get(row).add(network));
            networks.add(new Errors(
                    IntStream.of(rows.get(k))
                            .mapToDouble(
                                    row -> experimentMeV[row] - predictionsMeV.get(network)[row])
                            .toArray(),
                    IntStream.of(rows.get(k))
                            .mapToDouble(row -> posteriors.get(network).predictive(row))
                            .toArray()));
        }
        int[] covered = IntStream.range(0, experimentMeV.length)
                .filter(row -> !members.get(row).isEmpty())
                .toArray();
        double[] errors = new double[covered.length];
        double[] variances = new double[covered.length];
        for (int i = 0; i < covered.length; i++) {
            int row = covered[i];
            List<Integer> of = members.get(row);
            double[] masses =
                    of.stream().mapToDouble(k -> predictionsMeV.get(k)[row]).toArray();
            errors[i] = experimentMeV[row] - Arrays.stream(masses).average().orElseThrow();
            variances[i] = Posteriors.mixture(
                    masses,
                    of.stream()
                            .mapToDouble(k -> posteriors.get(k).predictive(row))
                            .toArray());
        }
        return new HeldOutErrors(set, networks, new Errors(errors, variances));
    }

    /** Mean over the networks of a figure of their errors. */
    double mean(ToDoubleBiFunction<Errors, Double> figure, double level) {
        return networks.stream()
                .mapToDouble(one -> figure.applyAsDouble(one, level))
                .average()
                .orElse(Double.NaN);
    }
}
