package gputrain.engine;

/**
 * How an engine uses its machine. Never changes a result: engines reduce in an order that does not depend on it.
 *
 * @param device number among {@link Engine#devices()}
 * @param threads CPU threads; 0 for all that the process may use
 */
public record EngineOptions(int device, int threads) {
    public static final EngineOptions DEFAULT = new EngineOptions(0, 0);

    public EngineOptions {
        if (device < 0 || threads < 0) {
            throw new IllegalArgumentException("device and threads must not be negative: " + device + ", " + threads);
        }
    }

    /** The number of threads to use, the default resolved. */
    public int resolvedThreads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
