package gputrain.engine.jvm;

import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.TrainingPlan;
import gputrain.model.Permutation;
import java.util.ArrayList;
import java.util.List;

/** One replica under way: its schedule, its trainer, and the epochs that join them. Used by one thread at a time. */
final class ReplicaRun {
    private final TrainingPlan plan;
    private final int index;
    private final Replica replica;
    private final Arithmetic.Trainer trainer;
    private final Schedule schedule;
    private final int[] trainingRows;
    private final List<int[]> rowSets;
    private final double[] outputWeights;
    private final int batch;
    private long step;
    private double[] bestParameters = {};
    private double[] parameterSum = {};

    ReplicaRun(TrainingPlan plan, int index, Arithmetic arithmetic) {
        this.plan = plan;
        this.index = index;
        this.replica = plan.replicas().get(index);
        this.trainer = arithmetic.trainer(replica);
        this.schedule = new Schedule(plan);
        this.rowSets = replica.rowSets();
        this.trainingRows = rowSets.get(0);
        this.outputWeights = plan.monitor().outputWeights().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        int rows = trainingRows.length;
        this.batch = plan.batchSize() == 0 ? rows : Math.min(plan.batchSize(), rows);
        restore(ReplicaState.initial(plan, plan.initialParameters(replica)));
        // In float32 the best parameters at first are the rounded ones, those that training starts from.
        bestParameters = trainer.parameters();
    }

    /** Runs up to {@code epochs} epochs, fewer when the replica stops; returns the samples. */
    List<Sample> advance(long epochs) {
        try {
            return epochs(epochs);
        } finally {
            trainer.rest();
        }
    }

    private List<Sample> epochs(long epochs) {
        List<Sample> samples = new ArrayList<>();
        for (long done = 0; done < epochs && schedule.running(); done++) {
            double rate = schedule.beginEpoch() * replica.rateFactor();
            double loss = runSteps(rate);
            boolean due = schedule.endEpoch(loss);
            if (plan.averaged(schedule.epoch()) && Double.isFinite(loss)) {
                double[] parameters = trainer.parameters();
                for (int i = 0; i < parameters.length; i++) {
                    parameterSum[i] += parameters[i];
                }
            }
            if (due) {
                samples.add(sample(rate));
                schedule.settle();
            }
        }
        return samples;
    }

    /** The steps of one epoch; stops before the update of a batch whose loss is not finite. */
    private double runSteps(double rate) {
        if (plan.optimizer().iterates()) {
            return iterate(rate);
        }
        int[] order = visitingOrder();
        double sum = 0;
        for (int from = 0; from < order.length; from += batch) {
            sum += trainer.gradient(order, from, Math.min(from + batch, order.length));
            if (!Double.isFinite(sum)) {
                return sum;
            }
            step++;
            trainer.update(rate, step);
        }
        return sum / ((double) order.length * plan.network().outputs());
    }

    private double iterate(double rate) {
        Arithmetic.Iteration iteration = trainer.iterate(trainingRows, rate, step);
        if (Double.isFinite(iteration.loss())) {
            if (iteration.outcome() == QuasiNewton.Outcome.MOVED) {
                step++;
            } else {
                schedule.converged();
            }
        }
        return iteration.loss() / ((double) trainingRows.length * plan.network().outputs());
    }

    private int[] visitingOrder() {
        if (!plan.shuffle() || batch == trainingRows.length) {
            return trainingRows;
        }
        Permutation permutation = new Permutation(trainingRows.length, replica.seed(), schedule.epoch());
        int[] order = new int[trainingRows.length];
        for (int position = 0; position < order.length; position++) {
            order[position] = trainingRows[permutation.at(position)];
        }
        return order;
    }

    private Sample sample(double rate) {
        List<Double> rms = new ArrayList<>();
        for (int[] rows : rowSets) {
            rms.add(Math.sqrt(trainer.sumOfSquares(rows, outputWeights) / rows.length));
        }
        int watched = plan.monitor().watched();
        if (watched >= 0 && schedule.improvedBy(rms.get(watched))) {
            bestParameters = trainer.parameters();
        }
        return new Sample(index, schedule.epoch(), schedule.loss(), rate, rms);
    }

    ReplicaState state() {
        return schedule.state(step, trainer, bestParameters, parameterSum);
    }

    /** Takes a state whose sizes have been checked. */
    void restore(ReplicaState state) {
        schedule.restore(state);
        step = state.step();
        trainer.load(state.parameters(), state.firstMoment(), state.secondMoment());
        bestParameters = state.bestParameters().clone();
        parameterSum = state.parameterSum().clone();
    }
}
