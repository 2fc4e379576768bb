package gputrain.engine;

import gputrain.model.Network;
import gputrain.model.ParameterGroups;

/** A linearised network as its definition says it: derivatives by central differences, A whole, inverted by elimination. */
final class PlainLinearisation implements Linearisation {
    private static final double STEP = 1e-5;

    private final Session session;
    private final Network network;
    private final double[] inputs;
    private final int rows;
    private final int[] groups;
    private final int[] trained;
    private double[] point = {};
    private double[][] b = {};

    private PlainLinearisation(Session session, Network network, DataSet data, int[] rows, ParameterGroups groups) {
        this.session = session;
        this.network = network;
        this.rows = rows.length;
        this.groups = groups.groups();
        this.trained = groups.trained();
        this.inputs = new double[rows.length * network.inputs()];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(data.inputs(), rows[i] * network.inputs(), inputs, i * network.inputs(), network.inputs());
        }
    }

    /** @param session predicts */
    static Source source(Session session) {
        return new Source() {
            @Override
            public Linearisation open(Network network, DataSet data, int[] rows, ParameterGroups groups) {
                return new PlainLinearisation(session, network, data, rows, groups);
            }

            @Override
            public String method(Network network, int rows) {
                return "by definition";
            }
        };
    }

    @Override
    public double[] outputs(double[] parameters) {
        return session.predict(parameters, inputs, rows);
    }

    @Override
    public boolean differentiate(double[] parameters, double[] scale) {
        point = parameters.clone();
        b = derivatives(inputs, rows);
        for (int i = 0; i < b.length; i++) {
            for (int k = 0; k < b[i].length; k++) {
                b[i][k] *= scale[i];
            }
        }
        return true;
    }

    private double[][] derivatives(double[] x, int count) {
        double[][] result = new double[count * network.outputs()][trained.length];
        for (int k = 0; k < trained.length; k++) {
            double[] shifted = point.clone();
            shifted[trained[k]] = point[trained[k]] + STEP;
            double[] above = session.predict(shifted, x, count);
            shifted[trained[k]] = point[trained[k]] - STEP;
            double[] below = session.predict(shifted, x, count);
            for (int i = 0; i < above.length; i++) {
                result[i][k] = (above[i] - below[i]) / (2 * STEP);
            }
        }
        return result;
    }

    @Override
    public double[] times(double[] x) {
        double[] product = new double[b.length];
        for (int i = 0; i < b.length; i++) {
            for (int k = 0; k < x.length; k++) {
                product[i] += b[i][k] * x[k];
            }
        }
        return product;
    }

    @Override
    public double[] transposedTimes(double[] u) {
        double[] product = new double[trained.length];
        for (int i = 0; i < b.length; i++) {
            for (int k = 0; k < product.length; k++) {
                product[k] += b[i][k] * u[i];
            }
        }
        return product;
    }

    private double[][] matrix(double[] shift) {
        double[][] a = new double[trained.length][];
        for (int k = 0; k < a.length; k++) {
            double[] unit = new double[trained.length];
            unit[k] = 1;
            a[k] = transposedTimes(times(unit));
            a[k][k] += shift[groups[k]];
        }
        return a;
    }

    @Override
    public double[] solve(double[] shift, double[] u, double[] t) {
        double[] right = transposedTimes(u);
        for (int k = 0; k < right.length; k++) {
            right[k] += t[k];
        }
        return product(PlainMatrices.inverse(matrix(shift)), right);
    }

    @Override
    public Fit fit(double[] shift) {
        double[][] a = matrix(shift);
        double[][] inverse = PlainMatrices.inverse(a);
        double[] effective = new double[shift.length];
        for (int k = 0; k < a.length; k++) {
            effective[groups[k]] += 1 - shift[groups[k]] * inverse[k][k];
        }
        double[] leverages = new double[b.length];
        for (int i = 0; i < b.length; i++) {
            leverages[i] = quadratic(inverse, b[i]);
        }
        return new Fit(effective, PlainMatrices.logDeterminant(a), leverages);
    }

    @Override
    public double[] variances(double[] shift, double[] x, int count, double[] outputWeights) {
        double[][] inverse = PlainMatrices.inverse(matrix(shift));
        double[][] j = derivatives(x, count);
        double[] result = new double[count];
        for (int row = 0; row < count; row++) {
            double[] g = new double[trained.length];
            for (int o = 0; o < outputWeights.length; o++) {
                for (int k = 0; k < g.length; k++) {
                    g[k] += outputWeights[o] * j[row * outputWeights.length + o][k];
                }
            }
            result[row] = quadratic(inverse, g);
        }
        return result;
    }

    private static double[] product(double[][] matrix, double[] x) {
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < x.length; k++) {
                result[i] += matrix[i][k] * x[k];
            }
        }
        return result;
    }

    private static double quadratic(double[][] matrix, double[] g) {
        double[] image = product(matrix, g);
        double sum = 0;
        for (int k = 0; k < g.length; k++) {
            sum += g[k] * image[k];
        }
        return sum;
    }

    @Override
    public void close() {}
}
