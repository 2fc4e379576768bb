package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Runs.Outcome;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.InitialValues;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Levenberg-Marquardt in float64, on an engine that {@link TestedEngine} names on the subclass. */
abstract class SecondOrderContract extends PosteriorContract {
    private static final Optimizer.LevenbergMarquardt SETTINGS = new Optimizer.LevenbergMarquardt(1e-2, 12, 0);

    @Override
    public Engine engine() {
        return Runs.named(tested().name());
    }

    @Override
    public Precision precision() {
        return tested().precision();
    }

    private TestedEngine tested() {
        return Objects.requireNonNull(getClass().getAnnotation(TestedEngine.class), "@TestedEngine");
    }

    @ParameterizedTest
    @MethodSource("problems")
    void followsAPlainDenseReference(Network network, int rows) {
        List<Loss> losses = network.complex()
                ? List.of(new Loss.ComplexSquared())
                : List.of(new Loss.MeanSquared(), new Loss.Huber(0.3), new Loss.MeanAbsolute());
        for (Loss loss : losses) {
            for (double decay : new double[] {0, 1e-3}) {
                double acceleration = decay > 0 ? 0.75 : 0;
                PlanBuilder builder = builder(network)
                        .optimizer(new Optimizer.LevenbergMarquardt(1e-2, 12, 0, acceleration, Optimizer.Evidence.NONE))
                        .rows(rows, 3)
                        .loss(loss)
                        .replica(5, decay, 1);
                TrainingPlan plan = builder.build(precision());
                DataSet data = builder.positiveData();
                try (Session session = engine().open(plan, data, EngineOptions.DEFAULT)) {
                    PlainLevenbergMarquardt reference = new PlainLevenbergMarquardt(plan, data, session);
                    for (int epoch = 0; epoch < 3; epoch++) {
                        double expectedLoss = reference.loss();
                        reference.step();
                        Sample sample = session.advance(1).get(0);
                        ReplicaState state = session.state().get(0);
                        String what = loss + ", decay " + decay + ", epoch " + epoch;
                        assertThat(sample.loss()).as(what).isCloseTo(expectedLoss, within(1e-5 * expectedLoss + 1e-9));
                        Runs.assertRelative(what + ", mu", state.firstMoment()[0], reference.damping(), 1e-3);
                        assertClose(what, state.parameters(), reference.parameters(), 1e-4);
                    }
                }
            }
        }
    }

