package gputrain.train;

import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.file.AtomicFiles;
import gputrain.model.SplineNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan on an engine to its end, in pieces of about half a second, between which it reports, keeps checkpoints and
 * looks for a stop request. The pieces depend on the machine's speed, the result does not.
 */
public final class Trainer {
    private static final double PIECE_SECONDS = 0.5;
    /** Growth of a piece over the one before; the first ones of a run are slow beyond measure. */
    private static final double GROWTH = 8;

    private final TrainingPlan plan;
    private final DataSet data;
    private final @Nullable Checkpoints checkpoints;
    private final TrainingListener listener;
    private final Fingerprint fingerprint;
    private final String device;
    private final List<Sample> samples = new ArrayList<>();
    private final double pieceSeconds;
    private final ProgressMeter meter;
    private final long resumedFromEpoch;

    private List<ReplicaState> states = List.of();
    private double trainingSeconds;
    private long lastCheckpoint = System.nanoTime();
    private boolean saved;

    private Trainer(
            Engine engine,
            TrainingPlan plan,
            DataSet data,
            EngineOptions options,
            @Nullable Checkpoints checkpoints,
            TrainingListener listener) {
        this.plan = plan;
        this.data = data;
        this.checkpoints = checkpoints;
        this.listener = listener;
        this.fingerprint = Fingerprint.of(engine.name(), plan, data);
        this.device = deviceName(engine, options);
        this.pieceSeconds = checkpoints == null
                ? PIECE_SECONDS
                : Math.min(PIECE_SECONDS, checkpoints.interval().toNanos() * 1e-9);
        Optional<Checkpoint> newest = resume();
        newest.ifPresent(checkpoint -> {
            samples.addAll(checkpoint.samples());
            states = checkpoint.states();
            trainingSeconds = checkpoint.trainingSeconds();
            saved = true;
        });
        this.resumedFromEpoch = newest.map(Checkpoint::epoch).orElse(0L);
        this.meter = new ProgressMeter(plan, samples);
    }

    /**
     * Trains until every replica has stopped or a stop is requested, from the newest good checkpoint where there is one.
     *
     * <p>A checkpoint that cannot be written on the way is a warning, the last good one stays and training goes on; at the
     * end, or when stopping, it is an error. A replica whose loss is not finite is a warning.
     *
     * @param checkpoints where to keep the run's state, or null for nowhere
     * @param stop looked at about twice a second
     * @return final states and the whole trace, bit-identical whether or not the run was stopped and resumed on the way
     * @throws CheckpointException when the checkpoints belong to another run, are all damaged, or cannot be written
     * @throws IllegalArgumentException when the data set does not fit the plan
     * @throws EngineException when the engine cannot compute the plan or fails
     */
    public static TrainingOutcome run(
            Engine engine,
            TrainingPlan plan,
            DataSet data,
            EngineOptions options,
            @Nullable Checkpoints checkpoints,
            TrainingListener listener,
            StopRequest stop) {
        engine.unsupported(plan).ifPresent(reason -> {
            throw new EngineException("engine " + engine.name() + " cannot train this plan: " + reason);
        });
        stop.saved(false);
        DirectoryLock claim = null;
        try {
            claim = checkpoints == null ? null : checkpoints.claim();
            Trainer trainer = new Trainer(engine, plan, data, options, checkpoints, listener);
            try (Session session = engine.open(plan, data, options)) {
                return trainer.train(session, stop);
            }
        } finally {
            if (claim != null) {
                claim.close();
            }
            listener.finished();
        }
    }

    private TrainingOutcome train(Session session, StopRequest stop) {
        if (states.isEmpty()) {
            states = session.state();
        } else {
            session.restore(states);
        }
        if (!session.method().isEmpty()) {
            listener.method(session.method());
        }
        listener.started(plan, resumedFromEpoch);
        long piece = 1;
        while (running() && !stop.isRequested()) {
            updateGrids(session);
            piece = Math.min(piece, epochsLeft());
            double seconds = advance(session, Math.min(piece, toNextGridUpdate()));
            listener.progress(meter.progress(states, trainingSeconds));
            if (checkpoints != null
                    && System.nanoTime() - lastCheckpoint
                            >= checkpoints.interval().toNanos()) {
                checkpointOnTheWay(checkpoints);
            }
            piece = nextPiece(piece, seconds);
        }
        if (checkpoints != null) {
            checkpointAtTheEnd(checkpoints);
            stop.saved(true);
        }
        samples.sort(Comparator.comparingInt(Sample::replica).thenComparingLong(Sample::epoch));
        return new TrainingOutcome(states, samples, trainingSeconds, running(), resumedFromEpoch, session.method());
    }

