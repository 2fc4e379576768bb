package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Runs.Outcome;
import gputrain.model.InitialValues;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Spline networks follow the oracle in float64, with first-order rules and with L-BFGS. */
interface SplineContract extends EngineUnderTest {
    int SPLINE_EPOCHS = 8;
    Optimizer LBFGS = new Optimizer.Lbfgs(5, 20, 1e-12);

    static Stream<Arguments> splineShapes() {
        return Stream.of(
                Arguments.of(new SplineNetwork(List.of(1, 1), 1, 1, 1), 3),
                Arguments.of(new SplineNetwork(List.of(3, 2), 4, 2, 1), 17),
                Arguments.of(new SplineNetwork(List.of(4, 8, 1), 5, 3, 1), 130),
                Arguments.of(new SplineNetwork(List.of(4, 5, 1), 3, 3, 1), 64),
                Arguments.of(new SplineNetwork(List.of(2, 9, 1), 30, 3, 1), 65),
                Arguments.of(new SplineNetwork(List.of(5, 3, 7, 2), 6, 4, 1), 33),
                Arguments.of(new SplineNetwork(List.of(1, 17, 1), 2, 5, 1), 40),
                Arguments.of(new SplineNetwork(List.of(13, 33, 3), 3, 3, 1), 31),
                Arguments.of(new SplineNetwork(List.of(2, 2, 2, 2, 1), 3, 7, 1), 20));
    }

    @ParameterizedTest
    @MethodSource("splineShapes")
    default void splinesFollowTheOracleOverShapes(SplineNetwork network, int rows) {
        assertSplinesFollow(builder(network).rows(rows, 5));
    }

    @ParameterizedTest
    @MethodSource("splineShapes")
    default void lbfgsFollowsTheOracleOverShapes(SplineNetwork network, int rows) {
        assertSplinesFollow(builder(network).rows(rows, 5).optimizer(LBFGS).rate(1));
    }

    static Stream<Arguments> splineIngredients() {
        List<Loss> losses = List.of(new Loss.Huber(0.3), new Loss.MeanAbsolute(), new Loss.MeanSquared());
        List<Optimizer> optimizers = List.of(Optimizer.Adam.DEFAULT, new Optimizer.Sgd(0.9), LBFGS);
        return losses.stream()
                .flatMap(loss -> optimizers.stream()
                        // L-BFGS on a loss with kinks decides by the last bits.
                        .filter(optimizer -> optimizer != LBFGS || !(loss instanceof Loss.MeanAbsolute))
                        .flatMap(optimizer -> Stream.of(0, 1e-3, 0.05)
                                .map(penalty -> Arguments.of(loss, optimizer, penalty.doubleValue()))));
    }

    @ParameterizedTest
    @MethodSource("splineIngredients")
    default void splinesFollowTheOracleWithEachLossOptimizerAndPenalty(Loss loss, Optimizer optimizer, double penalty) {
        assertSplinesFollow(builder(new SplineNetwork(List.of(4, 6, 2), 4, 3, 1))
                .loss(loss)
                .optimizer(optimizer)
                .rate(optimizer == LBFGS ? 1 : 1e-2)
                .penalty(penalty, 2 * penalty)
                .replica(3, 0.01, 1)
                .replica(4, 0, 0.3));
    }

    @ParameterizedTest
    @CsvSource({"1, true, 0", "7, false, 1e-3", "32, true, 1e-3", "64, true, 1e-3"})
    default void splinesFollowTheOracleInMiniBatches(int batch, boolean shuffle, double penalty) {
        assertSplinesFollow(builder(new SplineNetwork(List.of(4, 6, 1), 4, 3, 1))
                .rows(65, 8)
                .batch(batch, shuffle)
                .penalty(penalty, penalty)
                .replica(21, 0, 1)
                .replica(22, 1e-3, 1));
    }

    private void assertSplinesFollow(PlanBuilder builder) {
        TrainingPlan plan = builder.build(Precision.FLOAT64);
        double tolerance = plan.optimizer() instanceof Optimizer.Lbfgs ? 1e-7 : 1e-10;
        Runs.assertFollows(engine(), plan, builder.data(), SPLINE_EPOCHS, tolerance);
    }

