package gputrain.train;

import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns states and samples into {@link Progress}. */
final class ProgressMeter {
    /** Time over which the speed is averaged, in seconds. */
    private static final double MEMORY = 5;

    private final TrainingPlan plan;
    private final @Nullable Sample[] latest;
    private final double[] firstLoss;
    private double recentEpochs;
    private double recentReplicaEpochs;
    private double recentSeconds;

    /** @param samples those of before a resume */
    ProgressMeter(TrainingPlan plan, List<Sample> samples) {
        this.plan = plan;
        this.latest = new Sample[plan.replicas().size()];
        this.firstLoss = new double[latest.length];
        Arrays.fill(firstLoss, Double.NaN);
        see(samples);
    }

    /** Takes in new samples, by replica and then epoch. */
    void see(List<Sample> samples) {
        for (Sample sample : samples) {
            Sample known = latest[sample.replica()];
            if (known == null || known.epoch() <= sample.epoch()) {
                latest[sample.replica()] = sample;
            }
            if (Double.isNaN(firstLoss[sample.replica()])) {
                firstLoss[sample.replica()] = sample.loss();
            }
        }
    }

    /** Takes in what one call of the engine did: {@code seconds} for the step from one list of states to the other. */
    void advanced(List<ReplicaState> before, List<ReplicaState> after, double seconds) {
        long most = 0;
        long sum = 0;
        for (int r = 0; r < after.size(); r++) {
            long epochs = after.get(r).epoch() - before.get(r).epoch();
            most = Math.max(most, epochs);
            sum += epochs;
            if (Double.isNaN(firstLoss[r])) {
                firstLoss[r] = after.get(r).loss();
            }
        }
        double keep = Math.exp(-seconds / MEMORY);
        recentEpochs = keep * recentEpochs + most;
        recentReplicaEpochs = keep * recentReplicaEpochs + sum;
        recentSeconds = keep * recentSeconds + seconds;
    }

    Progress progress(List<ReplicaState> states, double secondsElapsed) {
        StopRule stop = plan.stop();
        long done = 0;
        long atMost = 0;
        long left = 0;
        int running = 0;
        double fraction = 0;
        double learningRate = Double.NaN;
        for (int r = 0; r < states.size(); r++) {
            ReplicaState state = states.get(r);
            done += state.epoch();
            atMost += state.status().running() ? stop.maxEpochs() : state.epoch();
            if (state.status().running()) {
                left = Math.max(left, stop.maxEpochs() - state.epoch());
                if (running++ == 0) {
                    learningRate = state.learningRate();
                }
            }
            fraction += fraction(state, firstLoss[r]);
        }
        return new Progress(
                done,
                atMost,
                states.size(),
                running,
                recentSeconds > 0 ? recentReplicaEpochs / recentSeconds : 0,
                meanLoss(states),
                running > 0 ? learningRate : states.get(states.size() - 1).learningRate(),
                rms(),
                secondsElapsed,
                left == 0 ? 0 : recentEpochs > 0 ? left * recentSeconds / recentEpochs : Double.NaN,
                fraction / states.size());
    }

    private double fraction(ReplicaState state, double first) {
        if (!state.status().running()) {
            return 1;
        }
        double byEpochs = (double) state.epoch() / plan.stop().maxEpochs();
        double goal = plan.stop().trainingLossBelow();
        double byLoss = Math.log(first / state.loss()) / Math.log(first / goal);
        boolean known = goal > 0 && first > goal && byLoss > byEpochs && byLoss < 1;
        return known ? byLoss : byEpochs;
    }

    private static double meanLoss(List<ReplicaState> states) {
        return states.stream()
                .mapToDouble(ReplicaState::loss)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    private List<Double> rms() {
        List<Replica> replicas = plan.replicas();
        List<Double> means = new ArrayList<>();
        for (int set = 0; set < replicas.get(0).rowSets().size(); set++) {
            double sum = 0;
            int count = 0;
            for (int r = 0; r < latest.length; r++) {
                Sample sample = latest[r];
                if (sample != null && replicas.get(r).rowSets().get(set).length > 0) {
                    sum += sample.rms().get(set);
                    count++;
                }
            }
            means.add(count > 0 ? sum / count : Double.NaN);
        }
        return means;
    }
}
