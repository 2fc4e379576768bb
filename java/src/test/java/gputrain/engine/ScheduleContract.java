package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;

import gputrain.engine.LearningRateRule.ByTrainingLoss;
import gputrain.engine.LearningRateRule.Line;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Runs.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Learning-rate rules and stop rules, replayed by hand on the losses that the engine itself reports. */
interface ScheduleContract extends EngineUnderTest {

    @Test
    default void aConstantRateIsMultipliedByTheReplicasFactor() {
        PlanBuilder builder = PlanBuilder.plan().rate(1e-3).replica(1, 0, 1).replica(1, 0, 0.25);
        Outcome outcome = Runs.train(engine(), builder.build(precision()), builder.data(), 3);
        assertThat(outcome.samplesOf(0)).extracting(Sample::learningRate).containsOnly(1e-3);
        assertThat(outcome.samplesOf(1)).extracting(Sample::learningRate).containsOnly(1e-3 * 0.25);
        assertThat(outcome.states().get(1).learningRate()).isEqualTo(1e-3);
    }

    @Test
    default void aStepRuleFallsEveryFewEpochs() {
        assertRates(new LearningRateRule.Step(0.02, 4, 0.5), 14, epoch -> 0.02 * Math.pow(0.5, Math.floor(epoch / 4)));
    }

    @Test
    default void aCosineRuleEndsAtItsMinimumAndStaysThere() {
        assertRates(
                new LearningRateRule.Cosine(0.02, 0.001, 10),
                15,
                epoch -> 0.001 + 0.019 * (1 + Math.cos(Math.PI * Math.min(epoch, 10) / 10)) / 2);
    }

