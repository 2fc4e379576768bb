package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.cli.Cli.Outcome;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uncertainties and influence of runs of Levenberg-Marquardt, from training to the report. */
class PosteriorRunTest {
    private static final int NETWORKS = 2;

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private static Path trained = Path.of("");

    private static String text(String decay) {
        return Tiny.with(Map.of(
                "[\"E\", \"E_LD(ws-star)\", \"E - E_LD(ws-star)\"]",
                "[\"E - E_LD(ws-star)\"]",
                "optimizer = \"adam\"\nlearning-rate = 1e-2",
                "optimizer = \"levenberg-marquardt\"\nweight-decay = " + decay));
    }

    private static Outcome train(String decay, Path out, Object... more) throws IOException {
        Path file = Files.writeString(shared.resolve("lm.toml"), text(decay));
        List<Object> words = new ArrayList<>(List.of("train", file, "--engine", "jvm", "--out", out, "--quiet"));
        words.addAll(List.of(more));
        Outcome outcome = run(words.toArray());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    @BeforeAll
    static void train() throws IOException {
        trained = shared.resolve("run");
        Outcome outcome = train("1e-4", trained, "--seeds", NETWORKS);
        assertThat(outcome.out()).contains("within 1 sd, 2 sd");
    }

    private static JsonNode record(Path run) throws IOException {
        return new ObjectMapper().readTree(Files.readString(run.resolve("run.json")));
    }

    private static List<Map<String, String>> table(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        String[] names = lines.get(0).split(",", -1);
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < names.length; i++) {
                row.put(names[i], cells[i]);
            }
            rows.add(row);
        }
        return rows;
    }

    private static double number(Map<String, String> row, String name) {
        return Double.parseDouble(row.get(name));
    }

    @Test
    void coverageIsThatOfThePredictions() throws IOException {
        for (String folder : List.of("", "leak-free")) {
            int within = 0;
            int count = 0;
            double squares = 0;
            for (Map<String, String> row : table(trained.resolve(folder).resolve("predictions.csv"))) {
                assertThat(number(row, "uncertaintyMeV")).isGreaterThan(number(row, "spreadMeV"));
                if (row.get("set").equals("test")) {
                    double z = number(row, "residualMeV") / number(row, "uncertaintyMeV");
                    within += Math.abs(z) <= 1 ? 1 : 0;
                    squares += z * z;
                    count++;
                }
            }
            JsonNode protocol = record(trained).path("protocols").path(folder.isEmpty() ? 0 : 1);
            JsonNode test = protocol.path("posterior").path("coverage").path("test");
            assertThat(test.path("ensembleCount").asInt()).isEqualTo(count).isPositive();
            assertThat(test.path("ensemble").path("coverage68").asDouble())
                    .isCloseTo(within / (double) count, within(1e-9));
            assertThat(test.path("ensemble").path("meanSquare").asDouble())
                    .isCloseTo(squares / count, within(1e-3 * squares / count));
            assertThat(protocol.path("posterior").path("coverage").has("validation"))
                    .isEqualTo(!folder.isEmpty());
            assertThat(protocol.path("posterior").path("coverage").has("train")).isFalse();
            assertThat(table(trained.resolve(folder).resolve("calibration.csv")))
                    .hasSize(folder.isEmpty() ? 76 : 114);
        }
    }

    @Test
    void networksHaveWhatTheirNucleiHave() throws IOException {
        JsonNode protocol = record(trained).path("protocols").path(0);
        double leaveOneOut = 0;
        double effective = 0;
        for (JsonNode replica : protocol.path("replicas")) {
            assertThat(replica.path("weightDecay")).hasSize(1);
            assertThat(replica.path("weightDecay").path(0).asDouble()).isEqualTo(1e-4);
            assertThat(replica.path("noiseMeV").asDouble()).isPositive();
            assertThat(replica.path("gcvMeV").asDouble())
                    .isGreaterThan(replica.path("noiseMeV").asDouble());
            assertThat(replica.path("logEvidence").isNumber()).isTrue();
            leaveOneOut += replica.path("leaveOneOutMeV").asDouble() / NETWORKS;
            effective += replica.path("effectiveParameters").path(0).asDouble() / NETWORKS;
        }
        List<Map<String, String>> nuclei = table(trained.resolve("influence.csv"));
        assertThat(nuclei).hasSize(record(trained).path("sets").path("train").asInt());
        double leverages = 0;
        double squares = 0;
        for (Map<String, String> nucleus : nuclei) {
            assertThat(number(nucleus, "networks")).isEqualTo(NETWORKS);
            assertThat(number(nucleus, "influenceKeV")).isPositive();
            leverages += number(nucleus, "leverage");
            squares += Math.pow(number(nucleus, "leaveOneOutResidualMeV"), 2) / nuclei.size();
        }
        assertThat(leverages).isCloseTo(effective, within(1e-3));
        JsonNode leftOut = protocol.path("posterior").path("coverage").path("leave-one-out");
        assertThat(leftOut.path("ensembleCount").asInt()).isEqualTo(nuclei.size());
        // The noise is what makes this 1 where all leverages are the same.
        assertThat(leftOut.path("networks").path("meanSquare").asDouble()).isBetween(0.7, 1.5);
        assertThat(leftOut.path("ensemble").path("meanSquare").asDouble()).isBetween(0.3, 1.5);
        // The rms of means over two networks is a little less than the mean of their rms.
        assertThat(Math.sqrt(squares)).isBetween(0.5 * leaveOneOut, leaveOneOut);
    }

    @Test
    void predictAndEvaluateComputeTheSameAgain() throws IOException {
        Map<String, String> line = table(trained.resolve("leak-free/predictions.csv")).stream()
                .filter(row -> row.get("Z").equals("26") && row.get("N").equals("30"))
                .findFirst()
                .orElseThrow();
        JsonNode iron = run("predict", trained, "--engine", "jvm", "--nuclides", "56Fe", "--json")
                .json()
                .path(0);
        assertThat(iron.path("uncertaintyMeV").asDouble()).isCloseTo(number(line, "uncertaintyMeV"), within(2e-6));
        assertThat(run("predict", trained, "--engine", "jvm", "--nuclides", "56Fe,58Fe")
                        .out())
                .contains("spreadMeV,uncertaintyMeV\n");
        JsonNode evaluated =
                run("evaluate", trained, "--engine", "jvm", "--json").json().path(0);
        assertThat(evaluated.path("largestDifferenceMeV").asDouble(1)).isZero();
        for (int p = 0; p < 2; p++) {
            assertThat(evaluated.path("protocols").path(p).path("posterior"))
                    .isEqualTo(record(trained).path("protocols").path(p).path("posterior"));
        }
        assertThat(run("evaluate", trained, "--engine", "jvm").out()).contains("within 1 sd, 2 sd");
    }

    @Test
    void predictGoesOnWithoutTheTablesOfTheTraining() throws IOException {
        Path tables = Files.createDirectories(directory.resolve("tables"));
        Files.writeString(
                tables.resolve("ame2020.csv"), Files.readString(Path.of("../data/tables/ame2020.csv")) + "\n");
        Outcome outcome = run("predict", trained, "--engine", "jvm", "--nuclides", "56Fe", "--data", tables);
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("no uncertainties", "another table ame2020", "--data");
        assertThat(outcome.out()).contains("56,Fe").doesNotContain("uncertaintyMeV");
    }

    @Test
    void weightDecaysByTheEvidenceAreThoseOfTheEnd() throws IOException {
        Path out = directory.resolve("run");
        train("1e-3\nregularisation = \"evidence\"\nevidence-groups = \"layers\"", out);
        for (JsonNode protocol : record(out).path("protocols")) {
            assertThat(protocol.path("posterior").path("groups")).hasSize(2);
            JsonNode replica = protocol.path("replicas").path(0);
            assertThat(replica.path("weightDecay")).hasSize(2).noneMatch(decay -> decay.asDouble() == 1e-3);
            assertThat(replica.path("effectiveParameters")).hasSize(2).allMatch(count -> count.asDouble() > 0);
        }
        double expected = number(table(out.resolve("leak-free/predictions.csv")).get(0), "uncertaintyMeV");
        Map<String, String> first =
                table(out.resolve("leak-free/predictions.csv")).get(0);
        JsonNode again = run(
                        "predict",
                        out,
                        "--engine",
                        "jvm",
                        "--nuclides",
                        "Z" + first.get("Z") + "N" + first.get("N"),
                        "--json")
                .json();
        assertThat(again.path(0).path("uncertaintyMeV").asDouble()).isCloseTo(expected, within(2e-6));
    }

    @Test
    void aRecordWithoutItsWeightDecaysIsNamed() throws IOException {
        Path out = directory.resolve("run");
        train("1e-3", out);
        Path file = out.resolve("run.json");
        String good = Files.readString(file);
        String decay = "\"weightDecay\" : [ 0.001 ]";
        assertThat(good).contains(decay);
        for (String bad : List.of("\"other\" : 1", "\"weightDecay\" : [ 1, 2, 3 ]", "\"weightDecay\" : \"x\"")) {
            Files.writeString(file, good.replace(decay, bad));
            Outcome predicted = run("predict", out, "--engine", "jvm", "--nuclides", "56Fe");
            assertThat(predicted.code()).isZero();
            assertThat(predicted.err()).contains("no uncertainties", "run.json", "replicas[0].weightDecay");
            Outcome evaluated = run("evaluate", out, "--engine", "jvm");
            assertThat(evaluated.code()).isEqualTo(65);
            assertThat(evaluated.err()).contains("run.json", "replicas[0].weightDecay");
        }
    }

    /** More parameters than nuclei and next to no weight decay: nothing is left to tell the noise from. */
    @Test
    void saysWhyThereIsNone() throws IOException {
        Path out = directory.resolve("run");
        Path file = Files.writeString(
                directory.resolve("wide.toml"), text("1e-300").replace("hidden = [3]", "hidden = [60]"));
        Outcome outcome = run("train", file, "--engine", "jvm", "--out", out, "--quiet", "--protocol", "paper");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("No uncertainties: no posterior").doesNotContain("within 1 sd");
        JsonNode protocol = record(out).path("protocols").path(0);
        assertThat(protocol.path("posterior").path("failure").asText()).contains("a larger");
        assertThat(protocol.path("replicas").path(0).path("weightDecay")).hasSize(1);
        assertThat(Files.readString(out.resolve("predictions.csv"))).doesNotContain("uncertaintyMeV");
        assertThat(Files.readString(out.resolve("report.html"))).contains("There are none: no posterior");
        assertThat(run("predict", out, "--engine", "jvm", "--nuclides", "56Fe").code())
                .isZero();
    }

    /** Three outputs, trained by Adam in float32 first: the posterior is that of the polish, on the output that gives the mass. */
    @Test
    void polishedNetworksOfSeveralOutputsHaveOne() throws IOException {
        Path out = directory.resolve("run");
        Path file = Files.writeString(
                directory.resolve("polished.toml"),
                Tiny.with("keep = \"last\"\n", "[training.polish]\nepochs = 30\nweight-decay = 1e-4\n"));
        assertThat(run("train", file, "--engine", "jvm", "--out", out, "--quiet", "--seeds", 2)
                        .code())
                .isZero();
        JsonNode recorded = record(out).path("protocols");
        JsonNode evaluated =
                run("evaluate", out, "--engine", "jvm", "--json").json().path(0).path("protocols");
        for (int p = 0; p < 2; p++) {
            JsonNode posterior = recorded.path(p).path("posterior");
            assertThat(evaluated.path(p).path("posterior")).isEqualTo(posterior);
            assertThat(posterior
                            .path("coverage")
                            .path("leave-one-out")
                            .path("networks")
                            .path("meanSquare")
                            .asDouble())
                    .isBetween(0.5, 2.0);
            for (JsonNode replica : recorded.path(p).path("replicas")) {
                assertThat(replica.path("weightDecay").path(0).asDouble()).isEqualTo(1e-4);
                // Of outputs with a common noise the mass has its own.
                assertThat(replica.path("leaveOneOutMeV").asDouble())
                        .isGreaterThan(replica.path("noiseMeV").asDouble());
            }
        }
    }

    @Test
    void resumingGivesTheSameFiles() throws IOException {
        Path out = directory.resolve("run");
        train("1e-4", out);
        List<String> names = List.of("predictions.csv", "influence.csv", "calibration.csv", "leak-free/influence.csv");
        List<String> before = new ArrayList<>();
        for (String name : names) {
            before.add(Files.readString(out.resolve(name)));
            Files.delete(out.resolve(name));
        }
        Files.delete(out.resolve("run.json"));
        train("1e-4", out);
        for (int i = 0; i < names.size(); i++) {
            assertThat(out.resolve(names.get(i))).hasContent(before.get(i));
        }
    }

    @Test
    void withoutWeightDecayThereIsNothingOfIt() throws IOException {
        Path out = directory.resolve("run");
        train("1e-4", out);
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("Uncertainties: The paper", "most influential nuclei", "Every network");
        assertThat(out.resolve("figures")).isDirectoryContaining("glob:**paper-calibration.svg");
        assertThat(out.resolve("figures")).isDirectoryContaining("glob:**leak-free-influence.svg");
        Outcome outcome = train("0", out, "--fresh");
        assertThat(outcome.out()).doesNotContain("within 1 sd");
        assertThat(out.resolve("influence.csv")).doesNotExist();
        assertThat(out.resolve("calibration.csv")).doesNotExist();
        assertThat(Files.readString(out.resolve("predictions.csv"))).doesNotContain("uncertaintyMeV");
        assertThat(Files.readString(out.resolve("report.html"))).doesNotContain("Uncertainties:", "influential");
        JsonNode protocol = record(out).path("protocols").path(0);
        assertThat(protocol.has("posterior")).isFalse();
        assertThat(StreamSupport.stream(protocol.path("replicas").spliterator(), false))
                .allMatch(replica -> !replica.has("noiseMeV"));
        assertThat(run("predict", out, "--engine", "jvm", "--nuclides", "56Fe").err())
                .isEmpty();
    }
}
