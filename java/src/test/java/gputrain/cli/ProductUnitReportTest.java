package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reports show of product units, on a study of a complex network and a real one of two inputs. */
class ProductUnitReportTest {
    private static final String STUDY = """
            title = "Product units"

            [[experiments]]
            name = "COMPLEX"
            seeds = 2

            [[experiments]]
            name = "REAL"
            seeds = 2

            [[tables]]
            title = "Table 3"
            [[tables.rows]]
            label = "C"
            experiment = "COMPLEX"
            sets = ["test", "beyond, |Im y| < 500 MeV", "beyond, |Im y| < 0.0001 MeV"]
            [[tables.rows]]
            label = "WS4"
            experiment = "COMPLEX"
            baseline = "WS4"
            sets = ["test", "beyond"]
            [[tables]]
            title = "Table 2"
            [[tables.rows]]
            label = "R"
            experiment = "REAL"

            [[figures]]
            kind = "exponents"
            title = "Fig. 2"
            [[figures.models]]
            label = "R"
            experiment = "REAL"
            [[figures]]
            kind = "thresholds"
            title = "Fig. 4"
            set = "beyond"
            [[figures.models]]
            label = "C"
            experiment = "COMPLEX"
            [[figures]]
            kind = "uncertainty-map"
            title = "Fig. 5a"
            set = "beyond"
            [[figures.models]]
            label = "C"
            experiment = "COMPLEX"
            [[figures]]
            kind = "sets-map"
            title = "Fig. 5d"
            [[figures.models]]
            label = "C"
            experiment = "COMPLEX"
            """;

    private static final Map<String, String> MASS_EXCESS = Map.of(
            "[\"E\", \"E_LD(ws-star)\", \"E - E_LD(ws-star)\"]",
            "[\"M\"]",
            "mass = \"E - E_LD(ws-star)\"",
            "mass = \"M\"",
            "loss = \"huber\"\nhuber-delta = 1",
            "loss = \"mse\"",
            "\n[leak-free]\nparts = 5\n",
            "");

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private static Path out = Path.of("");
    private static String study = "";

    private static Path write(String name, Map<String, String> more) throws IOException {
        String text = Tiny.with(MASS_EXCESS);
        for (Map.Entry<String, String> piece : more.entrySet()) {
            assertThat(text).contains(piece.getKey());
            text = text.replace(piece.getKey(), piece.getValue());
        }
        return Files.writeString(shared.resolve(name), text);
    }

    @BeforeAll
    static void reproduce() throws IOException {
        Path complex = write(
                "complex.toml",
                Map.of(
                        "hidden = [3]\nactivation = \"gelu\"",
                        "kind = \"product-units\"\ncomplex = true\nlinear-units = 2\nproduct-units = 3",
                        "loss = \"mse\"",
                        "loss = \"complex-mse\"",
                        "[inputs]",
                        """
                        [[data.extra]]
                        name = "beyond"
                        table = "ame2020"
                        Z-above = 24
                        N-above = 24
                        Z-at-most = 28
                        N-at-most = 34

                        [[data.subsets]]
                        name = "near"
                        of = "beyond"
                        Z-at-most = 26

                        [[data.subsets]]
                        name = "far"
                        of = "beyond"
                        Z-above = 25

                        [[thresholds]]
                        set = "beyond"
                        tau-MeV = 500
                        published-count = 12
                        published-rmsd-MeV = 2.5

                        [[thresholds]]
                        set = "beyond"
                        tau-MeV = 1e-4

                        [inputs]"""));
        Path real = write(
                "real.toml",
                Map.of(
                        "hidden = [3]\nactivation = \"gelu\"",
                        "kind = \"product-units\"\nproduct-units = 4",
                        "features = [\"Z\", \"A\", \"A^(2/3)\", \"V_p\", \"delta_np\"]\nscaling = \"min-max\"",
                        "features = [\"Z+1\", \"N+1\"]\nscaling = \"divided\"\nunit = 50"));
        study = STUDY.replace("COMPLEX", complex.toString()).replace("REAL", real.toString());
        out = shared.resolve("out");
        Cli.Outcome outcome = reproduce(study, "--fresh");
        assertThat(outcome.code()).as(outcome.err()).isZero();
    }

    private static Cli.Outcome reproduce(String text, String... more) throws IOException {
        Path file = Files.writeString(shared.resolve("units.toml"), text);
        return run(
                Stream.concat(Stream.of("reproduce", file, "--engine", "jvm", "--out", out, "--quiet"), Stream.of(more))
                        .toArray());
    }

