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
    /** Name of the set of {@link #leftOut}. */
    static final String LEAVE_ONE_OUT = "leave-one-out";

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
        for (int k = 0; k < posteriors.size(); k++) {
            NetworkPosterior posterior = posteriors.get(k);
            double[] predicted = predictionsMeV.get(k);
            networks.add(new Errors(
                    IntStream.of(rows.get(k))
                            .mapToDouble(row -> experimentMeV[row] - predicted[row])
                            .toArray(),
                    IntStream.of(rows.get(k)).mapToDouble(posterior::predictive).toArray()));
        }
        return new HeldOutErrors(set, networks, ensemble(networks, rows, experimentMeV.length));
    }

    /**
     * Errors of the nuclei trained on, each as if it had been left out: what to expect of others like them, without looking at any.
     * The variance of a residual that is left out is noise^2 / (1 - h); with several outputs that leaves out what the row's other
     * outputs say.
     *
     * @param count rows of the experiment
     */
    static HeldOutErrors leftOut(List<NetworkPosterior> posteriors, int count) {
        List<Errors> networks = new ArrayList<>();
        for (NetworkPosterior one : posteriors) {
            double noise = one.noiseMeV() * one.noiseMeV();
            networks.add(new Errors(
                    one.leftOutMeV(),
                    Arrays.stream(one.leverages()).map(h -> noise / (1 - h)).toArray()));
        }
        List<int[]> rows = posteriors.stream().map(NetworkPosterior::rows).toList();
        return new HeldOutErrors(LEAVE_ONE_OUT, networks, ensemble(networks, rows, count));
    }

    /** Mean error of the networks that have the row in their set, and the variance of their mixture. */
    private static Errors ensemble(List<Errors> networks, List<int[]> rows, int count) {
        List<List<double[]>> byRow = new ArrayList<>();
        IntStream.range(0, count).forEach(row -> byRow.add(new ArrayList<>()));
        for (int k = 0; k < networks.size(); k++) {
            for (int i = 0; i < rows.get(k).length; i++) {
                Errors of = networks.get(k);
                byRow.get(rows.get(k)[i]).add(new double[] {of.errorsMeV()[i], of.variances()[i]});
            }
        }
        byRow.removeIf(List::isEmpty);
        double[] errors = new double[byRow.size()];
        double[] variances = new double[errors.length];
        for (int i = 0; i < errors.length; i++) {
            double[] own = byRow.get(i).stream().mapToDouble(one -> one[0]).toArray();
            errors[i] = Arrays.stream(own).average().orElseThrow();
            variances[i] = Posteriors.mixture(
                    own, byRow.get(i).stream().mapToDouble(one -> one[1]).toArray());
        }
        return new Errors(errors, variances);
    }

    /** Mean over the networks of a figure of their errors. */
    double mean(ToDoubleBiFunction<Errors, Double> figure, double level) {
        return networks.stream()
                .mapToDouble(one -> figure.applyAsDouble(one, level))
                .average()
                .orElse(Double.NaN);
    }
}
