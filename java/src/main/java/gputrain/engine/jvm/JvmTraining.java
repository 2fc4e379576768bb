package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.engine.EngineOptions;
import gputrain.engine.HostTraining;
import gputrain.engine.JacobianMatrix;
import gputrain.engine.Linearisation;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import org.jspecify.annotations.Nullable;

/** The jvm engine's sessions with another engine's operations. */
public final class JvmTraining implements HostTraining {
    @Override
    public Linearisation.Source linearisations(
            DenseAlgebra algebra, JacobianMatrix.@Nullable Source derivatives, String name) {
        return new HostLinearisation.Source(algebra, derivatives == null ? derivatives() : derivatives, name);
    }

    @Override
    public JacobianMatrix.Source derivatives() {
        return RowDerivatives::new;
    }

    @Override
    public Session open(TrainingPlan plan, DataSet data, EngineOptions options, Linearisation.Source source) {
        return new JvmSession(plan, data, options, source);
    }
}
