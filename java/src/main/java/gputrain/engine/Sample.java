package gputrain.engine;

import java.util.List;

/**
 * One point of a replica's trace.
 *
 * @param epoch epochs done
 * @param loss training loss of that epoch, from the parameters before its update
 * @param learningRate rate of that epoch, with the replica's factor
 * @param rms one per row set, from the parameters after the update; NaN for an empty set
 */
public record Sample(int replica, long epoch, double loss, double learningRate, List<Double> rms) {
    public Sample {
        rms = List.copyOf(rms);
    }
}
