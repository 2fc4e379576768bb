package gputrain.engine.cuda;

import gputrain.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Access to the CUDA driver: loads it once, and turns its error codes into exceptions that say what to try. */
final class Driver {
    private Driver() {}

    /** Why the driver cannot be used here, in one line; empty when it can. */
    static Optional<String> failure() {
        return Optional.ofNullable(Loaded.FAILURE);
    }

    /** The newest CUDA version that the driver supports, as in 13.0. */
    static String version() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0] / 1000 + "." + version[0] % 1000 / 10;
    }

    /** @throws EngineException when a call did not succeed */
    static void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new EngineException(
                    "cuda engine: " + call + " failed with " + describe(result) + "; " + advice(result));
        }
    }

    /** A result as the driver names it, and its number. */
    static String describe(int result) {
        String[] name = new String[1];
        // The driver knows codes that are newer than JCuda.
        boolean known = JCudaDriver.cuGetErrorName(result, name) == CUresult.CUDA_SUCCESS && name[0] != null;
        return (known ? name[0] : "an error unknown to the driver") + " (" + result + ")";
    }

    private static String advice(int result) {
        return switch (result) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
                "the GPU's memory is full: train fewer networks at once (--seeds),"
                        + " spread them over GPUs (--device 0,1), fit a kernel model to fewer points,"
                        + " or end other programs on it (nvidia-smi lists them)";
            case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
                    CUresult.CUDA_ERROR_INVALID_IMAGE,
                    CUresult.CUDA_ERROR_INVALID_PTX,
                    CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
                "the GPU is older than compute capability 8.0, or the driver (for CUDA " + version()
                        + ") is too old for this jar's kernels: update the NVIDIA driver,"
                        + " build the jar with an older CUDA toolkit, or use --engine cpp";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
                "the GPU is busy, or in a mode for one program at a time or none (nvidia-smi -q -d COMPUTE):"
                        + " wait, take another one with --device, or use --engine cpp";
            case CUresult.CUDA_ERROR_LAUNCH_FAILED,
                    CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
                    CUresult.CUDA_ERROR_UNKNOWN ->
                "the GPU was lost; checkpoints are intact: run the same command again to go on from the last one,"
                        + " and look into the kernel log (dmesg, Xid messages) when it happens again";
            case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT ->
                "a display's watchdog stopped the kernel: use a GPU without a display, or --engine cpp";
            default -> "run `gpu-train devices`, or use --engine cpp";
        };
    }

    /** Loads the library on first use, not when the engine is listed. */
    private static final class Loaded {
        static final @Nullable String FAILURE = load();

        private static @Nullable String load() {
            try {
                loadLibrary();
            } catch (IOException e) {
                return "no place to unpack JCuda's library: " + e.getMessage() + "; set -Djava.io.tmpdir=DIR";
            } catch (LinkageError e) {
                return unloadable(String.valueOf(e.getMessage()));
            }
            int result = JCudaDriver.cuInit(0);
            if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
                return "no usable NVIDIA GPU (" + describe(result)
                        + "); check nvidia-smi and the environment variable CUDA_VISIBLE_DEVICES";
            }
            return result == CUresult.CUDA_SUCCESS
                    ? null
                    : "the NVIDIA driver does not start (" + describe(result) + "); check nvidia-smi";
        }

        private static String unloadable(String message) {
            String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
            if (!system.equals("Linux amd64")) {
                return "JCuda has no library for " + system;
            }
            return message.contains("libcuda.so")
                    ? "no NVIDIA driver here (libcuda.so.1 is not found)"
                    : "JCuda's library cannot be loaded; -Djava.io.tmpdir=DIR names a directory that programs may be"
                            + " loaded from";
        }

        /**
         * JCuda unpacks its library under a fixed name into the temporary directory and loads whatever has that name there,
         * so users of one machine would meet. Here it gets a directory of its own, deleted once the library is loaded.
         */
        private static void loadLibrary() throws IOException {
            Path directory = Files.createTempDirectory("gpu-train-");
            String before = System.getProperty("java.io.tmpdir");
            try {
                System.setProperty("java.io.tmpdir", directory.toString());
                JCudaDriver.setExceptionsEnabled(false);
            } finally {
                System.setProperty("java.io.tmpdir", before);
                try (Stream<Path> files = Files.list(directory)) {
                    for (Path file : files.toList()) {
                        Files.deleteIfExists(file);
                    }
                }
                Files.deleteIfExists(directory);
            }
        }
    }
}
