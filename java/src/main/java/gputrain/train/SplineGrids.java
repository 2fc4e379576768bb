package gputrain.train;

import gputrain.model.BSplines;
import gputrain.model.SplineNetwork;
import java.util.Arrays;

/**
 * Knots where the samples are, as Liu et al. (arXiv:2404.19756, Section 2.3) and their program pykan put them; every edge
 * keeps its function as well as the new knots allow. For n sorted samples x of an input and G intervals:
 *
 * <pre>
 *   quantile_i = x[floor(n i / G)] for i &lt; G, quantile_G = x[n - 1]       uniform_i = x[0] + i (x[n - 1] - x[0]) / G
 *   t_(order + i) = s uniform_i + (1 - s) quantile_i
 * </pre>
 *
 * <p>and as many knots more on each side as the order, (x[n - 1] - x[0]) / G apart. The new coefficients c minimise the sum over
 * the samples of squared differences from the old spline's values, plus 1e-6 n times the sum over j of (c_j - old spline at the
 * mean of knots j + 1 ... j + order)^2. pykan takes the first sum alone; but knots crowd where many samples are the same, and a
 * spline that hardly any sample decides then gets a coefficient of any size. Layer by layer: the samples of a layer are
 * what the layers before it, with their new knots, make of the inputs.
 */
public final class SplineGrids {
    /** Weight of staying near the old spline, per sample. */
    private static final double STAY = 1e-6;

    private final SplineNetwork from;
    private final SplineNetwork to;
    private final double uniformShare;
    private final double[] old;
    private final double[] result;
    private final double[] oldBases;
    private final double[] oldSlopes;

    private SplineGrids(SplineNetwork from, SplineNetwork to, double[] parameters, double uniformShare) {
        this.from = from;
        this.to = to;
        this.uniformShare = uniformShare;
        this.old = parameters;
        this.result = new double[to.parameterCount()];
        this.oldBases = new double[from.splines()];
        this.oldSlopes = new double[from.splines()];
    }

    /**
     * The parameters on new knots.
     *
     * @param from the network of {@code parameters}
     * @param to the same network, maybe on another number of intervals
     * @param inputs {@code [.., inputs]} row-major
     * @param rows those rows are the samples, at least one
     * @param uniformShare s above
     * @return {@code [to.parameterCount()]}; an input whose samples are all the same keeps its knots where {@code to} has as
     *     many
     */
    public static double[] fitted(
            SplineNetwork from,
            SplineNetwork to,
            double[] parameters,
            double[] inputs,
            int[] rows,
            double uniformShare) {
        if (!from.withIntervals(to.intervals()).equals(to)) {
            throw new IllegalArgumentException(from.text() + " and " + to.text() + " differ in more than intervals");
        }
        SplineGrids grids = new SplineGrids(from, to, parameters, uniformShare);
        double[][] x = new double[from.inputs()][rows.length];
        for (int i = 0; i < x.length; i++) {
            for (int r = 0; r < rows.length; r++) {
                x[i][r] = inputs[rows[r] * from.inputs() + i];
            }
        }
        for (int l = 0; l < from.layers(); l++) {
            x = grids.layer(l, x);
        }
        return grids.result;
    }

    /** Fits a layer to its samples, one array per input, and gives the next layer's. */
    private double[][] layer(int l, double[][] x) {
        int n = x.length;
        int m = from.widths().get(l + 1);
        copy(from.baseOffset(l), to.baseOffset(l), m * n);
        copy(from.scaleOffset(l), to.scaleOffset(l), m * n);
        copy(from.maskOffset(l), to.maskOffset(l), m * n);
        double[][] y = new double[m][x[0].length];
        for (int i = 0; i < n; i++) {
            refit(l, i, x[i]);
            for (int o = 0; o < m; o++) {
                var edge = to.edge(result, l, o, i);
                for (int r = 0; r < x[i].length; r++) {
                    y[o][r] += edge.applyAsDouble(x[i][r]);
                }
            }
        }
        return y;
    }

    private void copy(int source, int target, int count) {
        System.arraycopy(old, source, result, target, count);
    }

    private void refit(int l, int i, double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int first = to.knotOffset(l) + i * to.knots();
        // A sample that is no number is sorted behind all others.
        boolean spread = sorted[sorted.length - 1] - sorted[0] > 0 && Double.isFinite(sorted[sorted.length - 1]);
        if (!spread && from.intervals() == to.intervals()) {
            copy(from.knotOffset(l) + i * from.knots(), first, to.knots());
            for (int o = 0; o < from.widths().get(l + 1); o++) {
                int edge = o * from.widths().get(l) + i;
                copy(
                        from.coefficientOffset(l) + edge * from.splines(),
                        to.coefficientOffset(l) + edge * to.splines(),
                        to.splines());
            }
            return;
        }
        if (spread) {
            place(sorted, result, first);
        } else {
            uniform(from.range(old, l, i).get(0), from.range(old, l, i).get(1), first);
        }
        coefficients(l, i, sorted);
    }

