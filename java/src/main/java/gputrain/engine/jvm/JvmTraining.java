package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.engine.EngineOptions;
import gputrain.engine.HostTraining;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;

/** The jvm engine's sessions with another engine's dense operations. */
public final class JvmTraining implements HostTraining {
    @Override
    public Session open(TrainingPlan plan, DataSet data, EngineOptions options, DenseAlgebra algebra, String name) {
        return new JvmSession(plan, data, options, algebra, name);
    }
}
