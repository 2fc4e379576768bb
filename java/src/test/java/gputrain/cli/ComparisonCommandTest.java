package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two ways of training side by side in a study. */
class ComparisonCommandTest {
    private static final String STUDY = """
            title = "Both ways"

            [[experiments]]
            name = "DIR/tiny.toml"
            seeds = 3

            [[experiments]]
            name = "DIR/tiny-lm.toml"
            seeds = 3
            protocol = "paper"

            [[comparisons]]
            title = "One table"
            note = "A remark."
            first = "Adam"
            second = "LM <2>"

            [[comparisons.pairs]]
            label = "Tiny, one"
            first = "DIR/tiny.toml"
            second = "DIR/tiny-lm.toml"
            """;

    @TempDir
    private Path directory;

    private Path study = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Files.writeString(directory.resolve("tiny.toml"), Tiny.TEXT);
        Files.writeString(
                directory.resolve("tiny-lm.toml"),
                Tiny.with(
                                "optimizer = \"adam\"\nlearning-rate = 1e-2",
                                "optimizer = \"levenberg-marquardt\"\nweight-decay = 1e-4")
                        .replace("epochs = 60", "epochs = 6"));
        study = Files.writeString(directory.resolve("both.toml"), STUDY.replace("DIR", directory.toString()));
        out = directory.resolve("out");
    }

    private Cli.Outcome reproduce(Object... more) {
        return run(Stream.concat(
                        Stream.of("reproduce", study, "--engine", "jvm", "--out", out, "--quiet"), Stream.of(more))
                .toArray());
    }

    @Test
    void aLineOfWhichOneSideIsTrainedShowsTheOtherEmpty() throws IOException {
        reproduce("--finished").refused(ExitCode.USAGE, "no experiment of both has a finished run");
        reproduce("--only", directory.resolve("tiny-lm.toml"));
        assertThat(out.resolve("report.html")).doesNotExist();
        Cli.Outcome outcome = reproduce("--finished");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("left out: " + directory.resolve("tiny.toml"), "no finished run in");
        assertThat(outcome.out()).contains("Tiny, one  Adam    not trained", "LM <2>");
        assertThat(out.resolve("tiny")).doesNotExist();
        assertThat(Files.readAllLines(out.resolve("comparison.csv"))).hasSize(2);
        assertThat(Files.readString(out.resolve("report.html"))).contains("Left out: ", "tiny-lm/report.html");
        reproduce("--finished", "--seeds", 2).refused(ExitCode.USAGE, "--finished trains nothing");
    }

    @Test
    void bothSidesAreComparedInEveryForm() throws IOException {
        JsonNode line = reproduce("--json").json().get(0);
        assertThat(line.path("row").asText()).isEqualTo("Tiny, one");
        assertThat(line.path("outcome").asText()).isIn("WINS", "LOSES", "UNDECIDED");
        JsonNode first = line.path("first");
        assertThat(first.path("protocol").asText()).isEqualTo("paper");
        assertThat(first.path("evaluations").asDouble()).isEqualTo(60);
        assertThat(first.path("testRmsdMeV")).hasSize(3);
        JsonNode second = line.path("second");
        assertThat(second.path("evaluations").asDouble()).isBetween(12.0, 6 * 33.0);
        assertThat(second.path("secondsPerNetwork").asDouble()).isPositive();
        assertThat(second.path("train").path("rmsdMeV").asDouble()).isPositive();
        JsonNode record = new ObjectMapper()
                .readTree(out.resolve("tiny-lm").resolve("run.json").toFile());
        assertThat(second.path("test").path("rmsdMeV").asDouble())
                .isEqualTo(record.path("metrics")
                        .path("test")
                        .path("rmsdMeV")
                        .path("mean")
                        .asDouble());

        List<String> csv = Files.readAllLines(out.resolve("comparison.csv"));
        assertThat(csv).hasSize(3);
        assertThat(csv).allMatch(row -> row.replaceAll("\"[^\"]*\"", "").split(",", -1).length == 17);
        String page = Files.readString(out.resolve("report.html"));
        assertThat(page)
                .contains("One table", "A remark.", "LM &lt;2&gt;", "ways of training side by side")
                .containsPattern("Tiny, one</td><td[^>]*>(better|loses|no difference)</td>")
                .doesNotContain("Paper: ", "chosen on the test set, because");
        for (String figure : List.of("comparison-01-test.svg", "comparison-01-time.svg")) {
            assertThat(Files.readString(out.resolve("figures").resolve(figure)))
                    .startsWith("<?xml")
                    .endsWith("</svg>\n")
                    .doesNotContain("NaN")
                    .doesNotContain("Infinity");
        }
    }

    /** Where a protocol chooses by the test set, the leak-free figures are compared, or the others with a mark. */
    @Test
    void aStoppingPointChosenOnTheTestSetIsNotCompared() throws IOException {
        Files.writeString(directory.resolve("tiny.toml"), Tiny.with("keep = \"last\"", "keep = \"best-on-test\""));
        JsonNode first = reproduce("--json").json().get(0).path("first");
        assertThat(first.path("protocol").asText()).isEqualTo("leak-free");
        assertThat(first.path("chosenOnTest").asBoolean()).isFalse();
        Files.writeString(study, Files.readString(study).replaceFirst("seeds = 3", "seeds = 2\nprotocol = \"paper\""));
        Cli.Outcome outcome = reproduce("--fresh");
        assertThat(outcome.out()).containsPattern("Adam +\\S+ \\+- \\S+ +\\S+ \\+- \\S+ \\*");
        assertThat(Files.readString(out.resolve("report.html"))).contains("chosen on the test set, because");
    }

    @Test
    void aPairNamesExperimentsOfTheStudy() throws IOException {
        Files.writeString(study, Files.readString(study).replace("second = \"" + directory, "second = \"/elsewhere"));
        reproduce().refused(ExitCode.BAD_DATA, "pairs.second: \"/elsewhere/tiny-lm.toml\" is not among this study's");
    }
}
