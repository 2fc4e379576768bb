package gputrain.engine;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Second-order training in float64 with an engine's linearisations, or its dense operations: the loop, its books and its
 * state are the reference's. Found by {@link ServiceLoader}, because engines do not
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
     * Linearisations in memory.
     *
     * @param algebra may be called by several threads at a time
     * @param derivatives as matrices, or null for the reference's
     * @param name of the operations, for the log
     */
    Linearisation.Source linearisations(DenseAlgebra algebra, JacobianMatrix.@Nullable Source derivatives, String name);

    /** The reference's derivatives, row by row. */
    JacobianMatrix.Source derivatives();

    /** Opens a plan with {@link Optimizer.LevenbergMarquardt}; the session closes the source. */
    Session open(TrainingPlan plan, DataSet data, EngineOptions options, Linearisation.Source source);
}