    private void place(double[] sorted, double[] target, int first) {
        int n = sorted.length;
        int intervals = to.intervals();
        double low = sorted[0];
        double high = sorted[n - 1];
        uniform(low, high, first);
        for (int j = 1; j < intervals; j++) {
            double quantile = sorted[(int) ((long) n * j / intervals)];
            int at = first + to.order() + j;
            target[at] = uniformShare * target[at] + (1 - uniformShare) * quantile;
        }
    }

    private void uniform(double low, double high, int first) {
        double width = (high - low) / to.intervals();
        for (int j = 0; j < to.knots(); j++) {
            result[first + j] = low + (j - to.order()) * width;
        }
        result[first + to.order() + to.intervals()] = high;
    }

    /** Least squares for all edges of an input at once, by the normal equations, which are banded. */
    private void coefficients(int l, int i, double[] samples) {
        int nodes = from.widths().get(l + 1);
        int splines = to.splines();
        int order = to.order();
        int first = to.knotOffset(l) + i * to.knots();
        double weight = STAY * samples.length;
        // matrix[j][d] is the entry of splines j and j + d.
        double[][] matrix = new double[splines][order + 1];
        double[][] right = new double[splines][nodes];
        double[] bases = new double[splines];
        double[] slopes = new double[splines];
        double[] wanted = new double[nodes];
        for (double x : samples) {
            int q = BSplines.at(result, first, to.knots(), order, x, bases, slopes, 0);
            old(l, i, x, wanted);
            for (int j = Math.max(0, q - order); j <= Math.min(q, splines - 1); j++) {
                for (int k = j; k <= Math.min(q, splines - 1); k++) {
                    matrix[j][k - j] += bases[j] * bases[k];
                }
                for (int o = 0; o < nodes; o++) {
                    right[j][o] += bases[j] * wanted[o];
                }
            }
        }
        for (int j = 0; j < splines; j++) {
            old(
                    l,
                    i,
                    Arrays.stream(result, first + j + 1, first + j + 1 + order)
                            .average()
                            .orElseThrow(),
                    wanted);
            matrix[j][0] += weight;
            for (int o = 0; o < nodes; o++) {
                right[j][o] += weight * wanted[o];
            }
        }
        solve(matrix, right);
        for (int o = 0; o < nodes; o++) {
            for (int j = 0; j < splines; j++) {
                result[to.coefficientOffset(l) + (o * from.widths().get(l) + i) * splines + j] = right[j][o];
            }
        }
    }

    /** The old splines of all edges of an input at a point. */
    private void old(int l, int i, double x, double[] values) {
        int q = BSplines.at(
                old, from.knotOffset(l) + i * from.knots(), from.knots(), from.order(), x, oldBases, oldSlopes, 0);
        for (int o = 0; o < values.length; o++) {
            int c = from.coefficientOffset(l) + (o * from.widths().get(l) + i) * from.splines();
            values[o] = 0;
            for (int j = Math.max(0, q - from.order()); j <= Math.min(q, from.splines() - 1); j++) {
                values[o] += old[c + j] * oldBases[j];
            }
        }
    }

    /**
     * Cholesky's factorisation of a banded matrix and the solutions, in place.
     *
     * @param matrix {@code [n, width]}: entries (j, j + d); positive definite, because every coefficient has a weight
     * @param right {@code [n, ..]}
     */
    private static void solve(double[][] matrix, double[][] right) {
        int n = matrix.length;
        int width = matrix[0].length;
        for (int j = 0; j < n; j++) {
            for (int p = Math.max(0, j - width + 1); p < j; p++) {
                double factor = matrix[p][j - p];
                for (int d = 0; j - p + d < width; d++) {
                    matrix[j][d] -= factor * matrix[p][j - p + d];
                }
                for (int o = 0; o < right[j].length; o++) {
                    right[j][o] -= factor * right[p][o];
                }
            }
            double root = Math.sqrt(matrix[j][0]);
            for (int d = 0; d < width; d++) {
                matrix[j][d] /= root;
            }
            for (int o = 0; o < right[j].length; o++) {
                right[j][o] /= root;
            }
        }
        for (int j = n - 1; j >= 0; j--) {
            for (int o = 0; o < right[j].length; o++) {
                for (int d = 1; d < width && j + d < n; d++) {
                    right[j][o] -= matrix[j][d] * right[j + d][o];
                }
                right[j][o] /= matrix[j][0];
            }
        }
    }
}
