package gputrain.engine;

import java.util.OptionalLong;

/**
 * Everything that a replica needs to go on exactly where it was. Float32 engines store their floats as doubles, which
 * is exact both ways.
 *
 * @param epoch epochs done
 * @param step optimiser steps done
 * @param loss training loss of the last epoch; NaN before the first
 * @param learningRate rate of the last epoch before the replica's factor; NaN before the first
 * @param rateLine line of a loss table reached (latched tables); 0 otherwise
 * @param plateauBest smallest loss seen by a plateau rule, which sees an epoch's loss when the next one begins; infinity
 *     at first
 * @param plateauBad epochs since a plateau rule's last improvement
 * @param bestRms smallest rms of the watched set; infinity at first
 * @param bestEpoch its epoch; 0 at first
 * @param parameters {@code [parameterCount]}
 * @param firstMoment {@code [Optimizer.momentSize]}: Adam's m, or SGD's momentum buffer; L-BFGS: differences of the
 *     parameters {@code [history, parameterCount]}, oldest first, unused rows 0; Levenberg-Marquardt: mu, then the weight
 *     decays by group, all 0 before the first step
 * @param secondMoment {@code [Optimizer.momentSize]}: Adam's v; zeros with SGD; L-BFGS: differences of the gradients, whose
 *     unused rows say how many there are; Levenberg-Marquardt: nu, then the evaluations so far, linearisations and
 *     trials, then zeros
 * @param bestParameters parameters at {@code bestEpoch}; the initial ones at first
 * @param parameterSum sum in float64 of the parameters at the ends of the epochs that {@link TrainingPlan#averaged} names,
 *     zeros at first; empty when the plan averages nothing
 */
public record ReplicaState(
        long epoch,
        long step,
        Status status,
        double loss,
        double learningRate,
        int rateLine,
        double plateauBest,
        long plateauBad,
        double bestRms,
        long bestEpoch,
        double[] parameters,
        double[] firstMoment,
        double[] secondMoment,
        double[] bestParameters,
        double[] parameterSum) {

    /** The state of a plan's replica before the first epoch. */
    public static ReplicaState initial(TrainingPlan plan, double[] parameters) {
        int moment = plan.optimizer().momentSize(plan.network());
        return new ReplicaState(
                0,
                0,
                Status.RUNNING,
                Double.NaN,
                Double.NaN,
                0,
                Double.POSITIVE_INFINITY,
                0,
                Double.POSITIVE_INFINITY,
                0,
                parameters.clone(),
                new double[moment],
                new double[moment],
                parameters.clone(),
                new double[plan.averageLast() > 0 ? parameters.length : 0]);
    }

    /**
     * Passes over the training rows, forward and backward or forward alone.
     *
     * @param optimizer of the plan; L-BFGS keeps no count
     */
    public OptionalLong evaluations(Optimizer optimizer) {
        if (optimizer instanceof Optimizer.LevenbergMarquardt) {
            return OptionalLong.of((long) secondMoment[1]);
        }
        return optimizer.iterates() ? OptionalLong.empty() : OptionalLong.of(epoch);
    }

    /** The same replica with other parameters, whose optimiser begins anew. */
    public ReplicaState restarted(double[] newParameters) {
        return new ReplicaState(
                epoch,
                step,
                status,
                loss,
                learningRate,
                rateLine,
                plateauBest,
                plateauBad,
                bestRms,
                bestEpoch,
                newParameters,
                new double[firstMoment.length],
                new double[secondMoment.length],
                bestParameters,
                parameterSum);
    }

    /**
     * The same state, its epochs and steps counted on from those of an earlier plan's; the best parameters are the earlier
     * ones where these were not better.
     */
    public ReplicaState after(ReplicaState earlier) {
        boolean worse = earlier.bestEpoch > 0 && earlier.bestRms <= bestRms;
        return new ReplicaState(
                earlier.epoch + epoch,
                earlier.step + step,
                status,
                loss,
                learningRate,
                rateLine,
                plateauBest,
                plateauBad,
                worse ? earlier.bestRms : bestRms,
                worse ? earlier.bestEpoch : bestEpoch == 0 ? 0 : earlier.epoch + bestEpoch,
                parameters,
                firstMoment,
                secondMoment,
                worse ? earlier.bestParameters : bestParameters,
                parameterSum);
    }

    /** Where a replica stands. */
    public enum Status {
        RUNNING,
        /** All epochs done. */
        REACHED_EPOCHS,
        /** Training loss below the stop rule's. */
        REACHED_LOSS,
        /** No improvement of the watched set for the stop rule's patience. */
        OUT_OF_PATIENCE,
        /**
         * Loss not finite; the parameters are those that gave it, before that step's update. The epoch counts as done,
         * its loss is the one that is not finite; the step is not counted.
         */
        NON_FINITE,
        /**
         * L-BFGS and Levenberg-Marquardt: the gradient is below the tolerance, or no step reduces the objective. The epoch
         * counts as done.
         */
        CONVERGED;

        /** Whether the replica takes part in {@code advance}. */
        public boolean running() {
            return this == RUNNING;
        }
    }
}
