package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.evaluation.FunctionFit;
import gputrain.evaluation.Spread;
import gputrain.model.SplineActivity;
import gputrain.model.SplineNetwork;
import gputrain.model.SplineScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * What a run record says of networks of splines, each on its own training nuclei: how important each input is, and of the
 * first network how large its edges are, where their arguments lie and which elementary functions come close to them.
 */
final class SplineRecord {
    /** Bins that count where the arguments of a node's edges lie. */
    private static final int BINS = 40;

    private static final int SUGGESTIONS = 3;

    private final Prepared prepared;
    private final SplineNetwork network;
    private final ProtocolResult result;

    private SplineRecord(Prepared prepared, SplineNetwork network, ProtocolResult result) {
        this.prepared = prepared;
        this.network = network;
        this.result = result;
    }

    /** Adds {@code importance}, {@code firstNetwork} and {@code suggestions}. */
    static void write(ObjectNode node, Prepared prepared, SplineNetwork network, ProtocolResult result) {
        SplineRecord record = new SplineRecord(prepared, network, result);
        List<double[]> sizes = new ArrayList<>();
        List<double[]> scores = new ArrayList<>();
        for (int k = 0; k < result.members().size(); k++) {
            SplineActivity activity = record.activity(k);
            sizes.add(SplineScores.sizes(activity));
            scores.add(SplineScores.of(activity).nodes().get(0));
        }
        ArrayNode importance = node.putArray("importance");
        for (int i = 0; i < network.inputs(); i++) {
            ObjectNode input = importance.addObject();
            input.put("input", record.name(0, i));
            measure(input.putObject("meanAbsolute"), sizes, i);
            measure(input.putObject("score"), scores, i);
        }
        SplineActivity first = record.activity(0);
        record.edges(node.putObject("firstNetwork"), first);
        record.suggestions(node.putArray("suggestions"), first);
    }

    private SplineActivity activity(int member) {
        int[] rows = result.plan().replicas().get(result.members().get(member)).trainingRows();
        return SplineActivity.of(
                network, result.parameters().get(member), prepared.data().inputs(), rows);
    }

    private static void measure(ObjectNode node, List<double[]> networks, int input) {
        Spread spread = Spread.of(networks.stream().map(one -> one[input]).toList(), Double.NaN);
        node.put("mean", spread.mean());
        node.put("standardDeviation", spread.standardDeviation());
        spread.replicas().forEach(node.putArray("replicas")::add);
        node.put(
                "firstIn",
                networks.stream().filter(one -> isLargest(one, input)).count());
    }

    /** Where some are the same, as in a network that does nothing, none of those is. */
    private static boolean isLargest(double[] values, int index) {
        return Arrays.stream(values).filter(value -> value >= values[index]).count() == 1;
    }

    /** Of an input, a hidden node or an output; layers count from the inputs, 0. */
    private String name(int layer, int node) {
        if (layer == 0) {
            return prepared.experiment().inputs().features().get(node).name();
        }
        if (layer == network.layers()) {
            return prepared.experiment().outputs().targets().get(node).name();
        }
        return network.layers() > 2 ? "node " + layer + "." + (node + 1) : "node " + (node + 1);
    }

    private void edges(ObjectNode node, SplineActivity activity) {
        SplineScores scores = SplineScores.of(activity);
        double[] parameters = result.parameters().get(0);
        node.put("seed", result.plan().replicas().get(result.members().get(0)).seed());
        ArrayNode nodes = node.putArray("nodes");
        for (int l = 0; l <= network.layers(); l++) {
            for (int i = 0; i < network.widths().get(l); i++) {
                ObjectNode entry = nodes.addObject();
                entry.put("layer", l);
                entry.put("index", i);
                entry.put("name", name(l, i));
                entry.put("score", scores.nodes().get(l)[i]);
                double[] x = activity.inputs().get(l)[i];
                double low = Arrays.stream(x).min().orElseThrow();
                double high = Arrays.stream(x).max().orElseThrow();
                entry.put("low", low);
                entry.put("high", high);
                Arrays.stream(histogram(x, low, high)).forEach(entry.putArray("histogram")::add);
            }
        }
        ArrayNode edges = node.putArray("edges");
        for (int l = 0; l < network.layers(); l++) {
            int n = network.widths().get(l);
            for (int o = 0; o < network.widths().get(l + 1); o++) {
                for (int i = 0; i < n; i++) {
                    if (isOn(parameters, l, o, i)) {
                        ObjectNode entry = edges.addObject();
                        entry.put("layer", l);
                        entry.put("from", i);
                        entry.put("to", o);
                        entry.put("meanAbsolute", activity.meanAbsolute().get(l)[o * n + i]);
                        entry.put("standardDeviation", activity.deviation().get(l)[o * n + i]);
                        entry.put("score", scores.edges().get(l)[o * n + i]);
                    }
                }
            }
        }
    }

    private boolean isOn(double[] parameters, int layer, int to, int from) {
        return parameters[network.maskOffset(layer) + to * network.widths().get(layer) + from] != 0;
    }

    private static int[] histogram(double[] values, double low, double high) {
        int[] counts = new int[BINS];
        for (double value : values) {
            double share = high > low ? (value - low) / (high - low) : 0;
            counts[Math.min(BINS - 1, (int) (BINS * share))]++;
        }
        return counts;
    }

    /** x is what comes into the edge: a scaled input, or a node's sum. */
    private void suggestions(ArrayNode array, SplineActivity activity) {
        double[] parameters = result.parameters().get(0);
        for (int l = 0; l < network.layers(); l++) {
            for (int o = 0; o < network.widths().get(l + 1); o++) {
                for (int i = 0; i < network.widths().get(l); i++) {
                    if (!isOn(parameters, l, o, i)) {
                        continue;
                    }
                    double[] x = activity.inputs().get(l)[i];
                    DoubleUnaryOperator phi = network.edge(parameters, l, o, i);
                    List<FunctionFit> fits =
                            FunctionFit.best(x, Arrays.stream(x).map(phi).toArray(), SUGGESTIONS);
                    ObjectNode edge = array.addObject();
                    edge.put("layer", l);
                    edge.put("from", name(l, i));
                    edge.put("to", name(l + 1, o));
                    ArrayNode list = edge.putArray("fits");
                    fits.forEach(fit -> describe(list.addObject(), fit));
                }
            }
        }
    }

    private static void describe(ObjectNode node, FunctionFit fit) {
        node.put("function", fit.function().symbol());
        node.put("a", fit.a());
        node.put("b", fit.b());
        node.put("c", fit.c());
        node.put("d", fit.d());
        node.put("r2", fit.r2());
    }
}
