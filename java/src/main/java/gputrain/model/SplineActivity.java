package gputrain.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * What the edges and nodes of a spline network do on some rows.
 *
 * @param inputs by layer {@code [n][rows]}: what comes into its edges; the last entry is the outputs
 * @param meanAbsolute by layer {@code [m, n]}: mean over the rows of |phi|
 * @param deviation by layer {@code [m, n]}: standard deviation over the rows of phi
 * @param nodeDeviation by layer {@code [m]}: standard deviation over the rows of the sums of phi
 */
public record SplineActivity(
        List<double[][]> inputs, List<double[]> meanAbsolute, List<double[]> deviation, List<double[]> nodeDeviation) {
    public SplineActivity {
        inputs = List.copyOf(inputs);
        meanAbsolute = List.copyOf(meanAbsolute);
        deviation = List.copyOf(deviation);
        nodeDeviation = List.copyOf(nodeDeviation);
    }

    /**
     * Takes rows through a network.
     *
     * @param values {@code [.., inputs]} row-major
     * @param rows which of them, at least one
     */
    public static SplineActivity of(SplineNetwork network, double[] parameters, double[] values, int[] rows) {
        List<double[][]> inputs = new ArrayList<>();
        List<double[]> sizes = new ArrayList<>();
        List<double[]> deviations = new ArrayList<>();
        List<double[]> nodes = new ArrayList<>();
        double[][] x = new double[network.inputs()][rows.length];
        for (int i = 0; i < x.length; i++) {
            for (int r = 0; r < rows.length; r++) {
                x[i][r] = values[rows[r] * x.length + i];
            }
        }
        for (int l = 0; l < network.layers(); l++) {
            inputs.add(x);
            int n = x.length;
            double[][] y = new double[network.widths().get(l + 1)][rows.length];
            double[] size = new double[y.length * n];
            double[] deviation = new double[size.length];
            double[] node = new double[y.length];
            double[] phi = new double[rows.length];
            for (int o = 0; o < y.length; o++) {
                for (int i = 0; i < n; i++) {
                    DoubleUnaryOperator edge = network.edge(parameters, l, o, i);
                    for (int r = 0; r < phi.length; r++) {
                        phi[r] = edge.applyAsDouble(x[i][r]);
                        y[o][r] += phi[r];
                        size[o * n + i] += Math.abs(phi[r]) / phi.length;
                    }
                    deviation[o * n + i] = deviation(phi);
                }
                node[o] = deviation(y[o]);
            }
            sizes.add(size);
            deviations.add(deviation);
            nodes.add(node);
            x = y;
        }
        inputs.add(x);
        return new SplineActivity(inputs, sizes, deviations, nodes);
    }

    private static double deviation(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean) / values.length;
        }
        return Math.sqrt(squares);
    }
}
