package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.HostKernelSession;
import gputrain.engine.KernelProblem;
import gputrain.engine.KernelSession;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import java.util.List;
import java.util.Optional;

/** The engine that every machine has: plain Java, both precisions, any plan. */
public final class JvmEngine implements Engine {

    @Override
    public String name() {
        return "jvm";
    }

    @Override
    public int rank() {
        return 10;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public List<Device> devices() {
        String machine = System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
        String details = Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.arch");
        return List.of(new Device(0, machine, details));
    }

    @Override
    public Optional<String> unsupported(TrainingPlan plan) {
        return Optional.empty();
    }

    @Override
    public Session open(TrainingPlan plan, DataSet data, EngineOptions options) {
        requireFirst(options);
        return new JvmSession(
                plan, data, options, new HostLinearisation.Source(new EjmlAlgebra(), RowDerivatives::new, "EJML"));
    }

    @Override
    public Optional<String> kernelsUnsupported() {
        return Optional.empty();
    }

    @Override
    public int kernelsSideBySide(EngineOptions options) {
        return options.resolvedThreads();
    }

    @Override
    public KernelSession openKernel(KernelProblem problem, EngineOptions options) {
        requireFirst(options);
        return new HostKernelSession(problem, new EjmlAlgebra(), "EJML");
    }

    private static void requireFirst(EngineOptions options) {
        if (options.device() != 0) {
            throw new IllegalArgumentException("the jvm engine has one device, number 0, not " + options.device());
        }
    }
}
