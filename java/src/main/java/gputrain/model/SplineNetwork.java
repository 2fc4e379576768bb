package gputrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Kolmogorov-Arnold network: a learnable function on every edge, sums at the nodes (Liu et al., arXiv:2404.19756,
 * Sections 2.2 to 2.4; Lu et al., Eq. 2). Layer l maps n numbers x to m numbers y:
 *
 * <pre>
 *   y_o = sum over i of phi_oi(x_i)
 *   phi_oi(x) = mask_oi (base_oi silu(x) + scale_oi sum over j of c_oij B_j(x; t_i)),   silu(x) = x / (1 + exp(-x))
 * </pre>
 *
 * <p>B_j are the {@code intervals + order} B-splines of degree {@code order} on the knots t_i of input i, which all edges
 * from it share: {@code intervals} intervals over the inputs' range and {@code order} more on each side. Beyond the last
 * knots the splines are 0.
 *
 * <p>Parameters are one vector, layer after layer: base {@code [m, n]}, scale {@code [m, n]}, coefficients
 * {@code [m, n, intervals + order]}, mask {@code [m, n]} and knots {@code [n, intervals + 2 order + 1]}. Mask and knots are not
 * trained: no optimiser changes them.
 *
 * @param widths inputs, hidden widths, outputs; at least two, each at least 1
 * @param intervals at least 1
 * @param order degree of the splines, 1 to 7
 * @param initialNoise coefficients are at first uniform in +-initialNoise / (2 intervals)
 */
public record SplineNetwork(List<Integer> widths, int intervals, int order, double initialNoise) implements Network {

    /** The largest degree. */
    public static final int HIGHEST_ORDER = 7;

