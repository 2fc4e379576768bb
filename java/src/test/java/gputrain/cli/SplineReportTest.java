package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** What reports show of networks of splines that correct a theory, each with a division of its own. */
class SplineReportTest {
    private static final int SEEDS = 4;

    private static final String STUDY = """
            title = "Splines"

            [[experiments]]
            name = "SPLINES"
            seeds = 4

            [[experiments]]
            name = "DENSE"
            seeds = 1

            [[experiments]]
            name = "MISSING"
            seeds = 1
            if-imported = true

            [[tables]]
            title = "Table 1"
            [[tables.rows]]
            label = "WS4 alone"
            experiment = "SPLINES"
            baseline = "WS4"
            sets = ["all"]
            published-rmsd-MeV = { all = 0.286 }
            [[tables.rows]]
            label = "WS4 corrected"
            experiment = "SPLINES"
            sets = ["train", "test"]
            [[tables.rows]]
            label = "HFB-31 corrected"
            experiment = "MISSING"

            [[figures]]
            kind = "corrections"
            title = "Bars"
            [[figures.models]]
            label = "WS4"
            experiment = "SPLINES"
            [[figures.models]]
            label = "HFB-31"
            experiment = "MISSING"
            [[figures]]
            kind = "residual-chains"
            title = "Fig. 3"
            chains = ["Z = 22", "N = 28"]
            band-MeV = 0.2
            [[figures.models]]
            label = "WS4"
            experiment = "SPLINES"
            [[figures]]
            kind = "network"
            title = "Fig. 4a"
            [[figures.models]]
            label = "WS4"
            experiment = "SPLINES"
            [[figures]]
            kind = "importance"
            title = "Fig. 4b"
            paper-order = ["Z", "S", "P", "N"]
            [[figures.models]]
            label = "WS4"
            experiment = "SPLINES"
            [[figures]]
            kind = "network"
            title = "Not there"
            [[figures.models]]
            label = "HFB-31"
            experiment = "MISSING"
            """;

    @TempDir
    private static Path shared;

    private static Path out = Path.of("");
    private static String study = "";
    private static String err = "";

    @BeforeAll
    static void reproduce() throws IOException {
        String text = Tiny.splines()
                .replace("\"Z\", \"A\", \"A^(2/3)\", \"V_p\", \"delta_np\"", "\"Z\", \"N\", \"P\", \"S\"");
        Path splines = Files.writeString(shared.resolve("splines.toml"), text);
        Path missing = Files.writeString(shared.resolve("missing.toml"), text.replace("(ws4)", "(hfb31)"));
        Path dense = Files.writeString(shared.resolve("dense.toml"), Tiny.with("\n[leak-free]\nparts = 5\n", ""));
        study = STUDY.replace("SPLINES", splines.toString())
                .replace("DENSE", dense.toString())
                .replace("MISSING", missing.toString());
        out = shared.resolve("out");
        Cli.Outcome outcome = reproduce(study, "--fresh");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        err = outcome.err();
    }

    private static Cli.Outcome reproduce(String text, String... more) throws IOException {
        Path file = Files.writeString(shared.resolve("study.toml"), text);
        return run(
                Stream.concat(Stream.of("reproduce", file, "--engine", "jvm", "--out", out, "--quiet"), Stream.of(more))
                        .toArray());
    }

    private static JsonNode record() throws IOException {
        return new ObjectMapper().readTree(out.resolve("splines/run.json").toFile());
    }

    private static List<Map<String, String>> predictions() throws IOException {
        List<String> lines = Files.readAllLines(out.resolve("splines/predictions.csv"));
        List<String> header = List.of(lines.get(0).split(",", -1));
        return lines.stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .map(cells -> {
                    Map<String, String> row = new java.util.HashMap<>();
                    for (int i = 0; i < cells.length; i++) {
                        row.put(header.get(i), cells[i]);
                    }
                    return row;
                })
                .toList();
    }

