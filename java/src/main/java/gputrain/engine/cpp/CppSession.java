package gputrain.engine.cpp;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.ReplicaState;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.SessionChecks;
import gputrain.engine.TrainingPlan;
import gputrain.engine.cpp.NativeCpu.NativeSession;
import gputrain.engine.cpp.NativeCpu.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/** A session of the native library; its memory and threads last until {@link #close}. */
final class CppSession implements Session {
    /** In the order of the header's GT_RUNNING, ... */
    private static final List<Status> STATUSES = List.of(
            Status.RUNNING,
            Status.REACHED_EPOCHS,
            Status.REACHED_LOSS,
            Status.OUT_OF_PATIENCE,
            Status.NON_FINITE,
            Status.CONVERGED);

    private final TrainingPlan plan;
    private final NativeSession session = new NativeSession();
    private boolean closed;

    @SuppressWarnings("try")
    CppSession(TrainingPlan plan, DataSet data, int threads) {
        SessionChecks.fits(plan, data);
        this.plan = plan;
        try (PointerScope scope = new PointerScope()) {
            check(NativeCpu.gt_open(PlanMemory.plan(plan), PlanMemory.data(data), threads, session));
        }
    }

    @Override
    public List<Sample> advance(long epochs) {
        checkOpen();
        check(NativeCpu.gt_advance(session, epochs));
        int count = Math.toIntExact(NativeCpu.gt_sample_count(session));
        int sets = plan.replicas().get(0).rowSets().size();
        int[] replica = new int[count];
        long[] epoch = new long[count];
        double[] loss = new double[count];
        double[] rate = new double[count];
        double[] rms = new double[Math.multiplyExact(count, sets)];
        check(NativeCpu.gt_take_samples(session, replica, epoch, loss, rate, rms));
        List<Sample> samples = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            List<Double> values =
                    Arrays.stream(rms, i * sets, (i + 1) * sets).boxed().toList();
            samples.add(new Sample(replica[i], epoch[i], loss[i], rate[i], values));
        }
        return samples;
    }

    @Override
    public List<ReplicaState> state() {
        checkOpen();
        List<ReplicaState> states = new ArrayList<>();
        int n = plan.network().parameterCount();
        int moments = plan.optimizer().momentSize(plan.network());
        try (Progress at = new Progress()) {
            for (int i = 0; i < plan.replicas().size(); i++) {
                double[] parameters = new double[n];
                double[] first = new double[moments];
                double[] second = new double[moments];
                double[] best = new double[n];
                double[] sum = new double[plan.averageLast() > 0 ? n : 0];
                check(NativeCpu.gt_get_state(session, i, at, parameters, first, second, best, orNull(sum)));
                states.add(new ReplicaState(
                        at.epoch(),
                        at.step(),
                        STATUSES.get(at.status()),
                        at.loss(),
                        at.learning_rate(),
                        at.rate_line(),
                        at.plateau_best(),
                        at.plateau_bad(),
                        at.best_rms(),
                        at.best_epoch(),
                        parameters,
                        first,
                        second,
                        best,
                        sum));
            }
        }
        return states;
    }

    @Override
    public void restore(List<ReplicaState> states) {
        checkOpen();
        SessionChecks.restorable(plan, states);
        try (Progress at = new Progress()) {
            for (int i = 0; i < states.size(); i++) {
                ReplicaState state = states.get(i);
                at.epoch(state.epoch())
                        .step(state.step())
                        .status(STATUSES.indexOf(state.status()))
                        .rate_line(state.rateLine())
                        .loss(state.loss())
                        .learning_rate(state.learningRate())
                        .plateau_best(state.plateauBest())
                        .plateau_bad(state.plateauBad())
                        .best_rms(state.bestRms())
                        .best_epoch(state.bestEpoch());
                check(NativeCpu.gt_set_state(
                        session,
                        i,
                        at,
                        state.parameters(),
                        state.firstMoment(),
                        state.secondMoment(),
                        state.bestParameters(),
                        orNull(state.parameterSum())));
            }
        }
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        SessionChecks.inputs(plan, inputs, rows);
        double[] outputs = new double[Math.multiplyExact(rows, plan.network().outputs())];
        check(NativeCpu.gt_predict(session, parameters, inputs, rows, outputs));
        return outputs;
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        checkOpen();
        SessionChecks.parameters(plan, parameters);
        SessionChecks.inputs(plan, inputs, rows);
        SessionChecks.outputWeights(plan, outputWeights);
        double[] gradient = new double[inputs.length];
        check(NativeCpu.gt_input_gradient(session, parameters, inputs, rows, outputWeights, gradient));
        return gradient;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeCpu.gt_close(session);
        }
    }

    /** The library wants null where nothing is averaged. */
    private static double @Nullable [] orNull(double[] sum) {
        return sum.length == 0 ? null : sum;
    }

    /** Turns an error code of the library into the exception of the contract. */
    static void check(int code) {
        if (code == NativeCpu.OK) {
            return;
        }
        String message = NativeCpu.gt_last_error().getString();
        throw code == NativeCpu.INVALID_ARGUMENT
                ? new IllegalArgumentException(message)
                : new EngineException("cpp engine: " + message);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }
}
