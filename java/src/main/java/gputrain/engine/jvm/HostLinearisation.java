package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.engine.EngineException;
import gputrain.engine.JacobianMatrix;
import gputrain.engine.Linearisation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A linearisation in memory. Of the dual system s_0 K is solved, s_0 the smallest shift: with one shift that is B B^T + s_0 I,
 * which does not overflow where s_0 is next to nothing.
 */
final class HostLinearisation implements Linearisation {
    /** Other rows whose variances are computed at a time. */
    private static final int ROWS_AT_ONCE = 512;

    /** Which system is solved, and how the derivatives are kept. */
    enum Form {
        PRIMAL,
        DUAL,
        /** Dual, with the derivatives of a dense network by its layers. */
        LAYERS;

        /** @throws EngineException when one of the matrices of this form is larger than an array */
        void requireStorable(Network network, int rows) {
            int m = size(rows, network.outputs());
            int n = ParameterGroups.one(network).trained().length;
            int side = this == PRIMAL ? n : m;
            size(side, side);
            if (this != LAYERS) {
                size(m, n);
            }
        }

        /** The one with the fewest operations. */
        static Form of(Network network, int rows) {
            double n = ParameterGroups.one(network).trained().length;
            double m = (double) rows * network.outputs();
            double primal = n * n * (m + n / 3);
            if (network instanceof DenseNetwork dense) {
                return primal < m * m * (LayerJacobian.multiplyAdds(dense) + m / 3) ? PRIMAL : LAYERS;
            }
            return primal < m * m * (n + m / 3) ? PRIMAL : DUAL;
        }
    }

    /** Makes them of an engine's operations. */
    static final class Source implements Linearisation.Source {
        private final DenseAlgebra algebra;
        private final JacobianMatrix.Source derivatives;
        private final String name;
        private final Workspaces workspaces = new Workspaces();

        /** @param name of the operations, for the log */
        Source(DenseAlgebra algebra, JacobianMatrix.Source derivatives, String name) {
            this.name = name;
            this.algebra = algebra;
            this.derivatives = derivatives;
        }

        @Override
        public Linearisation open(Network network, DataSet data, int[] rows, ParameterGroups groups) {
            Form form = Form.of(network, rows.length);
            form.requireStorable(network, rows.length);
            return open(network, data, rows, groups, form);
        }

        @Override
        public String method(Network network, int rows) {
            Form form = Form.of(network, rows);
            form.requireStorable(network, rows);
            return name
                    + switch (form) {
                        case PRIMAL -> ", one equation for each parameter";
                        case DUAL -> ", one equation for each output of each row";
                        case LAYERS -> ", one equation for each output of each row, derivatives by layers";
                    };
        }

        HostLinearisation open(Network network, DataSet data, int[] rows, ParameterGroups groups, Form form) {
            return new HostLinearisation(network, data, rows, groups, this, form);
        }
    }

    private final Source source;
    private final DenseAlgebra algebra;
    private final Workspaces.Workspace workspace;
    private final ParameterGroups groups;
    private final int m;
    private final Jacobian jacobian;
    /** The Jacobian where the system is primal, and only there: derivatives by layers cannot give it. */
    private final @Nullable RowJacobian primal;
    /** B^T B, or B_c B_c^T by group. */
    private final double[][] grams;
    /** Of the last shift that was solved with. */
    private DenseAlgebra.@Nullable Factor solver;

    private double[] solved = {};

