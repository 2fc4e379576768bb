package gputrain.engine.cuda;

import gputrain.engine.EngineException;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out once whether a GPU of this machine runs these kernels: a driver can be there and be too old for them, or a GPU
 * too old, or in use by one program only.
 */
final class Trial {
    private Trial() {}

    /** Why no GPU does, in one line; empty when one does. Needs a driver that works. */
    static Optional<String> failure() {
        return Optional.ofNullable(Made.FAILURE);
    }

    /** On first use, not when the engine is listed. */
    private static final class Made {
        static final @Nullable String FAILURE = make();

        private static @Nullable String make() {
            String first = null;
            try {
                for (int number = 0; number < Device.count(); number++) {
                    String failure = on(number);
                    if (failure == null) {
                        return null;
                    }
                    first = first == null ? failure : first;
                }
            } catch (EngineException e) {
                return text(e);
            }
            return first == null ? "the NVIDIA driver lists no GPU; check nvidia-smi" : first;
        }

        /** Loads the kernels and runs one of them. */
        private static @Nullable String on(int number) {
            try (Device device = new Device(number);
                    Modules modules = new Modules(device, new DenseNetwork(List.of(1, 1), Activation.IDENTITY))) {
                return modules.kernels().isEmpty() ? "the kernels' module lists none; rebuild the jar" : null;
            } catch (EngineException | UncheckedIOException e) {
                return text(e);
            }
        }

        private static String text(RuntimeException e) {
            return String.valueOf(e.getMessage()).replaceFirst("^cuda engine: ", "");
        }
    }
}
