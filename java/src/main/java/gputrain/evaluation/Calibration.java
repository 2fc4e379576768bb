package gputrain.evaluation;

import org.hipparchus.special.Erf;

/** Whether predicted uncertainties are as large as the errors. */
public final class Calibration {
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
        if (errors.length != variances.length) {
            throw new IllegalArgumentException(errors.length + " errors, " + variances.length + " variances");
        }
        double width = Math.sqrt(2) * Erf.erfInv(level);
        int within = 0;
        for (int i = 0; i < errors.length; i++) {
            within += Math.abs(errors[i]) <= width * Math.sqrt(variances[i]) ? 1 : 0;
        }
        return errors.length == 0 ? Double.NaN : within / (double) errors.length;
    }
}
