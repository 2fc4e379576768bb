package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.cli.Cli.Outcome;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that use a finished run, and those that only look. */
class RunCommandsTest {

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private static Path trained = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        Path file = Files.writeString(shared.resolve("tiny.toml"), Tiny.TEXT);
        trained = shared.resolve("run");
        assertThat(run(file, "--engine", "jvm", "--seeds", 2, "--out", trained, "--quiet")
                        .code())
                .isZero();
    }

    private Path copy() throws IOException {
        Path target = directory.resolve("copy");
        try (Stream<Path> files = Files.walk(trained)) {
            for (Path source : files.toList()) {
                Files.copy(
                        source,
                        target.resolve(trained.relativize(source).toString()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return target;
    }

    @Test
    void predictsWhatTheRunPredicted() throws IOException {
        JsonNode masses = run(
                        "predict",
                        trained,
                        "--engine",
                        "jvm",
                        "--nuclides",
                        "56Fe,Fe-56,Z26N30",
                        "--protocol",
                        "paper",
                        "--json")
                .json();
        assertThat(masses).hasSize(3);
        assertThat(masses.path(0)).isEqualTo(masses.path(1)).isEqualTo(masses.path(2));
        String[] line = Files.readAllLines(trained.resolve("predictions.csv")).stream()
                .filter(one -> one.startsWith("26,30,"))
                .findFirst()
                .orElseThrow()
                .split(",", -1);
        assertThat(masses.path(0).path("massExcessMeV").asDouble())
                .isCloseTo(Double.parseDouble(line[7]), within(1e-6));
        assertThat(masses.path(0).path("spreadMeV").asDouble()).isCloseTo(Double.parseDouble(line[8]), within(1e-6));
        // Binding energy by hand: 26 hydrogen atoms and 30 neutrons minus the atom.
        assertThat(masses.path(0).path("bindingEnergyMeV").asDouble()
                        + masses.path(0).path("massExcessMeV").asDouble())
                .isCloseTo(26 * 7.288971064 + 30 * 8.07131806, within(1e-9));
    }

    @Test
    void predictsTheWholeChartIntoAFile() throws IOException {
        Path csv = directory.resolve("chart.csv");
        Outcome outcome = run("predict", trained, "--engine", "jvm", "--out", csv);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("of 10237 nuclides left out, such as: feature V_p");
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines.get(0)).isEqualTo("Z,N,A,symbol,massExcessMeV,bindingEnergyMeV,spreadMeV");
        assertThat(lines).hasSizeGreaterThan(8000).noneMatch(line -> line.contains("NaN"));
    }

    @Test
    void predictRefuses() {
        run("predict", trained, "--nuclides", "56Xx").refused(ExitCode.BAD_DATA, "56Xx");
        run("predict", trained, "--nuclides", "16O").refused(ExitCode.USAGE, "cannot predict", "V_p of Z=8, N=8");
        run("predict", trained, "--protocol", "mine")
                .refused(ExitCode.USAGE, "no protocol \"mine\"", "paper, leak-free");
        run("predict", directory).refused(ExitCode.BAD_DATA, "not a run directory");
        run("predict", trained, "--nuclides", "56Fe", "--engine", "jvm", "--out", trained.resolve("run.json/x"))
                .refused(ExitCode.INPUT_OUTPUT, "run.json");
        run("predict").refused(ExitCode.USAGE, "RUN");
    }

    @Test
    void evaluateFindsTheRecordedFigures() throws IOException {
        JsonNode record =
                run("evaluate", trained, "--engine", "jvm", "--json").json().path(0);
        assertThat(record.path("largestDifferenceMeV").asDouble(1)).isZero();
        assertThat(record.path("metrics"))
                .isEqualTo(record.path("protocols").path(0).path("metrics"));
        Outcome text = run("evaluate", trained, "--engine", "jvm");
        assertThat(text.out()).contains("Largest difference from the run record: 0.0e+00 MeV");
    }

    @Test
    void evaluateRefusesOtherTables() throws IOException {
        Path tables = Files.createDirectories(directory.resolve("tables"));
        Files.writeString(
                tables.resolve("ame2020.csv"), Files.readString(Path.of("../data/tables/ame2020.csv")) + "\n");
        run("evaluate", trained, "--engine", "jvm", "--data", tables)
                .refused(ExitCode.BAD_DATA, "another table ame2020", "--data");
    }

    @Test
    void writesTheReportAgain() throws IOException {
        Path run = copy();
        Files.delete(run.resolve("report.html"));
        Outcome outcome = run("report", run);
        assertThat(outcome.out().strip()).isEqualTo(run.resolve("report.html").toString());
        assertThat(run.resolve("report.html")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run.json", "model.json"})
    void brokenJsonIsNamed(String name) throws IOException {
        Path run = copy();
        for (String text : List.of("", "{", "[]", "null", "7", "{}", "\0", "{\"protocols\": 7, \"inputs\": 7}")) {
            Files.writeString(run.resolve(name), text);
            run("predict", run, "--nuclides", "56Fe").refused(ExitCode.BAD_DATA, name);
        }
        Files.delete(run.resolve(name));
        run("predict", run, "--nuclides", "56Fe")
                .refused(ExitCode.BAD_DATA, "run.json".equals(name) ? "not finished" : name);
    }

    @Test
    void missingAndBrokenParametersAreNamed() throws IOException {
        Path run = copy();
        Path weights = run.resolve("leak-free/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 5));
        run("predict", run, "--nuclides", "56Fe").refused(ExitCode.BAD_DATA, "model.safetensors");
        run("evaluate", run).refused(ExitCode.BAD_DATA, "model.safetensors");
        Files.delete(weights);
        run("predict", run, "--nuclides", "56Fe").refused(ExitCode.BAD_DATA, "model.safetensors");
        Files.delete(run.resolve("experiment.toml"));
        run("evaluate", run).refused(ExitCode.BAD_DATA, "experiment.toml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "list", "show", "predict", "evaluate", "report", "data", "devices"})
    void everyCommandHasHelpAndVersion(String command) {
        Outcome help = run(command, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("Usage: gpu-train " + command);
        Outcome version = run(command, "--version");
        assertThat(version.code()).isZero();
        assertThat(version.out()).startsWith("gpu-train ");
    }

    @Test
    void helpWithoutACommandListsCommandsAndExitCodes() {
        Outcome help = run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("train", "predict", "evaluate", "devices", "75", "stopped by a signal");
        assertThat(help.out()).containsPattern("(?m)^  devices +Lists every engine");
        assertThat(run("--version").out()).contains("Java " + System.getProperty("java.version"));
    }

    @Test
    void listsAndShowsExperiments() throws IOException {
        assertThat(run("list").out()).contains("huang/method-3-case-a ");
        assertThat(run("list", "--json").json().path(0).path("name").asText()).isEqualTo("huang/method-1-case-a");
        Outcome show = run("show", "huang/method-3-case-a");
        assertThat(show.out()).isEqualTo(Files.readString(Path.of("../data/experiments/huang/method-3-case-a.toml")));
        run("show", "huang/method-33-case-a").refused(ExitCode.USAGE, "did you mean");
        run("show").refused(ExitCode.USAGE, "EXPERIMENT");
    }

    @Test
    void listsDevices() throws IOException {
        assertThat(run("devices").out()).containsPattern("(?m)^jvm +0 ");
        JsonNode devices = run("devices", "--json").json();
        assertThat(devices)
                .anyMatch(one -> one.path("engine").asText().equals("jvm")
                        && one.path("usable").asBoolean());
        assertThat(devices).anyMatch(one -> one.path("engine").asText().equals("cuda"));
    }
}
