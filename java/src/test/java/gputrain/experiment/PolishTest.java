package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.DataLibrary;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.ReplicaState;
import gputrain.engine.TrainingPlan;
import gputrain.train.Progress;
import gputrain.train.StopRequest;
import gputrain.train.TrainingListener;
import gputrain.train.TrainingOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adam in float32 and then Levenberg-Marquardt in float64, from file to run directory. */
class PolishTest {
    private static final String TEXT = Tiny.with("keep = \"last\"\n", """
            weight-decay = 1e-4

            [training.polish]
            initial-damping = 0.5
            trials = 7
            tolerance = 1e-12
            weight-decay = 1e-5
            epochs = 12
            sample-every = 3
            """);

    @TempDir
    private Path directory;

    @Test
    void aFileSaysEverything() {
        Experiment.Training training = Tiny.experiment(TEXT).training();
        assertThat(training.precision()).isEqualTo(Precision.FLOAT32);
        assertThat(training.lastPrecision()).isEqualTo(Precision.FLOAT64);
        assertThat(training.polish())
                .contains(new Experiment.Polish(
                        new Optimizer.LevenbergMarquardt(0.5, 7, 1e-12, 0, Optimizer.Evidence.NONE), 1e-5, 12, 3));
        String least = Tiny.with("keep = \"last\"\n", "weight-decay = 1e-4\n[training.polish]\nepochs = 5\n");
        assertThat(Tiny.experiment(least).training().polish())
                .contains(new Experiment.Polish(
                        new Optimizer.LevenbergMarquardt(1e-2, 16, 1e-9, 0, Optimizer.Evidence.NONE), 1e-4, 5, 10));
        assertThat(Tiny.experiment(Tiny.TEXT).training().polish()).isEmpty();
        assertThat(Tiny.experiment(Tiny.TEXT).training().lastPrecision()).isEqualTo(Precision.FLOAT32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "initial-damping = 0.5 | initial-damping = 0 | polish.initial-damping: must be above 0: 0.0",
                "trials = 7 | learning-rate = 1 | polish.learning-rate: unknown key",
                "trials = 7 | batch-size = 10 | polish.batch-size: unknown key",
                "epochs = 12 | epochs = 0 | polish.epochs: must be at least 1: 0",
                "epochs = 12 | # none | missing in [training.polish]: epochs",
                "sample-every = 3 | sample-every = 0 | polish.sample-every: must be at least 1: 0",
                "weight-decay = 1e-4 | keep = \"best-on-test\" | training.keep: what is polished afterwards keeps its last",
                "weight-decay = 1e-4 | average-last = 3 | training.average-last: what is polished afterwards keeps its last",
                "optimizer = \"adam\"\\nlearning-rate = 1e-2 | optimizer = \"levenberg-marquardt\" | training.polish: the optimizer is Levenberg-Marquardt already",
            })
    void whatIsWrongIsNamed(String piece, String replacement, String message) {
        String found = piece.replace("\\n", "\n");
        assertThat(TEXT).contains(found);
        assertThatThrownBy(() -> Tiny.experiment(TEXT.replace(found, replacement)))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining("tiny.toml")
                .hasMessageContaining(message);
    }

    /** The settings of the optimiser are read as those of a first training are. */
    @Test
    void theEvidenceNeedsAWeightDecayToStartFrom() {
        String evidence = TEXT.replace("trials = 7", "regularisation = \"evidence\"\nevidence-groups = \"one\"");
        assertThat(Tiny.experiment(evidence).training().polish().orElseThrow().optimizer())
                .isEqualTo(new Optimizer.LevenbergMarquardt(0.5, 16, 1e-12, 0, new Optimizer.Evidence(false, 5)));
        assertThatThrownBy(() -> Tiny.experiment(evidence.replace("weight-decay = 1e-5", "weight-decay = 0")))
                .hasMessageContaining("polish.weight-decay: the evidence needs one to start from, above 0");
    }

