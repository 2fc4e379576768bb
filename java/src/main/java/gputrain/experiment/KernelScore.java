package gputrain.experiment;

import gputrain.evaluation.Calibration;
import gputrain.evaluation.Deviation;
import java.util.stream.IntStream;

/**
 * How well a model predicts a set of nuclei.
 *
 * @param model its name
 * @param settings its hyperparameters in a line; empty for a bare theory
 * @param set the set's name
 * @param errorsMeV experiment minus prediction
 * @param variances of the errors in MeV^2, all noise included; empty where the model gives none
 */
record KernelScore(String model, String settings, String set, double[] errorsMeV, double[] variances) {

    int count() {
        return errorsMeV.length;
    }

    Deviation deviation() {
        return Deviation.of(
                errorsMeV,
                new double[errorsMeV.length],
                IntStream.range(0, errorsMeV.length).toArray());
    }

    /** Share of the errors within the central interval of a probability; NaN without variances. */
    double coverage(double level) {
        return variances.length == 0 ? Double.NaN : Calibration.coverage(errorsMeV, variances, level);
    }
}
