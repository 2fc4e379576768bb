package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import gputrain.engine.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills and signals that reach a training process from outside. */
@DisabledOnOs(OS.WINDOWS)
class ProcessTest {
    private static final long EPOCHS = 300;
    private static final int KILLS = 6;

    @TempDir
    Path directory;

    static Stream<String> engineNames() {
        return Fixture.engines().map(Engine::name);
    }

    @ParameterizedTest
    @MethodSource("engineNames")
    void killedAtRandomMomentsItEndsAsIfNothingHadHappened(String engine) throws Exception {
        SplittableRandom random = new SplittableRandom(20261121);
        long survived = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = start("train", engine, directory.toString(), Long.toString(EPOCHS));
            try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
                long from = Long.parseLong(lines.readLine());
                assertThat(from).as("epoch resumed from").isGreaterThanOrEqualTo(survived);
                for (int epochs = random.nextInt(2, 40); epochs > 0; epochs--) {
                    // The epoch that is announced has no checkpoint yet, the one before it has.
                    survived = Long.parseLong(lines.readLine()) - 1;
                }
                LockSupport.parkNanos(random.nextLong(3_000_000));
                child.destroyForcibly();
                assertThat(end(child)).isEqualTo(128 + 9);
            }
        }
        assertThat(outcome()).doesNotExist();
        Process last = start("train", engine, directory.toString(), Long.toString(EPOCHS));
        List<String> said = said(last);
        assertThat(end(last)).isZero();
        assertThat(Long.parseLong(said.get(0))).isPositive().isGreaterThanOrEqualTo(survived);
        assertThat(Files.readAllBytes(outcome())).isEqualTo(unbroken(engine));
        try (Stream<Path> files = Files.list(directory.resolve("checkpoint"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("no temporary file is left")
                    .hasSize(3)
                    .contains("lock");
        }
    }

    @ParameterizedTest
    @MethodSource("engineNames")
    void aTerminatedRunLeavesACheckpointSaysSoAndGoesOn(String engine) throws Exception {
        Process child = start("train", engine, directory.toString(), Long.toString(EPOCHS));
        String reached = "";
        try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
            for (int n = 0; n < 30; n++) {
                reached = lines.readLine();
            }
            terminate(child);
            String last = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                reached = last.isEmpty() ? reached : last;
                last = line;
            }
            assertThat(last).isEqualTo("interrupted");
        }
        assertThat(end(child)).isEqualTo(StopRequest.EXIT_CODE);
        Process second = start("train", engine, directory.toString(), Long.toString(EPOCHS));
        List<String> said = said(second);
        assertThat(said.get(0)).as("nothing is trained twice").isEqualTo(reached);
        assertThat(end(second)).isZero();
        assertThat(Files.readAllBytes(outcome())).isEqualTo(unbroken(engine));
    }

    @Test
    void aTerminatedRunWithoutCheckpointsEndsWithTheSignalsOwnCode() throws Exception {
        Process child = start("unsaved");
        try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
            lines.readLine();
            terminate(child);
        }
        assertThat(end(child)).isEqualTo(128 + 15);
    }

    @Test
    void anErrorAfterASignalIsStillSaid() throws Exception {
        Process child = start("error");
        try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
            lines.readLine();
            terminate(child);
            assertThat(lines.lines().toList()).last().isEqualTo("the error");
        }
        assertThat(end(child)).isEqualTo(128 + 15);
    }

    @Test
    void aSecondProcessIsKeptOut() throws Exception {
        Process first = start("train", "jvm", directory.toString(), Long.toString(1L << 40));
        try (BufferedReader lines = first.inputReader(StandardCharsets.US_ASCII)) {
            lines.readLine();
            assertThatThrownBy(() -> new Checkpoints(directory.resolve("checkpoint")).claim())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("another run is using");
        }
        first.destroyForcibly();
        end(first);
        new Checkpoints(directory.resolve("checkpoint")).claim().close();
    }

    @Test
    void ordinaryEndsKeepTheirExitCodes() throws Exception {
        assertThat(end(start("exit"))).isEqualTo(3);
        assertThat(end(start("return"))).isZero();
        assertThat(end(start("fail"))).isEqualTo(69);
    }

    private Path outcome() {
        return directory.resolve("outcome");
    }

    private static byte[] unbroken(String name) {
        Engine engine = Fixture.engines()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Fixture.bits(Fixture.unbroken(engine, Fixture.miniBatch(EPOCHS)));
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingChild.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** SIGTERM; {@code Process.destroy} would also close the stream that the child's last words come through. */
    private static void terminate(Process child) {
        assertThat(child.toHandle().destroy()).isTrue();
    }

    private static List<String> said(Process child) throws IOException {
        try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
            return lines.lines().toList();
        }
    }

    /** Exit code; far below the patience of a stop request, so that one that waits in vain is found out. */
    private static int end(Process child) throws InterruptedException {
        if (!child.waitFor(40, TimeUnit.SECONDS)) {
            child.destroyForcibly();
            fail("the process does not end");
        }
        return child.exitValue();
    }
}