    private HostLinearisation(
            Network network, DataSet data, int[] rows, ParameterGroups groups, Source source, Form form) {
        this.source = source;
        this.algebra = source.algebra;
        this.workspace = source.workspaces.take();
        this.groups = groups;
        this.m = rows.length * network.outputs();
        double[] inputs = new double[rows.length * network.inputs()];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(data.inputs(), rows[r] * network.inputs(), inputs, r * network.inputs(), network.inputs());
        }
        if (form == Form.LAYERS) {
            this.jacobian = new LayerJacobian((DenseNetwork) network, groups, inputs, algebra);
            this.primal = null;
        } else {
            RowJacobian whole = new RowJacobian(network, groups, inputs, algebra, source.derivatives, workspace);
            this.jacobian = whole;
            this.primal = form == Form.PRIMAL ? whole : null;
        }
        int n = side();
        this.grams = workspace.grams(primal != null ? 1 : groups.count(), size(n, n));
    }

    /** Entries of a matrix. */
    static int size(int height, int width) {
        long size = (long) height * width;
        if (size > Integer.MAX_VALUE - 8) {
            throw new EngineException("second-order training needs a matrix of " + height + " by " + width
                    + ", more than an array takes: fewer rows or parameters, or a first-order optimiser");
        }
        return (int) size;
    }

    private int side() {
        return primal != null ? groups.trained().length : m;
    }

    @Override
    public double[] outputs(double[] parameters) {
        return jacobian.outputs(parameters);
    }

    @Override
    public boolean differentiate(double[] parameters, double[] scale) {
        forget();
        jacobian.differentiate(parameters, scale);
        if (primal != null) {
            primal.gram(grams[0]);
        } else {
            jacobian.outer(grams);
        }
        // An entry off the diagonal of a positive semidefinite matrix is no larger than those on it.
        int side = side();
        for (double[] gram : grams) {
            for (int i = 0; i < side; i++) {
                if (!Double.isFinite(gram[i * side + i])) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public double[] times(double[] x) {
        return jacobian.times(x);
    }

    @Override
    public double[] transposedTimes(double[] u) {
        return jacobian.transposedTimes(u);
    }

    @Override
    public double @Nullable [] solve(double[] shift, double[] u, double[] t) {
        int n = t.length;
        double smallest = smallest(shift);
        if (solver == null || !Arrays.equals(solved, shift)) {
            forget();
            solver = algebra.factorShifted(system(shift), side(), smallest);
            solved = shift.clone();
        }
        DenseAlgebra.Factor factor = solver;
        if (factor == null) {
            return null;
        }
        if (primal != null) {
            double[] x = jacobian.transposedTimes(u);
            for (int k = 0; k < n; k++) {
                x[k] += t[k];
            }
            factor.solve(x);
            return x;
        }
        double[] x = new double[n];
        boolean zero = true;
        for (int k = 0; k < n; k++) {
            x[k] = t[k] / shift[groups.groups()[k]];
            zero &= t[k] == 0;
        }
        double[] y = u.clone();
        if (!zero) {
            double[] projected = jacobian.times(x);
            for (int i = 0; i < m; i++) {
                y[i] -= projected[i];
            }
        }
        factor.solve(y);
        double[] d = jacobian.transposedTimes(y);
        for (int k = 0; k < n; k++) {
            x[k] += d[k] * (smallest / shift[groups.groups()[k]]);
        }
        return x;
    }

    private static double smallest(double[] shift) {
        return Arrays.stream(shift).min().orElseThrow();
    }

    /** A - s_0 I, or s_0 (K - I); the lower triangle. */
    private double[] system(double[] shift) {
        double smallest = smallest(shift);
        boolean same = Arrays.stream(shift).allMatch(one -> one == smallest);
        if (same && grams.length == 1) {
            return grams[0];
        }
        int side = side();
        double[] sum = workspace.system(side * side);
        if (primal != null) {
            System.arraycopy(grams[0], 0, sum, 0, side * side);
            for (int k = 0; k < side; k++) {
                sum[k * side + k] += shift[groups.groups()[k]] - smallest;
            }
            return sum;
        }
        for (int i = 0; i < side; i++) {
            for (int c = 0; c < grams.length; c++) {
                double weight = smallest / shift[c];
                for (int j = i * side; j <= i * side + i; j++) {
                    sum[j] = (c == 0 ? 0 : sum[j]) + weight * grams[c][j];
                }
            }
        }
        return sum;
    }

    /** Cholesky factor of A, or of s_0 K, or null. */
    private double @Nullable [] factor(double[] shift) {
        int side = side();
        double[] system = system(shift);
        double smallest = smallest(shift);
        double[] factor = new double[side * side];
        for (int i = 0; i < side; i++) {
            for (int j = 0; j <= i; j++) {
                // Some libraries read the other triangle.
                factor[i * side + j] = system[i * side + j];
                factor[j * side + i] = system[i * side + j];
            }
            factor[i * side + i] += smallest;
        }
        return algebra.cholesky(factor, side) < 0 ? factor : null;
    }

    @Override
    public @Nullable Fit fit(double[] shift) {
        double[] factor = factor(shift);
        if (factor == null) {
            return null;
        }
        int side = side();
        double logDeterminant = 0;
        for (int i = 0; i < side; i++) {
            logDeterminant += 2 * Math.log(factor[i * side + i]);
        }
        double[] effective = new double[groups.count()];
        double[] leverages = new double[m];
        if (primal != null) {
            double[] solved = primal.transposed();
            algebra.solveLower(factor, side, solved, m);
            for (int at = 0; at < solved.length; at++) {
                leverages[at % m] += solved[at] * solved[at];
            }
            algebra.invert(factor, side);
            for (int k = 0; k < side; k++) {
                int c = groups.groups()[k];
                effective[c] += 1 - shift[c] * factor[k * side + k];
            }
            return new Fit(effective, logDeterminant, leverages);
        }
        algebra.invert(factor, side);
        double smallest = smallest(shift);
        for (int c = 0; c < effective.length; c++) {
            double trace = 0;
            for (int i = 0; i < side; i++) {
                double row = 0;
                for (int j = 0; j < i; j++) {
                    row += factor[i * side + j] * grams[c][i * side + j];
                }
                trace += 2 * row + factor[i * side + i] * grams[c][i * side + i];
            }
            effective[c] = trace * (smallest / shift[c]);
        }
        for (int i = 0; i < m; i++) {
            leverages[i] = 1 - smallest * factor[i * side + i];
        }
        // log|A| = log|M| + log|K|
        logDeterminant -= side * Math.log(smallest);
        for (int c : groups.groups()) {
            logDeterminant += Math.log(shift[c]);
        }
        return new Fit(effective, logDeterminant, leverages);
    }

    @Override
    public double @Nullable [] variances(double[] shift, double[] inputs, int rows, double[] outputWeights) {
        double[] factor = factor(shift);
        if (factor == null) {
            return null;
        }
        int width = rows == 0 ? 0 : inputs.length / rows;
        double[] variances = new double[rows];
        for (int from = 0; from < rows; from += ROWS_AT_ONCE) {
            int count = Math.min(ROWS_AT_ONCE, rows - from);
            double[] some = Arrays.copyOfRange(inputs, from * width, (from + count) * width);
            System.arraycopy(variances(shift, factor, some, count, outputWeights), 0, variances, from, count);
        }
        return variances;
    }

    private double[] variances(double[] shift, double[] factor, double[] inputs, int rows, double[] outputWeights) {
        int side = side();
        double[] solved = new double[size(side, rows)];
        double[] variances = new double[rows];
        if (primal != null) {
            double[] g = primal.combined(inputs, rows, outputWeights);
            for (int r = 0; r < rows; r++) {
                for (int k = 0; k < side; k++) {
                    solved[k * rows + r] = g[r * side + k];
                }
            }
        } else {
            jacobian.beside(inputs, rows, outputWeights, shift, solved, variances);
        }
        algebra.solveLower(factor, side, solved, rows);
        // g A^-1 g^T is |L^-1 g^T|^2, or g M^-1 g^T - s_0 |L^-1 B M^-1 g^T|^2.
        double sign = primal != null ? 1 : -smallest(shift);
        for (int at = 0; at < solved.length; at++) {
            variances[at % rows] += sign * solved[at] * solved[at];
        }
        for (int r = 0; r < rows; r++) {
            // A difference of two large numbers may end below.
            variances[r] = Math.max(0, variances[r]);
        }
        return variances;
    }

    /** Gives back the factor of the last system that was solved. */
    private void forget() {
        if (solver != null) {
            solver.close();
            solver = null;
        }
    }

    @Override
    public void close() {
        forget();
        source.workspaces.give(workspace);
    }
}
