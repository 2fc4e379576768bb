package gputrain.train;

import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import java.util.List;

/**
 * How a training run ended.
 *
 * @param states one per replica, in the plan's order
 * @param samples by replica and then epoch, those from before a resume included
 * @param trainingSeconds wall time inside the engine, summed over all resumes
 * @param interrupted true when a stop was requested while replicas were still running
 * @param resumedFromEpoch largest epoch of the checkpoint that this run started from; 0 when it started anew
 * @param method how the engine computed the plan, see {@link gputrain.engine.Session#method}
 */
public record TrainingOutcome(
        List<ReplicaState> states,
        List<Sample> samples,
        double trainingSeconds,
        boolean interrupted,
        long resumedFromEpoch,
        String method) {
    public TrainingOutcome {
        states = List.copyOf(states);
        samples = List.copyOf(samples);
    }
}
