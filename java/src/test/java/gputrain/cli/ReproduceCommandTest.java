package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.DataLibrary;
import gputrain.experiment.Experiment;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.KernelStudy;
import gputrain.experiment.StudyFile;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole paper in one command, with a paper of one small experiment. */
class ReproduceCommandTest {
    private static final String STUDY = """
            title = "A small study"
            citation = "Nobody"
            notes = ["A note."]

            [[experiments]]
            name = "TINY"
            seeds = 2

            [[tables]]
            title = "Table 1"
            [[tables.rows]]
            label = "Tiny"
            experiment = "TINY"
            [[tables.rows]]
            label = "WS4 alone"
            experiment = "TINY"
            baseline = "WS4"
            sets = ["test", "light"]
            published-rmsd-MeV = { test = 0.25 }

            [[figures]]
            kind = "sensitivity"
            title = "Fig. 1"
            MODEL
            [[figures]]
            kind = "stopping-loss"
            title = "Fig. 2"
            from = 0.0
            to = 10.0
            paper-loss = 0.1
            paper-rmsd-MeV = 3
            degree = 1
            MODEL
            [[figures]]
            kind = "error-map"
            title = "Fig. 3"
            MODEL
            [[figures]]
            kind = "residuals"
            title = "Fig. 4"
            MODEL
            [[figures]]
            kind = "binned"
            title = "Fig. 5"
            key = "|N-Z|"
            width = 5
            MODEL
            [[figures]]
            kind = "chains"
            title = "Fig. 6"
            quantity = "S_2n"
            chains = [22]
            theories = ["ws4", "frdm2012"]
            MODEL
            [[figures]]
            kind = "chains"
            title = "Fig. 7"
            quantity = "M"
            chains = [22, 999]
            reference = "ws4"
            MODEL
            [[figures]]
            kind = "landscape"
            title = "Fig. 8"
            quantities = ["S_n", "Delta S_p"]
            MODEL
            [[figures]]
            kind = "histogram"
            title = "Fig. 9"
            set = "all"
            limit-MeV = 5
            bins = 7
            MODEL
            """;
    private static final String MODEL = "[[figures.models]]\nlabel = \"Tiny <1>\"\nexperiment = \"TINY\"\n";

    @TempDir
    private Path directory;