    /** @throws IllegalArgumentException when a number is out of range; the message says which */
    public SplineNetwork {
        widths = List.copyOf(widths);
        if (widths.size() < 2 || widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("widths must be two or more, each at least 1: " + widths);
        }
        if (intervals < 1 || order < 1 || order > HIGHEST_ORDER) {
            throw new IllegalArgumentException(
                    "splines need intervals >= 1 and 1 <= order <= " + HIGHEST_ORDER + ": " + intervals + ", " + order);
        }
        if (!(initialNoise >= 0 && initialNoise < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("initial noise must not be negative: " + initialNoise);
        }
        long count = 0;
        for (int l = 0; l + 1 < widths.size(); l++) {
            long knots = intervals + 2L * order + 1;
            count += (3L + intervals + order) * widths.get(l) * widths.get(l + 1) + knots * widths.get(l);
        }
        if (count > Integer.MAX_VALUE / 8) {
            throw new IllegalArgumentException("network too large: " + count + " parameters");
        }
    }

    /** Layers of edges. */
    public int layers() {
        return widths.size() - 1;
    }

    @Override
    public int inputs() {
        return widths.get(0);
    }

    @Override
    public int outputs() {
        return widths.get(layers());
    }

    /** Splines of an edge. */
    public int splines() {
        return intervals + order;
    }

    /** Knots of an input of a layer. */
    public int knots() {
        return intervals + 2 * order + 1;
    }

    @Override
    public List<ParameterTensor> tensors() {
        List<ParameterTensor> tensors = new ArrayList<>();
        for (int l = 0; l < layers(); l++) {
            int n = widths.get(l);
            int m = widths.get(l + 1);
            double bound = 1 / Math.sqrt(n);
            String layer = "layer." + l + ".";
            add(tensors, layer + "base", List.of(m, n), bound, List.of(0.0), true);
            add(tensors, layer + "scale", List.of(m, n), 0, List.of(bound), true);
            double noise = initialNoise / (2 * intervals);
            add(tensors, layer + "coefficient", List.of(m, n, splines()), noise, List.of(0.0), true);
            add(tensors, layer + "mask", List.of(m, n), 0, List.of(1.0), false);
            add(tensors, layer + "knots", List.of(n, knots()), 0, uniformKnots(), false);
        }
        return List.copyOf(tensors);
    }

    private static void add(
            List<ParameterTensor> tensors,
            String name,
            List<Integer> shape,
            double bound,
            List<Double> centre,
            boolean trained) {
        ParameterTensor last = tensors.isEmpty() ? null : tensors.get(tensors.size() - 1);
        int offset = last == null ? 0 : last.offset() + last.size();
        tensors.add(new ParameterTensor(name, shape, offset, bound, centre, trained));
    }

    /** Evenly over -1 ... 1, and as many more on each side as the order is. */
    private List<Double> uniformKnots() {
        return IntStream.range(0, knots())
                .mapToObj(j -> 2.0 * (j - order) / intervals - 1)
                .toList();
    }

    /** Where the base weights of a layer begin. */
    public int baseOffset(int layer) {
        return offset(layer, 0);
    }

    /** Where the spline scales of a layer begin. */
    public int scaleOffset(int layer) {
        return offset(layer, 1);
    }

    /** Where the spline coefficients of a layer begin. */
    public int coefficientOffset(int layer) {
        return offset(layer, 2);
    }

    /** Where the mask of a layer begins. */
    public int maskOffset(int layer) {
        return offset(layer, 3);
    }

    /** Where the knots of a layer begin. */
    public int knotOffset(int layer) {
        return offset(layer, 4);
    }

    /** As {@link #tensors} has them, but without building those: this is asked for every edge of every row. */
    private int offset(int layer, int part) {
        int offset = 0;
        for (int l = 0; l < layer; l++) {
            offset += (3 + splines()) * widths.get(l) * widths.get(l + 1) + knots() * widths.get(l);
        }
        int edges = widths.get(layer) * widths.get(layer + 1);
        return offset
                + switch (part) {
                    case 0, 1, 2 -> part * edges;
                    case 3 -> (2 + splines()) * edges;
                    default -> (3 + splines()) * edges;
                };
    }

    /** Edges of all layers. */
    public int edges() {
        return IntStream.range(0, layers())
                .map(l -> widths.get(l) * widths.get(l + 1))
                .sum();
    }

    /** The same network on another number of intervals. */
    public SplineNetwork withIntervals(int newIntervals) {
        return new SplineNetwork(widths, newIntervals, order, initialNoise);
    }

    @Override
    public long multiplyAddsPerRow() {
        // Bases by recursion (two products an entry of the triangle), then their products with the coefficients.
        long bases = widths.subList(0, layers()).stream()
                .mapToLong(n -> (long) n * (order + 1) * (order + 2))
                .sum();
        return 2 * bases + (long) edges() * (3L * (order + 1) + 6);
    }

    @Override
    public String text() {
        return widths.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]")) + " splines of order "
                + order + " on " + intervals + (intervals == 1 ? " interval" : " intervals");
    }

    /** For each entry of the parameter vector, whether it is trained. */
    public boolean[] trained() {
        boolean[] trained = new boolean[parameterCount()];
        for (ParameterTensor tensor : tensors()) {
            Arrays.fill(trained, tensor.offset(), tensor.offset() + tensor.size(), tensor.trained());
        }
        return trained;
    }

    /**
     * The function of an edge.
     *
     * @param to node of the next layer
     * @param from node of the layer
     */
    public DoubleUnaryOperator edge(double[] parameters, int layer, int to, int from) {
        int edge = to * widths.get(layer) + from;
        double base = parameters[baseOffset(layer) + edge];
        double scale = parameters[scaleOffset(layer) + edge];
        double mask = parameters[maskOffset(layer) + edge];
        int c = coefficientOffset(layer) + edge * splines();
        int first = knotOffset(layer) + from * knots();
        double[] values = new double[splines()];
        double[] derivatives = new double[splines()];
        return x -> {
            BSplines.at(parameters, first, knots(), order, x, values, derivatives, 0);
            double sum = 0;
            for (int j = 0; j < values.length; j++) {
                sum += parameters[c + j] * values[j];
            }
            return mask * (base * x / (1 + Math.exp(-x)) + scale * sum);
        };
    }

    /** The knots of a layer's input within which its splines reach their full number, lowest and highest. */
    public List<Double> range(double[] parameters, int layer, int from) {
        int first = knotOffset(layer) + from * knots();
        return List.of(parameters[first + order], parameters[first + order + intervals]);
    }
}
