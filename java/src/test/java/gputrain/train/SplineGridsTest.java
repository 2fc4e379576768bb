package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.model.GoldenSplines;
import gputrain.model.InitialValues;
import gputrain.model.SplineActivity;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SplineGridsTest {
    private static final int ROWS = 120;

    static List<JsonNode> updates() {
        return GoldenSplines.cases("updates");
    }

    @ParameterizedTest
    @MethodSource("updates")
    void knotsAndCoefficientsAreNumPys(JsonNode golden) {
        double[] knots = GoldenSplines.numbers(golden.required("knots"));
        int order = golden.required("order").asInt();
        int edges = golden.required("coefficients").size();
        SplineNetwork from = new SplineNetwork(List.of(1, edges), knots.length - 1 - 2 * order, order, 0);
        SplineNetwork to = from.withIntervals(golden.required("intervals").asInt());
        double[] parameters = InitialValues.draw(from, 1);
        System.arraycopy(knots, 0, parameters, from.knotOffset(0), knots.length);
        double[] coefficients = GoldenSplines.numbers(golden.required("coefficients"));
        System.arraycopy(coefficients, 0, parameters, from.coefficientOffset(0), coefficients.length);
        double[] samples = GoldenSplines.numbers(golden.required("samples"));
        double[] fitted = SplineGrids.fitted(
                from,
                to,
                parameters,
                samples,
                IntStream.range(0, samples.length).toArray(),
                golden.required("uniformShare").asDouble());
        double[] newKnots = GoldenSplines.numbers(golden.required("newKnots"));
        double[] newCoefficients = GoldenSplines.numbers(golden.required("newCoefficients"));
        for (int j = 0; j < newKnots.length; j++) {
            assertThat(fitted[to.knotOffset(0) + j]).isCloseTo(newKnots[j], within(1e-12));
        }
        for (int j = 0; j < newCoefficients.length; j++) {
            assertThat(fitted[to.coefficientOffset(0) + j])
                    .isCloseTo(newCoefficients[j], within(1e-8 * (1 + Math.abs(newCoefficients[j]))));
        }
    }

    /** On finer knots at the same places every function can stay what it is, through all layers. */
    @Test
    void refinementOfUniformKnotsKeepsTheFunction() {
        SplineNetwork network = new SplineNetwork(List.of(2, 3, 1), 4, 3, 2);
        double[] parameters = InitialValues.draw(network, 8);
        double[] inputs = inputs();
        int[] rows = IntStream.range(0, ROWS).toArray();
        double[] once = SplineGrids.fitted(network, network, parameters, inputs, rows, 1);
        double[] finer = SplineGrids.fitted(network, network.withIntervals(8), once, inputs, rows, 1);
        double[][] before = outputs(network, once, inputs);
        double[][] after = outputs(network.withIntervals(8), finer, inputs);
        for (int r = 0; r < ROWS; r++) {
            assertThat(after[0][r]).isCloseTo(before[0][r], within(1e-5));
        }
    }

    @Test
    void anInputThatIsAlwaysTheSameKeepsItsKnots() {
        SplineNetwork network = new SplineNetwork(List.of(2, 3, 1), 4, 3, 2);
        double[] parameters = InitialValues.draw(network, 8);
        double[] inputs = inputs();
        for (int r = 0; r < ROWS; r++) {
            inputs[2 * r + 1] = 0.25;
        }
        double[] updated = SplineGrids.fitted(
                network, network, parameters, inputs, IntStream.range(0, ROWS).toArray(), 0.02);
        int knots = network.knotOffset(0);
        int n = network.knots();
        assertThat(Arrays.copyOfRange(updated, knots + n, knots + 2 * n))
                .isEqualTo(Arrays.copyOfRange(parameters, knots + n, knots + 2 * n));
        assertThat(Arrays.copyOfRange(updated, knots, knots + n))
                .isNotEqualTo(Arrays.copyOfRange(parameters, knots, knots + n));
        assertThat(Arrays.stream(updated).allMatch(Double::isFinite)).isTrue();
    }

    @Test
    void pruningSwitchesOffWhatDoesLittleAndWhatHangsOnIt() {
        SplineNetwork network = new SplineNetwork(List.of(2, 3, 1), 4, 3, 2);
        double[] parameters = InitialValues.draw(network, 8);
        int[] rows = IntStream.range(0, ROWS).toArray();
        // The node in the middle is hardly used, the first input hardly reaches the last node.
        small(network, parameters, 1, 1);
        small(network, parameters, 0, 4);
        double[] pruned = SplinePruning.pruned(network, parameters, inputs(), rows, 0.05);
        assertThat(mask(network, pruned, 0)).containsExactly(1, 1, 0, 0, 0, 1);
        assertThat(mask(network, pruned, 1)).containsExactly(1, 0, 1);
        assertThat(SplinePruning.pruned(network, parameters, inputs(), rows, 0)).isEqualTo(parameters);
    }

    private static void small(SplineNetwork network, double[] parameters, int layer, int edge) {
        parameters[network.baseOffset(layer) + edge] *= 1e-3;
        parameters[network.scaleOffset(layer) + edge] *= 1e-3;
    }

    private static double[] mask(SplineNetwork network, double[] parameters, int layer) {
        int edges = network.widths().get(layer) * network.widths().get(layer + 1);
        return Arrays.copyOfRange(parameters, network.maskOffset(layer), network.maskOffset(layer) + edges);
    }

    private static double[] inputs() {
        return new SplittableRandom(4).doubles(2L * ROWS, -0.9, 0.8).toArray();
    }

    private static double[][] outputs(SplineNetwork network, double[] parameters, double[] inputs) {
        return SplineActivity.of(
                        network, parameters, inputs, IntStream.range(0, ROWS).toArray())
                .inputs()
                .get(network.layers());
    }
}
