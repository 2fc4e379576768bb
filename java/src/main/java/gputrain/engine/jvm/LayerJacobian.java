package gputrain.engine.jvm;

import gputrain.engine.DenseAlgebra;
import gputrain.engine.LayerRows;
import gputrain.model.DenseNetwork;
import gputrain.model.ParameterGroups;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The Jacobian of a dense network by its layers, never as a matrix. With h_l the input of layer l on a row, and d_l the
 * derivatives of one output by what the layer adds up, z_l = W_l h_l + b_l, an output's derivatives by W_l and b_l are the
 * products d_l h_l^T and d_l, so that
 *
 * <pre>
 *   (J J^T)_ij = sum over l of (d_l,i . d_l,j) (h_l,i . h_l,j + 1)
 *   (J x)_i    = sum over l of d_l,i . (X_l h_l,i + x_l)         X_l, x_l: the parts of x that belong to W_l and b_l
 *   J^T u      : sum over i of u_i d_l,i h_l,i^T and of u_i d_l,i
 * </pre>
 *
 * <p>J J^T takes m^2 times the sum of the widths instead of m^2 times the number of parameters (Jacot, Gabriel and Hongler,
 * arXiv:1806.07572, have it as the tangent kernel).
 */
final class LayerJacobian implements Jacobian {
    /** Outputs on each side of a part of J J^T: its layers' products stay in the cache. */
    private static final int TILE = 192;

    private final DenseNetwork network;
    private final ParameterGroups groups;
    private final DenseAlgebra algebra;
    private final int rows;
    private final int outputs;
    /** By layer, {@code [R, w_l]}, of the parameters whose outputs were the last asked for. */
    private final double[][] h;
    /** The same, of the parameters that were differentiated at. */
    private final double[][] kept;
    /** By layer, {@code [R, w_(l+1)]}. */
    private final double[][] z;
    /** By layer but the last, {@code [m, w_(l+1)]}: d, every row times the scale of its output. */
    private final double[][] d;
    /** The same of the last layer: an output is derived by itself alone. */
    private final double[] last;

    private double[] scale = {};
    private double[] point = {};

    /** @param inputs {@code [R, inputs]} */
    LayerJacobian(DenseNetwork network, ParameterGroups groups, double[] inputs, DenseAlgebra algebra) {
        this.network = network;
        this.groups = groups;
        this.algebra = algebra;
        this.rows = inputs.length / network.inputs();
        this.outputs = network.outputs();
        int layers = network.layers();
        this.h = new double[layers][];
        this.kept = new double[layers][];
        this.z = new double[layers][];
        this.d = new double[layers - 1][];
        this.last = new double[rows * outputs * outputs];
        h[0] = inputs;
        for (int l = 0; l < layers; l++) {
            z[l] = new double[rows * width(l + 1)];
        }
        kept[0] = h[0];
        for (int l = 0; l + 1 < layers; l++) {
            h[l + 1] = new double[z[l].length];
            kept[l + 1] = new double[z[l].length];
            d[l] = new double[rows * outputs * width(l + 1)];
        }
    }

    /** What one entry of J J^T takes, in multiply-adds. */
    static double multiplyAdds(DenseNetwork network) {
        return network.widths().stream().mapToInt(Integer::intValue).sum() * 2.0;
    }

    private int width(int layer) {
        return network.widths().get(layer);
    }

    private double[] weights(double[] parameters, int l) {
        return Arrays.copyOfRange(parameters, network.weightOffset(l), network.biasOffset(l));
    }

    @Override
    public double[] outputs(double[] parameters) {
        for (int l = 0; l < network.layers(); l++) {
            int layer = l;
            int width = width(l + 1);
            algebra.multiplyTransposed(h[l], weights(parameters, l), rows, width(l), width, z[l]);
            boolean last = l + 1 == network.layers();
            int biases = network.biasOffset(l);
            IntStream.range(0, rows).parallel().forEach(r -> {
                for (int o = 0; o < width; o++) {
                    int at = r * width + o;
                    z[layer][at] += parameters[biases + o];
                    if (!last) {
                        h[layer + 1][at] = ActivationFunction.value(network.activation(), z[layer][at]);
                    }
                }
            });
        }
        return z[network.layers() - 1];
    }

    @Override
    public void differentiate(double[] parameters, double[] newScale) {
        scale = newScale.clone();
        for (int i = 0; i < scale.length; i++) {
            last[i * outputs + i % outputs] = scale[i];
        }
        point = parameters.clone();
        for (int l = 1; l < h.length; l++) {
            double[] free = kept[l];
            kept[l] = h[l];
            h[l] = free;
        }
        for (int l = d.length - 1; l >= 0; l--) {
            int layer = l;
            int width = width(l + 1);
            double[] weights = weights(parameters, l + 1);
            boolean last = l == d.length - 1;
            if (!last) {
                algebra.multiply(d[l + 1], weights, rows * outputs, width(l + 2), width, d[l]);
            }
            IntStream.range(0, rows).parallel().forEach(r -> {
                for (int o = 0; o < width; o++) {
                    double slope = ActivationFunction.derivative(network.activation(), z[layer][r * width + o]);
                    for (int k = 0; k < outputs; k++) {
                        int i = r * outputs + k;
                        double above = last ? scale[i] * weights[k * width + o] : d[layer][i * width + o];
                        d[layer][i * width + o] = above * slope;
                    }
                }
            });
        }
    }

