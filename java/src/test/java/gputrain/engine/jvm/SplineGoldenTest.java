package gputrain.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.engine.DataSet;
import gputrain.engine.EdgePenalty;
import gputrain.engine.EngineOptions;
import gputrain.engine.GridUpdates;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.GoldenSplines;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle against PyTorch's automatic differentiation of the same equations. */
class SplineGoldenTest {
    static List<JsonNode> networks() {
        return GoldenSplines.cases("networks");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void outputsLossAndGradientsArePyTorchs(JsonNode golden) {
        List<Integer> widths = StreamSupport.stream(golden.required("widths").spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
        SplineNetwork network = new SplineNetwork(
                widths,
                golden.required("intervals").asInt(),
                golden.required("order").asInt(),
                0);
        double[] start = GoldenSplines.numbers(golden.required("parameters"));
        double[] inputs = GoldenSplines.numbers(golden.required("inputs"));
        double[] targets = GoldenSplines.numbers(golden.required("targets"));
        int rows = golden.required("inputs").size();
        int outputs = network.outputs();
        TrainingPlan plan = new TrainingPlan(
                network,
                loss(golden.required("loss")),
                // A step at rate 1 is the gradient.
                new Optimizer.Sgd(0),
                new LearningRateRule.Constant(1),
                StopRule.epochs(1),
                0,
                false,
                new Monitor(1, Collections.nCopies(outputs, 1.0), -1),
                Precision.FLOAT64,
                List.of(new Replica(
                        1,
                        List.of(IntStream.range(0, rows).toArray()),
                        golden.required("weightDecay").asDouble(),
                        1,
                        start)),
                0,
                new EdgePenalty(
                        golden.required("l1").asDouble(),
                        golden.required("entropy").asDouble()),
                GridUpdates.NEVER);
        DataSet data = new DataSet(rows, network.inputs(), outputs, inputs, targets);
        try (Session session = new JvmEngine().open(plan, data, EngineOptions.DEFAULT)) {
            near(session.predict(start, inputs, rows), golden.required("outputs"));
            double[] weights = GoldenSplines.numbers(golden.required("weights"));
            double[] inputGradient = new double[inputs.length];
            for (int row = 0; row < rows; row++) {
                double[] one = Arrays.copyOfRange(inputs, row * network.inputs(), (row + 1) * network.inputs());
                double[] by = session.inputGradient(
                        start, one, 1, Arrays.copyOfRange(weights, row * outputs, (row + 1) * outputs));
                System.arraycopy(by, 0, inputGradient, row * network.inputs(), by.length);
            }
            near(inputGradient, golden.required("inputGradient"));
            assertThat(session.advance(1).get(0).loss())
                    .isCloseTo(golden.required("dataLoss").asDouble(), within(1e-12));
            double[] gradient = session.state().get(0).parameters();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = start[i] - gradient[i];
            }
            near(gradient, golden.required("gradient"));
        }
    }

    private static Loss loss(JsonNode loss) {
        return switch (loss.required("kind").asText()) {
            case "huber" -> new Loss.Huber(loss.required("delta").asDouble());
            case "mae" -> new Loss.MeanAbsolute();
            default -> new Loss.MeanSquared();
        };
    }

    private static void near(double[] actual, JsonNode golden) {
        double[] expected = GoldenSplines.numbers(golden);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("value " + i).isCloseTo(expected[i], within(1e-11 * (1 + Math.abs(expected[i]))));
        }
    }
}
