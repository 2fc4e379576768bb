package gputrain.features;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.hipparchus.random.SobolSequenceGenerator;

/**
 * Redundant coordinates y = W x of Liu, Manzhos and Wu: the rows of W are the unit vectors, then R points of a Sobol
 * sequence of the dimension of x (unscrambled, the point 0 left out, not normalised). The features are scaled to [0, 1]
 * before the product and each y again after it.
 */
public final class RedundantCoordinates {
    private final int features;
    private final double[][] weights;
    private final double[] featureLow;
    private final double[] featureRange;
    private final double[] low;
    private final double[] range;

    private RedundantCoordinates(
            int features,
            double[][] weights,
            double[] featureLow,
            double[] featureRange,
            double[] low,
            double[] range) {
        this.features = features;
        this.weights = weights;
        this.featureLow = featureLow;
        this.featureRange = featureRange;
        this.low = low;
        this.range = range;
    }

    /**
     * Scales on some points.
     *
     * @param x {@code [points, features]} row-major, no points left out
     * @param features d, 1 to 1000 (the Sobol sequence has no more dimensions)
     * @param redundant R, at least 0
     * @throws IllegalArgumentException when a number is out of its range
     */
    public static RedundantCoordinates fit(double[] x, int features, int redundant) {
        if (features < 1 || redundant < 0 || x.length == 0 || x.length % features != 0) {
            throw new IllegalArgumentException("redundant coordinates need points: " + x.length + " values of "
                    + features + " features, " + redundant + " redundant coordinates");
        }
        double[][] weights = weights(features, redundant);
        double[] ones = new double[features];
        Arrays.fill(ones, 1);
        RedundantCoordinates unscaled = new RedundantCoordinates(
                features, unit(features), new double[features], ones, new double[features], ones);
        double[][] x0 = bounds(unscaled.of(x), features);
        double[] units = new double[weights.length];
        Arrays.fill(units, 1);
        RedundantCoordinates half =
                new RedundantCoordinates(features, weights, x0[0], x0[1], new double[weights.length], units);
        double[][] y0 = bounds(half.of(x), weights.length);
        return new RedundantCoordinates(features, weights, x0[0], x0[1], y0[0], y0[1]);
    }

    /** W, D rows of d. */
    static double[][] weights(int features, int redundant) {
        double[][] weights = Arrays.copyOf(unit(features), features + redundant);
        SobolSequenceGenerator sobol = new SobolSequenceGenerator(features);
        sobol.nextVector();
        for (int n = features; n < weights.length; n++) {
            weights[n] = sobol.nextVector();
        }
        return weights;
    }

    private static double[][] unit(int features) {
        double[][] unit = new double[features][features];
        IntStream.range(0, features).forEach(i -> unit[i][i] = 1);
        return unit;
    }

    /** Minimum and range of each column; a constant column keeps range 1. */
    private static double[][] bounds(double[] values, int columns) {
        double[] low = new double[columns];
        double[] high = new double[columns];
        Arrays.fill(low, Double.POSITIVE_INFINITY);
        Arrays.fill(high, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < values.length; i++) {
            low[i % columns] = Math.min(low[i % columns], values[i]);
            high[i % columns] = Math.max(high[i % columns], values[i]);
        }
        for (int c = 0; c < columns; c++) {
            high[c] = high[c] > low[c] ? high[c] - low[c] : 1;
        }
        return new double[][] {low, high};
    }

    /** D = d + R. */
    public int columns() {
        return weights.length;
    }

    /** The weights of the features in a coordinate. */
    public double[] weights(int coordinate) {
        return weights[coordinate].clone();
    }

    /** {@code [points, features] -> [points, D]}, both row-major. */
    public double[] of(double[] x) {
        int points = x.length / features;
        double[] y = new double[points * weights.length];
        for (int i = 0; i < points; i++) {
            for (int n = 0; n < weights.length; n++) {
                double sum = 0;
                for (int f = 0; f < features; f++) {
                    sum += weights[n][f] * ((x[i * features + f] - featureLow[f]) / featureRange[f]);
                }
                y[i * weights.length + n] = (sum - low[n]) / range[n];
            }
        }
        return y;
    }
}
