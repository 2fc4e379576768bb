package gputrain.cli;

import static gputrain.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a run that is polished. */
class PolishCommandTest {
    @TempDir
    private Path directory;

    private Path file(int epochs) throws IOException {
        return Files.writeString(
                directory.resolve("polished.toml"),
                Tiny.with("keep = \"last\"\n", "[training.polish]\nepochs = " + epochs + "\n"));
    }

    @Test
    void bothStagesAreNamed() throws IOException {
        Path out = directory.resolve("run");
        Cli.Outcome outcome = run("train", file(4), "--engine", "jvm", "--seeds", 2, "--out", out);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err())
                .contains("polish: engine jvm", "The paper's protocol: 2 x at most 60 epochs")
                .contains("The paper's protocol, polish with Levenberg-Marquardt: 2 x at most 4 epochs")
                .contains("Leak-free protocol, polish with Levenberg-Marquardt: 2 x at most 4 epochs");
        assertThat(outcome.out())
                .contains("training (Adam, engine jvm): 120 epochs in", "polish (Levenberg-Marquardt, engine jvm): ");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("training: Adam, engine jvm", "polish: Levenberg-Marquardt, engine jvm", "at most 4 steps");
        assertThat(run("evaluate", out, "--engine", "jvm").out())
                .contains("Largest difference from the run record: 0.0e+00 MeV");
        assertThat(run("predict", out, "--engine", "jvm", "--nuclides", "48Ti").code())
                .isZero();
    }

    @Test
    void freshForgetsThePolish() throws IOException {
        Path out = directory.resolve("run");
        assertThat(run("train", file(4), "--engine", "jvm", "--out", out).code())
                .isZero();
        assertThat(out.resolve("checkpoint-polish")).isDirectory();
        run("train", file(5), "--engine", "jvm", "--out", out).refused(2, "another run", "--fresh");
        Cli.Outcome fresh = run("train", file(5), "--engine", "jvm", "--out", out, "--fresh");
        assertThat(fresh.code()).as(fresh.err()).isZero();
    }
}
