package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Runs.Outcome;
import gputrain.model.ProductUnitNetwork;
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

/** Real and complex product units follow the float64 oracle. */
interface ProductUnitContract extends EngineUnderTest {
    int EPOCHS = 10;

    static Stream<Arguments> productUnitShapes() {
        return Stream.of(
                        // inputs, linear units, product units, rows
                        List.of(1, 1, 1, 1),
                        List.of(3, 7, 5, 31),
                        List.of(10, 10, 10, 65),
                        List.of(10, 20, 40, 127),
                        List.of(10, 20, 40, 1000),
                        List.of(17, 33, 3, 33),
                        List.of(4, 1, 18, 64),
                        List.of(2, 50, 70, 40))
                .flatMap(shape -> Stream.of(false, true)
                        .map(complex -> Arguments.of(
                                network(complex, shape.get(0), shape.get(1), shape.get(2)), shape.get(3))));
    }

    @ParameterizedTest
    @MethodSource("productUnitShapes")
    default void productUnitsFollowTheOracleOverShapes(ProductUnitNetwork network, int rows) {
        assertFollows(builder(network).rows(rows, 5), false);
    }

    @ParameterizedTest
    @CsvSource({"false, 2, 50, 90", "false, 3, 5, 33", "true, 2, 12, 33", "true, 5, 40, 64"})
    default void productUnitsWithoutALinearLayerFollowTheOracle(boolean complex, int inputs, int units, int rows) {
        assertFollows(builder(network(complex, inputs, 0, units)).rows(rows, 7), true);
    }

    static Stream<Arguments> productUnitIngredients() {
        List<Loss> losses = List.of(new Loss.Huber(0.3), new Loss.MeanAbsolute(), new Loss.MeanSquared());
        List<Optimizer> optimizers =
                List.of(Optimizer.Adam.DEFAULT, new Optimizer.Adam(0.8, 0.9, 1e-4), new Optimizer.Sgd(0.9));
        return Stream.of(false, true)
                .flatMap(complex -> Stream.concat(
                                losses.stream(), complex ? Stream.of(new Loss.ComplexSquared()) : Stream.of())
                        .flatMap(loss -> optimizers.stream().map(optimizer -> Arguments.of(complex, loss, optimizer))));
    }

    @ParameterizedTest
    @MethodSource("productUnitIngredients")
    default void productUnitsFollowTheOracleWithEachLossAndOptimizer(boolean complex, Loss loss, Optimizer optimizer) {
        assertFollows(
                builder(network(complex, 5, 6, 9))
                        .loss(loss)
                        .optimizer(optimizer)
                        .rate(1e-3)
                        .replica(3, 0.01, 1)
                        .replica(4, 0, 0.3),
                false);
    }

    @ParameterizedTest
    @CsvSource({
        "true, 1, true",
        "true, 7, false",
        "true, 32, true",
        "true, 65, true",
        "false, 7, true",
        "false, 100, true"
    })
    default void productUnitsFollowTheOracleInMiniBatches(boolean complex, int batch, boolean shuffle) {
        assertFollows(
                builder(network(complex, 5, 6, 9))
                        .rows(65, 8)
                        .batch(batch, shuffle)
                        .rate(3e-4)
                        .replica(21, 0, 1)
                        .replica(22, 1e-3, 1),
                false);
    }

    private void assertFollows(PlanBuilder builder, boolean positive) {
        DataSet data = positive ? builder.positiveData() : builder.data();
        Runs.assertFollowsOracle(engine(), precision(), builder, data, EPOCHS);
    }

    static Stream<ProductUnitNetwork> productUnitNetworks() {
        return Stream.of(
                network(false, 5, 6, 9),
                network(true, 5, 6, 9),
                network(true, 10, 20, 40),
                network(false, 3, 0, 17),
                network(true, 3, 0, 17));
    }

    @ParameterizedTest
    @MethodSource("productUnitNetworks")
    default void productUnitsPredictAsTheOracle(ProductUnitNetwork network) {
        PlanBuilder builder = builder(network);
        DataSet data = builder.positiveData();
        double[] weights = network.complex() ? new double[] {0.7, -0.4} : new double[] {0.7};
        try (Session oracle = Runs.oracle().open(builder.build(Precision.FLOAT64), data, EngineOptions.DEFAULT);
                Session session = engine().open(builder.build(precision()), data, EngineOptions.DEFAULT)) {
            double[] parameters = oracle.state().get(0).parameters();
            for (int rows : new int[] {0, 1, 15, 33, 41}) {
                double[] inputs = Arrays.copyOf(data.inputs(), rows * network.inputs());
                assertClose(session.predict(parameters, inputs, rows), oracle.predict(parameters, inputs, rows));
                assertClose(
                        session.inputGradient(parameters, inputs, rows, weights),
                        oracle.inputGradient(parameters, inputs, rows, weights));
            }
        }
    }