    /** All parameters of a dense network are trained, those of a layer together. */
    private int group(int layer) {
        return groups.groups()[network.weightOffset(layer)];
    }

    @Override
    public void outer(double[][] result) {
        int side = Math.max(1, TILE / outputs);
        int tiles = (rows + side - 1) / side;
        int m = rows * outputs;
        IntStream.range(0, tiles * (tiles + 1) / 2).parallel().forEach(number -> {
            int tile = (int) ((Math.sqrt(8.0 * number + 1) - 1) / 2);
            int a = tile * side;
            int b = (number - tile * (tile + 1) / 2) * side;
            int countA = Math.min(side, rows - a);
            int wide = Math.min(side, rows - b) * outputs;
            double[][] sums = products(a, countA, this, b, wide / outputs);
            for (int c = 0; c < sums.length; c++) {
                for (int i = 0; i < countA * outputs; i++) {
                    System.arraycopy(sums[c], i * wide, result[c], (a * outputs + i) * m + b * outputs, wide);
                }
            }
        });
    }

    /**
     * B_c B'_c^T of some rows with some of another Jacobian of the same network.
     *
     * @return by group, {@code [countA O, countB O]}
     */
    private double[][] products(int a, int countA, LayerJacobian other, int b, int countB) {
        int high = countA * outputs;
        int wide = countB * outputs;
        double[][] sums = new double[groups.count()][high * wide];
        for (int l = 0; l < network.layers(); l++) {
            algebra.addLayerProducts(part(l, a, countA), other.part(l, b, countB), sums[group(l)]);
        }
        return sums;
    }

    @Override
    public void beside(
            double[] inputs, int count, double[] outputWeights, double[] shift, double[] products, double[] squares) {
        LayerJacobian other = new LayerJacobian(network, groups, inputs, algebra);
        other.outputs(point);
        double[] weights = new double[count * outputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = outputWeights[i % outputs];
        }
        other.differentiate(point, weights);
        int side = Math.max(1, TILE / outputs);
        IntStream.range(0, (rows + side - 1) / side).parallel().forEach(tile -> {
            int a = tile * side;
            int high = Math.min(side, rows - a) * outputs;
            for (int b = 0; b < count; b += side) {
                int countB = Math.min(side, count - b);
                double[][] sums = products(a, high / outputs, other, b, countB);
                for (int i = 0; i < high; i++) {
                    for (int r = 0; r < countB; r++) {
                        products[(a * outputs + i) * count + b + r] = total(sums, shift, i * countB + r);
                    }
                }
            }
        });
        for (int r = 0; r < count; r++) {
            double[][] sums = other.products(r, 1, other, r, 1);
            squares[r] = 0;
            for (int i = 0; i < outputs; i++) {
                squares[r] += total(sums, shift, i);
            }
        }
    }

    /** Sum over a row's outputs and the groups. */
    private double total(double[][] sums, double[] shift, int row) {
        double total = 0;
        for (int c = 0; c < sums.length; c++) {
            for (int k = 0; k < outputs; k++) {
                total += sums[c][row * outputs + k] / shift[c];
            }
        }
        return total;
    }

    private LayerRows part(int l, int from, int count) {
        double[] derivatives = l == d.length ? last : d[l];
        return new LayerRows(kept[l], width(l), derivatives, width(l + 1), outputs, from, count);
    }

    @Override
    public double[] times(double[] x) {
        double[] product = new double[rows * outputs];
        for (int l = 0; l < network.layers(); l++) {
            int width = width(l + 1);
            double[] change = new double[rows * width];
            algebra.multiplyTransposed(kept[l], weights(x, l), rows, width(l), width, change);
            for (int i = 0; i < product.length; i++) {
                int at = i / outputs * width;
                if (l == d.length) {
                    int k = i % outputs;
                    product[i] += scale[i] * (change[at + k] + x[network.biasOffset(l) + k]);
                } else {
                    for (int o = 0; o < width; o++) {
                        product[i] += d[l][i * width + o] * (change[at + o] + x[network.biasOffset(l) + o]);
                    }
                }
            }
        }
        return product;
    }

    @Override
    public double[] transposedTimes(double[] u) {
        double[] product = new double[network.parameterCount()];
        for (int l = 0; l < network.layers(); l++) {
            int width = width(l + 1);
            // [w_(l+1), R]: sum over a row's outputs of u d.
            double[] e = new double[width * rows];
            for (int i = 0; i < u.length; i++) {
                int r = i / outputs;
                if (l == d.length) {
                    e[i % outputs * rows + r] = u[i] * scale[i];
                } else {
                    for (int o = 0; o < width; o++) {
                        e[o * rows + r] += u[i] * d[l][i * width + o];
                    }
                }
            }
            double[] byWeights = new double[width * width(l)];
            algebra.multiply(e, kept[l], width, rows, width(l), byWeights);
            System.arraycopy(byWeights, 0, product, network.weightOffset(l), byWeights.length);
            for (int o = 0; o < width; o++) {
                for (int r = 0; r < rows; r++) {
                    product[network.biasOffset(l) + o] += e[o * rows + r];
                }
            }
        }
        return product;
    }
}
