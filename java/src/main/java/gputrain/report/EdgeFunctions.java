package gputrain.report;

import gputrain.experiment.TrainedModel;
import gputrain.features.Feature;
import gputrain.features.Scaler;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * The first network of a run of splines, ready to be drawn.
 *
 * @param layers nodes of each, the inputs first, the outputs last
 * @param edges those that are switched on
 * @param silent how many hidden nodes are left out because they do next to nothing
 */
record EdgeFunctions(String seed, List<List<Node>> layers, List<Edge> edges, int silent) {
    /** A hidden node below this share of its layer's largest score is not drawn: weight decay leaves many of them. */
    private static final double SILENT = 1e-3;

    /**
     * What comes into edges.
     *
     * @param unit empty for a pure number
     * @param shift with {@code scale}: an input in its own unit is scale x + shift
     * @param low of the training nuclei, as the network sees it
     * @param counts of the training nuclei in equal bins from {@code low} to {@code high}
     */
    record Node(
            String name,
            String unit,
            double shift,
            double scale,
            double low,
            double high,
            double[] counts,
            double score) {
        double own(double x) {
            return scale * x + shift;
        }
    }

    /**
     * A function from a node of a layer to one of the next.
     *
     * @param unit of its values; empty for those of hidden nodes
     */
    record Edge(int layer, int from, int to, double meanAbsolute, double score, DoubleUnaryOperator phi, String unit) {}

    /** @param model of the same run and protocol */
    static EdgeFunctions of(Protocol protocol, TrainedModel model) {
        SplineNetwork network = (SplineNetwork) model.network();
        Json first = protocol.json().get("firstNetwork");
        List<List<Node>> layers = new ArrayList<>();
        for (int l = 0; l <= network.layers(); l++) {
            layers.add(new ArrayList<>());
        }
        Scaler scaler = model.encoder().inputScaler();
        for (Json node : first.get("nodes").items()) {
            int layer = (int) node.get("layer").number();
            int index = (int) node.get("index").number();
            List<Feature> features = model.encoder().features();
            layers.get(layer)
                    .add(new Node(
                            node.get("name").textOr(""),
                            layer == 0 ? features.get(index).unit() : "",
                            layer == 0 ? scaler.shift()[index] : 0,
                            layer == 0 ? scaler.scale()[index] : 1,
                            node.get("low").number(),
                            node.get("high").number(),
                            node.get("histogram").items().stream()
                                    .mapToDouble(Json::number)
                                    .toArray(),
                            node.get("score").number()));
        }
        double[] parameters = model.parameters().get(0);
        List<Edge> edges = new ArrayList<>();
        for (Json edge : first.get("edges").items()) {
            int layer = (int) edge.get("layer").number();
            int from = (int) edge.get("from").number();
            int to = (int) edge.get("to").number();
            boolean last = layer == network.layers() - 1;
            double scale = last ? model.encoder().targetScaler().scale()[to] : 1;
            DoubleUnaryOperator phi = network.edge(parameters, layer, to, from);
            edges.add(new Edge(
                    layer,
                    from,
                    to,
                    scale * edge.get("meanAbsolute").number(),
                    edge.get("score").number(),
                    x -> scale * phi.applyAsDouble(x),
                    last ? "MeV" : ""));
        }
        return new EdgeFunctions(
                        first.get("seed").textOr(""),
                        layers.stream().map(List::copyOf).toList(),
                        List.copyOf(edges),
                        0)
                .withoutSilent();
    }

    private EdgeFunctions withoutSilent() {
        List<List<Integer>> kept = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            List<Node> nodes = layers.get(l);
            double largest = nodes.stream().mapToDouble(Node::score).max().orElse(0);
            boolean hidden = l > 0 && l < layers.size() - 1;
            kept.add(IntStream.range(0, nodes.size())
                    .filter(i -> !hidden || nodes.get(i).score() >= SILENT * largest)
                    .boxed()
                    .toList());
        }
        List<List<Node>> there = new ArrayList<>();
        int without = 0;
        for (int l = 0; l < layers.size(); l++) {
            there.add(kept.get(l).stream().map(layers.get(l)::get).toList());
            without += layers.get(l).size() - there.get(l).size();
        }
        List<Edge> between = edges.stream()
                .filter(edge -> kept.get(edge.layer()).contains(edge.from())
                        && kept.get(edge.layer() + 1).contains(edge.to()))
                .map(edge -> new Edge(
                        edge.layer(),
                        kept.get(edge.layer()).indexOf(edge.from()),
                        kept.get(edge.layer() + 1).indexOf(edge.to()),
                        edge.meanAbsolute(),
                        edge.score(),
                        edge.phi(),
                        edge.unit()))
                .toList();
        return new EdgeFunctions(seed, there, between, without);
    }

    /** What a drawing leaves out, as a sentence; empty for nothing. */
    String leftOut() {
        return silent == 0
                ? ""
                : " Not drawn: " + silent + (silent == 1 ? " hidden node" : " hidden nodes")
                        + " with a score below a thousandth of the largest of the layer.";
    }

    /** The edges of a layer; of many only those with the largest scores, in their old order. */
    List<Edge> of(int layer, int most) {
        List<Edge> all = edges.stream().filter(edge -> edge.layer() == layer).toList();
        List<Edge> largest = all.stream()
                .sorted(Comparator.comparingDouble(Edge::score).reversed())
                .limit(most)
                .toList();
        return all.stream().filter(largest::contains).toList();
    }

    /** How many edges a layer has. */
    long count(int layer) {
        return edges.stream().filter(edge -> edge.layer() == layer).count();
    }

    Node from(Edge edge) {
        return layers.get(edge.layer()).get(edge.from());
    }

    Node to(Edge edge) {
        return layers.get(edge.layer() + 1).get(edge.to());
    }
}
