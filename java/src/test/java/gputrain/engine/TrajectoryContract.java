package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.engine.Runs.Outcome;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two hundred steps follow PyTorch from the same initial weights. */
interface TrajectoryContract extends EngineUnderTest {

    static Stream<String> trajectories() {
        return GoldenTrajectory.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    default void followsPyTorchForTwoHundredSteps(String name) {
        GoldenTrajectory golden = GoldenTrajectory.read(name);
        Outcome outcome = Runs.train(engine(), golden.plan(precision()), golden.data(), golden.epochs());
        List<Sample> samples = outcome.samples();
        assertThat(samples).hasSize((int) golden.epochs());
        for (int epoch = 0; epoch < samples.size(); epoch++) {
            String where = name + " epoch " + epoch;
            Sample sample = samples.get(epoch);
            double tolerance = Tolerances.goldenLoss(precision());
            Runs.assertRelative(where + " loss", sample.loss(), golden.loss(epoch), tolerance);
            Runs.assertRelative(where + " rate", sample.learningRate(), golden.rate(epoch), Tolerances.LEARNING_RATE);
        }
        assertParameters(golden.json(), outcome.states().get(0).parameters());
    }

    private void assertParameters(JsonNode json, double[] parameters) {
        double tolerance = Tolerances.goldenParameter(precision());
        double sum = 0;
        double squares = 0;
        for (double parameter : parameters) {
            sum += parameter;
            squares += parameter * parameter;
        }
        double typical = Math.sqrt(squares / parameters.length);
        json.get("parameters")
                .properties()
                .forEach(one -> assertThat(parameters[Integer.parseInt(one.getKey())])
                        .as("parameter " + one.getKey())
                        .isCloseTo(one.getValue().asDouble(), within(tolerance * typical)));
        assertThat(sum)
                .as("sum of the parameters")
                .isCloseTo(json.get("parameterSum").asDouble(), within(tolerance * typical * parameters.length));
        Runs.assertRelative(
                "sum of the parameters' squares",
                squares,
                json.get("parameterSquares").asDouble(),
                tolerance);
    }
}