    /** Relative to the largest: a gradient is a sum of terms of that size. */
    private void assertClose(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(Tolerances.prediction(precision()) * (1 + largest)));
        }
    }

    /** Negative, zero and huge intermediate values: a logarithm of each must be what the oracle says. */
    @Test
    default void complexLogarithmsTakeThePrincipalBranchOnEverySideOfTheOrigin() {
        ProductUnitNetwork network = network(true, 2, 1, 1);
        // z = x_0 + i x_1, y = z^0.5.
        double[] parameters = {1, 0, 0, 1, 0, 0, 0.5, 0, 1, 0, 0, 0};
        double[] inputs = {1, 0, 0, 1, -1, 0, 0, -1, -1, -1e-30, 1, 1, -3, 4, -3, -4, 3, -4, 1e-9, 0, 0, 0, 1e6, -1e6};
        int rows = inputs.length / 2;
        PlanBuilder builder = builder(network);
        try (Session oracle =
                        Runs.oracle().open(builder.build(Precision.FLOAT64), builder.data(), EngineOptions.DEFAULT);
                Session session = engine().open(builder.build(precision()), builder.data(), EngineOptions.DEFAULT)) {
            double[] expected = oracle.predict(parameters, inputs, rows);
            double[] actual = session.predict(parameters, inputs, rows);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i])
                        .as("row " + i / 2)
                        .isCloseTo(
                                expected[i], within(Tolerances.prediction(precision()) * (1 + Math.abs(expected[i]))));
            }
            // i^0.5 = (1 + i) / sqrt 2, (-1)^0.5 = i, and the guard's root at the origin.
            assertThat(expected[2]).isCloseTo(Math.sqrt(0.5), within(1e-12));
            assertThat(expected[5]).isCloseTo(1, within(1e-12));
            assertThat(expected[20]).isCloseTo(1e-3, within(1e-12));
            double[] gradient = session.inputGradient(parameters, inputs, rows, new double[] {1, 0});
            assertThat(Arrays.stream(gradient).allMatch(Double::isFinite)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    default void anExplodingExponentStopsItsReplicaAlone(boolean complex) {
        ProductUnitNetwork network = network(complex, 5, 6, 9);
        PlanBuilder builder = builder(network).every(2);
        double[] exploding =
                builder.build(precision()).initialParameters(new Replica(9, List.of(new int[] {0}), 0, 1, null));
        int exponent = network.offset("exponent");
        for (int i = exponent; i < exponent + network.productUnits() * network.factors(); i++) {
            exploding[i] = -500;
        }
        builder.replica(1, 0, 1).replica(2, 0, 1, exploding).replica(3, 0, 1);
        Outcome outcome = Runs.train(engine(), builder.build(precision()), builder.data(), 6);
        assertThat(outcome.states().stream().map(ReplicaState::status))
                .containsExactly(Status.RUNNING, Status.NON_FINITE, Status.RUNNING);
        ReplicaState stopped = outcome.states().get(1);
        assertThat(stopped.epoch()).isEqualTo(1);
        assertThat(stopped.step()).isZero();
        assertThat(stopped.parameters()).isEqualTo(exploding);
        assertThat(outcome.states().get(2).epoch()).isEqualTo(6);
    }

    @ParameterizedTest
    @MethodSource("productUnitNetworks")
    default void productUnitsGoOnAsIfNeverInterruptedOnAnyNumberOfThreads(ProductUnitNetwork network) {
        PlanBuilder builder = builder(network)
                .rows(150, 20)
                .batch(64, true)
                .watched(1)
                .every(2)
                .replica(1, 0, 1)
                .replica(2, 1e-4, 2);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.positiveData();
        List<ReplicaState> whole =
                Runs.train(engine(), plan, data, 9, new EngineOptions(0, 1)).states();
        for (int threads = 1; threads <= 3; threads++) {
            try (Session session = engine().open(plan, data, new EngineOptions(0, threads))) {
                session.advance(4);
                List<ReplicaState> middle = session.state();
                session.advance(3);
                session.restore(middle);
                session.advance(5);
                Runs.assertSameBits(session.state(), whole);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("productUnitSeeds")
    default void aRandomPlanOfProductUnitsFollowsTheOracle(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean complex = random.nextBoolean();
        ProductUnitNetwork network =
                network(complex, random.nextInt(1, 20), random.nextInt(0, 25), random.nextInt(1, 45));
        PlanBuilder builder = builder(network)
                .rows(random.nextInt(1, 300), random.nextInt(1, 40))
                .batch(random.nextInt(0, 120), random.nextBoolean())
                .rate(5e-4)
                .loss(complex ? new Loss.ComplexSquared() : new Loss.MeanSquared());
        assertFollows(builder, true);
    }

    static IntStream productUnitSeeds() {
        return IntStream.range(0, 25);
    }

    /**
     * Exponents and guards that keep units of order 1. The logarithm of a tiny guard, which every switched-off linear unit
     * of a real network gives, would make sums whose rounding says nothing of an engine.
     */
    private static ProductUnitNetwork network(boolean complex, int inputs, int linearUnits, int productUnits) {
        return new ProductUnitNetwork(complex, inputs, linearUnits, productUnits, complex ? 1e-6 : 0.1, 0.5);
    }

    private static PlanBuilder builder(ProductUnitNetwork network) {
        return PlanBuilder.plan()
                .network(network)
                .rate(1e-3)
                .loss(network.complex() ? new Loss.ComplexSquared() : new Loss.MeanSquared());
    }
}
