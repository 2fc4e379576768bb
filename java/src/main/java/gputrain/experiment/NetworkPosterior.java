package gputrain.experiment;

import gputrain.engine.LaplacePosterior;
import java.util.Arrays;

/**
 * Laplace's approximation at a trained network, in MeV.
 *
 * @param weightDecay one for all parameters or one for each group
 * @param effectiveParameters by group
 * @param noiseMeV standard deviation of the noise of the mass
 * @param logEvidence as {@link LaplacePosterior#logEvidence}
 * @param gcvMeV root of the generalised cross-validation of the mass
 * @param rows trained on
 * @param residualsMeV experiment minus prediction, one per row
 * @param leftOutMeV the same of the network without that row
 * @param leverages one per row
 * @param influencesMeV rms change of the other rows' predictions without that row, one per row
 * @param variances of the predicted mass as a function, MeV^2, one for each nuclide asked for; without noise
 */
record NetworkPosterior(
        double[] weightDecay,
        double[] effectiveParameters,
        double noiseMeV,
        double logEvidence,
        double gcvMeV,
        int[] rows,
        double[] residualsMeV,
        double[] leftOutMeV,
        double[] leverages,
        double[] influencesMeV,
        double[] variances) {

    /**
     * From the units of a network.
     *
     * @param output that gives the mass
     * @param unitMeV MeV per unit of it
     * @param inputs of the nuclides asked for, {@code [count, inputs]}
     */
    static NetworkPosterior of(
            LaplacePosterior posterior,
            double[] weightDecay,
            int[] rows,
            int output,
            double unitMeV,
            double[] inputs,
            int count) {
        LaplacePosterior.LeftOut leftOut = posterior.leftOut(output);
        return new NetworkPosterior(
                weightDecay,
                posterior.effectiveParameters(),
                unitMeV * Math.sqrt(posterior.noiseVariance(output)),
                posterior.logEvidence(),
                unitMeV * Math.sqrt(posterior.crossValidation(output)),
                rows,
                times(leftOut.residuals(), -unitMeV),
                times(leftOut.leftOutResiduals(), -unitMeV),
                leftOut.leverages(),
                times(leftOut.influences(), unitMeV),
                times(posterior.variances(inputs, count, output), unitMeV * unitMeV));
    }

    private static double[] times(double[] values, double factor) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }

    /** Variance of the mass of a nuclide asked for, noise included, MeV^2. */
    double predictive(int nuclide) {
        return variances[nuclide] + noiseMeV * noiseMeV;
    }

    /** Rms of the residuals of rows that are left out, one at a time. */
    double leaveOneOutMeV() {
        return Math.sqrt(Arrays.stream(leftOutMeV).map(r -> r * r).average().orElse(Double.NaN));
    }
}
