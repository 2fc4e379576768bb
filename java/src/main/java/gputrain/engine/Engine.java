package gputrain.engine;

import java.util.List;
import java.util.Optional;

/**
 * A way to compute plans. Implementations are found by {@link java.util.ServiceLoader}; their constructors do no work
 * and never fail, so that a machine on which one cannot run still lists it.
 */
public interface Engine {

    /** Name on the command line and in the run record: {@code jvm}, {@code cpp}, {@code cuda}. */
    String name();

    /** The larger is tried first by {@code auto}. */
    int rank();

    /** Why this engine cannot run here, in one line with what to do; empty when it can. */
    Optional<String> unavailable();

    /** The devices it would run on, in the order of their numbers; empty when unavailable. */
    List<Device> devices();

    /** What else a person may want to know of it, usable or not, in one line; empty where there is nothing to say. */
    default String remark() {
        return "";
    }

    /** Why it cannot compute this plan; empty when it can. */
    Optional<String> unsupported(TrainingPlan plan);

    /**
     * Opens a plan on a data set.
     *
     * @throws IllegalArgumentException when the data set does not fit the plan
     * @throws EngineException when the device fails
     */
    Session open(TrainingPlan plan, DataSet data, EngineOptions options);

    /** Why it cannot compute kernel models; empty when it can. */
    default Optional<String> kernelsUnsupported() {
        return Optional.of("it computes no kernel models");
    }

    /** How many kernel models, with one thread each, are worth computing side by side. */
    default int kernelsSideBySide(EngineOptions options) {
        return 1;
    }

    /**
     * Opens a kernel model on its points, in float64.
     *
     * @throws EngineException when the device fails or is unavailable
     */
    default KernelSession openKernel(KernelProblem problem, EngineOptions options) {
        throw new EngineException(
                "engine " + name() + ": " + kernelsUnsupported().orElse("no kernel models"));
    }

    /**
     * A device of an engine.
     *
     * @param details what a person compares: cores and instruction set, or memory and compute capability
     */
    record Device(int number, String name, String details) {}
}
