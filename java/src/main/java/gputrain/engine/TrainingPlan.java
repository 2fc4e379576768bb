package gputrain.engine;

import gputrain.model.InitialValues;
import gputrain.model.Network;
import gputrain.model.SplineNetwork;
import java.util.List;

/**
 * Everything that decides a training run, as immutable data.
 *
 * @param batchSize rows a step; 0, or any number from the replica's training rows up, for all of them in one step, in
 *     the given order. The last batch of an epoch may be
 *     smaller; an epoch's loss is the mean over its rows.
 * @param shuffle whether mini-batches take the rows in the order of {@link gputrain.model.Permutation} (seed, epoch)
 *     instead of the given one; ignored with full batches
 * @param replicas at least one, with the same number of row sets each
 * @param averageLast the parameters at the ends of the last so many of {@code stop.maxEpochs()} epochs are averaged; 0
 *     for none. Samples and the best parameters keep looking at the current ones.
 * @param penalty of the edges of a spline network; none for other networks
 * @param gridUpdates of a spline network's knots, between the calls of {@link Session#advance}; never for other networks
 */
public record TrainingPlan(
        Network network,
        Loss loss,
        Optimizer optimizer,
        LearningRateRule learningRate,
        StopRule stop,
        int batchSize,
        boolean shuffle,
        Monitor monitor,
        Precision precision,
        List<Replica> replicas,
        long averageLast,
        EdgePenalty penalty,
        GridUpdates gridUpdates) {

    /** A plan that averages no parameters, penalises nothing and updates no knots. */
    public TrainingPlan(
            Network network,
            Loss loss,
            Optimizer optimizer,
            LearningRateRule learningRate,
            StopRule stop,
            int batchSize,
            boolean shuffle,
            Monitor monitor,
            Precision precision,
            List<Replica> replicas) {
        this(
                network,
                loss,
                optimizer,
                learningRate,
                stop,
                batchSize,
                shuffle,
                monitor,
                precision,
                replicas,
                0,
                EdgePenalty.NONE,
                GridUpdates.NEVER);
    }

    /** @throws IllegalArgumentException when the parts do not fit together; the message says which */
    public TrainingPlan {
        replicas = List.copyOf(replicas);
        require(!replicas.isEmpty(), "a plan needs at least one replica");
        require(
                averageLast >= 0 && averageLast <= stop.maxEpochs(),
                "epochs averaged: " + averageLast + " of " + stop.maxEpochs());
        require(
                !(loss instanceof Loss.ComplexSquared) || network.complex(),
                "the complex loss needs a complex network, not " + network.text());
        require(
                !(network instanceof SplineNetwork) || precision == Precision.FLOAT64,
                "spline networks are computed in float64, not " + precision);
        require(
                network instanceof SplineNetwork
                        || (penalty.equals(EdgePenalty.NONE) && gridUpdates.equals(GridUpdates.NEVER)),
                "a penalty of edges and updates of knots need a spline network, not " + network.text());
        require(
                !optimizer.iterates() || precision == Precision.FLOAT64,
                optimizer.text() + " needs float64, not " + precision);
        require(
                !optimizer.iterates() || batchSize == 0,
                optimizer.text() + " needs all rows in one step, not batches of " + batchSize);
        require(
                !(optimizer instanceof Optimizer.LevenbergMarquardt) || penalty.equals(EdgePenalty.NONE),
                "Levenberg-Marquardt minimises squares of residuals: penalties of edges are none");
        require(
                !(optimizer instanceof Optimizer.LevenbergMarquardt second)
                        || !second.evidence().wanted()
                        || replicas.stream().allMatch(replica -> replica.weightDecay() > 0),
                "the evidence needs a weight decay to start from, above 0");
        require(batchSize >= 0, "batch size must not be negative: " + batchSize);
        require(
                monitor.outputWeights().size() == network.outputs(),
                "the monitor has " + monitor.outputWeights().size() + " output weights, the network "
                        + network.outputs() + " outputs");
        int sets = replicas.get(0).rowSets().size();
        for (Replica replica : replicas) {
            require(replica.rowSets().size() == sets, "replicas have different numbers of row sets");
            double[] initial = replica.initial();
            require(
                    initial == null || initial.length == network.parameterCount(),
                    "initial parameters: " + (initial == null ? 0 : initial.length) + " given, "
                            + network.parameterCount() + " needed");
        }
        require(monitor.watched() < sets, "watched row set " + monitor.watched() + " of " + sets);
        require(stop.patience() == 0 || monitor.watched() >= 0, "a stop by patience needs a watched row set");
    }

    /** Initial parameters of a replica: its own, or drawn from its seed. */
    public double[] initialParameters(Replica replica) {
        double[] own = replica.initial();
        return own != null ? own.clone() : InitialValues.draw(network, replica.seed());
    }

    /** Whether the parameters at the end of the epoch with this 1-based number are averaged. */
    public boolean averaged(long epoch) {
        return epoch > stop.maxEpochs() - averageLast;
    }

    /**
     * The parameters that a replica in this state would be used with: the average of those that were summed, else the
     * current ones.
     */
    public double[] finalParameters(ReplicaState state) {
        long finite = state.status() == ReplicaState.Status.NON_FINITE ? state.epoch() - 1 : state.epoch();
        long count = finite - (stop.maxEpochs() - averageLast);
        if (averageLast == 0 || count <= 0) {
            return state.parameters().clone();
        }
        double[] average = state.parameterSum().clone();
        for (int i = 0; i < average.length; i++) {
            average[i] /= count;
            if (precision == Precision.FLOAT32) {
                average[i] = (float) average[i];
            }
        }
        return average;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
