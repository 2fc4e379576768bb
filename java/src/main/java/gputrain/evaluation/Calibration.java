package gputrain.evaluation;

import org.hipparchus.special.Erf;

/** Whether predicted uncertainties are as large as the errors. */
public final class Calibration {
    /** Probability of the interval of one standard deviation of a normal distribution. */
    public static final double ONE_SIGMA = 0.682689492137086;
    /** Probability of the interval of two. */
    public static final double TWO_SIGMA = 0.954499736103642;

    private Calibration() {}

    /**
     * Share of the errors within the central interval of a normal distribution.
     *
     * @param errors any unit
     * @param variances in that unit squared, one per error
     * @param level probability of the interval, between 0 and 1
     * @return NaN when there are no errors
     */
    public static double coverage(double[] errors, double[] variances, double level) {
        requireSameLength(errors, variances);
        double width = Math.sqrt(2) * Erf.erfInv(level);
        int within = 0;
        for (int i = 0; i < errors.length; i++) {
            within += Math.abs(errors[i]) <= width * Math.sqrt(variances[i]) ? 1 : 0;
        }
        return errors.length == 0 ? Double.NaN : within / (double) errors.length;
    }

    /**
     * Mean of the squared errors over their variances: 1 where the uncertainties are right, more where they are too small.
     *
     * @param errors any unit
     * @param variances in that unit squared, one per error
     * @return NaN when there are no errors
     */
    public static double meanSquare(double[] errors, double[] variances) {
        requireSameLength(errors, variances);
        double sum = 0;
        for (int i = 0; i < errors.length; i++) {
            sum += errors[i] * errors[i] / variances[i];
        }
        return sum / errors.length;
    }

    private static void requireSameLength(double[] errors, double[] variances) {
        if (errors.length != variances.length) {
            throw new IllegalArgumentException(errors.length + " errors, " + variances.length + " variances");
        }
    }
}