    /** Knots of their own for every input, uneven, and edges that are switched off. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    default void unevenKnotsAndMasksStayAsTheyAre(boolean lbfgs) {
        SplineNetwork network = new SplineNetwork(List.of(4, 6, 1), 5, 3, 1);
        PlanBuilder builder = builder(network)
                .rows(70, 12)
                .optimizer(lbfgs ? LBFGS : Optimizer.Adam.DEFAULT)
                .rate(lbfgs ? 1 : 1e-2)
                .replica(5, 1e-3, 1, uneven(network));
        assertSplinesFollow(builder);
        Outcome outcome = Runs.train(engine(), builder.build(Precision.FLOAT64), builder.data(), SPLINE_EPOCHS);
        double[] after = outcome.states().get(0).parameters();
        double[] before = uneven(network);
        boolean[] trained = network.trained();
        int moved = 0;
        for (int i = 0; i < after.length; i++) {
            if (!trained[i]) {
                assertThat(after[i]).isEqualTo(before[i]);
            } else if (after[i] != before[i]) {
                moved++;
            }
        }
        assertThat(moved).isPositive();
    }

    private static double[] uneven(SplineNetwork network) {
        double[] parameters = InitialValues.draw(network, 5);
        SplittableRandom random = new SplittableRandom(9);
        for (int l = 0; l < network.layers(); l++) {
            for (int i = 0; i < network.widths().get(l); i++) {
                double t = -1.4;
                for (int j = 0; j < network.knots(); j++) {
                    parameters[network.knotOffset(l) + i * network.knots() + j] = t;
                    t += random.nextDouble(1e-3, 0.5);
                }
            }
            parameters[network.maskOffset(l) + 1] = 0;
        }
        return parameters;
    }

    @Test
    default void splinesPredictAsTheOracleInsideAndBeyondTheirKnots() {
        SplineNetwork network = new SplineNetwork(List.of(4, 6, 2), 5, 3, 1);
        PlanBuilder builder = builder(network);
        double[] parameters = uneven(network);
        double[] weights = {0.7, -0.4};
        SplittableRandom random = new SplittableRandom(3);
        double[] inputs = random.doubles(4 * 90L, -4, 4).toArray();
        System.arraycopy(parameters, network.knotOffset(0), inputs, 0, 12);
        inputs[20] = 1e300;
        inputs[25] = -1e300;
        try (Session oracle =
                        Runs.oracle().open(builder.build(Precision.FLOAT64), builder.data(), EngineOptions.DEFAULT);
                Session session =
                        engine().open(builder.build(Precision.FLOAT64), builder.data(), EngineOptions.DEFAULT)) {
            for (int rows : new int[] {0, 1, 15, 33, 90}) {
                double[] some = Arrays.copyOf(inputs, rows * 4);
                assertNear(session.predict(parameters, some, rows), oracle.predict(parameters, some, rows));
                assertNear(
                        session.inputGradient(parameters, some, rows, weights),
                        oracle.inputGradient(parameters, some, rows, weights));
            }
            double[] nothing = {0.1, Double.NaN, 0.2, 0.3};
            assertThat(session.predict(parameters, nothing, 1)).containsOnly(Double.NaN);
        }
    }

    private static void assertNear(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("value " + i).isCloseTo(expected[i], within(1e-11 * (1 + Math.abs(expected[i]))));
        }
    }

    @Test
    default void lbfgsConvergesAndThenStaysWhereItIs() {
        SplineNetwork network = new SplineNetwork(List.of(1, 1), 2, 2, 1);
        PlanBuilder builder = builder(network)
                .rows(30, 4)
                .every(1000)
                .optimizer(new Optimizer.Lbfgs(8, 30, 1e-7))
                .rate(1)
                .replica(2, 1e-2, 1);
        TrainingPlan plan = builder.build(Precision.FLOAT64);
        Outcome outcome = Runs.train(engine(), plan, builder.data(), 900);
        ReplicaState end = outcome.states().get(0);
        assertThat(end.status()).isEqualTo(Status.CONVERGED);
        assertThat(end.epoch()).isEqualTo(end.step() + 1);
        assertThat(outcome.samples()).hasSize(1);
        assertThat(outcome.samples().get(0).epoch()).isEqualTo(end.epoch());
        double[] expected = Runs.train(Runs.oracle(), plan, builder.data(), 900)
                .states()
                .get(0)
                .parameters();
        for (int i = 0; i < expected.length; i++) {
            assertThat(end.parameters()[i]).isCloseTo(expected[i], within(1e-4));
        }
    }

    @Test
    default void lbfgsNeverTakesTheObjectiveUp() {
        PlanBuilder builder = builder(new SplineNetwork(List.of(4, 8, 1), 5, 3, 1))
                .rows(120, 20)
                .optimizer(LBFGS)
                .rate(1);
        List<Sample> samples = Runs.train(engine(), builder.build(Precision.FLOAT64), builder.data(), 60)
                .samples();
        for (int i = 1; i < samples.size(); i++) {
            assertThat(samples.get(i).loss())
                    .isLessThanOrEqualTo(samples.get(i - 1).loss());
        }
        assertThat(samples.get(59).loss()).isLessThan(samples.get(0).loss() / 20);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    default void anInfiniteObjectiveStopsItsReplicaAlone(boolean lbfgs) {
        SplineNetwork network = new SplineNetwork(List.of(3, 4, 1), 3, 3, 1);
        PlanBuilder builder = builder(network).every(2).optimizer(lbfgs ? LBFGS : Optimizer.Adam.DEFAULT);
        double[] exploding = InitialValues.draw(network, 9);
        exploding[network.coefficientOffset(1)] = 1e200;
        Arrays.fill(exploding, network.scaleOffset(1), network.scaleOffset(1) + 4, 1e200);
        builder.replica(1, 0, 1).replica(2, 0, 1, exploding).replica(3, 0, 1);
        Outcome outcome = Runs.train(engine(), builder.build(Precision.FLOAT64), builder.data(), 6);
        assertThat(outcome.states().stream().map(ReplicaState::status))
                .containsExactly(Status.RUNNING, Status.NON_FINITE, Status.RUNNING);
        ReplicaState stopped = outcome.states().get(1);
        assertThat(stopped.epoch()).isEqualTo(1);
        assertThat(stopped.step()).isZero();
        assertThat(stopped.parameters()).isEqualTo(exploding);
        assertThat(outcome.states().get(2).epoch()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 0", "false, 48"})
    default void splinesGoOnAsIfNeverInterruptedOnAnyNumberOfThreads(boolean lbfgs, int batch) {
        SplineNetwork network = new SplineNetwork(List.of(4, 7, 1), 5, 3, 1);
        PlanBuilder builder = builder(network)
                .rows(150, 20)
                .batch(batch, true)
                .watched(1)
                .every(2)
                .averageLast(995)
                .penalty(1e-3, 1e-3)
                .optimizer(lbfgs ? LBFGS : Optimizer.Adam.DEFAULT)
                .rate(lbfgs ? 1 : 1e-2)
                .replica(1, 0, 1)
                .replica(2, 1e-4, 0.5, uneven(network));
        TrainingPlan plan = builder.build(Precision.FLOAT64);
        DataSet data = builder.data();
        List<ReplicaState> whole =
                Runs.train(engine(), plan, data, 12, new EngineOptions(0, 1)).states();
        for (int threads = 1; threads <= 3; threads++) {
            try (Session session = engine().open(plan, data, new EngineOptions(0, threads))) {
                session.advance(7);
                List<ReplicaState> middle = session.state();
                session.advance(3);
                session.restore(middle);
                session.advance(5);
                Runs.assertSameBits(session.state(), whole);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("splineSeeds")
    default void aRandomPlanOfSplinesFollowsTheOracle(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int hidden = random.nextInt(1, 20);
        SplineNetwork network = new SplineNetwork(
                List.of(random.nextInt(1, 9), hidden, random.nextInt(1, 4)),
                random.nextInt(1, 12),
                random.nextInt(1, 5),
                1);
        boolean lbfgs = random.nextBoolean();
        assertSplinesFollow(builder(network)
                .rows(random.nextInt(1, 200), random.nextInt(1, 40))
                .optimizer(lbfgs ? LBFGS : Optimizer.Adam.DEFAULT)
                .rate(lbfgs ? 1 : 3e-3)
                .batch(lbfgs ? 0 : random.nextInt(0, 120), random.nextBoolean())
                .penalty(random.nextBoolean() ? 1e-3 : 0, random.nextBoolean() ? 1e-3 : 0));
    }

    static IntStream splineSeeds() {
        return IntStream.range(0, 20);
    }

    private static PlanBuilder builder(SplineNetwork network) {
        return PlanBuilder.plan().network(network).rate(1e-2).loss(new Loss.MeanSquared());
    }
}
