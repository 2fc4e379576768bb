package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.EngineOptions;
import gputrain.engine.HostTraining;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import java.util.List;

/** Second-order training with the reference's loop on a GPU's linearisations, whose memory goes with the session. */
final class SecondOrderSession implements Session {
    private final CudaLinearisations source;
    private final Session session;

    SecondOrderSession(TrainingPlan plan, DataSet data, EngineOptions options) {
        this.source = new CudaLinearisations(options.devices());
        this.session = HostTraining.get().open(plan, data, options, source);
    }

    @Override
    public List<Sample> advance(long epochs) {
        return session.advance(epochs);
    }

    @Override
    public List<ReplicaState> state() {
        return session.state();
    }

    @Override
    public void restore(List<ReplicaState> states) {
        session.restore(states);
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        return session.predict(parameters, inputs, rows);
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        return session.inputGradient(parameters, inputs, rows, outputWeights);
    }

    @Override
    public String method() {
        return session.method();
    }

    @Override
    public void close() {
        session.close();
        source.close();
    }
}
