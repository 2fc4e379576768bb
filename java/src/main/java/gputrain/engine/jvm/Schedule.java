package gputrain.engine.jvm;

import gputrain.engine.LearningRateRule;
import gputrain.engine.Monitor;
import gputrain.engine.ReplicaState;
import gputrain.engine.ReplicaState.Status;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;

/**
 * The book-keeping of one replica's epochs: learning-rate rule, stop rule, best epoch. An epoch is {@link #beginEpoch},
 * the steps, {@link #endEpoch}, a sample with {@link #improvedBy} when one is due, {@link #settle}.
 */
final class Schedule {
    private final LearningRateRule rule;
    private final StopRule stop;
    private final Monitor monitor;
    private long epoch;
    private Status status = Status.RUNNING;
    private double loss = Double.NaN;
    private double rate = Double.NaN;
    private int line;
    private double plateauBest = Double.POSITIVE_INFINITY;
    private long plateauBad;
    private double bestRms = Double.POSITIVE_INFINITY;
    private long bestEpoch;

    Schedule(TrainingPlan plan) {
        this.rule = plan.learningRate();
        this.stop = plan.stop();
        this.monitor = plan.monitor();
    }

    boolean running() {
        return status.running();
    }

    /** Epochs done; also the 0-based number of the epoch under way. */
    long epoch() {
        return epoch;
    }

    double loss() {
        return loss;
    }

    /** Rate of the epoch that now begins, before the replica's factor. */
    double beginEpoch() {
        rate = nextRate();
        return rate;
    }

    private double nextRate() {
        if (rule instanceof LearningRateRule.Constant constant) {
            return constant.rate();
        }
        if (rule instanceof LearningRateRule.Step step) {
            long falls = epoch / step.every();
            return step.rate() * Math.pow(step.factor(), (double) falls);
        }
        if (rule instanceof LearningRateRule.Cosine cosine) {
            double turn = Math.PI * (double) Math.min(epoch, cosine.epochs()) / cosine.epochs();
            return cosine.minimum() + (cosine.rate() - cosine.minimum()) * (1 + Math.cos(turn)) / 2;
        }
        if (rule instanceof LearningRateRule.ByTrainingLoss table) {
            return tableRate(table);
        }
        return plateauRate((LearningRateRule.ReduceOnPlateau) rule);
    }

    private double tableRate(LearningRateRule.ByTrainingLoss table) {
        int reached = 0;
        if (epoch > 0) {
            while (table.lines().get(reached).lossAtLeast() > loss) {
                reached++;
            }
        }
        if (table.latched()) {
            reached = Math.max(reached, line);
            line = reached;
        }
        return table.lines().get(reached).rate();
    }

    private double plateauRate(LearningRateRule.ReduceOnPlateau plateau) {
        if (epoch == 0) {
            return plateau.rate();
        }
        if (loss < plateauBest * (1 - plateau.threshold())) {
            plateauBest = loss;
            plateauBad = 0;
        } else {
            plateauBad++;
        }
        if (plateauBad <= plateau.patience()) {
            return rate;
        }
        plateauBad = 0;
        // A minimum above the rate does not raise it.
        return Math.min(rate, Math.max(rate * plateau.factor(), plateau.minimum()));
    }

    /** The epoch under way is the last: the optimiser has nothing left to do. */
    void converged() {
        status = Status.CONVERGED;
    }

    /**
     * Takes in the loss of the epoch under way, which is then done.
     *
     * @return whether a sample is due
     */
    boolean endEpoch(double epochLoss) {
        loss = epochLoss;
        epoch++;
        if (!Double.isFinite(loss)) {
            status = Status.NON_FINITE;
        } else if (loss < stop.trainingLossBelow()) {
            status = Status.REACHED_LOSS;
        }
        return !running() || epoch >= stop.maxEpochs() || epoch % monitor.every() == 0;
    }

    /** Takes in the watched set's rms of a sample; true when it is the smallest so far. */
    boolean improvedBy(double watchedRms) {
        if (!(watchedRms < bestRms)) {
            return false;
        }
        bestRms = watchedRms;
        bestEpoch = epoch;
        return true;
    }

    /** Ends an epoch that was sampled: patience, then the limit. */
    void settle() {
        if (!running()) {
            return;
        }
        if (stop.patience() > 0 && epoch - bestEpoch >= stop.patience()) {
            status = Status.OUT_OF_PATIENCE;
        } else if (epoch >= stop.maxEpochs()) {
            status = Status.REACHED_EPOCHS;
        }
    }

    void restore(ReplicaState state) {
        epoch = state.epoch();
        status = state.status();
        loss = state.loss();
        rate = state.learningRate();
        line = state.rateLine();
        plateauBest = state.plateauBest();
        plateauBad = state.plateauBad();
        bestRms = state.bestRms();
        bestEpoch = state.bestEpoch();
    }

    /** The whole state of a replica, this book-keeping beside its numbers. */
    ReplicaState state(long step, Arithmetic.Trainer trainer, double[] bestParameters, double[] parameterSum) {
        return new ReplicaState(
                epoch,
                step,
                status,
                loss,
                rate,
                line,
                plateauBest,
                plateauBad,
                bestRms,
                bestEpoch,
                trainer.parameters(),
                trainer.firstMoment(),
                trainer.secondMoment(),
                bestParameters.clone(),
                parameterSum.clone());
    }
}
