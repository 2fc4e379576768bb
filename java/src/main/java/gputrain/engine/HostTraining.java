package gputrain.engine;

import java.util.ServiceLoader;

/**
 * Second-order training on the CPU in float64, with an engine's dense operations: an engine without an implementation of
 * its own brings the operations and leaves the rest to the reference. Found by {@link ServiceLoader}, because engines do not
 * know each other.
 */
public interface HostTraining {

    /** The one of this program. */
    static HostTraining get() {
        return ServiceLoader.load(HostTraining.class)
                .findFirst()
                .orElseThrow(() -> new EngineException("this program has no second-order training"));
    }

    /**
     * Opens a plan with {@link Optimizer.LevenbergMarquardt}.
     *
     * @param algebra may be called by several threads at a time
     * @param name of the operations, for the log
     */
    Session open(TrainingPlan plan, DataSet data, EngineOptions options, DenseAlgebra algebra, String name);
}
