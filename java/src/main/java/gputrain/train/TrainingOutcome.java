package gputrain.train;

import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import java.util.ArrayList;
import java.util.Comparator;
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

    /** This run and another that went on from where it ended, as one: epochs and steps count on. */
    public TrainingOutcome then(TrainingOutcome next) {
        List<Sample> all = new ArrayList<>(samples);
        next.samples.forEach(sample -> all.add(new Sample(
                sample.replica(),
                states.get(sample.replica()).epoch() + sample.epoch(),
                sample.loss(),
                sample.learningRate(),
                sample.rms())));
        all.sort(Comparator.comparingInt(Sample::replica).thenComparingLong(Sample::epoch));
        List<ReplicaState> ends = new ArrayList<>();
        for (int r = 0; r < states.size(); r++) {
            ends.add(next.states.get(r).after(states.get(r)));
        }
        return new TrainingOutcome(
                ends,
                all,
                trainingSeconds + next.trainingSeconds,
                next.interrupted,
                resumedFromEpoch + next.resumedFromEpoch,
                next.method);
    }
}
