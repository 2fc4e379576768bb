package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.EngineOptions;
import gputrain.engine.LaplacePosterior;
import gputrain.engine.Linearisation;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.SessionChecks;
import gputrain.engine.TrainingPlan;
import gputrain.model.DenseNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;

/**
 * A plan open on the JVM. A replica is computed by one thread from beginning to end, with Levenberg-Marquardt by several in
 * parts that do not depend on their number, so the number of threads cannot change a bit of the result.
 */
final class JvmSession implements Session {
    private final TrainingPlan plan;
    private final DataSet data;
    private final Arithmetic arithmetic;
    private final List<ReplicaRun> runs = new ArrayList<>();
    private final Linearisation.Source linearisations;
    private final ExecutorService pool;
    private final String method;
    private boolean closed;

    /** @param linearisations for Levenberg-Marquardt */
    JvmSession(TrainingPlan plan, DataSet data, EngineOptions options, Linearisation.Source linearisations) {
        SessionChecks.fits(plan, data);
        this.plan = plan;
        this.data = data;
        this.linearisations = linearisations;
        this.arithmetic = plan.precision() == Precision.FLOAT32 && plan.network() instanceof DenseNetwork dense
                ? new Float32Arithmetic(plan, dense, data)
                : new Float64Arithmetic(plan, data, linearisations);
        for (int index = 0; index < plan.replicas().size(); index++) {
            runs.add(new ReplicaRun(plan, index, arithmetic));
        }
        boolean secondOrder = plan.optimizer() instanceof Optimizer.LevenbergMarquardt;
        List<String> methods = new ArrayList<>();
        if (secondOrder) {
            for (Replica replica : plan.replicas()) {
                methods.add(linearisations.method(plan.network(), replica.trainingRows().length));
            }
        }
        this.method = methods.isEmpty() ? "" : methods.get(0);
        // The threads that replicas leave idle compute rows of those under way.
        int threads = options.resolvedThreads();
        this.pool = new ForkJoinPool(
                secondOrder ? threads : Math.min(threads, plan.replicas().size()));
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public List<Sample> advance(long epochs) {
        checkOpen();
        if (epochs < 0) {
            throw new IllegalArgumentException("epochs must not be negative: " + epochs);
        }
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
        SessionChecks.restorable(plan, states);
        for (int index = 0; index < runs.size(); index++) {
            runs.get(index).restore(states.get(index));
        }
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        SessionChecks.inputs(plan, inputs, rows);
        return arithmetic.predict(parameters, inputs, rows);
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        SessionChecks.inputs(plan, inputs, rows);
        SessionChecks.outputWeights(plan, outputWeights);
        return arithmetic.inputGradient(parameters, inputs, rows, outputWeights);
    }

    @Override
    public LaplacePosterior posterior(int replica, double[] parameters, double[] weightDecay) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        if (!(plan.optimizer() instanceof Optimizer.LevenbergMarquardt)) {
            return Session.super.posterior(replica, parameters, weightDecay);
        }
        int[] rows = plan.replicas().get(replica).trainingRows();
        return LaplacePosterior.at(linearisations, plan.network(), plan.loss(), data, rows, parameters, weightDecay);
    }

    @Override
    public void close() {
        closed = true;
        pool.shutdown();
        linearisations.close();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }
}
