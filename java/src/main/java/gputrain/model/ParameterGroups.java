package gputrain.model;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The trained parameters of a network, and their groups that share a weight decay of second-order training.
 *
 * @param trained where they are in the parameter vector, ascending, {@code [n]}
 * @param groups the group of each, {@code [n]}
 * @param names of the groups, for tables
 */
public record ParameterGroups(int[] trained, int[] groups, List<String> names) {
    public ParameterGroups {
        names = List.copyOf(names);
    }

    /** All of them in one group. */
    public static ParameterGroups one(Network network) {
        int[] trained = trained(network);
        return new ParameterGroups(trained, new int[trained.length], List.of("all"));
    }

    /**
     * A group for each layer: the weights and biases of a dense layer, all that belongs to a spline layer's edges; the linear
     * units, the exponents, and the coefficients of product units with their bias.
     */
    public static ParameterGroups layers(Network network) {
        List<ParameterTensor> tensors =
                network.tensors().stream().filter(ParameterTensor::trained).toList();
        List<String> names =
                tensors.stream().map(tensor -> layer(tensor.name())).distinct().toList();
        int[] groups = tensors.stream()
                .flatMapToInt(tensor -> IntStream.generate(() -> names.indexOf(layer(tensor.name())))
                        .limit(tensor.size()))
                .toArray();
        return new ParameterGroups(trained(network), groups, names);
    }

    /** Number of groups. */
    public int count() {
        return names.size();
    }

    private static String layer(String tensor) {
        if (tensor.startsWith("layer.")) {
            return tensor.substring(0, tensor.indexOf('.', "layer.".length()));
        }
        return tensor.startsWith("linear") || tensor.startsWith("exponent")
                ? tensor.substring(0, (tensor + ".").indexOf('.'))
                : "coefficient";
    }

    private static int[] trained(Network network) {
        return network.tensors().stream()
                .filter(ParameterTensor::trained)
                .flatMapToInt(tensor -> IntStream.range(tensor.offset(), tensor.offset() + tensor.size()))
                .toArray();
    }
}
