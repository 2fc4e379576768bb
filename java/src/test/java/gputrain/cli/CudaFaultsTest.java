package gputrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.cli.Cli.Outcome;
import gputrain.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole program on emulated GPUs that are absent, too old, full or break. Each run is a process of its own: the driver
 * reads its faults from the environment, and ends a process that leaves memory taken with code 99.
 */
class CudaFaultsTest {
    /** Which the driver's functions of a lost GPU return. */
    private static final List<String> LOST = List.of("719", "700", "999");

    @TempDir
    private Path directory;

    private Path emulator = Path.of("");
    private Path file = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void needTheEmulatedDriver() throws IOException {
        String kernels = System.getProperty("gputrain.cuda.kernels", "");
        emulator = Path.of(kernels);
        Assumptions.assumeTrue(
                !kernels.isEmpty() && Files.exists(emulator.resolve("libcuda.so.1")),
                "gputrain.cuda.kernels does not name the emulated GPU");
        file = Files.writeString(directory.resolve("tiny.toml"), Tiny.TEXT);
        out = directory.resolve("run");
    }

    private Outcome run(Map<String, String> emulated, Object... args) throws IOException, InterruptedException {
        return run(emulator, emulated, args);
    }

    private Outcome run(Path libraries, Map<String, String> emulated, Object... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dgputrain.cuda.kernels=" + emulator,
                "-cp",
                System.getProperty("java.class.path"),
                "gputrain.cli.Main"));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        Path stdout = Files.createTempFile(directory, "stdout", "");
        Path stderr = Files.createTempFile(directory, "stderr", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GPUTRAIN_EMULATED_"));
        environment.put("LD_LIBRARY_PATH", libraries.toString());
        environment.put("GPUTRAIN_EMULATED_LEAKS", "1");
        emulated.forEach((name, value) -> environment.put("GPUTRAIN_EMULATED_" + name, value));
        int code = builder.start().waitFor();
        return new Outcome(code, Files.readString(stdout), Files.readString(stderr));
    }

    private Outcome train(Map<String, String> emulated, Path to, Object... more)
            throws IOException, InterruptedException {
        List<Object> args = new ArrayList<>(List.of(file, "--out", to, "--no-report", "--protocol", "paper"));
        args.addAll(List.of(more));
        return run(emulated, args.toArray());
    }

    private void sameResults(Path one, Path other) {
        for (String name : List.of("metrics.csv", "predictions.csv", "model.safetensors")) {
            assertThat(other.resolve(name)).hasSameBinaryContentAs(one.resolve(name));
        }
    }

    private static JsonNode record(Path run) throws IOException {
        return new ObjectMapper().readTree(run.resolve("run.json").toFile());
    }

    /** auto goes on with the CPU and says why, once; cuda by name is an error. */
    private void fallsBack(Map<String, String> emulated, String... cause) throws IOException, InterruptedException {
        Outcome wish = train(emulated, out, "--device", 0);
        assertThat(wish.code()).as(wish.err()).isZero();
        assertThat(wish.err()).contains(cause).containsOnlyOnce("--device 0 is not a usable GPU");
        assertThat(record(out).path("engine").path("name").asText()).isNotEqualTo("cuda");
        Path none = directory.resolve("none");
        train(emulated, none, "--engine", "cuda").refused(ExitCode.NO_DEVICE, cause);
        assertThat(none).doesNotExist();
        assertThat(run(emulated, "devices").out()).contains("not usable: ").contains(cause);
    }

    @Test
    void listsGpusAndKernels() throws IOException, InterruptedException {
        Outcome outcome = run(Map.of("DEVICES", "2", "DRIVER", "12080"), "devices");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .containsPattern("(?m)^cuda +0 +Emulated GPU, 1 GiB, compute capability 9.0, .*CUDA 12.8$")
                .containsPattern("(?m)^cuda +1 +Emulated GPU")
                .contains("12-80-40-1 gelu");
        JsonNode cuda = run(Map.of("DEVICES", "3"), "devices", "--json").json().path(0);
        assertThat(cuda.path("usable").asBoolean()).isTrue();
        assertThat(cuda.path("devices")).hasSize(3);
    }

    @Test
    void withoutAGpu() throws IOException, InterruptedException {
        fallsBack(Map.of("DEVICES", "0"), "no usable NVIDIA GPU", "(100)", "CUDA_VISIBLE_DEVICES");
    }

    @Test
    void withoutADriver() throws IOException, InterruptedException {
        Assumptions.assumeFalse(Files.exists(Path.of("/proc/driver/nvidia")), "a driver is here");
        Outcome outcome = run(directory, Map.of(), "devices");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("not usable: no NVIDIA driver here (libcuda.so.1 is not found)");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void withADriverThatIsTooOldForTheKernels() throws IOException, InterruptedException {
        fallsBack(Map.of("LOAD_ERROR", "209", "DRIVER", "11080"), "cuModuleLoadData", "GPU 0", "(209)", "CUDA 11.8");
        for (String code : List.of("200", "218", "222")) {
            Outcome outcome = run(Map.of("LOAD_ERROR", code, "DRIVER", "11080"), "devices");
            assertThat(outcome.out()).contains("(" + code + ")", "update the NVIDIA driver");
        }
    }

    @Test
    void withAGpuInUseByAnother() throws IOException, InterruptedException {
        fallsBack(Map.of("LOAD_ERROR", "46"), "(46)", "the GPU is busy");
    }

    /** Too little for the kernels' trial, for the data, for the samples. */
    @ParameterizedTest
    @ValueSource(strings = {"100", "4000", "2000000"})
    void aFullGpuIsSaidAndLeftClean(String bytes) throws IOException, InterruptedException {
        train(Map.of("MEMORY", bytes), out, "--engine", "cuda", "--seeds", 40)
                .refused(ExitCode.NO_DEVICE, "cuMemAlloc of ", " on GPU 0 (", " MiB free)", "(2)", "--seeds");
    }

    @Test
    void aLostGpuLeavesTheCheckpoint() throws IOException, InterruptedException {
        Path whole = directory.resolve("whole");
        Outcome unbroken = train(Map.of(), whole, "--seeds", 2);
        assertThat(unbroken.code()).as(unbroken.err()).isZero();
        for (String code : LOST) {
            Path broken = directory.resolve("broken" + code);
            train(Map.of("FAIL_AFTER", "12", "FAIL_CODE", code), broken, "--seeds", 2, "--checkpoint-seconds", 0)
                    .refused(
                            ExitCode.NO_DEVICE, "on GPU 0", "(" + code + ")", "checkpoints are intact", "run the same");
            assertThat(broken.resolve("run.json")).doesNotExist();
            Outcome resumed = train(Map.of(), broken, "--seeds", 2);
            assertThat(resumed.code()).as(resumed.err()).isZero();
            assertThat(resumed.err()).contains("going on from epoch ");
            sameResults(whole, broken);
        }
    }

    @Test
    void oneOfTwoGpusLostEndsBoth() throws IOException, InterruptedException {
        train(
                        Map.of("FAIL_AFTER", "14", "DEVICES", "2"),
                        out,
                        "--seeds",
                        4,
                        "--device",
                        "0,1",
                        "--checkpoint-seconds",
                        0)
                .refused(ExitCode.NO_DEVICE, "on GPU ", "(719)");
        Outcome resumed = train(Map.of("DEVICES", "1"), out, "--seeds", 4);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        Path whole = directory.resolve("whole");
        train(Map.of(), whole, "--seeds", 4);
        sameResults(whole, out);
    }

    @Test
    void severalGpusGiveTheFilesOfOne() throws IOException, InterruptedException {
        Path several = directory.resolve("several");
        Outcome one = train(Map.of(), out, "--seeds", 3);
        assertThat(one.code()).as(one.err()).isZero();
        Outcome outcome = train(Map.of("DEVICES", "4"), several, "--seeds", 3, "--device", "3,0");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        sameResults(out, several);
        assertThat(record(several).path("engine").path("devices")).hasToString("[3,0]");
        train(Map.of("DEVICES", "2"), several, "--fresh", "--device", "0,2")
                .refused(ExitCode.NO_DEVICE, "no device 2", "there are 2");
    }

    @Test
    void theRecordNamesTheKernelThatRepeatsTheRun() throws IOException, InterruptedException {
        Map<String, String> gpu = Map.of("MULTIPROCESSORS", "6");
        Outcome first = train(gpu, out, "--cuda-kernel", "grid:2");
        assertThat(first.code()).as(first.err()).isZero();
        String method = record(out).path("protocols").path(0).path("method").asText();
        assertThat(method).contains("train_grid_generic:2");
        assertThat(first.err()).contains(method);
        assertThat(record(out).path("engine").path("kernel").asText()).isEqualTo("grid:2");
        Path again = directory.resolve("again");
        train(gpu, again, "--cuda-kernel", "train_grid_generic:2");
        sameResults(out, again);
        train(gpu, directory.resolve("none"), "--cuda-kernel", "abacus")
                .refused(ExitCode.NO_DEVICE, "no kernel abacus", "train_grid_generic");
    }

    @Test
    void goingOnWithAnotherKernelIsSaid() throws IOException, InterruptedException {
        train(Map.of("FAIL_AFTER", "12"), out, "--checkpoint-seconds", 0).refused(ExitCode.NO_DEVICE, "(719)");
        Outcome resumed = train(Map.of(), out, "--cuda-kernel", "grid:2");
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("with kernel grid:2", "the last digits may differ");
    }
}
