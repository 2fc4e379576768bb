package gputrain.engine;

import java.util.List;

/**
 * What is measured along the way. Every {@code every} epochs, after the update, and at a replica's last epoch, the rms
 * over each of the replica's row sets of e = sum over outputs k of {@code outputWeights[k] (prediction_k - target_k)} is
 * sampled with the parameters as they are then.
 *
 * @param every epochs between samples, at least 1; epochs every, 2 every, ... are sampled
 * @param outputWeights one weight per output
 * @param watched index of the row set whose smallest rms keeps the best parameters and feeds the patience; -1 for none
 */
public record Monitor(long every, List<Double> outputWeights, int watched) {
    public Monitor {
        outputWeights = List.copyOf(outputWeights);
        if (every < 1 || watched < -1) {
            throw new IllegalArgumentException("a monitor needs every >= 1 and watched >= -1");
        }
    }
}