    @Test
    void theRunOfAComplexNetworkShowsItsThresholdsAndMaps() throws IOException {
        String page = Files.readString(out.resolve("complex/report.html"));
        assertThat(page)
                .contains("Nuclei below thresholds of |Im y|", "2.500", "The imaginary part as uncertainty")
                .contains("complex product units", "rank correlation", "|Im y| ")
                .contains("No test set chooses anything in this run")
                .contains("guard", "logarithms of absolute values of at least 10⁻⁶")
                .contains("initial exponents", "uniform within ±1 over the square root")
                .contains("mean of (Re y - target)^2 + (Im y)^2")
                .doesNotContain("NaN", "Exponents of", "train and validation");
        assertThat(figures("complex/figures"))
                .contains(
                        "paper-threshold-rms.svg",
                        "paper-threshold-nuclei.svg",
                        "paper-uncertainty-residual.svg",
                        "paper-uncertainty-imaginary.svg",
                        "paper-uncertainty-experiment.svg")
                .doesNotContain("paper-exponents.svg");
        Cli.Outcome again = run("report", out.resolve("complex"));
        assertThat(again.code()).isZero();
        assertThat(Files.readString(out.resolve("complex/report.html"))).isEqualTo(page);
    }

    @Test
    void predictTellsTheImaginaryPart() throws IOException {
        Path complex = out.resolve("complex");
        String[] line = Files.readAllLines(complex.resolve("predictions.csv")).stream()
                .filter(one -> one.startsWith("26,30,"))
                .findFirst()
                .orElseThrow()
                .split(",", -1);
        JsonNode masses = run("predict", complex, "--engine", "jvm", "--nuclides", "56Fe", "--json")
                .json();
        assertThat(masses.path(0).path("imaginaryMeV").asDouble())
                .isCloseTo(Double.parseDouble(line[10]), within(1e-6));
        String csv =
                run("predict", complex, "--engine", "jvm", "--nuclides", "56Fe").out();
        assertThat(csv.lines().findFirst())
                .hasValueSatisfying(head -> assertThat(head).endsWith(",imaginaryMeV"));
        assertThat(run("predict", out.resolve("real"), "--engine", "jvm", "--nuclides", "56Fe")
                        .out())
                .doesNotContain("imaginary");
    }

    @Test
    void evaluateCountsBelowTheThresholdsAgain() throws IOException {
        Path copy = Files.createDirectories(directory.resolve("copy"));
        for (String file : List.of("experiment.toml", "model.json", "model.safetensors", "settings.json")) {
            Files.copy(out.resolve("complex").resolve(file), copy.resolve(file));
        }
        String record = Files.readString(out.resolve("complex/run.json"));
        JsonNode recorded = new ObjectMapper()
                .readTree(record)
                .path("protocols")
                .path(0)
                .path("thresholds")
                .path(0);
        Files.writeString(copy.resolve("run.json"), record.replace("\"tauMeV\" : 500.0", "\"tauMeV\" : 7.0"));
        JsonNode again = run("evaluate", copy, "--engine", "jvm", "--json").json();
        assertThat(again.path(0).path("protocols").path(0).path("thresholds").path(0))
                .isEqualTo(recorded);
    }

    @Test
    void theRunOfARealNetworkShowsItsExponents() throws IOException {
        assertThat(Files.readString(out.resolve("real/report.html")))
                .contains("Exponents of the product units", "exponent a of Z+1")
                .doesNotContain("Nuclei below thresholds", "The imaginary part");
        assertThat(figures("real/figures")).contains("paper-exponents.svg", "paper-exponents-all.svg");
    }

    @Test
    void theTerminalShowsTheThresholdsThatTheExperimentNames() throws IOException {
        Path alone = directory.resolve("alone");
        Cli.Outcome outcome = run(shared.resolve("complex.toml"), "--engine", "jvm", "--seeds", 1, "--out", alone);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("|Im y| below (MeV)").containsPattern("beyond +500 +\\d+ +12 +\\d.* 2.500");
        assertThat(outcome.out())
                .containsPattern("WS4 +train \\S+ \\(\\d+\\)  test \\S+ \\(\\d+\\)\\R +beyond \\S+ \\(\\d+\\)");
        assertThat(outcome.out()).containsPattern("beyond +0.0001 +0 +- +- +- +-");
        assertThat(Files.readString(alone.resolve("report.html"))).contains("One network.");
    }

    @Test
    void aStudyShowsEachFigureAndNoEmptyColumn() throws IOException {
        String page = Files.readString(out.resolve("report.html"));
        assertThat(page)
                .contains("Fig. 2", "Fig. 4", "Fig. 5a", "Fig. 5d", "beyond, |Im y| &lt; 500 MeV")
                .doesNotContain("leak-free", "Leak-free", "NaN");
        assertThat(figures("figures"))
                .containsExactlyInAnyOrder(
                        "figure-01-r.svg",
                        "figure-01-r-all.svg",
                        "figure-02-rms.svg",
                        "figure-02-nuclei.svg",
                        "figure-03-c-residual.svg",
                        "figure-03-c-imaginary.svg",
                        "figure-03-c-experiment.svg",
                        "figure-04-c.svg");
        for (String name : figures("figures")) {
            assertThat(Files.readString(out.resolve("figures").resolve(name)))
                    .endsWith("</svg>\n")
                    .doesNotContain("NaN", "Infinity");
        }
        assertThat(Files.readString(out.resolve("figures/figure-04-c.svg")))
                .contains("train, ", "test, ", "near, ", "far, ", "in near and far, ")
                .doesNotContain("beyond, ");
        long both = Files.readAllLines(out.resolve("complex/predictions.csv")).stream()
                .filter(line -> line.startsWith("26,") && line.contains(",beyond,"))
                .count();
        assertThat(both).isPositive();
        assertThat(page).contains(both + " nuclei are in both near and far.");
    }

