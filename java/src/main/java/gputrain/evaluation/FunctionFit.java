package gputrain.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A curve described as c f(a x + b) + d: the symbolic suggestions of pykan (Liu et al., arXiv:2404.19756, Section 2.5.1). a and
 * b are searched for on a grid and then in ever smaller steps, c and d follow by least squares.
 *
 * <p>The search is on x scaled to -1 ... 1, with |a| and |b| up to 10; an argument that must be positive is so on the whole
 * range. What a or b can do no better than c and d is left to those: a is then 1 or -1, or b is 0, on the scaled x.
 *
 * @param r2 the share of the values' variance that it describes
 */
public record FunctionFit(ElementaryFunction function, double a, double b, double c, double d, double r2) {
    /** The search looks at so many of the values, evenly by rank; the result is of all. */
    private static final int LOOKED_AT = 100;

    private static final double REACH = 10;
    private static final double LEAST_SCALE = 0.1;
    private static final int SHIFTS = 81;
    /** Steps are halved so often: from a quarter to far below what the tenth digit of r2 sees. */
    private static final int HALVINGS = 26;
    /** A search creeps along a ridge without end where two functions come to the same. */
    private static final int ROUNDS = 150;
    /** Less is rounding. */
    private static final double GAIN = 1e-14;

    /**
     * The functions that describe values best.
     *
     * @param x where they are
     * @param y the values
     * @param count how many fits at most
     * @return the best first; none when all values, or all places, are the same
     */
    public static List<FunctionFit> best(double[] x, double[] y, int count) {
        double low = Arrays.stream(x).min().orElse(0);
        double high = Arrays.stream(x).max().orElse(0);
        if (!(high > low) || !(variance(y) > 0)) {
            return List.of();
        }
        double middle = (low + high) / 2;
        double half = (high - low) / 2;
        int[] looked = looked(x);
        double[] u =
                IntStream.of(looked).mapToDouble(i -> (x[i] - middle) / half).toArray();
        double[] v = IntStream.of(looked).mapToDouble(i -> y[i]).toArray();
        List<FunctionFit> fits = new ArrayList<>();
        for (ElementaryFunction function : ElementaryFunction.values()) {
            double[] found = search(function, u, v);
            double a = found[0] / half;
            double b = found[1] - found[0] * middle / half;
            solve(function, a, b, x, y).ifPresent(fits::add);
        }
        return fits.stream()
                .sorted(Comparator.comparingDouble(FunctionFit::r2).reversed())
                .limit(count)
                .toList();
    }

    private static int[] looked(double[] x) {
        int[] order = IntStream.range(0, x.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> x[i]))
                .mapToInt(i -> i)
                .toArray();
        int n = Math.min(LOOKED_AT, x.length);
        return IntStream.range(0, n)
                .map(k -> order[n == 1 ? 0 : (int) Math.round(k * (x.length - 1.0) / (n - 1))])
                .toArray();
    }

    /** a and b on the scaled x with the largest correlation. */
    private static double[] search(ElementaryFunction function, double[] u, double[] v) {
        double[] best = {1, function.positive() ? 2 : 0};
        double highest = Double.NEGATIVE_INFINITY;
        for (double a : scales(function)) {
            for (double b : shifts(function)) {
                double here = correlation(function, a, b, u, v);
                if (here > highest) {
                    highest = here;
                    best = new double[] {a, b};
                }
            }
        }
        double stepA = function.scaled() ? 0.25 : 0;
        double stepB = !function.shifted() ? 0 : function.positive() ? (best[1] - 1) / 4 : 0.125;
        int halvings = 0;
        for (int round = 0; round < ROUNDS && halvings < HALVINGS && stepA + stepB > 0; round++) {
            double[] from = best;
            for (int i = -1; i <= 1; i++) {
                for (int j = -1; j <= 1; j++) {
                    double a = from[0] + i * stepA;
                    double b = from[1] + j * stepB;
                    if (allowed(function, a, b)) {
                        double here = correlation(function, a, b, u, v);
                        if (here > highest + GAIN) {
                            highest = here;
                            best = new double[] {a, b};
                        }
                    }
                }
            }
            if (best == from) {
                stepA /= 2;
                stepB /= 2;
                halvings++;
            }
        }
        return best;
    }

    private static double[] scales(ElementaryFunction function) {
        if (!function.scaled()) {
            return function.positive() ? new double[] {1, -1} : new double[] {1};
        }
        double[] positive =
                IntStream.rangeClosed(1, 20).mapToDouble(k -> REACH * k / 20).toArray();
        // The others are odd or even: a negative a is a sign of b and c.
        return function == ElementaryFunction.EXPONENTIAL
                ? IntStream.range(0, 40)
                        .mapToDouble(k -> k < 20 ? positive[k] : -positive[k - 20])
                        .toArray()
                : positive;
    }

    private static double[] shifts(ElementaryFunction function) {
        if (!function.shifted()) {
            return new double[1];
        }
        // What must be positive is most curved where its zero is close to the range.
        return IntStream.range(0, SHIFTS)
                .mapToDouble(k -> function.positive()
                        ? 1 + Math.pow(10, 4.0 * k / (SHIFTS - 1) - 3)
                        : REACH * (2.0 * k / (SHIFTS - 1) - 1))
                .toArray();
    }

    private static boolean allowed(ElementaryFunction function, double a, double b) {
        boolean scale = !function.scaled() || (Math.abs(a) >= LEAST_SCALE && Math.abs(a) <= REACH);
        boolean shift = function.positive() ? b > 1 && b <= REACH + 1 : Math.abs(b) <= REACH;
        return scale && shift;
    }

    private static double correlation(ElementaryFunction function, double a, double b, double[] u, double[] v) {
        double[] f = new double[u.length];
        for (int i = 0; i < f.length; i++) {
            f[i] = function.at(a * u[i] + b);
        }
        double covariance = covariance(f, v);
        double both = covariance(f, f) * covariance(v, v);
        double r2 = covariance * covariance / both;
        return Double.isFinite(r2) ? r2 : Double.NEGATIVE_INFINITY;
    }

    /** c, d and r2 on all values; nothing where the function is constant there. */
    private static Optional<FunctionFit> solve(
            ElementaryFunction function, double a, double b, double[] x, double[] y) {
        double[] f = Arrays.stream(x).map(one -> function.at(a * one + b)).toArray();
        double c = covariance(f, y) / covariance(f, f);
        double d = mean(y) - c * mean(f);
        double squares = 0;
        for (int i = 0; i < y.length; i++) {
            double error = y[i] - c * f[i] - d;
            squares += error * error / y.length;
        }
        double r2 = 1 - squares / variance(y);
        return Double.isFinite(r2) ? Optional.of(new FunctionFit(function, a, b, c, d, r2)) : Optional.empty();
    }

    private static double variance(double[] values) {
        return covariance(values, values);
    }

    private static double covariance(double[] first, double[] second) {
        double meanFirst = mean(first);
        double meanSecond = mean(second);
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            sum += (first[i] - meanFirst) * (second[i] - meanSecond);
        }
        return sum / first.length;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
