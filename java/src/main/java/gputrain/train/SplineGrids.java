package gputrain.train;

import gputrain.model.BSplines;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

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

    private SplineGrids(SplineNetwork from, SplineNetwork to, double[] parameters, double uniformShare) {
        this.from = from;
        this.to = to;
        this.uniformShare = uniformShare;
        this.old = parameters;
        this.result = new double[to.parameterCount()];
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

    /** Least squares for all edges of an input at once: a row for each sample, and one for each coefficient. */
    private void coefficients(int l, int i, double[] samples) {
        int nodes = from.widths().get(l + 1);
        int first = to.knotOffset(l) + i * to.knots();
        double[] points = Arrays.copyOf(samples, samples.length + to.splines());
        for (int j = 0; j < to.splines(); j++) {
            points[samples.length + j] = Arrays.stream(result, first + j + 1, first + j + 1 + to.order())
                    .average()
                    .orElseThrow();
        }
        DMatrixRMaj values = new DMatrixRMaj(points.length, nodes);
        DMatrixRMaj c = new DMatrixRMaj(from.splines(), nodes);
        for (int o = 0; o < nodes; o++) {
            for (int j = 0; j < from.splines(); j++) {
                c.set(j, o, old[from.coefficientOffset(l) + (o * from.widths().get(l) + i) * from.splines() + j]);
            }
        }
        CommonOps_DDRM.mult(design(from, old, from.knotOffset(l) + i * from.knots(), points), c, values);
        DMatrixRMaj design = design(to, result, first, points);
        double weight = Math.sqrt(STAY * samples.length);
        for (int j = 0; j < to.splines(); j++) {
            int row = samples.length + j;
            for (int column = 0; column < to.splines(); column++) {
                design.set(row, column, column == j ? weight : 0);
            }
            for (int o = 0; o < nodes; o++) {
                values.set(row, o, weight * values.get(row, o));
            }
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.leastSquares(points.length, to.splines());
        DMatrixRMaj fitted = new DMatrixRMaj(to.splines(), nodes);
        if (!solver.setA(design)) {
            throw new IllegalStateException("a column of splines has no sample and no weight");
        }
        solver.solve(values, fitted);
        for (int o = 0; o < nodes; o++) {
            for (int j = 0; j < to.splines(); j++) {
                result[to.coefficientOffset(l) + (o * from.widths().get(l) + i) * to.splines() + j] = fitted.get(j, o);
            }
        }
    }

    private static DMatrixRMaj design(SplineNetwork network, double[] parameters, int knots, double[] points) {
        DMatrixRMaj a = new DMatrixRMaj(points.length, network.splines());
        double[] derivatives = new double[a.data.length];
        for (int r = 0; r < points.length; r++) {
            BSplines.at(
                    parameters,
                    knots,
                    network.knots(),
                    network.order(),
                    points[r],
                    a.data,
                    derivatives,
                    r * network.splines());
        }
        return a;
    }
}
