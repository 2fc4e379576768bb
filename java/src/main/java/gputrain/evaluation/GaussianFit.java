package gputrain.evaluation;

import java.util.Optional;
import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.fitting.GaussianCurveFitter;
import org.hipparchus.fitting.WeightedObservedPoints;

/**
 * A normal curve amplitude * exp(-(x - mean)^2 / (2 standardDeviation^2)) through the counts of a histogram, by least
 * squares.
 */
public record GaussianFit(double amplitude, double mean, double standardDeviation) {
    private static final int FEWEST = 3;
    private static final int ITERATIONS = 1000;

    /**
     * Fits the counts at the middles of their bins.
     *
     * @return nothing when fewer than three bins hold anything, or when no curve is found
     */
    public static Optional<GaussianFit> of(double[] middles, int[] counts) {
        WeightedObservedPoints points = new WeightedObservedPoints();
        int filled = 0;
        for (int i = 0; i < middles.length; i++) {
            points.add(middles[i], counts[i]);
            filled += counts[i] > 0 ? 1 : 0;
        }
        if (filled < FEWEST) {
            return Optional.empty();
        }
        try {
            double[] fitted =
                    GaussianCurveFitter.create().withMaxIterations(ITERATIONS).fit(points.toList());
            double width = Math.abs(fitted[2]);
            boolean finite = Double.isFinite(fitted[0]) && Double.isFinite(fitted[1]) && Double.isFinite(width);
            return finite && width > 0 ? Optional.of(new GaussianFit(fitted[0], fitted[1], width)) : Optional.empty();
        } catch (MathRuntimeException e) {
            // A histogram without a hump has no such curve.
            return Optional.empty();
        }
    }

    /** The curve's height at x. */
    public double at(double x) {
        double t = (x - mean) / standardDeviation;
        return amplitude * Math.exp(-t * t / 2);
    }
}
