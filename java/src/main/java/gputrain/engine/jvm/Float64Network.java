package gputrain.engine.jvm;

import gputrain.model.DenseNetwork;

/**
 * A dense network on one row in float64, forward and backward, as the equations say. Layer l of L, h_0 the input:
 *
 * <pre>
 *   z_l = W_l h_l + b_l        h_(l+1) = f(z_l)  for l &lt; L-1,   y = z_(L-1)
 *   d_(L-1) = dloss/dy         d_(l-1) = (W_l^T d_l) f'(z_(l-1))
 *   dloss/dW_l = d_l h_l^T     dloss/db_l = d_l       dloss/dx = W_0^T d_0
 * </pre>
 *
 * <p>Not thread-safe: it keeps z, h and d between the calls.
 */
final class Float64Network implements RowNetwork {
    private final DenseNetwork network;
    private final double[][] h;
    private final double[][] z;

    Float64Network(DenseNetwork network) {
        this.network = network;
        this.h = new double[network.layers()][];
        this.z = new double[network.layers()][];
        for (int l = 0; l < network.layers(); l++) {
            h[l] = new double[network.widths().get(l)];
            z[l] = new double[network.widths().get(l + 1)];
        }
    }

    @Override
    public double[] forward(double[] parameters, double[] inputs, int offset) {
        System.arraycopy(inputs, offset, h[0], 0, h[0].length);
        for (int l = 0; l < network.layers(); l++) {
            int weights = network.weightOffset(l);
            int biases = network.biasOffset(l);
            int width = h[l].length;
            for (int o = 0; o < z[l].length; o++) {
                double sum = parameters[biases + o];
                for (int k = 0; k < width; k++) {
                    sum += parameters[weights + o * width + k] * h[l][k];
                }
                z[l][o] = sum;
                if (l + 1 < network.layers()) {
                    h[l + 1][o] = ActivationFunction.value(network.activation(), sum);
                }
            }
        }
        return z[network.layers() - 1];
    }

    @Override
    public void addParameterGradient(double[] parameters, double[] outputGradient, double[] gradient) {
        double[] d = outputGradient;
        for (int l = network.layers() - 1; l >= 0; l--) {
            int width = h[l].length;
            for (int o = 0; o < d.length; o++) {
                gradient[network.biasOffset(l) + o] += d[o];
                for (int k = 0; k < width; k++) {
                    gradient[network.weightOffset(l) + o * width + k] += d[o] * h[l][k];
                }
            }
            if (l > 0) {
                d = throughActivation(l - 1, throughLayer(parameters, l, d));
            }
        }
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] outputWeights) {
        double[] d = outputWeights;
        for (int l = network.layers() - 1; l > 0; l--) {
            d = throughActivation(l - 1, throughLayer(parameters, l, d));
        }
        return throughLayer(parameters, 0, d);
    }

    /** W_l^T d_l. */
    private double[] throughLayer(double[] parameters, int l, double[] d) {
        int width = h[l].length;
        int weights = network.weightOffset(l);
        double[] result = new double[width];
        for (int o = 0; o < d.length; o++) {
            for (int k = 0; k < width; k++) {
                result[k] += parameters[weights + o * width + k] * d[o];
            }
        }
        return result;
    }

    /** d f'(z_l), in place. */
    private double[] throughActivation(int l, double[] d) {
        for (int o = 0; o < d.length; o++) {
            d[o] *= ActivationFunction.derivative(network.activation(), z[l][o]);
        }
        return d;
    }
}
