package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.EdgePenalty;
import gputrain.model.SplineNetwork;
import java.util.Arrays;

/** The penalty of a spline network's edges over the rows of a batch, and its share of the rows' gradients. */
final class PenaltyTerm {
    private final SplineNetwork network;
    private final SplineEdges edges;
    private final EdgePenalty penalty;
    private final DataSet data;
    private double value;

    PenaltyTerm(SplineNetwork network, SplineEdges edges, EdgePenalty penalty, DataSet data) {
        this.network = network;
        this.edges = edges;
        this.penalty = penalty;
        this.data = data;
    }

    /** What was added to the objective at the parameters last looked at. */
    double value() {
        return value;
    }

    /** Takes the rows through the network and tells it what their |phi| add to the objective. */
    void look(double[] parameters, int[] rows, int from, int to) {
        double[][] a = new double[network.layers()][];
        for (int l = 0; l < a.length; l++) {
            a[l] = new double[edges.phi(l).length];
        }
        for (int r = from; r < to; r++) {
            edges.forward(parameters, data.inputs(), rows[r] * data.inputWidth());
            for (int l = 0; l < a.length; l++) {
                for (int e = 0; e < a[l].length; e++) {
                    a[l][e] += Math.abs(edges.phi(l)[e]) / (to - from);
                }
            }
        }
        value = 0;
        for (double[] layer : a) {
            double sum = Arrays.stream(layer).sum();
            double entropy = 0;
            for (double size : layer) {
                entropy -= size > 0 ? size / sum * Math.log(size / sum) : 0;
            }
            value += penalty.l1() * sum + penalty.entropy() * entropy;
            for (int e = 0; e < layer.length; e++) {
                double slope = layer[e] > 0 ? -(Math.log(layer[e] / sum) + entropy) / sum : 0;
                layer[e] = (penalty.l1() + penalty.entropy() * slope) / (to - from);
            }
        }
        edges.penalise(a);
    }
}
