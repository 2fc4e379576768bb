package gputrain.experiment;

import gputrain.engine.GridUpdates;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Monitor;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Network;
import gputrain.model.SplineNetwork;
import gputrain.train.SplineGrids;
import gputrain.train.SplinePruning;
import gputrain.train.TrainingOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The plans of a protocol: the first, after each refinement of a spline network another, and that of the polish. */
final class Stages {
    private final Prepared prepared;
    private final Protocol protocol;
    private final Experiment.Training training;

    Stages(Prepared prepared, Protocol protocol) {
        this.prepared = prepared;
        this.protocol = protocol;
        this.training = prepared.experiment().training();
    }

    /** Plans in all, at least 1. */
    int count() {
        return 1 + training.refinements().size() + (training.polish().isPresent() ? 1 : 0);
    }

    /** What a stage is called, from its index, 0 for the first. */
    String name(int stage) {
        if (stage == 0) {
            return "training";
        }
        return isPolish(stage) ? "polish" : "refinement " + stage;
    }

    /** Whether a stage is the polish, which may have an engine of its own. */
    boolean isPolish(int stage) {
        return stage > training.refinements().size();
    }

    /** The directory of a stage's checkpoints. */
    String checkpoints(int stage) {
        if (stage == 0) {
            return "checkpoint";
        }
        return isPolish(stage) ? "checkpoint-polish" : "checkpoint-refined-" + stage;
    }

    /**
     * The plan of a stage after the first.
     *
     * @param before the plan of the stage before it
     * @param outcome what came of that
     */
    TrainingPlan next(int stage, TrainingPlan before, TrainingOutcome outcome) {
        return isPolish(stage) ? polished(before, outcome) : refined(stage - 1, before, outcome);
    }

    /**
     * The plan that training begins with.
     *
     * @param seeds one replica each
     * @param initial parameters to start every replica from, or null to draw them
     */
    TrainingPlan first(List<Long> seeds, double @Nullable [] initial) {
        return plan(
                prepared.experiment().initialNetwork(),
                seeds.stream().map(seed -> replica(seed, initial)).toList(),
                stop(),
                training.gridUpdates());
    }

    /** A plan of the network that all stages lead to, for prediction. */
    TrainingPlan ofResult(List<Long> seeds) {
        List<Replica> replicas = seeds.stream().map(seed -> replica(seed, null)).toList();
        return training.polish()
                .map(polish -> plan(polish, prepared.network(), replicas))
                .orElseGet(() -> plan(prepared.network(), replicas, stop(), GridUpdates.NEVER));
    }

    /** The watched set's best parameters when one is watched, otherwise the last ones. */
    static double[] kept(TrainingPlan plan, ReplicaState state) {
        return plan.monitor().watched() >= 0 && state.bestEpoch() > 0
                ? state.bestParameters()
                : plan.finalParameters(state);
    }

    /** A replica that left the finite numbers is polished from where it was: a set that it did well on is no reason to keep it. */
    private TrainingPlan polished(TrainingPlan before, TrainingOutcome outcome) {
        Experiment.Polish polish = training.polish().orElseThrow();
        List<Replica> replicas = new ArrayList<>();
        for (int r = 0; r < outcome.states().size(); r++) {
            Replica old = before.replicas().get(r);
            ReplicaState state = outcome.states().get(r);
            double[] parameters =
                    state.status() == ReplicaState.Status.NON_FINITE ? state.parameters() : kept(before, state);
            replicas.add(new Replica(old.seed(), old.rowSets(), old.weightDecay(), 1, parameters));
        }
        return plan(polish, before.network(), replicas);
    }

    private TrainingPlan refined(int index, TrainingPlan before, TrainingOutcome outcome) {
        Experiment.Refinement refinement = training.refinements().get(index);
        SplineNetwork from = (SplineNetwork) before.network();
        SplineNetwork to = refinement.intervals() > 0 ? from.withIntervals(refinement.intervals()) : from;
        double share = training.gridUpdates().uniformShare();
        List<Replica> replicas = new ArrayList<>();
        for (int r = 0; r < outcome.states().size(); r++) {
            Replica old = before.replicas().get(r);
            int[] rows = old.rowSets().get(0);
            double[] inputs = prepared.data().inputs();
            double[] parameters = outcome.states().get(r).parameters();
            // A replica that left the finite numbers stays where it was, and leaves them again.
            if (outcome.states().get(r).status() != ReplicaState.Status.NON_FINITE) {
                parameters = SplinePruning.pruned(from, parameters, inputs, rows, refinement.pruneBelow());
            }
            if (!to.equals(from)) {
                parameters = SplineGrids.fitted(from, to, parameters, inputs, rows, share);
            }
            replicas.add(new Replica(old.seed(), old.rowSets(), old.weightDecay(), old.rateFactor(), parameters));
        }
        return plan(to, replicas, StopRule.epochs(refinement.epochs()), GridUpdates.NEVER);
    }

    private Replica replica(long seed, double @Nullable [] initial) {
        double decay =
                paper() ? training.weightDecay() : prepared.requireLeakFree().weightDecay();
        return new Replica(seed, prepared.rowSets(protocol, seed), decay, 1, initial);
    }

    private boolean paper() {
        return protocol == Protocol.PAPER;
    }

    private StopRule stop() {
        if (paper()) {
            return new StopRule(training.epochs(), training.stopBelowLoss(), 0);
        }
        Experiment.LeakFree leakFree = prepared.requireLeakFree();
        return new StopRule(leakFree.epochs(), 0, leakFree.patience());
    }

    private Monitor monitor(Network network, long sampleEvery) {
        int watched = paper() && !training.keepBestOnTest() ? -1 : 1;
        List<Double> outputWeights = IntStream.range(0, network.outputs())
                .mapToObj(k -> k == prepared.experiment().outputs().mass() ? 1.0 : 0.0)
                .toList();
        return new Monitor(sampleEvery, outputWeights, watched);
    }

    private TrainingPlan plan(Experiment.Polish polish, Network network, List<Replica> replicas) {
        List<Replica> decayed = replicas.stream()
                .map(replica ->
                        new Replica(replica.seed(), replica.rowSets(), polish.weightDecay(), 1, replica.initial()))
                .toList();
        return new TrainingPlan(
                network,
                training.loss(),
                polish.optimizer(),
                new LearningRateRule.Constant(1),
                StopRule.epochs(polish.epochs()),
                0,
                false,
                monitor(network, polish.sampleEvery()),
                Precision.FLOAT64,
                decayed);
    }

    private TrainingPlan plan(Network network, List<Replica> replicas, StopRule stop, GridUpdates gridUpdates) {
        return new TrainingPlan(
                network,
                training.loss(),
                training.optimizer(),
                training.learningRate(),
                stop,
                training.batchSize(),
                training.shuffle(),
                monitor(network, training.sampleEvery()),
                training.precision(),
                replicas,
                paper() ? training.averageLast() : 0,
                training.penalty(),
                gridUpdates);
    }
}
