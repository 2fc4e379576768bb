package gputrain.model;

import java.util.List;

/**
 * A part of a network's parameter vector.
 *
 * @param name unique in its network, as in model files
 * @param shape row-major
 * @param offset of its first entry in the parameter vector
 * @param initialBound its entries are at first uniform within this of their centre
 * @param initialCentre the entries' centres, repeated from the beginning as often as they fit
 * @param trained whether optimisers change it; what is not trained has no weight decay either
 */
public record ParameterTensor(
        String name,
        List<Integer> shape,
        int offset,
        double initialBound,
        List<Double> initialCentre,
        boolean trained) {
    public ParameterTensor {
        shape = List.copyOf(shape);
        initialCentre = List.copyOf(initialCentre);
    }

    /** A trained tensor whose entries are at first uniform in (-initialBound, initialBound). */
    public ParameterTensor(String name, List<Integer> shape, int offset, double initialBound) {
        this(name, shape, offset, initialBound, List.of(0.0), true);
    }

    /** Number of entries. */
    public int size() {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }
}
