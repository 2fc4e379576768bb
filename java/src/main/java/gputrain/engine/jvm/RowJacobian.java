package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.model.Network;
import gputrain.model.ParameterTensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The Jacobian of a network of any family as a matrix, a backward pass for every output of every row. */
final class RowJacobian implements Jacobian {
    /** Rows, or columns, that are computed one after the other. */
    private static final int TOGETHER = 64;

    private final Network network;
    private final DataSet data;
    private final int[] rows;
    private final DenseAlgebra algebra;
    private final int[] trained;
    private final int outputs;
    private final double[] values;
    private final double[] b;

    /** @param workspace lends B, {@code [m, n]} */
    RowJacobian(Network network, DataSet data, int[] rows, DenseAlgebra algebra, Workspaces.Workspace workspace) {
        this.network = network;
        this.data = data;
        this.rows = rows;
        this.algebra = algebra;
        this.trained = trained(network);
        this.outputs = network.outputs();
        this.values = new double[rows.length * outputs];
        this.b = workspace.jacobian(LeastSquares.size(values.length, trained.length));
    }

    /** Where the trained parameters are in the parameter vector. */
    static int[] trained(Network network) {
        return network.tensors().stream()
                .filter(ParameterTensor::trained)
                .flatMapToInt(tensor -> IntStream.range(tensor.offset(), tensor.offset() + tensor.size()))
                .toArray();
    }

    @Override
    public double[] outputs(double[] parameters) {
        sideBySide(rows.length, (from, to) -> {
            RowNetwork one = RowNetwork.of(network);
            for (int r = from; r < to; r++) {
                double[] y = one.forward(parameters, data.inputs(), rows[r] * data.inputWidth());
                System.arraycopy(y, 0, values, r * outputs, outputs);
            }
        });
        return values;
    }

    @Override
    public void differentiate(double[] parameters, double[] scale) {
        int n = trained.length;
        sideBySide(rows.length, (from, to) -> {
            RowNetwork one = RowNetwork.of(network);
            double[] gradient = new double[network.parameterCount()];
            double[] direction = new double[outputs];
            for (int r = from; r < to; r++) {
                one.forward(parameters, data.inputs(), rows[r] * data.inputWidth());
                for (int i = r * outputs; i < (r + 1) * outputs; i++) {
                    Arrays.fill(gradient, 0);
                    Arrays.fill(direction, 0);
                    direction[i - r * outputs] = scale[i];
                    one.addParameterGradient(parameters, direction, gradient);
                    for (int k = 0; k < n; k++) {
                        b[i * n + k] = gradient[trained[k]];
                    }
                }
            }
        });
    }

    @Override
    public void outer(double[] result) {
        algebra.outer(b, values.length, trained.length, result);
    }

    /**
     * B^T B.
     *
     * @param result {@code [n, n]}; its lower triangle is filled
     */
    void gram(double[] result) {
        algebra.gram(b, values.length, trained.length, result);
    }

    @Override
    public double[] times(double[] x) {
        int n = trained.length;
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
        int n = trained.length;
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
