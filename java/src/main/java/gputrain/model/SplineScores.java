package gputrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What the edges and nodes of a spline network contribute to its outputs, from the outputs backwards: the score of an output
 * is 1, that of an edge is the score of the node it leads to, times the standard deviation of the edge's function over that
 * of the node's sum, and that of a node is the sum over the edges that leave it. It is the attribution score of pykan (Liu
 * et al., arXiv:2408.10205, Section 4.1), with its guard against a constant node.
 *
 * @param edges by layer {@code [m, n]}
 * @param nodes by layer {@code [n]}, the inputs' first; the last entry is the outputs'
 */
public record SplineScores(List<double[]> edges, List<double[]> nodes) {
    /** Added to the standard deviation of a node's sum. */
    private static final double GUARD = 1e-4;

    public SplineScores {
        edges = List.copyOf(edges);
        nodes = List.copyOf(nodes);
    }

    /** Scores on the rows of an activity. */
    public static SplineScores of(SplineActivity activity) {
        int layers = activity.deviation().size();
        List<double[]> edges = new ArrayList<>();
        List<double[]> nodes = new ArrayList<>();
        double[] target = new double[activity.nodeDeviation().get(layers - 1).length];
        Arrays.fill(target, 1);
        nodes.add(target);
        for (int l = layers - 1; l >= 0; l--) {
            double[] deviation = activity.deviation().get(l);
            double[] sums = activity.nodeDeviation().get(l);
            int n = activity.inputs().get(l).length;
            double[] edge = new double[deviation.length];
            double[] source = new double[n];
            for (int o = 0; o < target.length; o++) {
                for (int i = 0; i < n; i++) {
                    edge[o * n + i] = target[o] * deviation[o * n + i] / (sums[o] + GUARD);
                    source[i] += edge[o * n + i];
                }
            }
            edges.add(edge);
            nodes.add(source);
            target = source;
        }
        Collections.reverse(edges);
        Collections.reverse(nodes);
        return new SplineScores(edges, nodes);
    }

    /** The sum over the nodes of the first layer of the mean |phi| of the edges from each input (Lu et al., Fig. 4b). */
    public static double[] sizes(SplineActivity activity) {
        int n = activity.inputs().get(0).length;
        double[] sizes = new double[n];
        double[] edges = activity.meanAbsolute().get(0);
        for (int e = 0; e < edges.length; e++) {
            sizes[e % n] += edges[e];
        }
        return sizes;
    }
}
