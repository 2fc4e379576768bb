package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernel models from the command line, on a small region of the chart. */
final class KernelCommandsTest {
    private static final String FILE = """
            title = "A small kernel study"
            comparators = ["rbf", "krr"]
            [data]
            table = "ame2020"
            Z-at-least = 44
            Z-at-most = 56
            measured = true
            uncertainty-at-most-keV = 100
            theory = "ws4"
            [kernel-model]
            redundant = 1
            length = 0.1
            noise = 0.01
            [kernel-model.extrapolation]
            length = 0.2
            noise = 0.3
            [cross-validation]
            folds = 5
            random-state = 7
            [grid]
            redundant = [0, 1]
            lengths = [0.05, 0.1, 0.3]
            noises = [0.001, 0.01, 0.1, 1.0]
            [extrapolation]
            neutron-rich = 2
            [editions]
            tables = ["ame1983", "ame2003"]
            """;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("small.toml"), FILE);
    }

    private Path out() {
        return folder.resolve("run");
    }

    @Test
    void aRunHoldsEverything() throws IOException {
        Cli.Outcome outcome = run("train", file, "--out", out());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("A small kernel study", "Best of the grid", "Extrapolation", "Historical split", "1983");
        JsonNode record = run("train", file, "--out", out(), "--json").json().get(0);
        assertThat(record.get("kind").asText()).isEqualTo("kernel");
        assertThat(record.get("gridMinima")).hasSize(2);
        assertThat(record.get("metrics")
                        .get("5-fold")
                        .get("rmsdMeV")
                        .get("mean")
                        .asDouble())
                .isBetween(0.05, 0.5);
        assertThat(Files.readAllLines(out().resolve("grid.csv"))).hasSize(1 + 2 * 3 * 4);
        assertThat(Files.readAllLines(out().resolve("predictions.csv"))).hasSizeGreaterThan(10_000);
        for (String name : List.of(
                "cross-validation.csv",
                "extrapolation.csv",
                "extrapolation-grid.csv",
                "editions.csv",
                "calibration.csv",
                "components.csv",
                "predictions-extrapolation.csv")) {
            assertThat(out().resolve(name)).isNotEmptyFile();
        }
        assertThat(Files.readString(out().resolve("report.html")))
                .contains("A small kernel study", "Calibration", "kernel", "</html>");
        assertThat(out().resolve("figures").resolve("kernel-grid.svg")).isNotEmptyFile();
    }

    @Test
    void predictsAndEvaluatesWhatWasFitted() throws IOException {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        Cli.Outcome one = run("predict", out(), "--nuclides", "132Sn,100Sn");
        assertThat(one.code()).as(one.err()).isZero();
        List<String> lines = one.out().lines().toList();
        assertThat(lines.get(0)).isEqualTo("Z,N,A,symbol,massExcessMeV,bindingEnergyMeV,spreadMeV");
        String written = Files.readAllLines(out().resolve("predictions.csv")).stream()
                .filter(line -> line.startsWith("50,82,"))
                .findFirst()
                .orElseThrow();
        double mass = Double.parseDouble(written.split(",", -1)[7]);
        assertThat(Double.parseDouble(lines.get(1).split(",", -1)[4]))
                .isCloseTo(mass, org.assertj.core.api.Assertions.within(1e-4));
        assertThat(run("predict", out(), "--nuclides", "132Sn", "--extrapolation")
                        .out())
                .isNotEqualTo(run("predict", out(), "--nuclides", "132Sn").out());
        run("predict", out(), "--nuclides", "2H").refused(2, "ws4");
        run("predict", out(), "--protocol", "paper").refused(2, "kernel models");
        assertThat(run("evaluate", out()).out()).contains("largest difference from the run's files: ");
        assertThat(run("evaluate", out(), "--json")
                        .json()
                        .get(0)
                        .get("largestDifferenceMeV")
                        .asDouble())
                .isLessThan(1e-5);
        Files.delete(out().resolve("report.html"));
        assertThat(run("report", out()).code()).isZero();
        assertThat(out().resolve("report.html")).isNotEmptyFile();
    }

    /** A grid that was cut goes on: what is there is not computed again, and the whole is the same. */
    @Test
    void anInterruptedGridGoesOn() throws IOException {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        String grid = Files.readString(out().resolve("grid.csv"));
        String editions = Files.readString(out().resolve("editions.csv"));
        List<String> lines = grid.lines().toList();
        // Seven whole lines of noises short, and a value that only a file that is read again can have.
        List<String> half = new java.util.ArrayList<>(lines.subList(0, 9));
        half.set(1, half.get(1).replaceAll(",[0-9.]+$", ",9.000000000"));
        Files.writeString(out().resolve("grid.csv"), String.join("\n", half) + "\n");
        Files.delete(out().resolve("run.json"));
        Files.delete(out().resolve("editions.csv"));
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        List<String> again = Files.readAllLines(out().resolve("grid.csv"));
        assertThat(again).hasSameSizeAs(lines);
        assertThat(again.get(1)).endsWith(",9.000000000");
        assertThat(again.subList(2, again.size())).isEqualTo(lines.subList(2, lines.size()));
        assertThat(Files.readString(out().resolve("editions.csv"))).isEqualTo(editions);
    }

    /** A grid that something else cut: incomplete lines are computed again, whatever is left of them. */
    @Test
    void aCutGridIsComputedAgainWhereItWasCut() throws IOException {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        String grid = Files.readString(out().resolve("grid.csv"));
        String record = Files.readString(out().resolve("cross-validation.csv"));
        int place = grid.indexOf("1,0.1,");
        for (int cut : new int[] {place + 8, place + 20, place + 60, grid.length() - 3}) {
            Files.delete(out().resolve("run.json"));
            Files.writeString(out().resolve("grid.csv"), grid.substring(0, cut));
            assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
            assertThat(Files.readString(out().resolve("grid.csv"))).isEqualTo(grid);
            assertThat(Files.readString(out().resolve("cross-validation.csv"))).isEqualTo(record);
        }
    }

    @Test
    void aDamagedGridNamesTheLine() throws IOException {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        Files.delete(out().resolve("run.json"));
        Files.writeString(out().resolve("grid.csv"), "R,L,delta,rmsdMeV\n0,0.05,x\n");
        run("train", file, "--out", out(), "--quiet").refused(65, "grid.csv:2", "--fresh");
        assertThat(run("train", file, "--out", out(), "--quiet", "--fresh").code())
                .isZero();
    }

    @Test
    void aRunThatWasChangedIsNoticed() throws IOException {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        Path experiment = out().resolve("experiment.toml");
        Files.writeString(experiment, FILE.replace("length = 0.1", "length = 0.2"));
        run("predict", out(), "--nuclides", "132Sn").refused(65, "not the experiment that was run");
        Files.writeString(experiment, FILE);
        Path predictions = out().resolve("predictions-extrapolation.csv");
        String whole = Files.readString(predictions);
        Files.writeString(predictions, whole.substring(0, whole.indexOf('\n', 200) + 1));
        run("evaluate", out()).refused(65, "predictions-extrapolation.csv", "nuclides");
        Files.writeString(predictions, whole);
        Path record = out().resolve("run.json");
        String json = Files.readString(record);
        Files.writeString(
                record,
                json.replaceFirst("(\"model\" : \"GPR-NN, interpolation\"[^}]*\"rmsdMeV\" : )[0-9.]+", "$10.001"));
        assertThat(Files.readString(record)).isNotEqualTo(json);
        run("evaluate", out()).refused(65, "differs by");
        Files.writeString(record, json);
        Files.delete(out().resolve("components.csv"));
        run("train", file, "--out", out()).refused(65, "components.csv: missing", "--fresh");
        run("report", out()).refused(65, "components.csv: missing");
    }

    /** Hyperparameters at the limits of float64, and sets that leave nothing to do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "length = 0.1 | length = 1e-200 | kernel-model.length",
                "noise = 0.01 | noise = 1e-300 | kernel-model.noise",
                "lengths = [0.05 | lengths = [1e-30 | grid.lengths",
                "redundant = [0, 1] | redundant = [1, 1] | grid.redundant",
                "folds = 5 | folds = 2147483647 | folds need at least twice as many",
                "[\"ame1983\", \"ame2003\"] | [\"ame1983\", \"ame1983\"] | editions.tables",
                "[\"ame1983\", \"ame2003\"] | [\"ame1983\", \"ame2020\"] | editions.tables",
                "\"ame2003\"] | \"ame2003\"]%uncertainty-at-most-keV = -1 | uncertainty-at-most-keV",
                "\"ame2003\"] | \"ame2003\"]%uncertainty-at-most-keV = 1e-6 | nuclei to fit to",
                "neutron-rich = 2 | neutron-rich = 50 | nuclei to fit to"
            })
    void limitsAreErrorsWithTheirPlace(String from, String to, String word) throws IOException {
        String text = FILE.replace(from, to.replace('%', '\n'));
        assertThat(text).isNotEqualTo(FILE);
        Files.writeString(file, text);
        run("train", file, "--out", out(), "--quiet").refused(65, word);
    }

    /** A model's R that the grid does not have: no best of it, instead of the file's own under that name. */
    @Test
    void withoutABestThereIsNone() throws IOException {
        Files.writeString(file, FILE.replace("redundant = [0, 1]", "redundant = [0]"));
        Cli.Outcome outcome = run("train", file, "--out", out());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).doesNotContain("best of the grid inside").contains("best of the grid outside");
    }

    /** Without hyperparameters of its own extrapolation is no second model. */
    @Test
    void withoutExtrapolationThereIsOneModel() throws IOException {
        Files.writeString(file, FILE.replace("[kernel-model.extrapolation]\nlength = 0.2\nnoise = 0.3\n", ""));
        Cli.Outcome outcome = run("train", file, "--out", out());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).doesNotContain("GPR-NN, extrapolation   ").contains("GPR-NN, interpolation");
        assertThat(out().resolve("predictions-extrapolation.csv")).doesNotExist();
        assertThat(run("evaluate", out()).code()).isZero();
        assertThat(Files.readString(out().resolve("report.html"))).doesNotContain("Deviations from the paper");
    }

    @Test
    void predictSaysWhereItExtrapolates() {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        assertThat(run("predict", out(), "--nuclides", "112Sn,150Sn").err())
                .contains("1 of 2 nuclides are not among those fitted", "--extrapolation");
        assertThat(run("predict", out(), "--nuclides", "112Sn").err()).isEmpty();
        assertThat(run("predict", out(), "--nuclides", "150Sn", "--extrapolation")
                        .err())
                .isEmpty();
    }

    @Test
    void anotherExperimentDoesNotOverwrite() throws IOException {
        assertThat(run("train", file, "--out", out(), "--quiet").code()).isZero();
        Files.writeString(file, FILE.replace("noise = 0.3", "noise = 0.4"));
        run("train", file, "--out", out()).refused(2, "holds another run", "--fresh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"theory = \"ws5\"", "theory = \"ame2016\"", "theory = \"rchb\""})
    void aTheoryThatIsNotThereIsNamed(String theory) throws IOException {
        Files.writeString(file, FILE.replace("theory = \"ws4\"", theory));
        run("train", file, "--out", out()).refused(65, theory.substring(10, theory.length() - 1));
    }

    @Test
    void tooFewNucleiAreAnError() throws IOException {
        Files.writeString(file, FILE.replace("Z-at-most = 56", "Z-at-most = 44\nN-at-most = 46"));
        run("train", file, "--out", out()).refused(65, "folds need at least twice as many");
    }

    @Test
    void optionsOfNetworksAreRefused() {
        run("train", file, "--out", out(), "--init", "x.safetensors").refused(2, "--init");
        run("train", file, "--out", out(), "--cuda-kernel", "solo").refused(2, "kernel model");
        run("train", file, "--out", out(), "--seeds", 3).refused(2, "--seeds");
        run("train", file, "--out", out(), "--protocol", "paper").refused(2, "--protocol");
    }

    @Test
    void aPaperOfKernelModels() throws IOException {
        Path study = Files.writeString(
                folder.resolve("paper.toml"),
                "title = \"A small paper\"\nkernel-experiments = [\""
                        + file.toString().replace("\\", "/") + "\"]\n");
        Path out = folder.resolve("paper");
        Cli.Outcome outcome = run("reproduce", study, "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("A small paper", "R = 1", "small");
        assertThat(Files.readString(out.resolve("report.html"))).contains("A small paper", "small/report.html");
        assertThat(Files.readAllLines(out.resolve("results.csv"))).hasSizeGreaterThan(20);
        Files.delete(out.resolve("report.html"));
        Cli.Outcome again = run("reproduce", study, "--out", out, "--no-report");
        assertThat(again.out()).contains("A small paper", "R = 1").doesNotContain("Report: ");
        assertThat(out.resolve("report.html")).doesNotExist();
        run("reproduce", study, "--out", out, "--only", "liu/ws4").refused(2, "--only liu/ws4");
    }
}