    @Test
    void theRecordNamesBothStages() throws IOException {
        Run run = run(TEXT, "run", new Listener(Integer.MAX_VALUE, progress -> {}));
        JsonNode record = run.record.orElseThrow();
        assertThat(record.path("settings").path("polish").asText())
                .contains("Levenberg-Marquardt", "at most 12 steps, weight decay 1e-5, float64");
        assertThat(record.path("polishEngine").path("name").asText()).isEqualTo("jvm");
        for (JsonNode protocol : record.path("protocols")) {
            assertThat(protocol.path("description").asText()).contains("polish").doesNotContain("--init");
            JsonNode stages = protocol.path("timing").path("stages");
            assertThat(stages.findValuesAsText("name")).containsExactly("training", "polish");
            assertThat(stages.findValuesAsText("optimiser")).containsExactly("Adam", "Levenberg-Marquardt");
            assertThat(stages.path(0).path("epochs").asLong()).isEqualTo(2 * 60);
            assertThat(stages.path(1).path("epochs").asLong()).isBetween(2L, 2 * 12L);
            assertThat(stages.path(1).path("method").asText()).contains("one equation for each");
            for (JsonNode replica : protocol.path("replicas")) {
                // A step is one linearisation and at least one trial, each with or without an acceleration.
                long steps = replica.path("epochs").asLong() - 60;
                assertThat(replica.path("evaluations").asLong()).isBetween(60 + 2 * steps - 1, 60 + 15 * steps);
            }
            assertThat(protocol.path("timing").path("epochs").asLong())
                    .isEqualTo(stages.path(0).path("epochs").asLong()
                            + stages.path(1).path("epochs").asLong());
        }
        assertThat(run.plans)
                .extracting(TrainingPlan::precision)
                .containsExactly(Precision.FLOAT32, Precision.FLOAT64, Precision.FLOAT32, Precision.FLOAT64);
        assertThat(run.plans.get(1).replicas().get(0).weightDecay()).isEqualTo(1e-5);
        List<String> trace = Files.readAllLines(run.out.resolve("metrics.csv"));
        double before = loss(trace, 60);
        double after = loss(trace, 72);
        assertThat(after).as("training loss after the polish").isLessThan(0.9 * before);
        // What is saved is what was evaluated, in float64.
        SavedRun saved = SavedRun.load(run.out);
        assertThat(saved.model(Protocol.PAPER).precision()).isEqualTo(Precision.FLOAT64);
        assertThat(Arrays.stream(saved.model(Protocol.PAPER).parameters().get(0)))
                .anyMatch(p -> p != p.floatValue());
        RunEvaluation again = new RunEvaluation(saved, DataLibrary.bundled());
        assertThat(again.evaluate(Engines.choose("jvm", again.plan()).engine(), EngineOptions.DEFAULT)
                        .path("largestDifferenceMeV")
                        .asDouble())
                .isZero();
    }

    private static double loss(List<String> trace, long epoch) {
        int column = List.of(trace.get(0).split(",")).indexOf("loss");
        return trace.stream()
                .map(line -> line.split(","))
                .filter(cells -> cells[2].equals(Long.toString(epoch)))
                .mapToDouble(cells -> Double.parseDouble(cells[column]))
                .findFirst()
                .orElseThrow();
    }

    /** What the polish begins with: the last parameters, or the best on the part left out. */
    @Test
    void itGoesOnFromWhatTrainingKept() {
        Prepared prepared = Prepared.of(Tiny.experiment(TEXT), DataLibrary.bundled());
        for (Protocol protocol : Protocol.values()) {
            Stages stages = new Stages(prepared, protocol);
            TrainingPlan first = stages.first(List.of(1L), null);
            double[] last = new double[first.network().parameterCount()];
            double[] best = last.clone();
            Arrays.fill(last, 0.25);
            Arrays.fill(best, 0.5);
            ReplicaState ended = ended(1, 30, last, best);
            TrainingPlan polish =
                    stages.next(1, first, new TrainingOutcome(List.of(ended), List.of(), 1, false, 0, ""));
            assertThat(polish.replicas().get(0).initial()).isEqualTo(protocol == Protocol.PAPER ? last : best);
            assertThat(polish.replicas().get(0).rowSets())
                    .usingElementComparator(Arrays::compare)
                    .containsExactlyElementsOf(first.replicas().get(0).rowSets());
        }
    }

    private static ReplicaState ended(double bestRms, long bestEpoch, double[] last, double[] best) {
        ReplicaState.Status status = ReplicaState.Status.REACHED_EPOCHS;
        return new ReplicaState(
                60, 60, status, 1, 1, 0, 1, 0, bestRms, bestEpoch, last, last, last, best, new double[0]);
    }

    /** A polish that does the part left out no good leaves what training kept. */
    @Test
    void theBestOfBothStagesIsKept() {
        ReplicaState training = ended(1, 30, new double[] {1}, new double[] {2});
        ReplicaState worse = ended(1.5, 20, new double[] {3}, new double[] {4}).after(training);
        assertThat(worse.bestParameters()).containsExactly(2);
        assertThat(worse.bestEpoch()).isEqualTo(30);
        assertThat(worse.bestRms()).isEqualTo(1);
        assertThat(worse.parameters()).containsExactly(3);
        ReplicaState better = ended(0.5, 20, new double[] {3}, new double[] {4}).after(training);
        assertThat(better.bestParameters()).containsExactly(4);
        assertThat(better.bestEpoch()).isEqualTo(80);
        assertThat(better.bestRms()).isEqualTo(0.5);
    }

