package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.cli.Cli.Outcome;
import gputrain.engine.Precision;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.Tiny;
import gputrain.model.SplineNetwork;
import gputrain.train.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spline networks from file to figures: divided by seed, knots updated, refined, pruned. */
class SplineRunTest {
    @TempDir
    private Path directory;

    private JsonNode record(String name) throws IOException {
        return new ObjectMapper()
                .readTree(directory.resolve(name).resolve("run.json").toFile());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("splines.toml"), text);
    }

    @Test
    void aRefinedAndPrunedRunIsEvaluatedAndPredictsAsItWasTrained() throws IOException {
        Path out = directory.resolve("run");
        Outcome outcome = run("train", file(Tiny.splines()), "--engine", "jvm", "--seeds", 2, "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode network = record("run").path("network");
        assertThat(network.path("kind").asText()).isEqualTo("splines");
        assertThat(network.path("intervals").asInt()).isEqualTo(8);
        JsonNode replicas = record("run").path("protocols").path(0).path("replicas");
        // 60 epochs, 20 after the refinement, 10 after pruning; L-BFGS may have converged before.
        assertThat(replicas.path(0).path("epochs").asLong()).isBetween(20L, 90L);
        List<String> trace = Files.readAllLines(out.resolve("metrics.csv"));
        assertThat(trace.size()).isGreaterThan(6);
        JsonNode settings = record("run").path("settings");
        assertThat(settings.path("refinement 1").asText()).contains("8 intervals", "20 more epochs");
        assertThat(settings.path("refinement 2").asText()).contains("0.05", "switched off", "10 more epochs");
        assertThat(settings.path("knots updated").asText()).contains("every 5 epochs before epoch 12");
        JsonNode train = record("run").path("metrics").path("train").path("rmsdMeV");
        assertThat(train.path("mean").asDouble()).isLessThan(0.2);

        Outcome again = run("evaluate", out, "--engine", "jvm");
        assertThat(again.out()).contains("Largest difference from the run record: 0.0e+00 MeV");
        Outcome predicted = run("predict", out, "--engine", "jvm", "--nuclides", "48Ti");
        assertThat(predicted.code()).as(predicted.err()).isZero();
        Outcome beyond = run("predict", out, "--engine", "jvm", "--nuclides", "Z22N100");
        assertThat(beyond.out() + beyond.err()).contains("table ws4 has no such nuclide");
    }

    @Test
    void freshForgetsTheCheckpointsOfRefinements() throws IOException {
        Path out = directory.resolve("again");
        assertThat(run("train", file(Tiny.splines()), "--engine", "jvm", "--out", out)
                        .code())
                .isZero();
        assertThat(out.resolve("checkpoint-refined-2")).isDirectory();
        String longer = Tiny.splines().replace("epochs = 10", "epochs = 12");
        run("train", file(longer), "--engine", "jvm", "--out", out).refused(2, "another run", "--fresh");
        Outcome fresh = run("train", file(longer), "--engine", "jvm", "--out", out, "--fresh");
        assertThat(fresh.code()).as(fresh.err()).isZero();
        assertThat(record("again").path("settings").path("refinement 2").asText())
                .contains("12 more epochs");
    }

    /** An isotopic chain: Z is the same for all, and so no axis of the report has an extent of its own. */
    @Test
    void anInputThatIsTheSameForAllIsReported() throws IOException {
        String chain = Tiny.splines()
                .replace("Z-above = 20\nN-above = 20", "Z-at-least = 50\nZ-at-most = 50")
                .replace("uncertainty-below-keV = 0.6", "uncertainty-below-keV = 60")
                .replace("features = [\"Z\", \"A\", \"A^(2/3)\", \"V_p\", \"delta_np\"]", "features = [\"Z\", \"N\"]");
        Path out = directory.resolve("chain");
        Outcome outcome = run("train", file(chain), "--engine", "jvm", "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(Files.readString(out.resolve("report.html"))).contains("N in 1 of 1 network");
    }

    @Test
    void aModelThatNoTrainingLeavesIsRefused() throws IOException {
        Path out = directory.resolve("broken");
        assertThat(run("train", file(Tiny.splines()), "--engine", "jvm", "--out", out)
                        .code())
                .isZero();
        SplineNetwork network = new SplineNetwork(List.of(5, 3, 1), 8, 2, 0.3);
        Path model = out.resolve("model.safetensors");
        double[] good = ModelFile.read(model, network).get(0);
        double[] nan = good.clone();
        nan[3] = Double.NaN;
        double[] flat = good.clone();
        flat[network.knotOffset(0) + 1] = flat[network.knotOffset(0)];
        double[] mask = good.clone();
        mask[network.maskOffset(0)] = 0.5;
        Map<double[], String> cases = Map.of(nan, "not finite", flat, "do not rise", mask, "a mask of 0.5");
        for (Map.Entry<double[], String> one : cases.entrySet()) {
            ModelFile.write(model, network, Precision.FLOAT64, List.of(one.getKey()), Map.of());
            run("predict", out, "--engine", "jvm", "--nuclides", "48Ti").refused(65, one.getValue());
        }
        double[] other = good.clone();
        other[0] += 5;
        ModelFile.write(model, network, Precision.FLOAT64, List.of(other), Map.of());
        assertThat(run("evaluate", out, "--engine", "jvm").out()).contains("That is more than rounding");
    }

    /** Every network has its own test nuclei, and the ensemble's figure is of those that did not train on a nucleus. */
    @Test
    void divisionsDifferFromSeedToSeed() throws IOException {
        Outcome outcome =
                run("train", file(Tiny.splines()), "--engine", "jvm", "--seeds", 5, "--out", directory.resolve("five"));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode test = record("five").path("metrics").path("test");
        assertThat(test.path("ensembleCount").asInt())
                .isGreaterThan(2 * test.path("count").asInt());
        assertThat(record("five").path("split").asText()).contains("random for every network");
    }

    @Test
    void aTableThatIsNotHereIsNamedWithTheWayToGetIt() {
        assertThat(ExperimentCatalogue.names()).contains("lu/kan-bhagwat");
        run("train", "lu/kan-bhagwat", "--engine", "jvm", "--out", directory.resolve("missing"))
                .refused(65, "bhagwat", "data import", "ws4");
    }
}