    /** The test figure of the ensemble is that of the held-out predictions. */
    @Test
    void heldOutPredictionsAreOfTheNetworksThatDidNotTrainOnTheNucleus() throws IOException {
        JsonNode test = record().path("metrics").path("test");
        double squares = 0;
        int tested = 0;
        int networks = 0;
        for (Map<String, String> row : predictions()) {
            int count = Integer.parseInt(row.get("heldOutNetworks"));
            networks += count;
            assertThat(row.get("heldOutMeV").isEmpty()).isEqualTo(count == 0);
            if (count > 0) {
                assertThat(row).containsEntry("set", "all");
                squares += Math.pow(
                        Double.parseDouble(row.get("experimentMeV")) - Double.parseDouble(row.get("heldOutMeV")), 2);
                tested++;
            }
        }
        assertThat(networks).isEqualTo(SEEDS * test.path("count").asInt());
        assertThat(tested).isEqualTo(test.path("ensembleCount").asInt());
        assertThat(Math.sqrt(squares / tested))
                .isCloseTo(test.path("rmsdMeV").path("ensemble").asDouble(), within(1e-5));
        assertThat(predictions().get(0)).containsKey("theoryMeV");
        assertThat(Files.readAllLines(out.resolve("dense/predictions.csv")).get(0))
                .endsWith(",residualMeV");
    }

    @Test
    void theRecordHasImportanceEdgesAndSuggestions() throws IOException {
        JsonNode protocol = record().path("protocols").path(0);
        JsonNode importance = protocol.path("importance");
        assertThat(importance).hasSize(4);
        int first = 0;
        for (JsonNode input : importance) {
            assertThat(input.path("meanAbsolute").path("replicas")).hasSize(SEEDS);
            assertThat(input.path("score").path("mean").asDouble()).isNotNegative();
            first += input.path("score").path("firstIn").asInt();
        }
        assertThat(first).isEqualTo(SEEDS);
        assertThat(record().path("importance")).isEqualTo(importance);
        JsonNode edges = protocol.path("firstNetwork").path("edges");
        assertThat(edges.size()).isBetween(1, 15);
        assertThat(protocol.path("suggestions")).hasSize(edges.size());
        JsonNode fits = protocol.path("suggestions").path(0).path("fits");
        assertThat(fits).hasSize(3);
        assertThat(fits.path(0).path("r2").asDouble())
                .isGreaterThanOrEqualTo(fits.path(1).path("r2").asDouble());
        int counted = 0;
        for (JsonNode bin : protocol.path("firstNetwork").path("nodes").path(0).path("histogram")) {
            counted += bin.asInt();
        }
        assertThat(counted).isEqualTo(record().path("sets").path("train").asInt());
    }

    @Test
    void theRunShowsWhatItsNetworksLearned() throws IOException {
        String page = Files.readString(out.resolve("splines/report.html"));
        assertThat(page)
                .contains("Importance of the inputs", "First by mean |φ|: ", "of " + SEEDS + " networks")
                .contains("The first network", "Elementary functions beside the edges", "with R² above 0.99")
                .contains(
                        "Chains of magic numbers",
                        "Held out: the prediction of a nucleus is the mean of those networks")
                .contains("divided anew for every network", "no test.")
                .doesNotContain("NaN", "0 test", "Nuclei of the test set are outlined", "train 0");
        assertThat(figures("splines/figures"))
                .contains(
                        "paper-importance.svg",
                        "paper-network.svg",
                        "paper-edges-1.svg",
                        "paper-edges-2.svg",
                        "paper-residuals.svg");
        Cli.Outcome again = run("report", out.resolve("splines"));
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(Files.readString(out.resolve("splines/report.html"))).isEqualTo(page);
        assertThat(Files.readString(out.resolve("dense/report.html")))
                .contains("Nuclei of the test set are outlined")
                .doesNotContain("Importance of", "Held out", "divided anew");
    }

    @Test
    void theDrawingHasEveryEdgeThatIsOn() throws IOException {
        String drawing = Files.readString(out.resolve("splines/figures/paper-network.svg"));
        JsonNode network = record().path("protocols").path(0).path("firstNetwork");
        double largest = 0;
        for (JsonNode node : network.path("nodes")) {
            largest = node.path("layer").asInt() == 1
                    ? Math.max(largest, node.path("score").asDouble())
                    : largest;
        }
        int edges = 0;
        for (JsonNode edge : network.path("edges")) {
            int hidden =
                    edge.path(edge.path("layer").asInt() == 0 ? "to" : "from").asInt();
            for (JsonNode node : network.path("nodes")) {
                if (node.path("layer").asInt() == 1 && node.path("index").asInt() == hidden) {
                    edges += node.path("score").asDouble() >= 1e-3 * largest ? 1 : 0;
                }
            }
        }
        assertThat(edges).isPositive();
        // Each small curve has a frame, a line of its own and lines to and from its nodes.
        assertThat(drawing.split("<path", -1)).hasSize(4 * edges + 1);
        assertThat(drawing).contains(">Z<", ">N<", ">P<", ">S<", ">E − E(ws4)<").doesNotContain("NaN");
    }

