package gputrain.engine.jvm;

import gputrain.engine.DenseAlgebra;
import gputrain.engine.JacobianMatrix;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The Jacobian of a network of any family as a matrix. */
final class RowJacobian implements Jacobian {
    /** Rows, or columns, that are computed one after the other. */
    private static final int TOGETHER = 64;

    private final DenseAlgebra algebra;
    private final JacobianMatrix derivatives;
    private final int[] groups;
    private final int outputs;
    private final double[] inputs;
    private final int rows;
    private final double[] values;
    private final double[] b;
    private double[] point = {};

    /**
     * @param inputs {@code [R, inputs]}
     * @param workspace lends B, {@code [m, n]}
     */
    RowJacobian(
            Network network,
            ParameterGroups groups,
            double[] inputs,
            DenseAlgebra algebra,
            JacobianMatrix.Source source,
            Workspaces.Workspace workspace) {
        this.algebra = algebra;
        this.groups = groups.groups();
        this.derivatives = source.of(network, groups.trained());
        this.outputs = network.outputs();
        this.inputs = inputs;
        this.rows = inputs.length / network.inputs();
        this.values = new double[rows * outputs];
        this.b = workspace.jacobian(HostLinearisation.size(values.length, this.groups.length));
    }

    @Override
    public double[] outputs(double[] parameters) {
        sideBySide(rows, (from, to) -> derivatives.outputs(parameters, inputs, from, to, values));
        return values;
    }

    @Override
    public void differentiate(double[] parameters, double[] scale) {
        point = parameters.clone();
        sideBySide(rows, (from, to) -> derivatives.derivatives(parameters, inputs, from, to, scale, b));
    }

    @Override
    public void outer(double[][] result) {
        int n = groups.length;
        if (result.length == 1) {
            algebra.outer(b, values.length, n, result[0]);
            return;
        }
        for (int c = 0; c < result.length; c++) {
            int group = c;
            int[] columns =
                    IntStream.range(0, n).filter(k -> groups[k] == group).toArray();
            double[] part = new double[values.length * columns.length];
            sideBySide(values.length, (from, to) -> {
                for (int i = from; i < to; i++) {
                    for (int k = 0; k < columns.length; k++) {
                        part[i * columns.length + k] = b[i * n + columns[k]];
                    }
                }
            });
            algebra.outer(part, values.length, columns.length, result[c]);
        }
    }

    /**
     * B^T B.
     *
     * @param result {@code [n, n]}; its lower triangle is filled
     */
    void gram(double[] result) {
        algebra.gram(b, values.length, groups.length, result);
    }

    /** B^T, {@code [n, m]}. */
    double[] transposed() {
        int m = values.length;
        int n = groups.length;
        double[] transposed = new double[n * m];
        sideBySide(n, (from, to) -> {
            for (int i = 0; i < m; i++) {
                for (int k = from; k < to; k++) {
                    transposed[k * m + i] = b[i * n + k];
                }
            }
        });
        return transposed;
    }

    @Override
    public double[] times(double[] x) {
        int n = groups.length;
        double[] product = new double[values.length];
        sideBySide(product.length, (from, to) -> {
            for (int i = from; i < to; i++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += b[i * n + k] * x[k];
                }
                product[i] = sum;
            }
        });
        return product;
    }

    @Override
    public double[] transposedTimes(double[] u) {
        int n = groups.length;
        double[] product = new double[n];
        sideBySide(n, (from, to) -> {
            for (int i = 0; i < u.length; i++) {
                for (int k = from; k < to; k++) {
                    product[k] += u[i] * b[i * n + k];
                }
            }
        });
        return product;
    }

    @Override
    public void beside(
            double[] others, int count, double[] outputWeights, double[] shift, double[] products, double[] squares) {
        int n = groups.length;
        double[] g = combined(others, count, outputWeights);
        double[] divided = new double[g.length];
        for (int r = 0; r < count; r++) {
            squares[r] = 0;
            for (int k = 0; k < n; k++) {
                divided[r * n + k] = g[r * n + k] / shift[groups[k]];
                squares[r] += g[r * n + k] * divided[r * n + k];
            }
        }
        algebra.multiplyTransposed(b, divided, values.length, n, count, products);
    }

    /** Derivatives of a combination of the outputs of other rows, {@code [count, n]}. */
    double[] combined(double[] others, int count, double[] outputWeights) {
        int n = groups.length;
        double[] each = new double[HostLinearisation.size(count * outputs, n)];
        double[] ones = new double[count * outputs];
        Arrays.fill(ones, 1);
        sideBySide(count, (from, to) -> derivatives.derivatives(point, others, from, to, ones, each));
        double[] g = new double[count * n];
        for (int i = 0; i < count * outputs; i++) {
            for (int k = 0; k < n; k++) {
                g[i / outputs * n + k] += outputWeights[i % outputs] * each[i * n + k];
            }
        }
        return g;
    }

    /** Parts of a fixed size: the number of threads changes no sum. */
    private static void sideBySide(int count, Part part) {
        IntStream.range(0, (count + TOGETHER - 1) / TOGETHER)
                .parallel()
                .forEach(i -> part.compute(i * TOGETHER, Math.min(count, (i + 1) * TOGETHER)));
    }

    /** A range of rows or columns. */
    private interface Part {
        void compute(int from, int to);
    }
}
