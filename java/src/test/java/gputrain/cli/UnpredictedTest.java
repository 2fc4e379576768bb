package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.cli.Cli.Outcome;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network that is finite wherever it is trained and overflows beyond: while Z and N are below the unit the guard of 1
 * makes every product 1; above, exponents of some thousands leave float32.
 */
class UnpredictedTest {
    private static final String SENTENCE =
            "beyond: %d nuclei without a finite prediction (seed 3: %d, seed 4: %d); so those"
                    + " networks, the mean and the ensemble have no deviation on this set.";

    @TempDir
    private Path directory;

    private Path file = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(
                directory.resolve("wild.toml"),
                Tiny.with(Map.of(
                        "[\"E\", \"E_LD(ws-star)\", \"E - E_LD(ws-star)\"]", "[\"M\"]",
                        "mass = \"E - E_LD(ws-star)\"", "mass = \"M\"",
                        "features = [\"Z\", \"A\", \"A^(2/3)\", \"V_p\", \"delta_np\"]\nscaling = \"min-max\"",
                                "features = [\"Z\", \"N\"]\nscaling = \"divided\"\nunit = 50",
                        "hidden = [3]\nactivation = \"gelu\"",
                                "kind = \"product-units\"\nproduct-units = 4\nguard = 1\ninitial-exponents = 5e3",
                        "measured = true", "Z-at-most = 40\nN-at-most = 49\nmeasured = true",
                        "loss = \"huber\"\nhuber-delta = 1", "loss = \"mse\"",
                        "\n[leak-free]\nparts = 5\n", "",
                        "[inputs]",
                                "[[data.extra]]\nname = \"beyond\"\ntable = \"ame2020\"\nZ-above = 110\n[inputs]")));
        out = directory.resolve("run");
    }

    private JsonNode record() throws IOException {
        return new ObjectMapper().readTree(out.resolve("run.json").toFile());
    }

    @Test
    void aSetWithoutAFigureSaysWhy() throws IOException {
        Outcome outcome = run(file, "--engine", "jvm", "--seeds", 2, "--first-seed", 3, "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode beyond = record().path("metrics").path("beyond");
        JsonNode without = beyond.path("withoutFinitePrediction");
        int first = without.path("replicas").path(0).path("nuclei").asInt();
        int second = without.path("replicas").path(1).path("nuclei").asInt();
        assertThat(first).isBetween(1, beyond.path("count").asInt());
        assertThat(beyond.path("rmsdMeV").path("mean").isNull()).isTrue();
        assertThat(record().path("metrics").path("train").has("withoutFinitePrediction"))
                .isFalse();
        String sentence = SENTENCE.formatted(without.path("nuclei").asInt(), first, second);
        assertThat(outcome.out()).contains(sentence).doesNotContain("train: ");
        assertThat(Files.readString(out.resolve("report.html"))).contains(sentence);

        Outcome again = run("evaluate", out, "--engine", "jvm");
        assertThat(again.out())
                .contains("Largest difference from the run record: 0.0e+00 MeV", sentence)
                .doesNotContain("NaN", "Not compared");
    }

    @Test
    void aDeviationThatIsFiniteInOneOfTwoIsNotADifference() throws IOException {
        run(file, "--engine", "jvm", "--out", out, "--no-report");
        String text = Files.readString(out.resolve("run.json"));
        int set = text.indexOf("\"beyond\"", text.indexOf("\"protocols\""));
        int mean = text.indexOf("\"mean\" : null", set);
        assertThat(set).isPositive().isLessThan(mean);
        Files.writeString(
                out.resolve("run.json"),
                text.substring(0, mean) + "\"mean\" : 7.5" + text.substring(mean + "\"mean\" : null".length()));
        Outcome outcome = run("evaluate", out, "--engine", "jvm");
        assertThat(outcome.out())
                .contains(
                        "0.0e+00 MeV",
                        "Not compared: paper, beyond has a finite deviation in only one of the run record");
        assertThat(run("evaluate", out, "--engine", "jvm", "--json")
                        .json()
                        .path(0)
                        .path("finiteInOneOnly")
                        .path(0)
                        .asText())
                .isEqualTo("paper, beyond");
    }

    @Test
    void aStudySaysIt() throws IOException {
        Path study = Files.writeString(directory.resolve("study.toml"), """
                title = "Wild"
                [[experiments]]
                name = "FILE"
                seeds = 2
                [[tables]]
                title = "Table"
                [[tables.rows]]
                label = "W"
                experiment = "FILE"
                sets = ["test", "beyond"]
                [[figures]]
                kind = "residuals"
                title = "Figure"
                [[figures.models]]
                label = "W"
                experiment = "FILE"
                """.replace("FILE", file.toString()));
        Outcome outcome = run("reproduce", study, "--engine", "jvm", "--out", out, "--quiet");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("W, The paper's protocol, beyond: ", "without a finite prediction (seed 1: ");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("without a finite prediction (seed 1: ", "Ours: 2 networks of each experiment.");
    }
}
