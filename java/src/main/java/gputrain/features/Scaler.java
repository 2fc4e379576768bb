package gputrain.features;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Column-wise affine scaling (x - shift) / scale, fitted on some rows and applied to all.
 *
 * @param kind how it was fitted, as experiment files write it
 * @param shift one per column
 * @param scale one per column, above 0
 */
public record Scaler(String kind, double[] shift, double[] scale) {

    public Scaler {
        shift = shift.clone();
        scale = scale.clone();
        for (double s : scale) {
            if (!(s > 0) || Double.isInfinite(s)) {
                throw new IllegalArgumentException("a scale must be above 0 and finite: " + Arrays.toString(scale));
            }
        }
    }

    /** To [0, 1]; a constant column becomes 0. */
    public static Scaler minMax(double[] values, int width, int[] rows) {
        double[] low = new double[width];
        double[] range = new double[width];
        for (int c = 0; c < width; c++) {
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            for (int row : rows) {
                min = Math.min(min, values[row * width + c]);
                max = Math.max(max, values[row * width + c]);
            }
            low[c] = min;
            range[c] = max > min ? max - min : 1;
        }
        return new Scaler("min-max", low, range);
    }

    /** To [-1, 1]; a constant column becomes 0. */
    public static Scaler symmetric(double[] values, int width, int[] rows) {
        Scaler unit = minMax(values, width, rows);
        double[] centre = unit.shift();
        double[] half = unit.scale();
        for (int c = 0; c < width; c++) {
            half[c] /= 2;
            centre[c] += isConstant(values, width, rows, c) ? 0 : half[c];
        }
        return new Scaler("symmetric", centre, half);
    }

    private static boolean isConstant(double[] values, int width, int[] rows, int column) {
        return IntStream.of(rows)
                        .mapToDouble(row -> values[row * width + column])
                        .distinct()
                        .count()
                <= 1;
    }

    /** To mean 0 and (population) standard deviation 1; a column that is constant up to rounding is only centred. */
    public static Scaler standard(double[] values, int width, int[] rows) {
        double[] mean = new double[width];
        double[] deviation = new double[width];
        for (int c = 0; c < width; c++) {
            double sum = 0;
            for (int row : rows) {
                sum += values[row * width + c];
            }
            mean[c] = sum / rows.length;
            double squares = 0;
            for (int row : rows) {
                double d = values[row * width + c] - mean[c];
                squares += d * d;
            }
            // The mean of equal numbers is not always that number; what is left is no spread.
            double rounding = rows.length * Math.ulp(1.0) * Math.abs(mean[c]);
            double spread = Math.sqrt(squares / rows.length);
            deviation[c] = spread > rounding ? spread : 1;
        }
        return new Scaler("standard", mean, deviation);
    }

    /** To mean 0 in units of {@code unit}, the same for every column. */
    public static Scaler centred(double[] values, int width, int[] rows, double unit) {
        double[] scale = new double[width];
        Arrays.fill(scale, unit);
        return new Scaler("unit", standard(values, width, rows).shift, scale);
    }

    /** In units of {@code unit}, the same for every column, not shifted: what is positive stays positive. */
    public static Scaler divided(int width, double unit) {
        double[] scale = new double[width];
        Arrays.fill(scale, unit);
        return new Scaler("divided", new double[width], scale);
    }

    /** No scaling. */
    public static Scaler none(int width) {
        double[] scale = new double[width];
        Arrays.fill(scale, 1);
        return new Scaler("none", new double[width], scale);
    }

    /** {@code [rows, width]} row-major in, the same shape out. */
    public double[] apply(double[] values) {
        double[] scaled = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int c = i % shift.length;
            scaled[i] = (values[i] - shift[c]) / scale[c];
        }
        return scaled;
    }

    /** A scaled value of a column back in its unit. */
    public double invert(double scaled, int column) {
        return scaled * scale[column] + shift[column];
    }
}
