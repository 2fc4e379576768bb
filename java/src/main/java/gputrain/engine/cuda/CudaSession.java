package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan's replicas spread over GPUs; their memory lasts until {@link #close}. */
final class CudaSession implements Session {
    private final TrainingPlan plan;
    private final List<GpuPart> parts = new ArrayList<>();
    private final List<Integer> begins = new ArrayList<>();
    private boolean closed;

    CudaSession(TrainingPlan plan, DataSet data, List<Integer> devices, @Nullable String wish) {
        if (data.inputWidth() != plan.network().inputs()
                || data.targetWidth() != plan.network().outputs()) {
            throw new IllegalArgumentException("the data set has " + data.inputWidth() + " inputs and "
                    + data.targetWidth() + " targets, the network "
                    + plan.network().inputs() + " and "
                    + plan.network().outputs());
        }
        checkRows(plan, data.rows());
        this.plan = plan;
        int replicas = plan.replicas().size();
        int used = Math.min(devices.size(), replicas);
        try {
            for (int d = 0; d < used; d++) {
                int begin = (int) ((long) replicas * d / used);
                int end = (int) ((long) replicas * (d + 1) / used);
                begins.add(begin);
                parts.add(GpuPart.open(plan, data, devices.get(d), begin, end - begin, wish));
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
        if (states.size() != plan.replicas().size()) {
            throw new IllegalArgumentException(
                    states.size() + " states for " + plan.replicas().size() + " replicas");
        }
        for (ReplicaState state : states) {
            checkSize("parameters", state.parameters());
            checkSize("first moment", state.firstMoment());
            checkSize("second moment", state.secondMoment());
            checkSize("best parameters", state.bestParameters());
        }
        for (int d = 0; d < parts.size(); d++) {
            parts.get(d).restore(states.subList(begins.get(d), begins.get(d + 1)));
        }
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        checkOpen();
        checkSize("parameters", parameters);
        checkInputs(inputs, rows);
        return parts.get(0).predict(parameters, inputs, rows);
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        checkOpen();
        checkSize("parameters", parameters);
        checkInputs(inputs, rows);
        if (outputWeights.length != plan.network().outputs()) {
            throw new IllegalArgumentException("output weights: " + outputWeights.length + ", expected "
                    + plan.network().outputs());
        }
        return parts.get(0).inputGradient(parameters, inputs, rows, outputWeights);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            parts.forEach(GpuPart::close);
        }
    }

    @Override
    public String method() {
        return parts.stream().map(GpuPart::method).collect(Collectors.joining("; "));
    }

    /** A thread of its own for each GPU; the driver blocks it while a kernel runs. */
    private static void start(Runnable work) {
        Thread thread = new Thread(work, "gpu");
        thread.setDaemon(true);
        thread.start();
    }

    private static void checkRows(TrainingPlan plan, int rows) {
        plan.replicas()
                .forEach(replica -> replica.rowSets().forEach(set -> {
                    for (int row : set) {
                        if (row < 0 || row >= rows) {
                            throw new IllegalArgumentException("row " + row + " of a data set of " + rows + " rows");
                        }
                    }
                }));
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }

    private void checkSize(String what, double[] values) {
        int expected = plan.network().parameterCount();
        if (values.length != expected) {
            throw new IllegalArgumentException(what + ": " + values.length + " values, expected " + expected);
        }
    }

    private void checkInputs(double[] inputs, int rows) {
        long expected = (long) rows * plan.network().inputs();
        if (rows < 0 || inputs.length != expected) {
            throw new IllegalArgumentException(
                    "inputs: " + inputs.length + " values, expected " + expected + " for " + rows + " rows");
        }
    }
}
