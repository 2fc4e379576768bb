package gputrain.train;

import gputrain.model.SplineActivity;
import gputrain.model.SplineNetwork;
import java.util.Arrays;

/** Switches off edges of a spline network that do little (Liu et al., arXiv:2404.19756, Section 2.5.1, there for nodes). */
public final class SplinePruning {
    private SplinePruning() {}

    /**
     * The parameters with 0 in the masks of the edges whose mean |phi| over the rows is below a share of their layer's
     * largest; edges to and from nodes that lost all on their other side go, too.
     *
     * @param inputs {@code [.., inputs]} row-major
     * @param rows which of them, at least one
     */
    public static double[] pruned(
            SplineNetwork network, double[] parameters, double[] inputs, int[] rows, double share) {
        double[] result = parameters.clone();
        SplineActivity activity = SplineActivity.of(network, parameters, inputs, rows);
        for (int l = 0; l < network.layers(); l++) {
            double[] sizes = activity.meanAbsolute().get(l);
            double least = share * Arrays.stream(sizes).max().orElse(0);
            for (int edge = 0; edge < sizes.length; edge++) {
                if (sizes[edge] < least) {
                    result[network.maskOffset(l) + edge] = 0;
                }
            }
        }
        boolean again = true;
        while (again) {
            again = false;
            for (int l = 1; l < network.layers(); l++) {
                for (int node = 0; node < network.widths().get(l); node++) {
                    boolean reached = any(result, network, l - 1, node, true);
                    boolean used = any(result, network, l, node, false);
                    if (reached != used) {
                        off(result, network, l - 1, node, true);
                        off(result, network, l, node, false);
                        again = true;
                    }
                }
            }
        }
        return result;
    }

    private static boolean any(double[] parameters, SplineNetwork network, int l, int node, boolean into) {
        for (int edge : edges(network, l, node, into)) {
            if (parameters[network.maskOffset(l) + edge] != 0) {
                return true;
            }
        }
        return false;
    }

    private static void off(double[] parameters, SplineNetwork network, int l, int node, boolean into) {
        for (int edge : edges(network, l, node, into)) {
            parameters[network.maskOffset(l) + edge] = 0;
        }
    }

    /** The edges of layer l that lead into a node of the next one, or out of one of its own. */
    private static int[] edges(SplineNetwork network, int l, int node, boolean into) {
        int n = network.widths().get(l);
        int[] edges = new int[into ? n : network.widths().get(l + 1)];
        for (int k = 0; k < edges.length; k++) {
            edges[k] = into ? node * n + k : k * n + node;
        }
        return edges;
    }
}