    /** A network without a nucleus below a threshold is left out of its figure, wherever that is shown. */
    @Test
    void saysOfHowManyNetworksAFigureIs() throws IOException {
        Path copy = directory.resolve("copy");
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(out.relativize(file).toString()));
            }
        }
        Path record = copy.resolve("complex/run.json");
        ObjectMapper mapper = new ObjectMapper();
        JsonNode root = mapper.readTree(record.toFile());
        JsonNode below = root.path("protocols").path(0).path("thresholds").path(0);
        ((ArrayNode) below.path("rmsdMeV").path("replicas")).remove(1);
        mapper.writeValue(record.toFile(), root);

        Path file = Files.writeString(shared.resolve("units.toml"), study);
        String text = run("reproduce", file, "--engine", "jvm", "--out", copy, "--quiet")
                .out();
        assertThat(text)
                .contains(
                        "C, beyond, |Im y| < 500 MeV: rms deviation of 1 of 2 networks; the others have no nucleus below")
                .doesNotContain("of 0 of 2 networks", "of 2 of 2 networks");
        assertThat(Files.readString(copy.resolve("report.html"))).contains(" (1 of 2 networks)<", "Circled: ");
        List<String> results = Files.readAllLines(copy.resolve("results.csv"));
        assertThat(results.get(2)).contains(",1,,").endsWith(",2");
        Cli.Outcome again = run(
                shared.resolve("complex.toml"),
                "--engine",
                "jvm",
                "--seeds",
                2,
                "--out",
                copy.resolve("complex"),
                "--quiet");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out()).containsPattern("beyond +500 .*\\(rmsd of 1 of 2 networks\\)");
        assertThat(run("report", copy.resolve("complex")).code()).isZero();
        assertThat(Files.readString(copy.resolve("complex/report.html"))).contains(" (1 of 2 networks)<", "Circled: ");
        assertThat(Files.readString(out.resolve("complex/report.html"))).doesNotContain("(1 of 2 networks)<");
    }

    @Test
    void tablesHaveLinesOfThresholds() throws IOException {
        JsonNode lines = reproduce(study, "--json").json();
        assertThat(lines).hasSize(3 + 2 + 3);
        JsonNode below = lines.get(1);
        assertThat(below.path("set").asText()).isEqualTo("beyond, |Im y| < 500 MeV");
        assertThat(below.path("publishedCount").asInt()).isEqualTo(12);
        assertThat(below.path("published").path("rmsdMeV").asDouble()).isEqualTo(2.5);
        assertThat(below.path("count").asDouble()).isPositive();
        assertThat(below.path("paper").path("rmsdMeV").asDouble()).isPositive();
        assertThat(lines.get(2).path("count").asInt()).isZero();
        assertThat(lines.get(2).path("paper").path("rmsdMeV").isNull()).isTrue();
        assertThat(lines.get(0).has("countSpread")).isFalse();
        assertThat(reproduce(study).out()).contains("nuclei (paper)").doesNotContain("leak-free");
        List<String> results = Files.readAllLines(out.resolve("results.csv"));
        assertThat(results.get(0)).endsWith(",paperNuclei,nucleiSpread,ensembleNuclei,networksInAll");
        assertThat(results.get(2)).contains("\"beyond, |Im y| < 500 MeV\"").containsPattern(",12,[0-9.]+,[0-9]+,2$");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "< 500 MeV@< 400 MeV@units.toml:16:1: tables.rows.sets: local/complex has no set \"beyond, |Im y| < 400 MeV\"; known: train, test, all, beyond, near, far; and of each",
                "kind = \"thresholds\"@kind = \"exponents\"@figures.set: unknown key",
                "set = \"beyond\"\n[[figures.models]]\nlabel = \"C\"@[[figures.models]]\nlabel = \"C\"@missing in [figures]: set",
                "title = \"Fig. 4\"\nset = \"beyond\"@title = \"Fig. 4\"\nset = \"outside\"@figures.set: local/complex has no set \"outside\"; known: train, test, all, beyond",
                "title = \"Fig. 5a\"\nset = \"beyond\"@title = \"Fig. 5a\"\nset = \"outside\"@figures.set: local/complex has no set \"outside\"; known: train, test, all, beyond",
                "kind = \"sets-map\"@kind = \"exponents\"@figures.kind: local/complex has no exponents in a plane"
            })
    void saysWhatIsWrongWithAStudy(String change) throws IOException {
        String[] parts = change.split("@", -1);
        String from = parts[0];
        assertThat(study).contains(from);
        int place = study.indexOf(from);
        String changed = study.substring(0, place) + parts[1] + study.substring(place + from.length());
        reproduce(changed).refused(ExitCode.BAD_DATA, parts[2]);
    }

    private static List<String> figures(String folder) throws IOException {
        try (Stream<Path> files = Files.list(out.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
