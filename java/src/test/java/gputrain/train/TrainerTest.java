package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.engine.jvm.JvmEngine;
import gputrain.file.AtomicFiles;
import gputrain.model.SplineNetwork;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
    private static final Engine JVM = new JvmEngine();
    /** One epoch a piece and a checkpoint after each. */
    private static final Duration EVERY_EPOCH = Duration.ZERO;

    @TempDir
    Path directory;

    static Stream<Arguments> enginesAndPlans() {
        return Fixture.engines()
                .flatMap(engine -> Stream.of(
                        Arguments.of(engine, "full batch", Fixture.fullBatch(60)),
                        Arguments.of(engine, "mini-batch", Fixture.miniBatch(60)),
                        Arguments.of(engine, "splines", Fixture.splines(60)),
                        Arguments.of(engine, "second order", Fixture.secondOrder(60))))
                .filter(row -> ((Engine) row.get()[0])
                        .unsupported((TrainingPlan) row.get()[2])
                        .isEmpty());
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("enginesAndPlans")
    void interruptedRunsEndAsUnbrokenOnes(Engine engine, String what, TrainingPlan plan) {
        byte[] unbroken = Fixture.bits(Fixture.unbroken(engine, plan));
        long reached = 0;
        for (int epochs : new int[] {1, 2, 4, 7, 14, 20, 100}) {
            Recorder recorder = new Recorder(epochs);
            TrainingOutcome outcome =
                    Fixture.run(engine, plan, new Checkpoints(directory, EVERY_EPOCH), recorder, recorder.stop);
            assertThat(outcome.resumedFromEpoch()).isEqualTo(reached).isEqualTo(recorder.startedAt);
            reached = Math.min(60, reached + epochs);
            assertThat(outcome.states()).extracting("epoch").contains(reached);
            assertThat(outcome.interrupted()).isEqualTo(reached < 60);
            assertThat(recorder.warnings).isEmpty();
            if (!outcome.interrupted()) {
                assertThat(Fixture.bits(outcome)).isEqualTo(unbroken);
            }
        }
    }

    /** What the trainer does to the knots on the way is what a session gets by hand. */
    @Test
    void gridsAreUpdatedBeforeTheEpochsOfThePlanAndAtNoOther() {
        TrainingPlan plan = Fixture.splines(16);
        SplineNetwork network = (SplineNetwork) plan.network();
        List<ReplicaState> states;
        try (Session session = JVM.open(plan, Fixture.DATA, EngineOptions.DEFAULT)) {
            for (int update = 0; update < 4; update++) {
                List<ReplicaState> placed = new ArrayList<>();
                for (int r = 0; r < 2; r++) {
                    ReplicaState state = session.state().get(r);
                    int[] rows = plan.replicas().get(r).rowSets().get(0);
                    placed.add(state.restarted(SplineGrids.fitted(
                            network, network, state.parameters(), Fixture.DATA.inputs(), rows, 0.3)));
                }
                session.restore(placed);
                session.advance(4);
            }
            states = session.state();
        }
        TrainingOutcome outcome = run(plan, new Recorder());
        for (int r = 0; r < 2; r++) {
            assertThat(outcome.states().get(r).epoch()).isEqualTo(16);
            assertThat(outcome.states().get(r).parameters())
                    .isEqualTo(states.get(r).parameters());
        }
    }

    @Test
    void aReplicaThatNeverMovedIsAWarning() {
        TrainingPlan p = Fixture.splines(5);
        Recorder recorder = new Recorder();
        run(
                new TrainingPlan(
                        p.network(),
                        p.loss(),
                        new Optimizer.Lbfgs(4, 20, 1e9),
                        p.learningRate(),
                        p.stop(),
                        p.batchSize(),
                        p.shuffle(),
                        p.monitor(),
                        p.precision(),
                        p.replicas(),
                        0,
                        p.penalty(),
                        p.gridUpdates()),
                recorder);
        assertThat(recorder.warnings)
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).contains("keeps the parameters it began with"));
    }

    @Test
    void aFinishedRunIsGivenBackWithoutTraining() {
        TrainingPlan plan = Fixture.fullBatch(20);
        TrainingOutcome first = run(plan, new Recorder());
        Recorder second = new Recorder();
        TrainingOutcome again = run(plan, second);
        assertThat(second.reports).isEmpty();
        assertThat(Fixture.bits(again)).isEqualTo(Fixture.bits(first));
        assertThat(again.trainingSeconds()).isEqualTo(first.trainingSeconds()).isPositive();
        assertThat(again.resumedFromEpoch()).isEqualTo(20);
        assertThat(again.interrupted()).isFalse();
    }

    @Test
    void trainingTimeAddsUpOverResumes() {
        Recorder recorder = new Recorder(5);
        TrainingOutcome part = Fixture.run(
                JVM, Fixture.fullBatch(20), new Checkpoints(directory, EVERY_EPOCH), recorder, recorder.stop);
        TrainingOutcome whole = run(Fixture.fullBatch(20), new Recorder());
        assertThat(whole.trainingSeconds()).isGreaterThan(part.trainingSeconds());
    }

    @Test
    void samplesComeByReplicaAndEpochHoweverTheRunWasCut() {
        TrainingOutcome outcome = run(Fixture.miniBatch(12), new Recorder());
        assertThat(outcome.samples()).extracting(Sample::replica).containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 2);
        assertThat(outcome.samples())
                .extracting(Sample::epoch)
                .containsExactly(5L, 10L, 12L, 5L, 10L, 12L, 5L, 10L, 12L);
    }

    @Test
    void aStopBeforeTheFirstEpochTrainsNothing() {
        StopRequest stop = new StopRequest();
        stop.request();
        TrainingOutcome outcome = Fixture.run(JVM, Fixture.fullBatch(20), null, TrainingListener.NONE, stop);
        assertThat(outcome.interrupted()).isTrue();
        assertThat(outcome.states()).extracting("epoch").containsOnly(0L);
    }

    @Test
    void progressCountsTheEpochsOfAllReplicas() {
        Recorder recorder = new Recorder();
        run(Fixture.fullBatch(20), recorder);
        assertThat(recorder.reports)
                .extracting(Progress::epochsDone)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 20).map(e -> 3 * e).boxed().toList());
        Progress middle = recorder.reports.get(9);
        assertThat(middle.epochsAtMost()).isEqualTo(60);
        assertThat(middle.replicas()).isEqualTo(3);
        assertThat(middle.running()).isEqualTo(3);
        assertThat(middle.fraction()).isEqualTo(0.5);
        assertThat(middle.epochsPerSecond()).isPositive();
        assertThat(middle.secondsLeftAtMost()).isPositive();
        assertThat(middle.rms()).hasSize(2).allMatch(Double::isFinite);
        assertThat(recorder.reports.get(5).rms()).containsOnly(Double.NaN);
        Progress last = recorder.reports.get(19);
        assertThat(last.running()).isZero();
        assertThat(last.fraction()).isEqualTo(1);
        assertThat(last.secondsLeftAtMost()).isZero();
        assertThat(recorder.finished).isEqualTo(1);
    }

    @Test
    void aLossThatIsNotFiniteIsAWarning() {
        TrainingPlan plan = new TrainingPlan(
                Fixture.NETWORK,
                new Loss.MeanSquared(),
                new Optimizer.Sgd(0),
                new LearningRateRule.Constant(1e200),
                StopRule.epochs(50),
                0,
                false,
                new Monitor(10, List.of(1.0, 1.0), -1),
                Precision.FLOAT64,
                List.of(new Replica(77, List.of(Fixture.rows(0, 40)), 0, 1, null)));
        Recorder recorder = new Recorder();
        TrainingOutcome outcome = run(plan, recorder);
        assertThat(outcome.states().get(0).status()).isEqualTo(Status.NON_FINITE);
        assertThat(recorder.warnings)
                .singleElement()
                .asString()
                .startsWith("replica 0 (seed 77) stopped at epoch")
                .contains("not finite");
    }

    @Test
    void aLostDeviceLeavesTheLastCheckpoint() {
        TrainingPlan plan = Fixture.fullBatch(30);
        Recorder recorder = new Recorder();
        assertThatThrownBy(() -> Fixture.run(
                        new StandInEngine("e", "d", 12),
                        plan,
                        new Checkpoints(directory, EVERY_EPOCH),
                        recorder,
                        recorder.stop))
                .isInstanceOf(EngineException.class)
                .hasMessage("the device was lost");
        assertThat(recorder.finished).isEqualTo(1);
        TrainingOutcome outcome = Fixture.run(
                new StandInEngine("e", "d", 100),
                plan,
                new Checkpoints(directory, EVERY_EPOCH),
                TrainingListener.NONE,
                new StopRequest());
        assertThat(outcome.resumedFromEpoch()).isEqualTo(12);
        assertThat(Fixture.bits(outcome)).isEqualTo(Fixture.bits(Fixture.unbroken(JVM, plan)));
    }

    @Test
    void anUnsupportedPlanIsRefusedWithTheEnginesReason() {
        assertThatThrownBy(() -> Fixture.unbroken(new StandInEngine("e", "d", -1), Fixture.fullBatch(3)))
                .isInstanceOf(EngineException.class)
                .hasMessage("engine e cannot train this plan: it never can");
    }

    @Test
    void aCheckpointOfAnotherRunIsRefusedWithWhatDiffers() {
        run(Fixture.fullBatch(3), new Recorder());
        assertThatThrownBy(() -> run(Fixture.fullBatch(4), new Recorder()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("checkpoint-")
                .hasMessageContaining("belongs to another run: different stop;")
                .hasMessageContaining("choose another --out, or delete " + directory);
        assertThatThrownBy(() -> Fixture.run(
                        new StandInEngine("other", "d", 9),
                        Fixture.fullBatch(3),
                        new Checkpoints(directory),
                        TrainingListener.NONE,
                        new StopRequest()))
                .hasMessageContaining("different engine;");
        double[] inputs = Fixture.DATA.inputs().clone();
        inputs[0] = Math.nextUp(inputs[0]);
        DataSet data = new DataSet(Fixture.ROWS, 3, 2, inputs, Fixture.DATA.targets());
        assertThatThrownBy(() -> Trainer.run(
                        JVM,
                        Fixture.fullBatch(3),
                        data,
                        EngineOptions.DEFAULT,
                        new Checkpoints(directory),
                        TrainingListener.NONE,
                        new StopRequest()))
                .hasMessageContaining("different data;");
    }

    @Test
    void twoRunsInOneDirectoryAreRefused() {
        Checkpoints checkpoints = new Checkpoints(directory);
        try (DirectoryLock claim = checkpoints.claim()) {
            assertThat(claim).isNotNull();
            assertThatThrownBy(() -> run(Fixture.fullBatch(3), new Recorder()))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("another run is using " + directory);
        }
        assertThat(run(Fixture.fullBatch(3), new Recorder()).interrupted()).isFalse();
    }

    @Test
    void anotherDeviceIsAWarning() {
        Recorder first = new Recorder(4);
        Fixture.run(
                new StandInEngine("e", "old", 99),
                Fixture.fullBatch(9),
                new Checkpoints(directory, EVERY_EPOCH),
                first,
                first.stop);
        Recorder second = new Recorder();
        Fixture.run(
                new StandInEngine("e", "new", 99),
                Fixture.fullBatch(9),
                new Checkpoints(directory, EVERY_EPOCH),
                second,
                second.stop);
        assertThat(second.warnings)
                .singleElement()
                .asString()
                .contains("made on old")
                .contains("goes on on new");
    }

    /** The kernel's own "no space left": the temporary file is replaced by the device that is always full. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatIsFullForAWhileIsAWarning() throws IOException {
        TrainingPlan plan = Fixture.fullBatch(30);
        boolean[] full = new boolean[1];
        Checkpoints checkpoints = new Checkpoints(directory, EVERY_EPOCH, path -> open(path, full[0]));
        Recorder recorder = new Recorder();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void progress(Progress progress) {
                full[0] = progress.epochsDone() >= 3 * 10 && progress.epochsDone() < 3 * 20;
            }

            @Override
            public void warning(String message) {
                recorder.warning(message);
            }
        };
        TrainingOutcome outcome = Fixture.run(JVM, plan, checkpoints, listener, new StopRequest());
        assertThat(recorder.warnings)
                .hasSize(10)
                .allMatch(text -> text.contains("no space left in " + directory))
                .allMatch(text -> text.contains("the last good checkpoint is kept"));
        assertThat(Fixture.bits(outcome)).isEqualTo(Fixture.bits(Fixture.unbroken(JVM, plan)));
        assertThat(run(plan, new Recorder()).resumedFromEpoch()).isEqualTo(30);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatWasFullFromTheStartHasNoCheckpointToKeep() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, EVERY_EPOCH, path -> open(path, true));
        Recorder recorder = new Recorder();
        assertThatThrownBy(() -> Fixture.run(JVM, Fixture.fullBatch(5), checkpoints, recorder, new StopRequest()))
                .isInstanceOf(CheckpointException.class);
        assertThat(recorder.warnings).isNotEmpty().allMatch(text -> text.contains("nothing could be resumed"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatIsFullAtTheEndIsAnErrorAndTheLastCheckpointStays() throws IOException {
        TrainingPlan plan = Fixture.fullBatch(30);
        boolean[] full = new boolean[1];
        Checkpoints checkpoints = new Checkpoints(directory, EVERY_EPOCH, path -> open(path, full[0]));
        TrainingListener listener = progress -> full[0] = progress.epochsDone() >= 3 * 25;
        assertThatThrownBy(() -> Fixture.run(JVM, plan, checkpoints, listener, new StopRequest()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("the last checkpoint cannot be written: no space left in " + directory);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(file -> file.toString().endsWith(".bin"))).hasSize(2);
        }
        TrainingOutcome outcome = run(plan, new Recorder());
        assertThat(outcome.resumedFromEpoch()).isEqualTo(24);
        assertThat(Fixture.bits(outcome)).isEqualTo(Fixture.bits(Fixture.unbroken(JVM, plan)));
    }

    private static FileChannel open(Path path, boolean full) throws IOException {
        return full
                ? FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)
                : AtomicFiles.Opener.FILE.open(path);
    }

    private TrainingOutcome run(TrainingPlan plan, Recorder recorder) {
        return Fixture.run(JVM, plan, new Checkpoints(directory, EVERY_EPOCH), recorder, recorder.stop);
    }
}