    private void assertRates(LearningRateRule rule, int epochs, DoubleUnaryOperator rateOfEpoch) {
        PlanBuilder builder = PlanBuilder.plan().rate(rule);
        List<Sample> samples = Runs.train(engine(), builder.build(precision()), builder.data(), epochs)
                .samples();
        assertThat(samples).hasSize(epochs);
        for (Sample sample : samples) {
            double expected = rateOfEpoch.applyAsDouble((double) (sample.epoch() - 1));
            Runs.assertRelative("epoch " + sample.epoch(), sample.learningRate(), expected, Tolerances.LEARNING_RATE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    default void aTableGivesTheRateOfTheLossBefore(boolean latched) {
        List<Sample> free = oscillating(new LearningRateRule.Constant(0.1), 40);
        double high = free.get(3).loss();
        double low = free.get(20).loss();
        ByTrainingLoss table = new ByTrainingLoss(
                List.of(new Line(high, 0.1), new Line((high + 2 * low) / 3, 0.15), new Line(0, 0.12)), latched);
        List<Sample> samples = oscillating(table, 40);
        int line = 0;
        int climbs = 0;
        for (int i = 0; i < samples.size(); i++) {
            int before = line;
            if (i > 0) {
                int found = 0;
                while (table.lines().get(found).lossAtLeast()
                        > samples.get(i - 1).loss()) {
                    found++;
                }
                climbs += found < before ? 1 : 0;
                line = latched ? Math.max(line, found) : found;
            }
            assertThat(samples.get(i).learningRate())
                    .as("epoch " + (i + 1))
                    .isEqualTo(table.lines().get(line).rate());
        }
        assertThat(climbs).as("times the loss came back to an earlier line").isPositive();
    }

    /** The loss falls below the table's first line, comes back above it, and the run is resumed there. */
    @Test
    default void aLatchedLineOutlivesARestore() {
        List<Sample> free = oscillating(new LearningRateRule.Constant(0.1), 40);
        int dip = 0;
        while (free.get(dip + 1).loss() < free.get(dip).loss()) {
            dip++;
        }
        int peak = dip;
        while (free.get(peak + 1).loss() > free.get(peak).loss()) {
            peak++;
        }
        double between = (free.get(dip).loss() + free.get(peak).loss()) / 2;
        ByTrainingLoss table = new ByTrainingLoss(List.of(new Line(between, 0.1), new Line(0, 0.0999)), true);
        PlanBuilder builder = oscillating(table);
        TrainingPlan plan = builder.build(precision());
        List<ReplicaState> state =
                Runs.train(engine(), plan, builder.data(), peak + 1).states();
        assertThat(state.get(0).loss()).isGreaterThan(between);
        assertThat(state.get(0).rateLine()).isEqualTo(1);
        try (Session session = engine().open(plan, builder.data(), EngineOptions.DEFAULT)) {
            session.restore(state);
            assertThat(session.advance(1)).extracting(Sample::learningRate).containsExactly(0.0999);
        }
    }

    @Test
    default void aPlateauRuleFollowsPyTorch() {
        LearningRateRule.ReduceOnPlateau rule = new LearningRateRule.ReduceOnPlateau(0.1, 0.5, 2, 0.02, 0.02);
        List<Sample> samples = oscillating(rule, 60);
        double rate = 0.1;
        double best = Double.POSITIVE_INFINITY;
        long bad = 0;
        List<Double> expected = new ArrayList<>();
        for (Sample sample : samples) {
            expected.add(rate);
            if (sample.loss() < best * (1 - rule.threshold())) {
                best = sample.loss();
                bad = 0;
            } else {
                bad++;
            }
            if (bad > rule.patience()) {
                rate = Math.max(rate * rule.factor(), rule.minimum());
                bad = 0;
            }
        }
        assertThat(samples).extracting(Sample::learningRate).isEqualTo(expected);
        assertThat(expected).contains(0.1, 0.05, 0.025, 0.02);
    }

    /** A run whose loss swings on its way down. */
    private List<Sample> oscillating(LearningRateRule rule, int epochs) {
        PlanBuilder builder = oscillating(rule);
        return Runs.train(engine(), builder.build(precision()), builder.data(), epochs)
                .samples();
    }

    private static PlanBuilder oscillating(LearningRateRule rule) {
        return PlanBuilder.plan()
                .optimizer(new Optimizer.Sgd(0.95))
                .loss(new Loss.MeanSquared())
                .rate(rule);
    }

    @Test
    default void stopsAfterTheLastEpochAndSamplesIt() {
        PlanBuilder builder = PlanBuilder.plan().stop(StopRule.epochs(7)).every(3);
        try (Session session = engine().open(builder.build(precision()), builder.data(), EngineOptions.DEFAULT)) {
            assertThat(session.advance(100)).extracting(Sample::epoch).containsExactly(3L, 6L, 7L);
            ReplicaState end = session.state().get(0);
            assertThat(end.status()).isEqualTo(Status.REACHED_EPOCHS);
            assertThat(end.epoch()).isEqualTo(7);
            assertThat(session.advance(10)).isEmpty();
            Runs.assertSameBits(session.state().get(0), end);
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 5", "12, 5", "1000, 1"})
    default void stopsAfterTheFirstEpochWhoseLossIsBelow(long maxEpochs, long every) {
        PlanBuilder builder = PlanBuilder.plan();
        List<Sample> free = Runs.train(engine(), builder.build(precision()), builder.data(), 12)
                .samples();
        double limit = (free.get(10).loss() + free.get(11).loss()) / 2;
        assertThat(free.subList(0, 11)).allMatch(one -> one.loss() > limit);
        builder.stop(new StopRule(maxEpochs, limit, 0)).every(every);
        Outcome outcome = Runs.train(engine(), builder.build(precision()), builder.data(), 100);
        ReplicaState end = outcome.states().get(0);
        assertThat(end.status()).isEqualTo(Status.REACHED_LOSS);
        assertThat(end.epoch()).isEqualTo(12);
        assertThat(end.loss()).isEqualTo(free.get(11).loss()).isLessThan(limit);
        assertThat(outcome.samples().get(outcome.samples().size() - 1).epoch()).isEqualTo(12);
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 5", "2, 4", "3, 1"})
    default void stopsWhenTheWatchedSetHasNotImprovedForThePatience(long every, long patience) {
        PlanBuilder builder = PlanBuilder.plan().every(every).watched(1).stop(new StopRule(200, 0, patience));
        Outcome outcome = Runs.train(engine(), builder.build(precision()), builder.opposedData(), 200);
        double best = Double.POSITIVE_INFINITY;
        long bestEpoch = 0;
        List<Long> outOfPatience = new ArrayList<>();
        for (Sample sample : outcome.samples()) {
            if (sample.rms().get(1) < best) {
                best = sample.rms().get(1);
                bestEpoch = sample.epoch();
            }
            if (sample.epoch() - bestEpoch >= patience) {
                outOfPatience.add(sample.epoch());
            }
        }
        ReplicaState end = outcome.states().get(0);
        assertThat(end.status()).isEqualTo(Status.OUT_OF_PATIENCE);
        assertThat(outOfPatience).containsExactly(end.epoch());
        assertThat(end.bestEpoch()).isEqualTo(bestEpoch);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8})
    default void aLossThatIsNotFiniteStopsItsReplicaAlone(int batch) {
        PlanBuilder builder = PlanBuilder.plan()
                .widths(List.of(5, 7, 6, 2))
                .batch(batch, false)
                .stop(StopRule.epochs(6))
                .every(4)
                .replica(1, 0, 1)
                .replica(2, 0, 1e300)
                .replica(3, 0, 1);
        TrainingPlan plan = builder.build(precision());
        Outcome outcome = Runs.train(engine(), plan, builder.data(), 50);
        assertThat(outcome.states())
                .extracting(ReplicaState::status)
                .containsExactly(Status.REACHED_EPOCHS, Status.NON_FINITE, Status.REACHED_EPOCHS);
        ReplicaState failed = outcome.states().get(1);
        assertThat(Double.isFinite(failed.loss())).isFalse();
        // The first step still has a finite loss; the second does not and is not taken.
        assertThat(failed.step()).isEqualTo(1);
        assertThat(failed.epoch()).isEqualTo(batch == 0 ? 2 : 1);
        List<Sample> last = outcome.samplesOf(1);
        assertThat(last).extracting(Sample::epoch).containsExactly(failed.epoch());
        assertThat(outcome.samplesOf(2)).extracting(Sample::epoch).containsExactly(4L, 6L);
    }
}