    /** Stops and crashes in either stage of either protocol: going on ends with the same bits. */
    @ParameterizedTest
    @ValueSource(ints = {20, 63, 67})
    void goingOnIsBitIdentical(int epoch) throws IOException {
        Run unbroken = run(TEXT, "unbroken", new Listener(Integer.MAX_VALUE, progress -> {}));
        StopRequest stop = new StopRequest();
        Run stopped = run(TEXT, "stopped", new Listener(epoch, progress -> stop.request()), stop);
        assertThat(stopped.record).isEmpty();
        assertSame(unbroken, run(TEXT, "stopped", new Listener(Integer.MAX_VALUE, progress -> {})));
        assertThatThrownBy(() -> run(TEXT, "crashed", new Listener(epoch, progress -> {
                    throw new IllegalStateException("crash");
                })))
                .hasMessage("crash");
        assertSame(unbroken, run(TEXT, "crashed", new Listener(Integer.MAX_VALUE, progress -> {})));
    }

    private static void assertSame(Run expected, Run run) throws IOException {
        for (String file : List.of("model.safetensors", "metrics.csv", "leak-free/model.safetensors")) {
            assertThat(run.out.resolve(file)).hasSameBinaryContentAs(expected.out.resolve(file));
        }
        assertThat(run.record.orElseThrow().path("metrics").path("test"))
                .isEqualTo(expected.record.orElseThrow().path("metrics").path("test"));
    }

    /** Splines: refined, and then polished without the penalty of edges. */
    @Test
    void splinesAreRefinedAndThenPolished() throws IOException {
        String text = Tiny.splines() + "\n[training.polish]\nepochs = 4\n";
        Run run = run(text, "splines", new Listener(Integer.MAX_VALUE, progress -> {}));
        JsonNode stages = run.record
                .orElseThrow()
                .path("protocols")
                .path(0)
                .path("timing")
                .path("stages");
        assertThat(stages.findValuesAsText("name"))
                .containsExactly("training", "refinement 1", "refinement 2", "polish");
        assertThat(stages.findValuesAsText("optimiser"))
                .containsExactly("L-BFGS", "L-BFGS", "L-BFGS", "Levenberg-Marquardt");
    }

    /** A run, what it was stopped by, and the plans that it had. */
    private record Run(Path out, Optional<JsonNode> record, List<TrainingPlan> plans) {}

    private Run run(String text, String name, Listener listener) {
        return run(text, name, listener, new StopRequest());
    }

    private Run run(String text, String name, Listener listener, StopRequest stop) {
        Prepared prepared = Prepared.of(Tiny.experiment(text), DataLibrary.bundled());
        List<Long> seeds = List.of(1L, 2L);
        Path out = directory.resolve(name);
        RunOptions options = new RunOptions(prepared.protocols(), seeds, out, null, false, Duration.ZERO);
        Engines.Choice choice = Engines.choose("jvm", prepared.plan(Protocol.PAPER, seeds, null));
        Optional<Surroundings.Computed> polish = prepared.polish(Protocol.PAPER, seeds)
                .map(plan -> new Surroundings.Computed(Engines.choose("jvm", plan), EngineOptions.DEFAULT));
        Surroundings surroundings = new Surroundings(choice, EngineOptions.DEFAULT, polish, "test", "none");
        List<TrainingPlan> plans = new ArrayList<>();
        Optional<JsonNode> record = new ExperimentRun(prepared, DataLibrary.bundled(), options, surroundings)
                .run(
                        (protocol, plan) -> {
                            plans.add(plan);
                            listener.begins();
                            return listener;
                        },
                        stop);
        return new Run(out, record, plans);
    }

    private interface Event {
        void at(Progress progress);
    }

    /** Does something once, when so many epochs of the first replica are done, those of the stages before included. */
    private static final class Listener implements TrainingListener {
        private final long epoch;
        private final Event event;
        private long before;
        private long inStage;
        private boolean done;

        Listener(long epoch, Event event) {
            this.epoch = epoch;
            this.event = event;
        }

        void begins() {
            before += inStage;
            inStage = 0;
        }

        @Override
        public void progress(Progress progress) {
            inStage = progress.epochsDone() / progress.replicas();
            if (!done && before + inStage >= epoch) {
                done = true;
                event.at(progress);
            }
        }
    }
}