    /**
     * Puts the knots of the replicas where the inputs are, when their epoch is one of those. A checkpoint is from before the
     * update, so that a resumed run does it again from the same state.
     */
    private void updateGrids(Session session) {
        if (states.stream().noneMatch(this::gridUpdateDue)) {
            return;
        }
        SplineNetwork network = (SplineNetwork) plan.network();
        List<ReplicaState> updated = IntStream.range(0, states.size())
                .parallel()
                .mapToObj(r -> {
                    ReplicaState state = states.get(r);
                    return gridUpdateDue(state)
                            ? state.restarted(SplineGrids.fitted(
                                    network,
                                    network,
                                    state.parameters(),
                                    data.inputs(),
                                    plan.replicas().get(r).rowSets().get(0),
                                    plan.gridUpdates().uniformShare()))
                            : state;
                })
                .toList();
        session.restore(updated);
    }

    private boolean gridUpdateDue(ReplicaState state) {
        return state.status().running() && plan.gridUpdates().due(state.epoch());
    }

    private long toNextGridUpdate() {
        return states.stream()
                .filter(state -> state.status().running())
                .mapToLong(state -> plan.gridUpdates().toNext(state.epoch()))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private double advance(Session session, long epochs) {
        long start = System.nanoTime();
        List<Sample> taken = session.advance(epochs);
        double seconds = (System.nanoTime() - start) * 1e-9;
        List<ReplicaState> before = states;
        states = session.state();
        trainingSeconds += seconds;
        saved = false;
        samples.addAll(taken);
        meter.see(taken);
        meter.advanced(before, states, seconds);
        for (int r = 0; r < states.size(); r++) {
            if (states.get(r).status() == ReplicaState.Status.CONVERGED
                    && states.get(r).step() == 0
                    && before.get(r).status().running()) {
                listener.warning(
                        "replica " + r + " (seed " + plan.replicas().get(r).seed()
                                + ") keeps the parameters it began with: "
                                + plan.optimizer().text() + " found no step that lowers the objective, or its"
                                + " gradient is below the tolerance; look at penalties, tolerance and learning rate");
            }
            if (states.get(r).status() == ReplicaState.Status.NON_FINITE
                    && before.get(r).status().running()) {
                listener.warning(
                        "replica " + r + " (seed " + plan.replicas().get(r).seed()
                                + ") stopped at epoch " + states.get(r).epoch()
                                + ": its loss is not finite; try a smaller learning rate");
            }
        }
        return seconds;
    }

    private long nextPiece(long piece, double seconds) {
        double factor = Math.min(GROWTH, pieceSeconds / Math.max(seconds, 1e-9));
        return Math.max(1, (long) (piece * factor));
    }

    private boolean running() {
        return states.stream().anyMatch(state -> state.status().running());
    }

    private long epochsLeft() {
        return states.stream()
                .filter(state -> state.status().running())
                .mapToLong(state -> plan.stop().maxEpochs() - state.epoch())
                .max()
                .orElse(0);
    }

    private Optional<Checkpoint> resume() {
        if (checkpoints == null) {
            return Optional.empty();
        }
        Optional<Checkpoint> newest = checkpoints.newest(fingerprint, listener::warning);
        newest.filter(checkpoint -> !checkpoint.device().equals(device))
                .ifPresent(checkpoint -> listener.warning("the checkpoint was made on " + checkpoint.device()
                        + " and training goes on on " + device + ": the last digits may differ from an unbroken run"));
        return newest;
    }

    private void checkpointOnTheWay(Checkpoints target) {
        try {
            checkpoint(target);
        } catch (IOException e) {
            listener.warning(
                    "no checkpoint: " + AtomicFiles.explain(target.directory().resolve("checkpoint"), e)
                            + (target.hasGood()
                                    ? "; training goes on, the last good checkpoint is kept"
                                    : "; training goes on without one: nothing could be resumed"));
        }
    }

    private void checkpointAtTheEnd(Checkpoints target) {
        if (saved) {
            return;
        }
        try {
            checkpoint(target);
        } catch (IOException e) {
            throw new CheckpointException(
                    "the last checkpoint cannot be written: "
                            + AtomicFiles.explain(target.directory().resolve("checkpoint"), e)
                            + "; run again afterwards to go on from the last good one",
                    e);
        }
    }

    private void checkpoint(Checkpoints target) throws IOException {
        // Also after a failure: a full disk is not asked again at once.
        lastCheckpoint = System.nanoTime();
        target.write(new Checkpoint(fingerprint, device, trainingSeconds, samples, states));
        lastCheckpoint = System.nanoTime();
        saved = true;
    }

    /** What decides the last digits: the kinds of device, and a kernel that was asked for. How many there are does not. */
    private static String deviceName(Engine engine, EngineOptions options) {
        String names = engine.devices().stream()
                .filter(device -> options.devices().contains(device.number()))
                .map(Engine.Device::name)
                .distinct()
                .collect(Collectors.joining(", "));
        return (names.isEmpty() ? "an unnamed device" : names)
                + (options.kernel() == null ? "" : " with kernel " + options.kernel());
    }
}
