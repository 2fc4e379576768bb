package gputrain.train;

import gputrain.model.DenseNetwork;
import gputrain.train.ModelFile.Named;
import gputrain.train.SafeTensors.Tensor;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the layers of a network among tensors that another program named. */
record LayerMatch(Path file, DenseNetwork network, Map<String, Tensor> tensors) {
    private static final Pattern PIECE = Pattern.compile("\\d+|\\D+");

    /** Numbers inside a name compare by value: {@code fc2} before {@code fc10}. */
    static final Comparator<String> NATURAL = LayerMatch::compareNaturally;

    /**
     * Weight, bias, weight, bias, ... in the order of the layers.
     *
     * @throws SafeTensorsException when there is no such order; the message names the first tensor that does not fit
     */
    List<Named> find() {
        List<Named> weights = ofRank(2);
        List<Named> biases = ofRank(1);
        if (weights.size() != network.layers()
                || biases.size() != network.layers()
                || tensors.size() != 2 * network.layers()) {
            throw new SafeTensorsException(
                    file,
                    "the network " + network.widths() + " has " + network.layers()
                            + " weight matrices and as many bias vectors, the file " + weights.size() + " and "
                            + biases.size() + ": "
                            + tensors.keySet().stream().sorted(NATURAL).toList());
        }
        IntFunction<List<Integer>> weightShape =
                layer -> network.tensors().get(2 * layer).shape();
        IntFunction<List<Integer>> biasShape =
                layer -> network.tensors().get(2 * layer + 1).shape();
        List<Named> ordered = inOrder(weights, weightShape);
        List<Named> result = new ArrayList<>();
        List<Named> orderedBiases = paired(ordered).orElseGet(() -> inOrder(biases, biasShape));
        for (int l = 0; l < network.layers(); l++) {
            result.add(ordered.get(l));
            result.add(orderedBiases.get(l));
        }
        return result;
    }

    private List<Named> ofRank(int rank) {
        return tensors.entrySet().stream()
                .filter(entry -> entry.getValue().shape().size() == rank)
                .map(entry -> new Named(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Named::name, NATURAL))
                .toList();
    }

    /** The natural order when it fits or nothing else does either, otherwise the only fitting one. */
    private List<Named> inOrder(List<Named> sorted, IntFunction<List<Integer>> shape) {
        List<Named> byShape = new ArrayList<>();
        boolean fits = true;
        boolean unique = true;
        for (int l = 0; l < network.layers(); l++) {
            List<Integer> wanted = shape.apply(l);
            fits &= sorted.get(l).tensor().shape().equals(wanted);
            List<Named> candidates = sorted.stream()
                    .filter(named -> named.tensor().shape().equals(wanted))
                    .toList();
            unique &= candidates.size() == 1;
            byShape.addAll(candidates);
        }
        return fits || !unique ? sorted : byShape;
    }

    /** The biases by the names of the weights ({@code x.weight} goes with {@code x.bias}), when all have a partner. */
    private Optional<List<Named>> paired(List<Named> weights) {
        List<Named> biases = new ArrayList<>();
        for (Named weight : weights) {
            String name = weight.name().replaceAll("weight$", "bias");
            Tensor bias = tensors.get(name);
            if (bias == null || name.equals(weight.name())) {
                return Optional.empty();
            }
            biases.add(new Named(name, bias));
        }
        return Optional.of(biases);
    }

    private static int compareNaturally(String left, String right) {
        Matcher a = PIECE.matcher(left);
        Matcher b = PIECE.matcher(right);
        while (true) {
            boolean more = a.find();
            if (!b.find()) {
                return more ? 1 : 0;
            }
            if (!more) {
                return -1;
            }
            int order = comparePieces(a.group(), b.group());
            if (order != 0) {
                return order;
            }
        }
    }

    private static int comparePieces(String left, String right) {
        boolean numbers = Character.isDigit(left.charAt(0)) && Character.isDigit(right.charAt(0));
        return numbers ? new BigInteger(left).compareTo(new BigInteger(right)) : left.compareTo(right);
    }
}
