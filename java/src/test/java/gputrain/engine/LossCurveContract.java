package gputrain.engine;

import gputrain.model.Activation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten epochs of every kind of plan follow the float64 oracle. */
interface LossCurveContract extends EngineUnderTest {
    int EPOCHS = 10;

    static Stream<Arguments> raggedShapes() {
        return Stream.of(
                Arguments.of(List.of(1, 1), 1),
                Arguments.of(List.of(7, 3), 31),
                Arguments.of(List.of(1, 7, 1), 1),
                Arguments.of(List.of(16, 16, 2), 31),
                Arguments.of(List.of(17, 33, 3), 33),
                Arguments.of(List.of(13, 80, 40, 3), 65),
                Arguments.of(List.of(13, 80, 40, 3), 1000),
                Arguments.of(List.of(12, 80, 40, 1), 127),
                Arguments.of(List.of(7, 1, 17, 2), 32),
                Arguments.of(List.of(33, 17, 16, 7, 1), 64),
                Arguments.of(List.of(5, 33, 1, 80, 3), 33),
                Arguments.of(List.of(2, 9, 8, 7, 3), 1000),
                Arguments.of(List.of(80, 3), 33),
                Arguments.of(List.of(3, 128, 2), 17),
                Arguments.of(List.of(4, 10, 9), 40));
    }

    @ParameterizedTest
    @MethodSource("raggedShapes")
    default void followsTheOracleOverRaggedShapes(List<Integer> widths, int rows) {
        assertFollowsOracle(PlanBuilder.plan().widths(widths).rows(rows, 5).rate(3e-3));
    }

    static Stream<Arguments> ingredients() {
        List<Loss> losses =
                List.of(new Loss.Huber(1), new Loss.Huber(0.05), new Loss.MeanAbsolute(), new Loss.MeanSquared());
        List<Optimizer> optimizers = List.of(
                Optimizer.Adam.DEFAULT,
                new Optimizer.Adam(0.8, 0.9, 1e-4),
                new Optimizer.Sgd(0),
                new Optimizer.Sgd(0.9));
        return Stream.of(Activation.values())
                .flatMap(activation -> losses.stream()
                        .flatMap(loss ->
                                optimizers.stream().map(optimizer -> Arguments.of(activation, loss, optimizer))));
    }

    @ParameterizedTest
    @MethodSource("ingredients")
    default void followsTheOracleWithEachActivationLossAndOptimizer(
            Activation activation, Loss loss, Optimizer optimizer) {
        assertFollowsOracle(PlanBuilder.plan()
                .widths(List.of(5, 18, 9, 2))
                .activation(activation)
                .loss(loss)
                .optimizer(optimizer)
                .replica(3, 0.01, 1)
                .replica(4, 0, 0.3));
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "7, false", "7, true", "32, false", "32, true", "65, true", "100, true"})
    default void followsTheOracleInMiniBatches(int batch, boolean shuffle) {
        assertFollowsOracle(PlanBuilder.plan()
                .rows(65, 8)
                .batch(batch, shuffle)
                .rate(1e-3)
                .replica(21, 0, 1)
                .replica(22, 1e-3, 1));
    }

    private void assertFollowsOracle(PlanBuilder builder) {
        Runs.assertFollowsOracle(engine(), precision(), builder, builder.data(), EPOCHS);
    }
}
