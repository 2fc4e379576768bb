package gputrain.engine.cpp;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.HostKernelSession;
import gputrain.engine.HostTraining;
import gputrain.engine.JacobianMatrix;
import gputrain.engine.KernelProblem;
import gputrain.engine.KernelSession;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.model.SplineNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;

/**
 * Vector kernels in C++ for the processor's widest instruction set; networks of every family, spline networks in float64
 * and the others in float32. Levenberg-Marquardt is the jvm engine's, in float64, on our derivatives and OpenBLAS.
 */
public final class CppEngine implements Engine {

    @Override
    public String name() {
        return "cpp";
    }

    @Override
    public int rank() {
        return 20;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.ofNullable(Library.FAILURE);
    }

    @Override
    public List<Device> devices() {
        if (unavailable().isPresent()) {
            return List.of();
        }
        String details = Runtime.getRuntime().availableProcessors() + " cores, " + instructionSet();
        return List.of(new Device(0, processor(), details));
    }

    @Override
    public Optional<String> unsupported(TrainingPlan plan) {
        if (plan.optimizer() instanceof Optimizer.LevenbergMarquardt) {
            return Optional.ofNullable(Blas.FAILURE);
        }
        // Plans of those are in float64.
        if (plan.network() instanceof SplineNetwork) {
            return Optional.empty();
        }
        if (plan.optimizer() instanceof Optimizer.Lbfgs) {
            return Optional.of("the cpp engine has L-BFGS for spline networks only; the jvm engine has it for every"
                    + " network: --engine jvm");
        }
        return plan.precision() == Precision.FLOAT32
                ? Optional.empty()
                : Optional.of(
                        "the cpp engine computes this network in float32 only, the plan asks for " + plan.precision());
    }

    @Override
    public Session open(TrainingPlan plan, DataSet data, EngineOptions options) {
        unavailable().or(() -> unsupported(plan)).ifPresent(cause -> {
            throw new EngineException(cause);
        });
        requireFirst(options);
        if (plan.optimizer() instanceof Optimizer.LevenbergMarquardt) {
            // One thread for each call: with several, OpenBLAS adds up in an order that depends on their number.
            HostTraining host = HostTraining.get();
            return host.open(
                    plan, data, options, host.linearisations(new OpenBlasAlgebra(1), NativeJacobian::new, "OpenBLAS"));
        }
        return new CppSession(plan, data, options.resolvedThreads());
    }

    @Override
    public Optional<String> kernelsUnsupported() {
        return unavailable().or(() -> Optional.ofNullable(Blas.FAILURE));
    }

    @Override
    public int kernelsSideBySide(EngineOptions options) {
        return options.resolvedThreads();
    }

    @Override
    public KernelSession openKernel(KernelProblem problem, EngineOptions options) {
        kernelsUnsupported().ifPresent(cause -> {
            throw new EngineException(cause);
        });
        requireFirst(options);
        return new HostKernelSession(problem, new OpenBlasAlgebra(options.resolvedThreads()), "OpenBLAS");
    }

    private static void requireFirst(EngineOptions options) {
        if (options.device() != 0) {
            throw new IllegalArgumentException("the cpp engine has one device, number 0, not " + options.device());
        }
    }

    /**
     * Measures the multiply-adds in registers that the processor reaches: what to compare a training rate with.
     *
     * @param threads that multiply at the same time, at least 1
     * @param seconds how long, above 0
     * @return 1e9 floating-point operations a second, of all threads together
     * @throws EngineException when the engine is unavailable
     */
    public double measurePeakGflops(int threads, double seconds) {
        unavailable().ifPresent(cause -> {
            throw new EngineException(cause);
        });
        double[] gflops = new double[1];
        CppSession.check(NativeCpu.gt_measure_peak(threads, seconds, gflops));
        return gflops[0];
    }

    /**
     * Our derivatives, for benchmarks.
     *
     * @throws EngineException when the engine is unavailable
     */
    public JacobianMatrix.Source derivatives() {
        unavailable().ifPresent(cause -> {
            throw new EngineException(cause);
        });
        return NativeJacobian::new;
    }

    private static String instructionSet() {
        BytePointer name = NativeCpu.gt_isa();
        return name == null ? NativeCpu.gt_last_error().getString() : name.getString();
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** Loads OpenBLAS when the first kernel model is opened: networks do not need its 20 MB. */
    private static final class Blas {
        static final @Nullable String FAILURE = load();

        private static @Nullable String load() {
            try {
                Loader.load(openblas.class);
                return null;
            } catch (LinkageError | RuntimeException e) {
                return "OpenBLAS could not be loaded (" + e.getMessage() + ")";
            }
        }
    }

    /** Loads the library on first use, not when the engine is listed. */
    private static final class Library {
        static final @Nullable String FAILURE = load();

        private static @Nullable String load() {
            String platform = Loader.getPlatform();
            String path = platform + "/" + System.mapLibraryName("jnigputrain");
            if (CppEngine.class.getResource(path) == null) {
                return "this jar has no native library for " + platform
                        + "; build it here with CMake and a C++ compiler, or use --engine jvm";
            }
            try {
                Loader.load(NativeCpu.class);
                Loader.load(NativeDerivatives.class);
            } catch (LinkageError | RuntimeException e) {
                return "the native library could not be loaded (" + e.getMessage()
                        + "); check that JavaCPP's cache directory (-Dorg.bytedeco.javacpp.cachedir=DIR) is writable";
            }
            return NativeCpu.gt_isa() == null ? NativeCpu.gt_last_error().getString() : null;
        }
    }
}
