package gputrain.model;

import java.util.List;

/**
 * A part of a network's parameter vector.
 *
 * @param name unique in its network, as in model files
 * @param shape row-major
 * @param offset of its first entry in the parameter vector
 * @param initialBound its entries are at first uniform in (-initialBound, initialBound)
 */
public record ParameterTensor(String name, List<Integer> shape, int offset, double initialBound) {
    public ParameterTensor {
        shape = List.copyOf(shape);
    }

    /** Number of entries. */
    public int size() {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }
}
