package gputrain.experiment;

import gputrain.engine.GridUpdates;
import gputrain.engine.Monitor;
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

/** The plans of a protocol: the first, and after each refinement of a spline network another. */
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
        return 1 + training.refinements().size();
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

    /** A plan of the network that all refinements lead to, for prediction. */
    TrainingPlan ofResult(List<Long> seeds) {
        return plan(
                prepared.network(),
                seeds.stream().map(seed -> replica(seed, null)).toList(),
                stop(),
                GridUpdates.NEVER);
    }

    /**
     * The plan after a refinement.
     *
     * @param index of the refinement, from 0
     * @param before the plan before it
     * @param outcome what came of that
     */
    TrainingPlan refined(int index, TrainingPlan before, TrainingOutcome outcome) {
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

    private TrainingPlan plan(Network network, List<Replica> replicas, StopRule stop, GridUpdates gridUpdates) {
        int watched = paper() && !training.keepBestOnTest() ? -1 : 1;
        List<Double> outputWeights = IntStream.range(0, network.outputs())
                .mapToObj(k -> k == prepared.experiment().outputs().mass() ? 1.0 : 0.0)
                .toList();
        return new TrainingPlan(
                network,
                training.loss(),
                training.optimizer(),
                training.learningRate(),
                stop,
                training.batchSize(),
                training.shuffle(),
                new Monitor(training.sampleEvery(), outputWeights, watched),
                training.precision(),
                replicas,
                paper() ? training.averageLast() : 0,
                training.penalty(),
                gridUpdates);
    }
}