    @Test
    void aTheoryHasOneSetWhereEveryNetworkHasItsOwn() throws IOException {
        JsonNode metrics = record().path("baselines").path(0).path("metrics");
        assertThat(metrics.properties()).extracting(Map.Entry::getKey).containsExactly("all");
        Cli.Outcome alone = run(
                shared.resolve("splines.toml"),
                "--engine",
                "jvm",
                "--seeds",
                1,
                "--no-report",
                "--out",
                shared.resolve("alone"));
        int test = record().path("sets").path("test").asInt();
        int train = record().path("sets").path("train").asInt();
        assertThat(alone.err()).contains(train + " to train, " + test + " to test, divided anew for every network");
        assertThat(alone.out()).containsPattern("WS4 +all \\S+ \\(" + (train + test) + "\\)");
    }

    @Test
    void aStudyShowsTheFiguresOfThePaperAndWhatItLeavesOut() throws IOException {
        String page = Files.readString(out.resolve("report.html"));
        assertThat(err).contains("left out: ", "the table 'hfb31'", "gpu-train data import FILE --as hfb31");
        assertThat(page)
                .contains("Left out: ", "the table &#39;hfb31&#39;", "The paper has Z &gt; S &gt; P &gt; N.")
                .doesNotContain("NaN", "HFB-31 corrected", "Not there");
        assertThat(figures("figures"))
                .containsExactlyInAnyOrder(
                        "figure-01.svg",
                        "figure-02-ws4-z22.svg",
                        "figure-02-ws4-n28.svg",
                        "figure-03-ws4.svg",
                        "figure-03-ws4-edges-1.svg",
                        "figure-03-ws4-edges-2.svg",
                        "figure-04.svg");
        for (String name : figures("figures")) {
            assertThat(Files.readString(out.resolve("figures").resolve(name)))
                    .endsWith("</svg>\n")
                    .doesNotContain("NaN", "Infinity");
        }
        assertThat(reproduce(study, "--json").json()).hasSize(3);
        reproduce(study, "--only", shared.resolve("missing.toml").toString())
                .refused(ExitCode.USAGE, "the table 'hfb31'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"N = 28\"@\"A = 28\"@figures.chains: expected \"Z = 50\" or \"N = 82\": A = 28",
                "\"N = 28\"@\"Z = 22\"@figures.chains: expected different chains",
                "sets = [\"all\"]@sets = [\"test\"]@has no set \"test\"; known: all",
                "if-imported = true@if-imported = 1@experiments.if-imported"
            })
    void saysWhatIsWrongWithAStudy(String change) throws IOException {
        String[] parts = change.split("@", -1);
        assertThat(study).contains(parts[0]);
        reproduce(study.replace(parts[0], parts[1])).refused(ExitCode.BAD_DATA, parts[2]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "network@has no network of kind \"splines\"",
                "importance@has no network of kind \"splines\"",
                "corrections@corrects no theory",
                "residual-chains@corrects no theory"
            })
    void refusesFiguresOfOtherNetworks(String change) throws IOException {
        String[] parts = change.split("@", -1);
        String more = parts[0].equals("residual-chains") ? "chains = [\"Z = 50\"]\nband-MeV = 0.2\n" : "";
        String figure = "[[figures]]\nkind = \"" + parts[0] + "\"\ntitle = \"T\"\n" + more
                + "[[figures.models]]\nlabel = \"D\"\nexperiment = \"" + shared.resolve("dense.toml") + "\"\n";
        reproduce(study + figure).refused(ExitCode.BAD_DATA, parts[1]);
    }

    private static List<String> figures(String folder) throws IOException {
        try (Stream<Path> files = Files.list(out.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
