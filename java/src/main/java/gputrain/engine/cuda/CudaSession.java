package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.SessionChecks;
import gputrain.engine.TrainingPlan;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan's replicas spread over GPUs; their memory lasts until {@link #close}. */
final class CudaSession implements Session {
    /** The replicas that one GPU trains. Used by one thread at a time. */
    interface Part extends AutoCloseable {
        /** Runs every running replica for up to {@code epochs} epochs and takes the samples, by replica and epoch. */
        List<Sample> advance(long epochs);

        List<ReplicaState> state();

        /** Goes on from states of this part's replicas. */
        void restore(List<ReplicaState> states);

        double[] predict(double[] parameters, double[] inputs, int rows);

        double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights);

        /** The kernel and how many replicas train at once, for the log. */
        String method();

        @Override
        void close();
    }

    private final TrainingPlan plan;
    private final List<Part> parts = new ArrayList<>();
    private final List<Integer> begins = new ArrayList<>();
    private boolean closed;

    CudaSession(TrainingPlan plan, DataSet data, List<Integer> devices, @Nullable String wish) {
        SessionChecks.fits(plan, data);
        this.plan = plan;
        int replicas = plan.replicas().size();
        int used = Math.min(devices.size(), replicas);
        try {
            for (int d = 0; d < used; d++) {
                int begin = (int) ((long) replicas * d / used);
                int end = (int) ((long) replicas * (d + 1) / used);
                begins.add(begin);
                parts.add(
                        plan.network() instanceof SplineNetwork
                                ? SplinePart.open(plan, data, devices.get(d), begin, end - begin, wish)
                                : GpuPart.open(plan, data, devices.get(d), begin, end - begin, wish));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        begins.add(replicas);
    }

    @Override
    public List<Sample> advance(long epochs) {
        checkOpen();
        if (epochs < 0) {
            throw new IllegalArgumentException("epochs must not be negative: " + epochs);
        }
        List<CompletableFuture<List<Sample>>> pending = parts.stream()
                .map(part -> parts.size() == 1
                        ? CompletableFuture.completedFuture(part.advance(epochs))
                        : CompletableFuture.supplyAsync(() -> part.advance(epochs), CudaSession::start))
                .toList();
        List<Sample> samples = new ArrayList<>();
        CompletionException failure = null;
        // All are waited for, so that nothing works on a GPU any more when its memory is freed after a failure.
        for (CompletableFuture<List<Sample>> one : pending) {
            try {
                samples.addAll(one.join());
            } catch (CompletionException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
        return samples;
    }

    @Override
    public List<ReplicaState> state() {
        checkOpen();
        return parts.stream().flatMap(part -> part.state().stream()).toList();
    }

    @Override
    public void restore(List<ReplicaState> states) {
        checkOpen();
        SessionChecks.restorable(plan, states);
        for (int d = 0; d < parts.size(); d++) {
            parts.get(d).restore(states.subList(begins.get(d), begins.get(d + 1)));
        }
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        SessionChecks.inputs(plan, inputs, rows);
        return parts.get(0).predict(parameters, inputs, rows);
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        SessionChecks.inputs(plan, inputs, rows);
        SessionChecks.outputWeights(plan, outputWeights);
        return parts.get(0).inputGradient(parameters, inputs, rows, outputWeights);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            parts.forEach(Part::close);
        }
    }

    @Override
    public String method() {
        return parts.stream().map(Part::method).collect(Collectors.joining("; "));
    }

    /** A thread of its own for each GPU; the driver blocks it while a kernel runs. */
    private static void start(Runnable work) {
        Thread thread = new Thread(work, "gpu");
        thread.setDaemon(true);
        thread.start();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }
}
