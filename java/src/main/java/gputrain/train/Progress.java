package gputrain.train;

import java.util.List;

/**
 * Where a run stands.
 *
 * @param epochsDone sum over the replicas
 * @param epochsAtMost sum over the replicas; one that has stopped counts with the epochs it did
 * @param replicas number of replicas
 * @param running how many of them have not stopped
 * @param epochsPerSecond replica-epochs a second over about the last five seconds
 * @param loss mean of the last losses of all replicas whose loss is finite; NaN when there is none
 * @param learningRate rate of the last epoch, before a replica's factor, of the first replica that is still running,
 *     or of the last replica when none is
 * @param rms per row set, mean over the latest sample of each replica that has rows in it; NaN when there is none yet
 * @param secondsElapsed training time, resumes included
 * @param secondsLeftAtMost time to the epoch limit at the present speed; NaN before the first epoch
 * @param fraction share of the work done, 0 to 1, mean over the replicas: from the epochs or, where the stop rule has a
 *     loss, from the logarithm of the loss, whichever is larger; an estimate
 */
public record Progress(
        long epochsDone,
        long epochsAtMost,
        int replicas,
        int running,
        double epochsPerSecond,
        double loss,
        double learningRate,
        List<Double> rms,
        double secondsElapsed,
        double secondsLeftAtMost,
        double fraction) {
    public Progress {
        rms = List.copyOf(rms);
    }
}
