package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Sample;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressMeterTest {
    private static final double GOAL = 1e-4;

    @Test
    void theLogarithmOfTheLossCountsWhereItIsAhead() {
        ProgressMeter meter = meter(List.of(sample(0, 10, 1, 0.5), sample(1, 10, 1, 0.5)));
        // 1e-3 is three of the four decades from 1 to the goal; a loss at its start falls back on the epochs.
        Progress progress = meter.progress(List.of(state(Status.RUNNING, 200, 1e-3), state(Status.RUNNING, 200, 1)), 0);
        assertThat(progress.fraction()).isCloseTo((0.75 + 0.2) / 2, within(1e-12));
    }

    @Test
    void aStoppedReplicaIsDoneAndCountsWithItsOwnEpochs() {
        Progress progress = meter(List.of())
                .progress(List.of(state(Status.REACHED_LOSS, 300, GOAL / 2), state(Status.RUNNING, 400, 0.5)), 7);
        assertThat(progress.epochsDone()).isEqualTo(700);
        assertThat(progress.epochsAtMost()).isEqualTo(1300);
        assertThat(progress.running()).isEqualTo(1);
        assertThat(progress.fraction()).isCloseTo((1 + 0.4) / 2, within(1e-12));
        assertThat(progress.secondsElapsed()).isEqualTo(7);
    }

    @Test
    void lossAndRateLeaveOutWhatIsNotFinite() {
        Progress one = meter(List.of())
                .progress(List.of(state(Status.NON_FINITE, 3, Double.NaN), state(Status.RUNNING, 400, 0.5)), 0);
        assertThat(one.loss()).isEqualTo(0.5);
        assertThat(one.learningRate()).isEqualTo(400);
        Progress none = meter(List.of())
                .progress(
                        List.of(
                                state(Status.NON_FINITE, 3, Double.NaN),
                                state(Status.NON_FINITE, 4, Double.POSITIVE_INFINITY)),
                        0);
        assertThat(none.loss()).isNaN();
        assertThat(none.fraction()).isEqualTo(1);
    }

    @Test
    void rmsIsTheMeanOverTheLatestSamplesOfReplicasThatHaveSuchRows() {
        List<ReplicaState> states = List.of(state(Status.RUNNING, 1, 1), state(Status.RUNNING, 1, 1));
        ProgressMeter meter = meter(List.of());
        assertThat(meter.progress(states, 0).rms()).containsExactly(Double.NaN, Double.NaN);
        meter.see(List.of(sample(0, 10, 1, 0.5), sample(0, 20, 1, 0.25)));
        assertThat(meter.progress(states, 0).rms()).containsExactly(0.25, Double.NaN);
        meter.see(List.of(sample(1, 10, 1, 0.75)));
        // Replica 0 has no rows in the second set.
        assertThat(meter.progress(states, 0).rms()).containsExactly(0.5, 0.75);
    }

    @Test
    void speedIsThatOfTheLastSeconds() {
        ProgressMeter meter = meter(List.of());
        List<ReplicaState> before = List.of(state(Status.RUNNING, 0, 1), state(Status.RUNNING, 0, 1));
        List<ReplicaState> after = List.of(state(Status.RUNNING, 100, 1), state(Status.RUNNING, 100, 1));
        assertThat(meter.progress(before, 0).secondsLeftAtMost()).isNaN();
        meter.advanced(before, after, 2);
        Progress first = meter.progress(after, 2);
        assertThat(first.epochsPerSecond()).isCloseTo(100, within(1e-9));
        assertThat(first.secondsLeftAtMost()).isCloseTo(900 / 50.0, within(1e-9));
        List<ReplicaState> later = List.of(state(Status.RUNNING, 900, 1), state(Status.RUNNING, 900, 1));
        meter.advanced(after, later, 80);
        assertThat(meter.progress(later, 82).epochsPerSecond())
                .as("the first piece is forgotten")
                .isCloseTo(2 * 800 / 80.0, within(1e-3));
    }

    private static ProgressMeter meter(List<Sample> samples) {
        TrainingPlan plan = new TrainingPlan(
                Fixture.NETWORK,
                new Loss.Huber(1),
                Optimizer.Adam.DEFAULT,
                new LearningRateRule.Constant(1e-3),
                new StopRule(1000, GOAL, 0),
                0,
                false,
                new Monitor(10, List.of(1.0, 1.0), -1),
                Precision.FLOAT64,
                List.of(
                        new Replica(1, List.of(Fixture.rows(0, 40), new int[0]), 0, 1, null),
                        new Replica(2, List.of(Fixture.rows(0, 30), Fixture.rows(30, 40)), 0, 1, null)));
        return new ProgressMeter(plan, samples);
    }

    private static Sample sample(int replica, long epoch, double loss, double rms) {
        return new Sample(replica, epoch, loss, 1e-3, List.of(rms, replica == 0 ? Double.NaN : rms));
    }

    /** A state whose learning rate is its epoch, to tell one from another. */
    private static ReplicaState state(Status status, long epoch, double loss) {
        double[] none = {};
        return new ReplicaState(
                epoch, epoch, status, loss, epoch, 0, Double.POSITIVE_INFINITY, 0, 1, 0, none, none, none, none, none);
    }
}
