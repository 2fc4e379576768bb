package gputrain.train;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.engine.jvm.JvmEngine;
import java.util.List;
import java.util.Optional;

/** The jvm engine under another name or on another device, failing after a number of calls. */
record StandInEngine(String name, String deviceName, int failAfter) implements Engine {
    private static final Engine JVM = new JvmEngine();

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public List<Device> devices() {
        return List.of(new Device(0, deviceName, "stand-in"));
    }

    @Override
    public Optional<String> unsupported(TrainingPlan plan) {
        return failAfter < 0 ? Optional.of("it never can") : Optional.empty();
    }

    @Override
    public Session open(TrainingPlan plan, DataSet data, EngineOptions options) {
        Session session = JVM.open(plan, data, options);
        return new Session() {
            private int calls;

            @Override
            public List<Sample> advance(long epochs) {
                if (++calls > failAfter) {
                    throw new EngineException("the device was lost");
                }
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
            public void close() {
                session.close();
            }
        };
    }
}