    private static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i])
                    .as(what + ", parameter " + i)
                    .isCloseTo(expected[i], within(tolerance * (1 + Math.abs(expected[i]))));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void followsTheOracle(Network network, int rows) {
        PlanBuilder builder = builder(network)
                .rows(rows, 4)
                .loss(network.complex() ? new Loss.ComplexSquared() : new Loss.Huber(0.5))
                .replica(3, 1e-3, 1)
                .replica(4, 1e-5, 1);
        Runs.assertFollows(engine(), builder.build(precision()), builder.positiveData(), 4, 1e-7);
    }

    @ParameterizedTest
    @MethodSource("problems")
    void neverTakesTheObjectiveUp(Network network, int rows) {
        Loss loss = network.complex() ? new Loss.ComplexSquared() : new Loss.MeanAbsolute();
        double decay = 1e-3;
        PlanBuilder builder = builder(network).rows(rows, 4).loss(loss).replica(3, decay, 1);
        TrainingPlan plan = builder.build(precision());
        try (Session session = engine().open(plan, builder.positiveData(), EngineOptions.DEFAULT)) {
            double last = Double.POSITIVE_INFINITY;
            for (int epoch = 0; epoch < 25; epoch++) {
                double squares = squares(network, session.state().get(0).parameters());
                List<Sample> samples = session.advance(1);
                if (samples.isEmpty()) {
                    break;
                }
                double objective = samples.get(0).loss() + decay / 2 * squares;
                assertThat(objective).as("epoch " + epoch).isLessThanOrEqualTo(last * (1 + 1e-14));
                last = objective;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void weightDecaysAreThoseOfTheEvidence(Network network, int rows) {
        for (boolean byLayer : new boolean[] {false, true}) {
            Optimizer.Evidence evidence = new Optimizer.Evidence(byLayer, 2);
            PlanBuilder builder = builder(network)
                    .optimizer(new Optimizer.LevenbergMarquardt(1e-2, 12, 0, 0.75, evidence))
                    .rows(rows, 3)
                    .loss(network.complex() ? new Loss.ComplexSquared() : new Loss.Huber(0.3))
                    .replica(5, 0.01, 1);
            TrainingPlan plan = builder.build(precision());
            DataSet data = builder.positiveData();
            ParameterGroups groups = evidence.groups(network);
            try (Session session = engine().open(plan, data, EngineOptions.DEFAULT)) {
                session.advance(2);
                ReplicaState before = session.state().get(0);
                double[] decay = Arrays.copyOfRange(before.firstMoment(), 1, 1 + groups.count());
                assertThat(decay).containsOnly(0.01);
                session.advance(1);
                double[] expected =
                        PlainLevenbergMarquardt.evidence(plan, data, engine(), before.parameters(), groups, decay);
                ReplicaState after = session.state().get(0);
                for (int c = 0; c < expected.length; c++) {
                    Runs.assertRelative("group " + c, after.firstMoment()[1 + c], expected[c], 1e-5);
                }
                assertThat(after.secondMoment()[1]).isGreaterThanOrEqualTo(2.0 * after.step());
            }
        }
    }

    private static double squares(Network network, double[] parameters) {
        boolean[] trained = PlainLevenbergMarquardt.trained(network);
        double sum = 0;
        for (int i = 0; i < parameters.length; i++) {
            sum += trained[i] ? parameters[i] * parameters[i] : 0;
        }
        return sum;
    }

    /** Without hidden layers the model is exact: only the damping is in the way. */
    @ParameterizedTest
    @ValueSource(ints = {3, 40})
    void solvesALinearProblemInAFewSteps(int rows) {
        DenseNetwork network = new DenseNetwork(List.of(4, 2), Activation.IDENTITY);
        PlanBuilder builder = builder(network)
                .rows(rows, 3)
                .every(1000)
                .loss(new Loss.MeanSquared())
                .optimizer(new Optimizer.LevenbergMarquardt(1e-3, 20, 1e-12))
                .replica(3, 1e-4, 1);
        TrainingPlan plan = builder.build(precision());
        Outcome outcome = Runs.train(engine(), plan, builder.data(), 40);
        ReplicaState end = outcome.states().get(0);
        assertThat(end.status()).isEqualTo(Status.CONVERGED);
        assertThat(end.epoch()).isEqualTo(end.step() + 1).isLessThanOrEqualTo(15);
        assertThat(outcome.samples()).hasSize(1);
        double[] gradient = PlainLevenbergMarquardt.gradient(plan, builder.data(), engine(), end.parameters());
        assertThat(Arrays.stream(gradient).map(Math::abs).max().orElseThrow()).isLessThan(1e-9);
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.restore(outcome.states());
            assertThat(session.advance(3)).isEmpty();
            Runs.assertSameBits(session.state(), outcome.states());
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void goesOnAsIfNeverInterruptedOnAnyNumberOfThreads(Network network, int rows) {
        PlanBuilder builder = builder(network)
                .rows(rows * 5, 20)
                .watched(1)
                .every(2)
                .averageLast(995)
                .loss(network.complex() ? new Loss.ComplexSquared() : new Loss.Huber(0.5))
                .optimizer(new Optimizer.LevenbergMarquardt(1e-2, 12, 0, 0.75, new Optimizer.Evidence(true, 3)))
                .replica(1, 1e-3, 1)
                .replica(2, 1e-4, 1);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.positiveData();
        List<ReplicaState> whole =
                Runs.train(engine(), plan, data, 9, new EngineOptions(0, 1)).states();
        for (int threads = 1; threads <= 5; threads += 2) {
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

    /** Large enough for a library to think of threads and of blocks. */
    @Test
    void threadsChangeNothingInLargeProblems() {
        for (int rows : new int[] {230, 1500}) {
            PlanBuilder builder = builder(new DenseNetwork(List.of(5, 24, 12, 2), Activation.GELU))
                    .rows(rows, 20)
                    .loss(new Loss.Huber(1))
                    .replica(1, 1e-4, 1);
            TrainingPlan plan = builder.build(precision());
            List<ReplicaState> whole = Runs.train(engine(), plan, builder.data(), 2, new EngineOptions(0, 1))
                    .states();
            Runs.assertSameBits(
                    Runs.train(engine(), plan, builder.data(), 2, new EngineOptions(0, 4))
                            .states(),
                    whole);
        }
    }

    /** Rows that repeat, and an input that is always 0: neither J^T J nor J J^T has full rank. */
    @ParameterizedTest
    @ValueSource(ints = {4, 80})
    void singularProblemsAreSolvedAsWell(int rows) {
        DenseNetwork network = new DenseNetwork(List.of(3, 6, 1), Activation.GELU);
        double[] inputs = new double[rows * 3];
        double[] targets = new double[rows];
        for (int r = 0; r < rows; r++) {
            inputs[3 * r] = r % 2;
            inputs[3 * r + 1] = 0.25;
            targets[r] = r % 2 - 0.5;
        }
        DataSet data = new DataSet(rows, 3, 1, inputs, targets);
        TrainingPlan plan = builder(network)
                .rows(rows, 0)
                .loss(new Loss.MeanSquared())
                .replica(2, 0, 1)
                .build(precision());
        Outcome outcome = Runs.train(engine(), plan, data, 40);
        List<Sample> samples = outcome.samples();
        assertThat(samples.get(samples.size() - 1).loss()).isLessThan(1e-20);
        assertThat(outcome.states().get(0).status()).isIn(Status.RUNNING, Status.CONVERGED);
    }

    @Test
    void aLossOrASlopeThatIsNotFiniteStopsItsReplicaAlone() {
        DenseNetwork network = new DenseNetwork(List.of(3, 4, 1), Activation.GELU);
        double[] exploding = InitialValues.draw(network, 9);
        exploding[network.weightOffset(0)] = 1e200;
        Arrays.fill(exploding, network.weightOffset(1), network.biasOffset(1), 1e200);
        // The outputs are 0 where the hidden units are, their slopes by the weights before them are not.
        double[] steep = new double[network.parameterCount()];
        Arrays.fill(steep, network.weightOffset(1), network.biasOffset(1), 1e250);
        PlanBuilder builder = builder(network)
                .every(2)
                .loss(new Loss.MeanSquared())
                .replica(1, 0, 1)
                .replica(2, 0, 1, exploding)
                .replica(3, 0, 1, steep)
                .replica(4, 0, 1);
        Outcome outcome = Runs.train(engine(), builder.build(precision()), builder.data(), 4);
        assertThat(outcome.states().stream().map(ReplicaState::status))
                .containsExactly(Status.RUNNING, Status.NON_FINITE, Status.NON_FINITE, Status.RUNNING);
        for (int r = 1; r <= 2; r++) {
            ReplicaState stopped = outcome.states().get(r);
            assertThat(stopped.epoch()).isEqualTo(1);
            assertThat(stopped.step()).isZero();
            assertThat(stopped.loss()).isNaN();
        }
        assertThat(outcome.states().get(1).parameters()).isEqualTo(exploding);
    }

    /** A kink that every step overshoots: trials run out, and the parameters stay. */
    @Test
    void convergesWhereNoStepHelps() {
        DataSet data = new DataSet(2, 1, 1, new double[] {1, 1}, new double[] {-1, 1});
        DenseNetwork network = new DenseNetwork(List.of(1, 1), Activation.IDENTITY);
        double[] middle = {0, 0};
        TrainingPlan plan = builder(network)
                .rows(2, 0)
                .loss(new Loss.MeanAbsolute())
                .replica(1, 0, 1, middle)
                .build(precision());
        ReplicaState end = Runs.train(engine(), plan, data, 5).states().get(0);
        assertThat(end.status()).isEqualTo(Status.CONVERGED);
        assertThat(end.step()).isZero();
        assertThat(end.epoch()).isEqualTo(1);
        assertThat(end.parameters()).isEqualTo(middle);
    }

    @Test
    void whatIsNotTrainedStays() {
        SplineNetwork network = new SplineNetwork(List.of(2, 3, 1), 4, 3, 1);
        double[] before = InitialValues.draw(network, 5);
        before[network.maskOffset(0) + 1] = 0;
        PlanBuilder builder = builder(network).rows(70, 12).replica(5, 1e-3, 1, before);
        double[] after = Runs.train(engine(), builder.build(precision()), builder.data(), 4)
                .states()
                .get(0)
                .parameters();
        boolean[] trained = network.trained();
        for (int i = 0; i < after.length; i++) {
            if (!trained[i]) {
                assertThat(after[i]).isEqualTo(before[i]);
            }
        }
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void plansThatItCannotBeGivenAreRefused() {
        PlanBuilder batches =
                builder(new DenseNetwork(List.of(1, 1), Activation.GELU)).batch(3, false);
        assertThatThrownBy(() -> batches.build(precision())).hasMessageContaining("Levenberg-Marquardt needs all rows");
        PlanBuilder single = builder(new DenseNetwork(List.of(1, 1), Activation.GELU));
        assertThatThrownBy(() -> single.build(Precision.FLOAT32)).hasMessageContaining("needs float64");
        PlanBuilder penalty = builder(new SplineNetwork(List.of(1, 1), 3, 3, 1)).penalty(1e-3, 0);
        assertThatThrownBy(() -> penalty.build(precision())).hasMessageContaining("penalties of edges");
    }

    @Test
    void aProblemLargerThanAnArrayIsRefusedAtOnce() {
        PlanBuilder builder = builder(new DenseNetwork(List.of(1, 30_000, 1), Activation.GELU))
                .rows(60_000, 0);
        assertThatThrownBy(() -> engine().open(builder.build(precision()), builder.data(), EngineOptions.DEFAULT))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("matrix of 60000 by 60000");
    }

    /** Products of layers make narrow valleys that bend. Past this tolerance rounding decides how many steps there are. */
    @Test
    void accelerationSavesSteps() {
        long[] evaluations = new long[2];
        for (int k = 0; k < 2; k++) {
            PlanBuilder builder = builder(new DenseNetwork(List.of(2, 5, 5, 1), Activation.TANH))
                    .optimizer(new Optimizer.LevenbergMarquardt(1e-2, 16, 1e-5, 0.75 * k, Optimizer.Evidence.NONE))
                    .rows(200, 0)
                    .every(10_000)
                    .loss(new Loss.MeanSquared());
            for (long seed = 1; seed <= 6; seed++) {
                builder.replica(seed, 1e-4, 1);
            }
            Outcome outcome = Runs.train(engine(), builder.build(precision()), builder.data(), 3000);
            for (ReplicaState state : outcome.states()) {
                evaluations[k] += state.epoch();
            }
        }
        assertThat(evaluations[1])
                .as("epochs with acceleration, without: " + evaluations[0])
                .isLessThan(evaluations[0]);
    }

    private static PlanBuilder builder(Network network) {
        return PlanBuilder.plan().network(network).rate(1).optimizer(SETTINGS);
    }
}
