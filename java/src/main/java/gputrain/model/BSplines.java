package gputrain.model;

import java.util.Arrays;

/**
 * B-splines on one vector of knots by the recursion of Cox and de Boor (de Boor, A Practical Guide to Splines, Chapter IX):
 *
 * <pre>
 *   B_j,0(x) = 1 where t_j &lt;= x &lt; t_(j+1), else 0
 *   B_j,p(x) = (x - t_j) / (t_(j+p) - t_j) B_j,p-1(x) + (t_(j+p+1) - x) / (t_(j+p+1) - t_(j+1)) B_j+1,p-1(x)
 *   B_j,p'(x) = p / (t_(j+p) - t_j) B_j,p-1(x) - p / (t_(j+p+1) - t_(j+1)) B_j+1,p-1(x)
 * </pre>
 */
public final class BSplines {
    private BSplines() {}

    /**
     * Values and derivatives of all splines at a point: zeros beyond the knots, NaN where the point is no number.
     *
     * @param t holds the knots, rising
     * @param first where in {@code t} they begin
     * @param knots their number, at least order + 2
     * @param order degree, at least 1
     * @param values receives knots - order - 1 values from {@code to} on
     * @param derivatives receives as many derivatives from {@code to} on
     * @return q, so that only the splines q - order to q, as far as there are such, can differ from 0
     */
    public static int at(
            double[] t, int first, int knots, int order, double x, double[] values, double[] derivatives, int to) {
        int splines = knots - order - 1;
        boolean isNumber = !Double.isNaN(x);
        Arrays.fill(values, to, to + splines, isNumber ? 0 : x);
        Arrays.fill(derivatives, to, to + splines, isNumber ? 0 : x);
        if (!isNumber) {
            return order;
        }
        int q = interval(t, first, knots, x);
        if (q < 0) {
            return q;
        }
        // b[j - q + order] is B_j,p: of those that differ from 0 some may lie outside the knots, and count as 0.
        double[] b = new double[order + 2];
        b[order] = 1;
        for (int p = 1; p <= order; p++) {
            int last = knots - 2 - p;
            if (p == order) {
                for (int j = Math.max(0, q - order); j <= Math.min(q, last); j++) {
                    int i = j - q + order;
                    derivatives[to + j] = p / (t[first + j + p] - t[first + j]) * b[i]
                            - p / (t[first + j + p + 1] - t[first + j + 1]) * b[i + 1];
                }
            }
            for (int j = q - p; j <= q; j++) {
                int i = j - q + order;
                b[i] = j < 0 || j > last
                        ? 0
                        : (x - t[first + j]) / (t[first + j + p] - t[first + j]) * b[i]
                                + (t[first + j + p + 1] - x) / (t[first + j + p + 1] - t[first + j + 1]) * b[i + 1];
            }
        }
        for (int j = Math.max(0, q - order); j <= Math.min(q, splines - 1); j++) {
            values[to + j] = b[j - q + order];
        }
        return q;
    }

    /** The q with t_q &lt;= x &lt; t_(q+1); -1 when there is none. */
    private static int interval(double[] t, int first, int knots, double x) {
        if (!(x >= t[first]) || !(x < t[first + knots - 1])) {
            return -1;
        }
        int low = 0;
        int high = knots - 1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (t[first + middle] <= x) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
