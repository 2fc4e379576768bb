package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.ReplicaState.Status;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parameters of the last epochs are summed, exactly as they were. */
interface AveragingContract extends EngineUnderTest {

    static Stream<Network> averagedFamilies() {
        return Stream.of(
                PlanBuilder.plan().widths(List.of(5, 18, 9, 2)).network(),
                PlanBuilder.plan().widths(List.of(13, 80, 40, 3)).network(),
                new ProductUnitNetwork(false, 4, 6, 9, 0.1, 0.5),
                new ProductUnitNetwork(true, 4, 6, 9, 1e-6, 0.5));
    }

    @ParameterizedTest
    @MethodSource("averagedFamilies")
    default void sumsTheParametersOfTheLastEpochs(Network network) {
        PlanBuilder builder = averaging(network);
        TrainingPlan plan = builder.build(precision());
        int n = network.parameterCount();
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.advance(7);
            assertThat(session.state().get(0).parameterSum()).isEqualTo(new double[n]);
            double[] sum = new double[n];
            for (int epoch = 8; epoch <= 12; epoch++) {
                session.advance(1);
                double[] parameters = session.state().get(0).parameters();
                for (int i = 0; i < n; i++) {
                    sum[i] += parameters[i];
                }
                assertThat(session.state().get(0).parameterSum())
                        .as("epoch " + epoch)
                        .isEqualTo(sum);
            }
            ReplicaState end = session.state().get(0);
            assertThat(end.status()).isEqualTo(Status.REACHED_EPOCHS);
            double[] average = plan.finalParameters(end);
            for (int i = 0; i < n; i++) {
                assertThat(average[i]).isCloseTo(sum[i] / 5, within(1e-7 * (1 + Math.abs(sum[i]))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("averagedFamilies")
    default void goesOnWithTheSumAfterARestore(Network network) {
        PlanBuilder builder = averaging(network);
        TrainingPlan plan = builder.build(precision());
        List<ReplicaState> whole;
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.advance(12);
            whole = session.state();
        }
        List<ReplicaState> middle;
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.advance(9);
            middle = session.state();
        }
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.restore(middle);
            session.advance(3);
            Runs.assertSameBits(session.state(), whole);
        }
    }

    @Test
    default void sumsNothingWhereThePlanAveragesNothing() {
        PlanBuilder builder = PlanBuilder.plan();
        assertThat(Runs.train(engine(), builder.build(precision()), builder.data(), 2)
                        .states()
                        .get(0)
                        .parameterSum())
                .isEmpty();
    }

    private static PlanBuilder averaging(Network network) {
        return PlanBuilder.plan()
                .network(network)
                .batch(10, true)
                .every(3)
                .watched(1)
                .stop(StopRule.epochs(12))
                .averageLast(5)
                .replica(3, 0.01, 1)
                .replica(4, 0, 0.3);
    }
}
