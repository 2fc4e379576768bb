package gputrain.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Fully connected network: affine layers with an activation between them, linear at the end.
 *
 * <p>Parameters are one vector, layer after layer: the weights {@code [outputs of the layer, inputs of the layer]}
 * row-major, then the biases, as PyTorch's {@code Linear} stores them.
 *
 * @param widths input width, hidden widths, output width; at least two entries, each at least 1
 * @param activation applied after every layer but the last
 */
public record DenseNetwork(List<Integer> widths, Activation activation) implements Network {

    /** @throws IllegalArgumentException when there are fewer than two widths or one is below 1 */
    public DenseNetwork {
        widths = List.copyOf(widths);
        if (widths.size() < 2 || widths.stream().anyMatch(w -> w < 1)) {
            throw new IllegalArgumentException(
                    "a dense network needs at least an input and an output width, each at least 1: " + widths);
        }
        long count = 0;
        for (int l = 0; l + 1 < widths.size(); l++) {
            count += (widths.get(l) + 1L) * widths.get(l + 1);
        }
        if (count > Integer.MAX_VALUE / 8) {
            throw new IllegalArgumentException("network too large: " + count + " parameters for " + widths);
        }
    }

    @Override
    public int inputs() {
        return widths.get(0);
    }

    @Override
    public int outputs() {
        return widths.get(widths.size() - 1);
    }

    /** Number of affine layers. */
    public int layers() {
        return widths.size() - 1;
    }

    /** Offset of layer {@code layer}'s weights in the parameter vector; the biases follow the weights. */
    public int weightOffset(int layer) {
        int offset = 0;
        for (int l = 0; l < layer; l++) {
            offset += (widths.get(l) + 1) * widths.get(l + 1);
        }
        return offset;
    }

    /** Offset of layer {@code layer}'s biases in the parameter vector. */
    public int biasOffset(int layer) {
        return weightOffset(layer) + widths.get(layer) * widths.get(layer + 1);
    }

    @Override
    public List<ParameterTensor> tensors() {
        List<ParameterTensor> tensors = new ArrayList<>();
        for (int l = 0; l < layers(); l++) {
            int in = widths.get(l);
            int out = widths.get(l + 1);
            double bound = 1 / Math.sqrt(in);
            tensors.add(new ParameterTensor("layer." + l + ".weight", List.of(out, in), weightOffset(l), bound));
            tensors.add(new ParameterTensor("layer." + l + ".bias", List.of(out), biasOffset(l), bound));
        }
        return List.copyOf(tensors);
    }

    @Override
    public int parameterCount() {
        return weightOffset(layers());
    }

    @Override
    public String text() {
        return widths.toString();
    }

    @Override
    public long multiplyAddsPerRow() {
        long sum = 0;
        for (int l = 0; l < layers(); l++) {
            sum += (l == 0 ? 2L : 3L) * widths.get(l) * widths.get(l + 1);
        }
        return sum;
    }
}
