package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.EngineOptions;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.model.DenseNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A plan open on the JVM. A replica is computed by one thread from beginning to end, so the number of threads cannot
 * change a bit of the result.
 */
final class JvmSession implements Session {
    private final TrainingPlan plan;
    private final Arithmetic arithmetic;
    private final List<ReplicaRun> runs = new ArrayList<>();
    private final ExecutorService pool;
    private boolean closed;

    JvmSession(TrainingPlan plan, DataSet data, EngineOptions options) {
        checkFits(plan, data);
        this.plan = plan;
        this.arithmetic = plan.precision() == Precision.FLOAT64
                ? new Float64Arithmetic(plan, data)
                : new Float32Arithmetic(plan, data);
        for (int index = 0; index < plan.replicas().size(); index++) {
            runs.add(new ReplicaRun(plan, index, arithmetic));
        }
        this.pool = Executors.newFixedThreadPool(
                Math.min(options.resolvedThreads(), plan.replicas().size()), task -> {
                    Thread thread = new Thread(task, "gputrain-jvm");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private static void checkFits(TrainingPlan plan, DataSet data) {
        DenseNetwork network = plan.network();
        check(
                data.inputWidth() == network.inputs() && data.targetWidth() == network.outputs(),
                "the data set has " + data.inputWidth() + " inputs and " + data.targetWidth() + " targets, the network "
                        + network.inputs() + " and " + network.outputs());
        for (Replica replica : plan.replicas()) {
            for (int[] rows : replica.rowSets()) {
                for (int row : rows) {
                    check(
                            row >= 0 && row < data.rows(),
                            "a replica names row " + row + " of a data set of " + data.rows() + " rows");
                }
            }
        }
    }

    @Override
    public List<Sample> advance(long epochs) {
        checkOpen();
        check(epochs >= 0, "epochs must not be negative: " + epochs);
        List<CompletableFuture<List<Sample>>> pending = new ArrayList<>();
        for (ReplicaRun run : runs) {
            pending.add(CompletableFuture.supplyAsync(() -> run.advance(epochs), pool));
        }
        List<Sample> samples = new ArrayList<>();
        try {
            CompletableFuture.allOf(pending.toArray(new CompletableFuture<?>[0]))
                    .join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
        pending.forEach(one -> samples.addAll(one.join()));
        return samples;
    }

    @Override
    public List<ReplicaState> state() {
        checkOpen();
        return runs.stream().map(ReplicaRun::state).toList();
    }

    @Override
    public void restore(List<ReplicaState> states) {
        checkOpen();
        check(states.size() == runs.size(), states.size() + " states for " + runs.size() + " replicas");
        for (ReplicaState state : states) {
            checkSize("parameters", state.parameters());
            checkSize("first moment", state.firstMoment());
            checkSize("second moment", state.secondMoment());
            checkSize("best parameters", state.bestParameters());
        }
        for (int index = 0; index < runs.size(); index++) {
            runs.get(index).restore(states.get(index));
        }
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        checkOpen();
        checkSize("parameters", parameters);
        checkInputs(inputs, rows);
        return arithmetic.predict(parameters, inputs, rows);
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        checkOpen();
        checkSize("parameters", parameters);
        checkInputs(inputs, rows);
        check(
                outputWeights.length == plan.network().outputs(),
                "output weights: " + outputWeights.length + ", expected "
                        + plan.network().outputs());
        return arithmetic.inputGradient(parameters, inputs, rows, outputWeights);
    }

    @Override
    public void close() {
        closed = true;
        pool.shutdown();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }

    private void checkSize(String what, double[] values) {
        int expected = plan.network().parameterCount();
        check(values.length == expected, what + ": " + values.length + " values, expected " + expected);
    }

    private void checkInputs(double[] inputs, int rows) {
        long expected = (long) rows * plan.network().inputs();
        check(
                rows >= 0 && inputs.length == expected,
                "inputs: " + inputs.length + " values, expected " + expected + " for " + rows + " rows");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
