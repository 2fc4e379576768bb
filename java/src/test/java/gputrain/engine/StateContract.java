package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.Runs.Outcome;
import gputrain.model.InitialValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States, replicas and threads: the same bits whatever way the same epochs are run. */
interface StateContract extends EngineUnderTest {

    /** Plans that use every part of a state. */
    static Stream<PlanBuilder> plans() {
        return Stream.of(
                PlanBuilder.plan().replica(5, 0.01, 1).replica(6, 0, 2).watched(1),
                PlanBuilder.plan()
                        .rows(70, 5)
                        .batch(16, true)
                        .optimizer(new Optimizer.Sgd(0.9))
                        .rate(new LearningRateRule.ReduceOnPlateau(0.05, 0.5, 1, 0.05, 1e-4))
                        .watched(1)
                        .every(3)
                        .replica(5, 0, 1)
                        .replica(8, 0, 1),
                PlanBuilder.plan()
                        .widths(List.of(3, 17, 8, 1))
                        .rate(new LearningRateRule.ByTrainingLoss(
                                List.of(
                                        new LearningRateRule.Line(0.3, 0.02),
                                        new LearningRateRule.Line(0.1, 0.01),
                                        new LearningRateRule.Line(0, 0.005)),
                                true))
                        .watched(0)
                        .replica(1, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("plans")
    default void advancingInPiecesChangesNoBit(PlanBuilder builder) {
        TrainingPlan plan = builder.build(precision());
        Outcome whole = Runs.train(engine(), plan, builder.data(), 20);
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            List<Sample> samples = new ArrayList<>();
            for (long piece : new long[] {1, 0, 6, 13}) {
                samples.addAll(session.advance(piece));
            }
            assertThat(new Outcome(samples, List.of()).samplesOf(0)).isEqualTo(whole.samplesOf(0));
            Runs.assertSameBits(session.state(), whole.states());
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    default void aRestoredSessionGoesOnWithTheSameBits(PlanBuilder builder) {
        TrainingPlan plan = builder.build(precision());
        Outcome whole = Runs.train(engine(), plan, builder.data(), 20);
        List<ReplicaState> half = Runs.train(engine(), plan, builder.data(), 9).states();
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.advance(2);
            session.restore(half);
            Runs.assertSameBits(session.state(), half);
            session.advance(11);
            Runs.assertSameBits(session.state(), whole.states());
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    default void aStateMovesToTheOracleAndBack(PlanBuilder builder) {
        DataSet data = builder.data();
        TrainingPlan plan = builder.build(precision());
        TrainingPlan exact = builder.build(Precision.FLOAT64);
        List<ReplicaState> half = Runs.train(engine(), plan, data, 6).states();
        try (Session ours = engine().open(plan, data, EngineOptions.DEFAULT);
                Session theirs = Runs.oracle().open(exact, data, EngineOptions.DEFAULT)) {
            ours.restore(half);
            theirs.restore(half);
            Runs.assertSameCurve(ours.advance(6), theirs.advance(6), precision());
            ours.restore(theirs.state());
            Runs.assertSameCurve(ours.advance(4), theirs.advance(4), precision());
        }
    }

    @Test
    default void beginsWithTheInitialValuesOfTheSeed() {
        PlanBuilder builder = PlanBuilder.plan().replica(99, 0, 1);
        TrainingPlan plan = builder.build(precision());
        double[] expected = InitialValues.draw(builder.network(), 99);
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            Runs.assertSameBits(session.state(), List.of(ReplicaState.initial(plan, expected)));
        }
    }

    @Test
    default void beginsWithGivenParameters() {
        double[] own = InitialValues.draw(PlanBuilder.plan().network(), 1234);
        PlanBuilder builder = PlanBuilder.plan().replica(99, 0, 1, own);
        try (Session session = engine().open(builder.build(precision()), builder.data(), EngineOptions.DEFAULT)) {
            assertThat(session.state().get(0).parameters()).isEqualTo(own);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    default void aReplicaTrainsAsIfAlone(int batch) {
        List<int[]> own = List.of(IntStream.range(3, 20).toArray(), new int[] {40, 1}, new int[] {});
        List<int[]> others = List.of(IntStream.range(0, 50).toArray(), new int[] {50}, new int[] {4});
        PlanBuilder together = PlanBuilder.plan().rows(50, 4).batch(batch, true).watched(1);
        TrainingPlan plan = together.replicaOn(1, others)
                .replicaOn(2, own)
                .replicaOn(3, others)
                .build(precision());
        Outcome all = Runs.train(engine(), plan, together.data(), 12);
        PlanBuilder single = PlanBuilder.plan().rows(50, 4).batch(batch, true).watched(1);
        TrainingPlan alone = single.replicaOn(2, own).build(precision());
        Outcome one = Runs.train(engine(), alone, together.data(), 12);
        Runs.assertSameBits(all.states().get(1), one.states().get(0));
        assertThat(all.samplesOf(1))
                .extracting(Sample::rms)
                .isEqualTo(one.samplesOf(0).stream().map(Sample::rms).toList());
        assertThat(one.samples()).allMatch(sample -> sample.rms().get(2).isNaN());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    default void theNumberOfThreadsChangesNoBit(int replicas) {
        PlanBuilder builder = PlanBuilder.plan().widths(List.of(13, 33, 17, 3)).rows(700, 50);
        for (int seed = 0; seed < replicas; seed++) {
            builder.replica(seed, 0, 1);
        }
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.data();
        Outcome one = Runs.train(engine(), plan, data, 6, new EngineOptions(0, 1));
        for (int threads : new int[] {2, 3}) {
            Outcome many = Runs.train(engine(), plan, data, 6, new EngineOptions(0, threads));
            assertThat(many.samples()).isEqualTo(one.samples());
            Runs.assertSameBits(many.states(), one.states());
        }
    }

    @Test
    default void samplesComeByReplicaAndThenEpoch() {
        PlanBuilder builder = PlanBuilder.plan().every(2).replica(1, 0, 1).replica(2, 0, 1);
        List<Sample> samples = Runs.train(engine(), builder.build(precision()), builder.data(), 5)
                .samples();
        assertThat(samples)
                .extracting(one -> List.of((long) one.replica(), one.epoch()))
                .containsExactly(List.of(0L, 2L), List.of(0L, 4L), List.of(1L, 2L), List.of(1L, 4L));
    }

    @Test
    default void aStoppedStateStaysStoppedWhenRestored() {
        PlanBuilder builder = PlanBuilder.plan()
                .stop(StopRule.epochs(5))
                .widths(List.of(5, 7, 6, 2))
                .replica(1, 0, 1)
                .replica(2, 0, 1e300);
        TrainingPlan plan = builder.build(precision());
        List<ReplicaState> end = Runs.train(engine(), plan, builder.data(), 5).states();
        assertThat(end)
                .extracting(ReplicaState::status)
                .containsExactly(ReplicaState.Status.REACHED_EPOCHS, ReplicaState.Status.NON_FINITE);
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.restore(end);
            assertThat(session.advance(3)).isEmpty();
            Runs.assertSameBits(session.state(), end);
        }
    }

    @Test
    default void statesAreCopies() {
        PlanBuilder builder = PlanBuilder.plan();
        try (Session session = engine().open(builder.build(precision()), builder.data(), EngineOptions.DEFAULT)) {
            session.advance(3);
            ReplicaState before = session.state().get(0);
            Arrays.fill(session.state().get(0).parameters(), 7);
            Arrays.fill(session.state().get(0).bestParameters(), 7);
            Runs.assertSameBits(session.state().get(0), before);
        }
    }

    @Test
    default void wrongSizesAreRefused() {
        PlanBuilder builder = PlanBuilder.plan();
        TrainingPlan plan = builder.build(precision());
        DataSet narrow = PlanBuilder.plan().widths(List.of(4, 7, 2)).data();
        DataSet shortOne = PlanBuilder.plan().rows(20, 2).data();
        assertThatThrownBy(
                        () -> engine().open(plan, narrow, EngineOptions.DEFAULT).close())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        engine().open(plan, shortOne, EngineOptions.DEFAULT).close())
                .isInstanceOf(IllegalArgumentException.class);
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            int n = plan.network().parameterCount();
            assertThatThrownBy(() -> session.restore(List.of())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.restore(List.of(ReplicaState.initial(plan, new double[n + 1]))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.predict(new double[n - 1], new double[5], 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.predict(new double[n], new double[6], 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.inputGradient(new double[n], new double[5], 1, new double[3]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.advance(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void aClosedSessionRefusesEverything() {
        PlanBuilder builder = PlanBuilder.plan();
        TrainingPlan plan = builder.build(precision());
        Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT);
        List<ReplicaState> state = session.state();
        double[] parameters = state.get(0).parameters();
        session.close();
        session.close();
        assertThatThrownBy(() -> session.advance(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(session::state).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.restore(state)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.predict(parameters, new double[5], 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.inputGradient(parameters, new double[5], 1, new double[2]))
                .isInstanceOf(IllegalStateException.class);
    }
}
