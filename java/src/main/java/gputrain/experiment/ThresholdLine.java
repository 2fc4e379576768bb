package gputrain.experiment;

import gputrain.evaluation.Deviation;
import gputrain.evaluation.Spread;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The nuclei of a set whose |Im y| is below a threshold (Dellen et al., Section 3.2), network by network.
 *
 * @param count nuclei, over the networks; its ensemble value is that of the mean |Im y| of the networks
 * @param rmsdMeV over the networks that have such a nucleus, NaN when none has; the ensemble's value is of the mean
 *     prediction on the nuclei whose mean |Im y| is below
 */
record ThresholdLine(String set, double tauMeV, Spread count, Spread rmsdMeV) {
    /** 1-2-5 steps from 5 keV to 20 MeV. */
    static final List<Double> CURVE = List.of(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0);

    /** What a study calls the nuclei of a set below a threshold: all digits of it, no power of ten. */
    static String name(String set, double tauMeV) {
        return set + ", |Im y| < "
                + BigDecimal.valueOf(tauMeV).stripTrailingZeros().toPlainString() + " MeV";
    }

    static ThresholdLine of(
            String set,
            double tauMeV,
            List<double[]> predictions,
            List<double[]> imaginary,
            double[] experiment,
            List<int[]> rows) {
        List<Double> counts = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (int i = 0; i < predictions.size(); i++) {
            int[] chosen = below(imaginary.get(i), tauMeV, rows.get(i));
            counts.add((double) chosen.length);
            if (chosen.length > 0) {
                deviations.add(
                        Deviation.of(predictions.get(i), experiment, chosen).rmsdMeV());
            }
        }
        int[] chosen = below(mean(imaginary), tauMeV, rows.get(0));
        double ensemble = chosen.length == 0
                ? Double.NaN
                : Deviation.of(mean(predictions), experiment, chosen).rmsdMeV();
        Spread rmsd = deviations.isEmpty()
                ? new Spread(Double.NaN, Double.NaN, List.of(), ensemble)
                : Spread.of(deviations, ensemble);
        return new ThresholdLine(set, tauMeV, Spread.of(counts, chosen.length), rmsd);
    }

    private static int[] below(double[] imaginary, double tauMeV, int[] rows) {
        return IntStream.of(rows).filter(row -> imaginary[row] < tauMeV).toArray();
    }

    private static double[] mean(List<double[]> values) {
        double[] mean = new double[values.get(0).length];
        for (double[] one : values) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += one[i] / values.size();
            }
        }
        return mean;
    }
}
