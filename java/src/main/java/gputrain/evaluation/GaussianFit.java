package gputrain.evaluation;

import java.util.Arrays;
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
     * @return nothing when fewer than three bins hold anything, or when no curve with its maximum inside the histogram
     *     and no wider than it fits best
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
            GaussianFit fit = new GaussianFit(fitted[0], fitted[1], Math.abs(fitted[2]));
            return fit.describes(middles) ? Optional.of(fit) : Optional.empty();
        } catch (MathRuntimeException e) {
            // Some histograms without a hump have no best curve at all.
            return Optional.empty();
        }
    }

    /** Whether it is a hump inside the histogram: a flat or hollow one is fitted best by a curve far outside it. */
    private boolean describes(double[] middles) {
        double low = Arrays.stream(middles).min().orElseThrow();
        double high = Arrays.stream(middles).max().orElseThrow();
        return amplitude > 0 && mean >= low && mean <= high && standardDeviation > 0 && standardDeviation <= high - low;
    }

    /** The curve's height at x. */
    public double at(double x) {
        double t = (x - mean) / standardDeviation;
        return amplitude * Math.exp(-t * t / 2);
    }
}
