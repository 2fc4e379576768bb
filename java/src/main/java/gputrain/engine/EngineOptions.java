package gputrain.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an engine uses its machine. Devices and threads never change a result: engines reduce in an order that does not
 * depend on them. A kernel may change the last digits.
 *
 * @param devices numbers among {@link Engine#devices()}, each once; an engine that computes on one device uses the first
 * @param threads CPU threads; 0 for all that the process may use
 * @param kernel the GPU kernel to use, as the engine's log names it, or null for the engine's own choice
 */
public record EngineOptions(
        List<Integer> devices, int threads, @Nullable String kernel) {
    public static final EngineOptions DEFAULT = new EngineOptions(0, 0);

    public EngineOptions {
        devices = List.copyOf(devices);
        if (devices.isEmpty() || devices.stream().anyMatch(one -> one < 0) || threads < 0) {
            throw new IllegalArgumentException("devices and threads must not be negative: " + devices + ", " + threads);
        }
        if (devices.stream().distinct().count() != devices.size()) {
            throw new IllegalArgumentException("a device is named twice: " + devices);
        }
    }

    public EngineOptions(int device, int threads) {
        this(List.of(device), threads, null);
    }

    /** The same devices with another number of threads. */
    public EngineOptions withThreads(int number) {
        return new EngineOptions(devices, number, kernel);
    }

    /** The first device. */
    public int device() {
        return devices.get(0);
    }

    /** The number of threads to use, the default resolved. */
    public int resolvedThreads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
