package gputrain.experiment;

import gputrain.engine.Optimizer;
import gputrain.engine.ReplicaState;
import gputrain.engine.TrainingPlan;
import gputrain.evaluation.SetMetrics;
import gputrain.train.TrainingOutcome;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A protocol's outcome.
 *
 * @param plan the last stage's
 * @param outcome of all stages together
 * @param stages in order, at least one
 * @param members replicas whose loss stayed finite, as indices of the plan
 * @param parameters the parameters kept, one per member
 * @param predictionsMeV mass excess of each row of the experiment, one array per member
 * @param metrics by set
 * @param thresholds sets below thresholds of a complex output's imaginary part, the experiment's own first
 * @param posterior of the networks, where it has been computed
 */
public record ProtocolResult(
        Protocol protocol,
        TrainingPlan plan,
        TrainingOutcome outcome,
        List<Stage> stages,
        List<Integer> members,
        List<double[]> parameters,
        List<double[]> predictionsMeV,
        Map<String, SetMetrics> metrics,
        List<ThresholdLine> thresholds,
        Posteriors.Outcome posterior) {

    /**
     * A plan and what came of it.
     *
     * @param name {@code training}, {@code refinement 1}, ... or {@code polish}
     * @param engine its name
     * @param outcome of this stage alone
     */
    public record Stage(String name, String engine, TrainingPlan plan, TrainingOutcome outcome) {

        /** Epochs done by all replicas together. */
        public long epochs() {
            return ProtocolResult.epochs(outcome);
        }
    }

    public ProtocolResult {
        stages = List.copyOf(stages);
        members = List.copyOf(members);
        parameters = List.copyOf(parameters);
        predictionsMeV = List.copyOf(predictionsMeV);
        thresholds = List.copyOf(thresholds);
        metrics = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** Weight decays that a replica ended with: one for all parameters or one for each group. */
    double[] weightDecay(int replica) {
        double[] moment = outcome.states().get(replica).firstMoment();
        return plan.optimizer() instanceof Optimizer.LevenbergMarquardt && moment.length > 1 && moment[1] > 0
                ? Arrays.copyOfRange(moment, 1, moment.length)
                : new double[] {plan.replicas().get(replica).weightDecay()};
    }

    /** The same with its posterior. */
    ProtocolResult with(Posteriors.Outcome outcome) {
        return new ProtocolResult(
                protocol,
                plan,
                this.outcome,
                stages,
                members,
                parameters,
                predictionsMeV,
                metrics,
                thresholds,
                outcome);
    }

    /** Epochs done by all replicas together. */
    public long epochs() {
        return epochs(outcome);
    }

    /** Passes of a replica over its training rows in all stages; empty where a stage does not count them. */
    public OptionalLong evaluations(int replica) {
        long sum = 0;
        for (Stage stage : stages) {
            OptionalLong own = stage.outcome()
                    .states()
                    .get(replica)
                    .evaluations(stage.plan().optimizer());
            if (own.isEmpty()) {
                return own;
            }
            sum += own.getAsLong();
        }
        return OptionalLong.of(sum);
    }

    private static long epochs(TrainingOutcome outcome) {
        return outcome.states().stream().mapToLong(ReplicaState::epoch).sum();
    }

    /** Wall time of an epoch of a replica, in microseconds; replicas that ran side by side share theirs. */
    public double microsecondsPerEpoch() {
        return epochs() == 0 ? 0 : outcome.trainingSeconds() / epochs() * 1e6;
    }
}
