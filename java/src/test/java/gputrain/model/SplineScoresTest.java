package gputrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a network of straight lines, whose standard deviations are known. */
class SplineScoresTest {
    private static final double GUARD = 1e-4;

    private final SplineNetwork network = new SplineNetwork(List.of(2, 2, 1), 1, 1, 0);
    private final double[] parameters = new double[network.parameterCount()];
    /** Every pair of signs once: the two inputs have no correlation, each the standard deviation 0.1. */
    private final double[] inputs = {0.1, 0.1, 0.1, -0.1, -0.1, 0.1, -0.1, -0.1};

    private SplineActivity activity = SplineActivity.of(network, parameters, inputs, new int[] {0});

    @BeforeEach
    void straightLines() {
        for (ParameterTensor tensor : network.tensors()) {
            for (int i = 0; i < tensor.size(); i++) {
                List<Double> centre = tensor.initialCentre();
                parameters[tensor.offset() + i] = tensor.name().endsWith("base") ? 0 : centre.get(i % centre.size());
            }
        }
        // n_0 = 2 x_0, n_1 = x_0 + 3 x_1, y = n_0 + n_1 / 2
        line(0, 0, 0, 2);
        line(0, 1, 0, 1);
        line(0, 1, 1, 3);
        line(1, 0, 0, 1);
        line(1, 0, 1, 0.5);
        activity = SplineActivity.of(network, parameters, inputs, new int[] {0, 1, 2, 3});
    }

    /** One interval of order 1: the two splines are the hats on the ends of -1 ... 1. */
    private void line(int layer, int to, int from, double slope) {
        int edge = to * network.widths().get(layer) + from;
        parameters[network.scaleOffset(layer) + edge] = 1;
        int c = network.coefficientOffset(layer) + edge * network.splines();
        parameters[c] = -slope;
        parameters[c + 1] = slope;
    }

    @Test
    void runsFromTheOutputToTheInputs() {
        double first = 0.2;
        double second = 0.1 * Math.sqrt(1 + 9);
        double output = 0.1 * Math.sqrt(2.5 * 2.5 + 1.5 * 1.5);
        double[] nodes = {first / (output + GUARD), second / 2 / (output + GUARD)};

        SplineScores scores = SplineScores.of(activity);

        assertThat(scores.nodes().get(2)).containsExactly(1);
        assertThat(scores.nodes().get(1)).containsExactly(nodes, within(1e-12));
        assertThat(scores.edges().get(1)).containsExactly(nodes, within(1e-12));
        double[] edges = {
            nodes[0] * 0.2 / (first + GUARD), 0, nodes[1] * 0.1 / (second + GUARD), nodes[1] * 0.3 / (second + GUARD)
        };
        assertThat(scores.edges().get(0)).containsExactly(edges, within(1e-12));
        assertThat(scores.nodes().get(0)).containsExactly(new double[] {edges[0] + edges[2], edges[3]}, within(1e-12));
    }

    @Test
    void sizesAreSumsOverTheNodes() {
        assertThat(SplineScores.sizes(activity)).containsExactly(new double[] {0.2 + 0.1, 0.3}, within(1e-12));
    }

    @Test
    void anEdgeThatIsSwitchedOffHasNoScore() {
        parameters[network.maskOffset(0) + 3] = 0;

        SplineActivity without = SplineActivity.of(network, parameters, inputs, new int[] {0, 1, 2, 3});

        assertThat(SplineScores.of(without).nodes().get(0)[1]).isZero();
        assertThat(SplineScores.sizes(without)[1]).isZero();
    }
}
