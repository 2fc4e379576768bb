package gputrain.engine;

/**
 * When a replica stops: whichever comes first.
 *
 * @param maxEpochs epochs at most, at least 1
 * @param trainingLossBelow stops after the epoch whose training loss is below this; 0 for never
 * @param patience stops when the watched row set's rms has not improved for this many epochs; looked at when a sample is
 *     taken, because only then is the rms known; 0 for never
 */
public record StopRule(long maxEpochs, double trainingLossBelow, long patience) {
    public StopRule {
        if (maxEpochs < 1 || !(trainingLossBelow >= 0) || patience < 0) {
            throw new IllegalArgumentException("a stop rule needs maxEpochs >= 1, loss >= 0, patience >= 0");
        }
    }

    /** Stops after a number of epochs and for no other reason. */
    public static StopRule epochs(long maxEpochs) {
        return new StopRule(maxEpochs, 0, 0);
    }
}
