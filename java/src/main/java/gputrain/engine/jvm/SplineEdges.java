package gputrain.engine.jvm;

import gputrain.model.BSplines;
import gputrain.model.SplineNetwork;
import java.util.Arrays;

/**
 * A Kolmogorov-Arnold network on one row in float64, forward and backward, as the equations of {@link SplineNetwork} say.
 * With d_o = dF/dy_o and, for penalties, p_oi = what a unit of |phi_oi| of this row adds to F:
 *
 * <pre>
 *   dF/dphi_oi = g_oi = d_o + p_oi sign(phi_oi)
 *   dF/dbase_oi = g_oi mask silu(x_i)          dF/dscale_oi = g_oi mask sum_j c_oij B_j(x_i)
 *   dF/dc_oij = g_oi mask scale_oi B_j(x_i)    dF/dx_i = sum_o g_oi mask (base_oi silu'(x_i) + scale_oi sum_j c_oij B_j'(x_i))
 * </pre>
 *
 * <p>Not thread-safe: it keeps the row between the calls.
 */
final class SplineEdges implements RowNetwork {
    private final SplineNetwork network;
    private final int splines;
    /** By layer: inputs of the nodes, of the row under way; the last are the outputs. */
    private final double[][] x;
    /** By layer, {@code [n, splines]}: values and derivatives of the splines at the inputs. */
    private final double[][] bases;

    private final double[][] slopes;
    /** By layer: those of an input's splines from {@code from} to before {@code end} can differ from 0. */
    private final int[][] from;

    private final int[][] end;
    /** By layer, {@code [m, n]}: sum over j of c_oij B_j, and phi_oi. */
    private final double[][] curve;

    private final double[][] phi;
    private final double[][] penalty;

    SplineEdges(SplineNetwork network) {
        this.network = network;
        this.splines = network.splines();
        int layers = network.layers();
        this.x = new double[layers + 1][];
        this.bases = new double[layers][];
        this.slopes = new double[layers][];
        this.from = new int[layers][];
        this.end = new int[layers][];
        this.curve = new double[layers][];
        this.phi = new double[layers][];
        this.penalty = new double[layers][];
        for (int l = 0; l <= layers; l++) {
            x[l] = new double[network.widths().get(l)];
        }
        for (int l = 0; l < layers; l++) {
            int n = x[l].length;
            int edges = n * x[l + 1].length;
            bases[l] = new double[n * splines];
            slopes[l] = new double[n * splines];
            from[l] = new int[n];
            end[l] = new int[n];
            curve[l] = new double[edges];
            phi[l] = new double[edges];
            penalty[l] = new double[edges];
        }
    }

    /** phi of the edges of a layer, {@code [m, n]}, of the row that {@link #forward} saw last; valid until the next call. */
    double[] phi(int layer) {
        return phi[layer];
    }

    /**
     * What a row's |phi| add to the objective, for the rows from now on.
     *
     * @param weights by layer, {@code [m, n]}: p of the equations
     */
    void penalise(double[][] weights) {
        for (int l = 0; l < weights.length; l++) {
            System.arraycopy(weights[l], 0, penalty[l], 0, penalty[l].length);
        }
    }

    @Override
    public double[] forward(double[] parameters, double[] inputs, int offset) {
        System.arraycopy(inputs, offset, x[0], 0, x[0].length);
        for (int l = 0; l < network.layers(); l++) {
            forwardLayer(parameters, l);
        }
        return x[network.layers()];
    }

    private void forwardLayer(double[] parameters, int l) {
        int n = x[l].length;
        int knots = network.knotOffset(l);
        for (int i = 0; i < n; i++) {
            int q = BSplines.at(
                    parameters,
                    knots + i * network.knots(),
                    network.knots(),
                    network.order(),
                    x[l][i],
                    bases[l],
                    slopes[l],
                    i * splines);
            from[l][i] = Math.max(0, q - network.order());
            end[l][i] = Math.min(q + 1, splines);
        }
        Arrays.fill(x[l + 1], 0);
        for (int o = 0; o < x[l + 1].length; o++) {
            for (int i = 0; i < n; i++) {
                int edge = o * n + i;
                int c = network.coefficientOffset(l) + edge * splines;
                double sum = 0;
                for (int j = from[l][i]; j < end[l][i]; j++) {
                    sum += parameters[c + j] * bases[l][i * splines + j];
                }
                curve[l][edge] = sum;
                double base = parameters[network.baseOffset(l) + edge] * x[l][i] * sigmoid(x[l][i]);
                phi[l][edge] = parameters[network.maskOffset(l) + edge]
                        * (base + parameters[network.scaleOffset(l) + edge] * sum);
                x[l + 1][o] += phi[l][edge];
            }
        }
    }

    @Override
    public void addParameterGradient(double[] parameters, double[] outputGradient, double[] gradient) {
        double[] d = outputGradient;
        for (int l = network.layers() - 1; l >= 0; l--) {
            double[] g = edgeGradient(parameters, l, d, true);
            int n = x[l].length;
            for (int edge = 0; edge < g.length; edge++) {
                int i = edge % n;
                gradient[network.baseOffset(l) + edge] += g[edge] * x[l][i] * sigmoid(x[l][i]);
                gradient[network.scaleOffset(l) + edge] += g[edge] * curve[l][edge];
                double scale = parameters[network.scaleOffset(l) + edge];
                int c = network.coefficientOffset(l) + edge * splines;
                for (int j = from[l][i]; j < end[l][i]; j++) {
                    gradient[c + j] += g[edge] * scale * bases[l][i * splines + j];
                }
            }
            d = throughLayer(parameters, l, g);
        }
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] outputWeights) {
        double[] d = outputWeights;
        for (int l = network.layers() - 1; l >= 0; l--) {
            d = throughLayer(parameters, l, edgeGradient(parameters, l, d, false));
        }
        return d;
    }

    /** g mask of every edge of a layer. */
    private double[] edgeGradient(double[] parameters, int l, double[] d, boolean penalised) {
        double[] g = new double[phi[l].length];
        for (int edge = 0; edge < g.length; edge++) {
            double own = penalised ? penalty[l][edge] * Math.signum(phi[l][edge]) : 0;
            g[edge] = parameters[network.maskOffset(l) + edge] * (d[edge / x[l].length] + own);
        }
        return g;
    }

    /** dF/dx of a layer's inputs from g mask of its edges. */
    private double[] throughLayer(double[] parameters, int l, double[] g) {
        int n = x[l].length;
        double[] result = new double[n];
        for (int edge = 0; edge < g.length; edge++) {
            int i = edge % n;
            int c = network.coefficientOffset(l) + edge * splines;
            double slope = 0;
            for (int j = from[l][i]; j < end[l][i]; j++) {
                slope += parameters[c + j] * slopes[l][i * splines + j];
            }
            double s = sigmoid(x[l][i]);
            double silu = s * (1 + x[l][i] * (1 - s));
            result[i] += g[edge]
                    * (parameters[network.baseOffset(l) + edge] * silu
                            + parameters[network.scaleOffset(l) + edge] * slope);
        }
        return result;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