    private Path study = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Path tiny = directory.resolve("tiny.toml");
        Files.writeString(tiny, Tiny.with(Map.of("[inputs]", """
                [[data.subsets]]
                name = "light"
                Z-at-most = 26

                [inputs]""")));
        study = directory.resolve("small.toml");
        Files.writeString(study, STUDY.replace("MODEL", MODEL).replace("TINY", tiny.toString()));
        out = directory.resolve("out");
    }

    private Cli.Outcome reproduce(Object... more) {
        Object[] args = Stream.concat(
                        Stream.of("reproduce", study, "--engine", "jvm", "--out", out, "--quiet"), Stream.of(more))
                .toArray();
        return run(args);
    }

    @Test
    void trainsAndReportsEverything() throws IOException {
        Cli.Outcome outcome = reproduce();
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("Table 1", "Tiny", "light", "WS4 alone", "0.250", "leak-free");
        String page = Files.readString(out.resolve("report.html"));
        assertThat(page).contains("A small study", "A note.", "href=\"tiny/report.html\"");
        for (int figure = 1; figure <= 9; figure++) {
            assertThat(page).contains("Fig. " + figure);
        }
        // One of each, two chains, two quantities; the chain of Z = 999 has no values and no figure.
        try (Stream<Path> figures = Files.list(out.resolve("figures"))) {
            assertThat(figures)
                    .hasSize(10)
                    .allSatisfy(file -> assertThat(Files.readString(file))
                            .startsWith("<?xml")
                            .endsWith("</svg>\n")
                            .doesNotContain("NaN")
                            .doesNotContain("Infinity")
                            .doesNotContain("Tiny <1>"));
        }
        List<String> results = Files.readAllLines(out.resolve("results.csv"));
        assertThat(results).hasSize(1 + 4 + 2);
        assertThat(results.get(5))
                .startsWith("\"Table 1\",\"WS4 alone\",\"test\",")
                .contains(",0.250000,");
    }

    @Test
    void aSecondTimeNothingIsTrainedAgain() throws IOException {
        reproduce("--only", directory.resolve("tiny.toml"));
        assertThat(out.resolve("report.html")).doesNotExist();
        Path record = out.resolve("tiny").resolve("run.json");
        String before = Files.readString(record);
        assertThat(reproduce().code()).isZero();
        assertThat(Files.readString(record)).isEqualTo(before);
        String page = Files.readString(out.resolve("report.html"));
        assertThat(reproduce().code()).isZero();
        assertThat(Files.readString(out.resolve("report.html"))).isEqualTo(page);
    }

    @Test
    void aCutFileIsNoticed() throws IOException {
        assertThat(reproduce().code()).isZero();
        Path predictions = out.resolve("tiny").resolve("predictions.csv");
        List<String> lines = Files.readAllLines(predictions);
        Files.write(predictions, lines.subList(0, 20));
        reproduce().refused(ExitCode.BAD_DATA, "predictions.csv has", "restore the file");
        Files.write(predictions, lines);
        Files.writeString(out.resolve("tiny").resolve("metrics.csv"), "");
        reproduce().refused(ExitCode.BAD_DATA, "metrics.csv");
    }

    @Test
    void printsItsTablesForMachines() throws IOException {
        JsonNode lines = reproduce("--json").json();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0).path("row").asText()).isEqualTo("Tiny");
        assertThat(lines.get(0).path("paper").path("networks").asInt()).isEqualTo(2);
        assertThat(lines.get(0).path("leak-free").path("rmsdMeV").asDouble()).isPositive();
        assertThat(lines.get(0).path("published").path("rmsdMeV").isNull()).isTrue();
        assertThat(lines.get(4).path("published").path("rmsdMeV").asDouble()).isEqualTo(0.25);
        assertThat(lines.get(4).has("leak-free")).isFalse();
    }

    @Test
    void otherSeedsAreAnotherRun() {
        reproduce("--only", directory.resolve("tiny.toml"), "--seeds", 1);
        reproduce().refused(ExitCode.USAGE, "tiny");
        assertThat(reproduce("--fresh").code()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seeds = 2       | seeds = 0            | small.toml:7:1: experiments.seeds: must be at least 1: 0",
                "kind = \"binned\" | kind = \"pie\"     | figures.kind: \"pie\" is not one of sensitivity, stopping-loss",
                "quantity = \"M\" | quantity = \"S_9n\" | figures.quantity: \"S_9n\" is not one of S_n, S_p",
                "width = 5       | wide = 5             | missing in [figures]: width",
                "width = 5       | width = 0            | figures.width: must be from 1 to 400: 0",
                "quantities = [\"S_n\", | quantities = [\"M\", | figures.quantities: \"M\" is not one of S_n",
                "baseline = \"WS4\" | # none | tables.rows.published-rmsd-MeV: is for a baseline",
                "sets = [\"test\", \"light\"] | sets = [\"heavy\"] | small.toml:18:1: tables.rows.sets: local/tiny has no set \"heavy\"; known: train, test, all, light",
                "bins = 7        | bins = 0             | figures.bins: must be from 1 to 1000: 0",
                "degree = 1      | degree = 50          | figures.degree: must be from 0 to 9: 50",
                "to = 10.0       | to = 0.0             | figures.to: must be above from: 0.0",
                "chains = [22]   | chains = []          | figures.chains: expected different proton numbers: []",
                "chains = [22]   | chains = [-1]        | figures.chains: not a proton number: -1",
                "set = \"all\"  | set = \"light\"    | figures.set: \"light\" is not one of train, test, all",
                "degree = 1      | degree = 1; x = 2    | not valid TOML",
                "baseline = \"WS4\" | baseline = \"WS3\" | small.toml:17:1: tables.rows.baseline: local/tiny has no baseline \"WS3\"; known: WS4",
                "theories = [\"ws4\", | theories = [\"ws3\", | figures.theories: ",
                "reference = \"ws4\" | reference = \"ame2020\" | figures.reference: ",
                "kind = \"error-map\" | kind = \"thresholds\"\\nset = \"test\" | figures.kind: local/tiny has no |Im y|: that needs",
                "kind = \"error-map\" | kind = \"exponents\" | figures.kind: local/tiny has no exponents in a plane",
                "sets = [\"test\", \"light\"] | set = 1 | tables.rows.set: unknown key",
            })
    void saysWhatIsWrongWithAStudy(String piece, String replacement, String message) throws IOException {
        String text = Files.readString(study);
        assertThat(text).contains(piece);
        Files.writeString(study, text.replace(piece, replacement.replace("\\n", "\n")));
        reproduce().refused(ExitCode.BAD_DATA, message);
        assertThat(out).doesNotExist();
    }

    @Test
    void withoutAReportTheTablesArePrinted() {
        Cli.Outcome outcome = reproduce("--no-report");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("Table 1", "WS4 alone").doesNotContain("Report: ");
        assertThat(out.resolve("report.html")).doesNotExist();
    }

    @Test
    void aProtocolThatAnExperimentHasNotIsASlip() throws IOException {
        Path tiny = directory.resolve("tiny.toml");
        Files.writeString(tiny, Files.readString(tiny).replace("[leak-free]\nparts = 5\n", ""));
        Files.writeString(study, Files.readString(study).replace("seeds = 2", "seeds = 2\nprotocol = \"leak-free\""));
        reproduce()
                .refused(
                        ExitCode.BAD_DATA,
                        "small.toml:8:1: experiments.protocol: local/tiny has no [leak-free] section");
    }

    @Test
    void twoExperimentsNeedTwoDirectories() throws IOException {
        String text = Files.readString(study);
        Files.writeString(
                study,
                text.replace("[[tables]]", "[[experiments]]\nname = \"elsewhere/tiny.toml\"\nseeds = 1\n\n[[tables]]"));
        reproduce().refused(ExitCode.BAD_DATA, "another experiment has the run directory \"tiny\", too");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        run("reproduce", "hunag").refused(ExitCode.USAGE, "unknown study \"hunag\"; known: huang, zeng");
        run("reproduce", directory.resolve("none.toml")).refused(ExitCode.BAD_DATA, "none.toml");
        run("reproduce", "zeng", "--only", "zeng/ann8").refused(ExitCode.USAGE, "zeng/ann7");
        run("reproduce", "zeng", "--seeds", 0).refused(ExitCode.USAGE, "--seeds must be at least 1");
    }

    @Test
    void thePackedStudiesAreReadable() {
        for (String name : StudyFile.NAMES) {
            if (StudyFile.find(name) instanceof KernelStudy kernels) {
                assertThat(ExperimentCatalogue.names()).containsAll(kernels.experiments());
            } else {
                assertThat(StudyFile.load(name).parts()).isNotEmpty();
                assertThat(StudyFile.load(name).figures().size()
                                + StudyFile.load(name).comparisons().size())
                        .isPositive();
                Map<String, Experiment> experiments = new HashMap<>();
                StudyFile.load(name)
                        .parts()
                        .forEach(part ->
                                experiments.put(part.experiment(), ExperimentCatalogue.load(part.experiment())));
                StudyFile.load(name).check(experiments, DataLibrary.bundled());
            }
        }
    }
}
