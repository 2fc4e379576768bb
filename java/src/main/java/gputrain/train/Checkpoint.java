package gputrain.train;

import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import java.util.List;

/**
 * Everything that a run needs to go on.
 *
 * @param fingerprint of the engine, the plan and the data
 * @param device name of the device it ran on; another device may round differently
 * @param trainingSeconds wall time inside the engine so far
 * @param samples all so far
 * @param states one per replica
 */
record Checkpoint(
        Fingerprint fingerprint,
        String device,
        double trainingSeconds,
        List<Sample> samples,
        List<ReplicaState> states) {
    Checkpoint {
        samples = List.copyOf(samples);
        states = List.copyOf(states);
    }

    /** Largest epoch of a replica. */
    long epoch() {
        return states.stream().mapToLong(ReplicaState::epoch).max().orElse(0);
    }
}
