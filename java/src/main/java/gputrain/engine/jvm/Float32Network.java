package gputrain.engine.jvm;

import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import java.util.Arrays;

/**
 * A dense network on a tile of rows in float32, forward and backward; the equations are at {@link Float64Network}. Every
 * product runs with its lanes over neurons, which needs the weights in both orders but nothing transposed per row, save
 * the one factor of a weight gradient that is broadcast.
 */
final class Float32Network {
    /** Rows of a tile: few enough that their activations stay in the first-level cache. */
    static final int TILE = 32;

    private final DenseNetwork shape;
    private final Layer[] layers;

    /** Weights, activations and gradients of one affine layer, its input h and its output z. */
    private static final class Layer {
        final int in;
        final int out;
        final float[][] weights;
        final float[][] transposed;
        final float[] biases;
        /** {@code [TILE][in]}; the first layer's entries are the caller's rows. */
        final float[][] h;
        /** dh/dz of the layer before, {@code [TILE][in]}. */
        final float[][] slope;

        final float[][] z;
        /** dloss/dz, {@code [TILE][out]}. */
        final float[][] d;
        /** The lanes of the weight gradient run over the wider side: {@code [out][in]}, or {@code [in][out]}. */
        final boolean lanesOverInputs;

        final float[][] weightGradient;
        final float[] biasGradient;
        final float[][] broadcast;

        Layer(int in, int out) {
            this.in = in;
            this.out = out;
            this.weights = new float[out][in];
            this.transposed = new float[in][out];
            this.biases = new float[out];
            this.h = new float[TILE][in];
            this.slope = new float[TILE][in];
            this.z = new float[TILE][out];
            this.d = new float[TILE][out];
            this.lanesOverInputs = in >= out;
            this.weightGradient = lanesOverInputs ? new float[out][in] : new float[in][out];
            this.biasGradient = new float[out];
            this.broadcast = new float[Math.min(in, out)][TILE];
        }
    }

    Float32Network(DenseNetwork shape) {
        this.shape = shape;
        this.layers = new Layer[shape.layers()];
        for (int l = 0; l < layers.length; l++) {
            layers[l] = new Layer(shape.widths().get(l), shape.widths().get(l + 1));
        }
    }

    /** Takes the parameters, {@code [parameterCount]}, to be used until the next call. */
    void load(float[] parameters) {
        for (int l = 0; l < layers.length; l++) {
            Layer layer = layers[l];
            for (int o = 0; o < layer.out; o++) {
                int row = shape.weightOffset(l) + o * layer.in;
                System.arraycopy(parameters, row, layer.weights[o], 0, layer.in);
                for (int k = 0; k < layer.in; k++) {
                    layer.transposed[k][o] = parameters[row + k];
                }
            }
            System.arraycopy(parameters, shape.biasOffset(l), layer.biases, 0, layer.out);
        }
    }

    /** Sets the input row in slot {@code t} of the tile; the array is kept, not copied. */
    void input(int t, float[] row) {
        layers[0].h[t] = row;
    }

    /** Outputs of slot {@code t} after {@link #forward}. */
    float[] output(int t) {
        return layers[layers.length - 1].z[t];
    }

    /** Where the caller puts dloss/dy of slot {@code t} before {@link #backward} or {@link #inputGradient}. */
    float[] outputGradient(int t) {
        return layers[layers.length - 1].d[t];
    }

    /** Computes the outputs of the first {@code count} slots. */
    void forward(int count) {
        Activation activation = shape.activation();
        for (int l = 0; l < layers.length; l++) {
            Layer layer = layers[l];
            for (int t = 0; t < count; t++) {
                System.arraycopy(layer.biases, 0, layer.z[t], 0, layer.out);
                FloatKernels.combine(layer.z[t], layer.h[t], layer.transposed, layer.in, layer.out);
                if (l + 1 < layers.length) {
                    Layer next = layers[l + 1];
                    FloatKernels.activate(activation, layer.z[t], next.h[t], next.slope[t], layer.out);
                }
            }
        }
    }

    void clearGradient() {
        for (Layer layer : layers) {
            for (float[] lanes : layer.weightGradient) {
                Arrays.fill(lanes, 0);
            }
            Arrays.fill(layer.biasGradient, 0);
        }
    }

    /** Adds the gradient of the first {@code count} slots; after {@link #forward}. */
    void backward(int count) {
        for (int l = layers.length - 1; l >= 0; l--) {
            addWeightGradient(layers[l], count);
            if (l > 0) {
                throughActivation(l, count);
            }
        }
    }

    private static void addWeightGradient(Layer layer, int count) {
        float[][] broadcast = layer.broadcast;
        float[][] narrow = layer.lanesOverInputs ? layer.d : layer.h;
        float[][] wide = layer.lanesOverInputs ? layer.h : layer.d;
        int lanes = Math.max(layer.in, layer.out);
        for (int t = 0; t < count; t++) {
            FloatKernels.add(layer.biasGradient, layer.d[t], layer.out);
            float[] row = narrow[t];
            for (int i = 0; i < broadcast.length; i++) {
                broadcast[i][t] = row[i];
            }
        }
        for (int i = 0; i < broadcast.length; i++) {
            FloatKernels.combine(layer.weightGradient[i], broadcast[i], wide, count, lanes);
        }
    }

    /** d of layer l-1 from d of layer l. */
    private void throughActivation(int l, int count) {
        Layer layer = layers[l];
        float[][] below = layers[l - 1].d;
        for (int t = 0; t < count; t++) {
            Arrays.fill(below[t], 0);
            FloatKernels.combine(below[t], layer.d[t], layer.weights, layer.out, layer.in);
            FloatKernels.multiply(below[t], layer.slope[t], layer.in);
        }
    }

    /** Copies the summed gradient out, in the order of the parameters. */
    void copyGradient(float[] gradient) {
        for (int l = 0; l < layers.length; l++) {
            Layer layer = layers[l];
            int start = shape.weightOffset(l);
            for (int o = 0; o < layer.out; o++) {
                if (layer.lanesOverInputs) {
                    System.arraycopy(layer.weightGradient[o], 0, gradient, start + o * layer.in, layer.in);
                } else {
                    for (int k = 0; k < layer.in; k++) {
                        gradient[start + o * layer.in + k] = layer.weightGradient[k][o];
                    }
                }
            }
            System.arraycopy(layer.biasGradient, 0, gradient, shape.biasOffset(l), layer.out);
        }
    }

    /** Gradient with respect to the input of each of the first {@code count} slots; after {@link #forward}. */
    float[][] inputGradient(int count) {
        for (int l = layers.length - 1; l > 0; l--) {
            throughActivation(l, count);
        }
        Layer first = layers[0];
        float[][] gradients = new float[count][first.in];
        for (int t = 0; t < count; t++) {
            FloatKernels.combine(gradients[t], first.d[t], first.weights, first.out, first.in);
        }
        return gradients;
    }
}
