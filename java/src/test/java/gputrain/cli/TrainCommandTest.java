package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.cli.Cli.Outcome;
import gputrain.engine.Engines;
import gputrain.engine.cuda.CudaEngine;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job from a small file to a finished run directory, and the ways in which it must refuse. */
class TrainCommandTest {

    @TempDir
    private Path directory;

    private Path file = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void writeExperiment() throws IOException {
        file = Files.writeString(directory.resolve("tiny.toml"), Tiny.TEXT);
        out = directory.resolve("run");
    }

    private Path edited(String piece, String replacement) throws IOException {
        return Files.writeString(directory.resolve("edited.toml"), Tiny.with(piece, replacement));
    }

    private static JsonNode record(Path run) throws IOException {
        return new ObjectMapper().readTree(run.resolve("run.json").toFile());
    }

    private static double testRmsd(JsonNode record, int protocol) {
        return record.path("protocols")
                .path(protocol)
                .path("metrics")
                .path("test")
                .path("rmsdMeV")
                .path("mean")
                .asDouble(Double.NaN);
    }

    @Test
    void trainsAndSaysWhatItDid() throws IOException {
        Outcome outcome = run(file, "--engine", "jvm", "--seeds", 2, "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("144 to train, 37 to test; network [5, 3, 3], 30 parameters, 2 seeds");
        assertThat(outcome.out())
                .contains("local/tiny: Tiny")
                .contains("Leak-free protocol")
                .contains("Bare theory")
                .contains("report.html");
        for (String name : List.of(
                "run.json",
                "settings.json",
                "experiment.toml",
                "model.json",
                "report.html",
                "metrics.csv",
                "predictions.csv",
                "model.safetensors",
                "leak-free/metrics.csv",
                "leak-free/predictions.csv",
                "leak-free/model.safetensors")) {
            assertThat(out.resolve(name)).isNotEmptyFile();
        }
        assertThat(Files.readString(out.resolve("experiment.toml"))).isEqualTo(Tiny.TEXT);
        // Epochs 0, 10, ..., 60 of two replicas.
        assertThat(Files.readAllLines(out.resolve("metrics.csv"))).hasSizeBetween(13, 15);
        requireOneLinePerNuclide();
    }

    /** The table agrees with the figures: the units of predictions.csv, metrics.csv and run.json are the same. */
    private void requireOneLinePerNuclide() throws IOException {
        double squares = 0;
        int count = 0;
        for (String line : Files.readAllLines(out.resolve("predictions.csv"))) {
            String[] cells = line.split(",", -1);
            if (cells[4].equals("test")) {
                assertThat(Double.parseDouble(cells[5]) - Double.parseDouble(cells[7]))
                        .isCloseTo(Double.parseDouble(cells[9]), within(2e-6));
                squares += Double.parseDouble(cells[9]) * Double.parseDouble(cells[9]);
                count++;
            }
        }
        assertThat(count).isEqualTo(37);
        JsonNode test = record(out).path("metrics").path("test");
        assertThat(Math.sqrt(squares / count))
                .isCloseTo(test.path("rmsdMeV").path("ensemble").asDouble(), within(1e-5));
        List<String> metrics = Files.readAllLines(out.resolve("metrics.csv"));
        String[] last = metrics.get(metrics.size() - 1).split(",", -1);
        assertThat(last[2]).isEqualTo("60");
        assertThat(Double.parseDouble(last[6]))
                .isCloseTo(test.path("rmsdMeV").path("replicas").path(1).asDouble(), within(1e-4));
    }

    @Test
    void printsJsonForMachinesAndNothingElse() throws IOException {
        Outcome outcome = run("train", file, "--engine", "jvm", "--out", out, "--json", "--quiet", "--no-report");
        JsonNode records = outcome.json();
        assertThat(outcome.err()).isEmpty();
        assertThat(records).hasSize(1);
        assertThat(testRmsd(records.path(0), 0)).isGreaterThan(0);
        assertThat(records.path(0).path("protocols").path(1).path("name").asText())
                .isEqualTo("leak-free");
        assertThat(records.path(0)).isEqualTo(record(out));
        assertThat(out.resolve("report.html")).doesNotExist();
    }

    /** The epochs averaged are the last of all that there can be, whenever a network stops. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0   | 20 | epochs 41 to 60.$",
                "1e9 | 20 | epochs 41 to 60. Stopped before these epochs, with the last parameters: 2 of 2.$",
                "1e9 | 60 | epochs 1 to 60. Stopped among them, with the mean up to there: 2 of 2.$"
            })
    void saysWhichParametersAreAveraged(String stop, int average, String end) throws IOException {
        Path averaged = edited("keep = \"last\"", "average-last = " + average + "\nstop-below-loss = " + stop);
        Outcome outcome = run(averaged, "--engine", "jvm", "--seeds", 2, "--out", out, "--no-report");
        assertThat(outcome.err())
                .containsOnlyOnce("2 x at most 60 epochs, parameters averaged from epoch " + (61 - average) + " on");
        JsonNode protocols = record(out).path("protocols");
        assertThat(protocols.path(0).path("description").asText()).containsPattern(end);
        assertThat(protocols.path(1).path("description").asText()).doesNotContain("mean");
        assertThat(record(out).path("settings").path("parameters").asText())
                .isEqualTo("mean over epochs " + (61 - average) + " to 60 (the paper's protocol only)");
    }

    @Test
    void aFinishedRunIsPrintedAgain() throws IOException {
        Outcome first = run(file, "--engine", "jvm", "--out", out, "--no-report");
        byte[] before = Files.readAllBytes(out.resolve("run.json"));
        Outcome second = run(file, "--engine", "jvm", "--out", out, "--no-report");
        assertThat(second.code()).isZero();
        assertThat(first.out()).contains("The paper's protocol", "Run record: " + out.resolve("run.json"));
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(Files.readAllBytes(out.resolve("run.json"))).isEqualTo(before);
    }

    @Test
    void theSameRunTwiceGivesTheSameFiles() throws IOException {
        Path other = directory.resolve("other");
        run(file, "--engine", "jvm", "--out", out, "--no-report", "--threads", 1);
        run(file, "--engine", "jvm", "--out", other, "--no-report", "--threads", 3);
        for (String name :
                List.of("metrics.csv", "predictions.csv", "model.safetensors", "leak-free/predictions.csv")) {
            assertThat(other.resolve(name)).hasSameBinaryContentAs(out.resolve(name));
        }
    }

    @Test
    void enginesAgree() throws IOException {
        Assumptions.assumeTrue(
                Engines.all().stream()
                        .anyMatch(one ->
                                one.name().equals("cpp") && one.unavailable().isEmpty()),
                "no cpp engine here");
        Path other = directory.resolve("cpp");
        assertThat(run(file, "--engine", "jvm", "--out", out, "--no-report").code())
                .isZero();
        assertThat(run(file, "--engine", "cpp", "--out", other, "--no-report").code())
                .isZero();
        for (int protocol = 0; protocol < 2; protocol++) {
            double jvm = testRmsd(record(out), protocol);
            assertThat(testRmsd(record(other), protocol)).isCloseTo(jvm, within(1e-3 * jvm));
        }
        assertThat(record(other).path("engine").path("name").asText()).isEqualTo("cpp");
    }

    @Test
    void severalExperimentsShareAParent() throws IOException {
        Path second = edited("hidden = [3]", "hidden = []");
        Outcome outcome = run(
                file, second, file, "--engine", "jvm", "--out", out, "--json", "--no-report", "--protocol", "paper");
        assertThat(outcome.json()).hasSize(2);
        assertThat(out.resolve("local/tiny/run.json")).exists();
        assertThat(out.resolve("local/edited/run.json")).exists();
    }

    @Test
    void startsFromTheWeightsOfAnotherRun() throws IOException {
        run(file, "--engine", "jvm", "--out", out, "--no-report", "--protocol", "paper");
        Path next = directory.resolve("next");
        Path weights = out.resolve("model.safetensors");
        Outcome outcome =
                run(file, "--engine", "jvm", "--out", next, "--no-report", "--protocol", "paper", "--init", weights);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(record(next).path("protocols").path(0).path("description").asText())
                .contains("Started from given parameters (--init)");
        // Goes on falling from where the first ended.
        assertThat(record(next)
                        .path("metrics")
                        .path("train")
                        .path("rmsdMeV")
                        .path("mean")
                        .asDouble())
                .isLessThan(record(out)
                        .path("metrics")
                        .path("train")
                        .path("rmsdMeV")
                        .path("mean")
                        .asDouble());
        run(file, "--engine", "jvm", "--out", next, "--no-report", "--protocol", "paper")
                .refused(ExitCode.USAGE, "holds another run (different initialParameters)");
        Path wider = edited("hidden = [3]", "hidden = [4]");
        run(wider, "--engine", "jvm", "--out", directory.resolve("w"), "--init", weights)
                .refused(ExitCode.BAD_DATA, "model.safetensors");
        run(file, "--init", directory.resolve("none.safetensors"), "--out", out)
                .refused(ExitCode.BAD_DATA, "none.safetensors");
    }

    @Test
    void keepsOutOfOtherDirectories() throws IOException {
        Files.createDirectories(out);
        Path diary = Files.writeString(out.resolve("diary.txt"), "mine");
        run(file, "--engine", "jvm", "--out", out).refused(ExitCode.USAGE, "diary.txt", "choose another --out");
        run(file, "--engine", "jvm", "--out", out, "--fresh").refused(ExitCode.USAGE, "diary.txt");
        try (Stream<Path> entries = Files.list(out)) {
            assertThat(entries).containsExactly(diary);
        }
        Path plain = Files.writeString(directory.resolve("plain"), "");
        run(file, "--engine", "jvm", "--out", plain).refused(ExitCode.INPUT_OUTPUT, "plain");
        run(file, "--engine", "jvm", "--out", plain.resolve("below")).refused(ExitCode.INPUT_OUTPUT, "plain");
    }

    @Test
    void freshReplacesARunAndNothingElse() throws IOException {
        run(file, "--engine", "jvm", "--out", out);
        Path diary = Files.writeString(out.resolve("leak-free/diary.txt"), "mine");
        Path figure = Files.writeString(out.resolve("figures/mine.svg"), "mine");
        run(file, "--engine", "jvm", "--out", out, "--first-seed", 7)
                .refused(ExitCode.USAGE, "different seeds", "--fresh");
        Outcome outcome = run(
                file,
                "--engine",
                "jvm",
                "--out",
                out,
                "--first-seed",
                7,
                "--protocol",
                "paper",
                "--fresh",
                "--no-report");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(record(out).path("seeds").path(0).asInt()).isEqualTo(7);
        assertThat(diary).hasContent("mine");
        assertThat(figure).hasContent("mine");
        assertThat(out.resolve("leak-free/metrics.csv")).doesNotExist();
        assertThat(out.resolve("report.html")).doesNotExist();
    }

    @Test
    void goesOnAfterADeathBeforeTheFirstFile() throws IOException {
        Files.createDirectories(out);
        Files.writeString(out.resolve("lock"), "");
        Files.writeString(out.resolve(".settings.json.6f1c.tmp"), "{");
        assertThat(run(file, "--engine", "jvm", "--out", out, "--no-report").code())
                .isZero();
    }

    @Test
    void refusesWhatMakesNoSense() throws IOException {
        run("huang/method-9").refused(ExitCode.USAGE, "unknown experiment \"huang/method-9\"", "gpu-train list");
        run(file, "--no-such-option").refused(ExitCode.USAGE, "--no-such-option");
        run(file, "--seeds", 0).refused(ExitCode.USAGE, "--seeds");
        run(file, "--seeds", "many").refused(ExitCode.USAGE, "--seeds");
        run(file, "--first-seed", Long.MAX_VALUE, "--out", out).refused(ExitCode.USAGE, "--first-seed");
        run(file, "--checkpoint-seconds", "1e300", "--out", out).refused(ExitCode.USAGE, "--checkpoint-seconds");
        run(file, "--checkpoint-seconds", "NaN", "--out", out).refused(ExitCode.USAGE, "--checkpoint-seconds");
        run(file, "--protocol", "mine", "--out", out).refused(ExitCode.USAGE, "paper, leak-free or both");
        run(file, "--threads", -1, "--out", out).refused(ExitCode.USAGE, "--threads");
        run(file, "--device", -1, "--out", out).refused(ExitCode.USAGE, "--device");
        run(file, "--device", "0,", "--out", out).refused(ExitCode.USAGE, "--device takes", "0,1");
        run(file, "--device", "gpu", "--out", out).refused(ExitCode.USAGE, "--device takes", "gpu");
        run(file, "--device", "0,1,0", "--out", out).refused(ExitCode.USAGE, "names 0 twice");
        run(file, "--cuda-kernel", " ", "--out", out).refused(ExitCode.USAGE, "--cuda-kernel");
        run(file, "--engine", "jvm", "--cuda-kernel", "solo", "--out", out)
                .refused(ExitCode.NO_DEVICE, "--cuda-kernel solo", "--engine jvm");
        run(file, "--engine", "jvm", "--device", "0,1", "--out", out).refused(ExitCode.NO_DEVICE, "no device 1");
        run(file, "--engine", "abacus", "--out", out).refused(ExitCode.NO_DEVICE, "abacus", "jvm");
        run(file, "--engine", "jvm", "--device", 7, "--out", out).refused(ExitCode.NO_DEVICE, "no device 7");
        run(edited("epochs = 60", "epochs = sixty"), "--out", out).refused(ExitCode.BAD_DATA, "edited.toml:30");
        run(edited("\"ame2020\"", "\"ame2021\""), "--out", out)
                .refused(ExitCode.BAD_DATA, "edited.toml:4:1: data.table");
        run(directory.resolve("none.toml")).refused(ExitCode.BAD_DATA, "none.toml: no such file");
        run(file, "--data", directory.resolve("none"), "--out", out)
                .refused(ExitCode.BAD_DATA, "none is not a directory");
        assertThat(out).doesNotExist();
    }

    @Test
    void aGpuIsAskedForOrWishedFor() {
        Assumptions.assumeTrue(new CudaEngine().unavailable().isPresent(), "a GPU is here");
        String cause = new CudaEngine().unavailable().get();
        run(file, "--engine", "cuda", "--out", out)
                .refused(ExitCode.NO_DEVICE, "engine cuda cannot run: " + cause, "or auto");
        Outcome wish = run(file, "--device", 0, "--out", out, "--no-report", "--protocol", "paper");
        assertThat(wish.code()).as(wish.err()).isZero();
        assertThat(wish.err())
                .containsOnlyOnce(cause)
                .containsOnlyOnce("--device 0 is not a usable GPU")
                .contains("training on the CPU");
        run(file, "--device", "0,1", "--cuda-kernel", "solo", "--out", directory.resolve("other"))
                .refused(ExitCode.NO_DEVICE, "--cuda-kernel solo needs the cuda engine", cause);
    }

    @Test
    void divergenceIsSaid() throws IOException {
        Path wild = edited("learning-rate = 1e-2", "learning-rate = 1e30");
        run(wild, "--engine", "jvm", "--out", out, "--quiet")
                .refused(ExitCode.BAD_DATA, "the loss of every replica became non-finite; try a smaller learning-rate");
        assertThat(out.resolve("run.json")).doesNotExist();
    }

    @Test
    void aDamagedTableIsNamedWithLineAndColumn() throws IOException {
        Path tables = Files.createDirectories(directory.resolve("tables"));
        Files.writeString(
                tables.resolve("ame2020.csv"),
                Files.readString(Path.of("../data/tables/ame2020.csv"))
                        .replaceFirst("\n26,30,[^,]*,", "\n26,30,garbage,"));
        run(file, "--engine", "jvm", "--data", tables, "--out", out)
                .refused(ExitCode.BAD_DATA, "ame2020.csv:516:7: ", "massExcessKeV", "garbage");
        assertThat(out).doesNotExist();
    }
}
