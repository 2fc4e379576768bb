package gputrain.train;

import java.nio.file.Path;

/** A safetensors file cannot be used; the message names the file and the cause. */
public final class SafeTensorsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SafeTensorsException(Path file, String cause) {
        super(file + ": " + cause);
    }

    public SafeTensorsException(Path file, String cause, Throwable origin) {
        super(file + ": " + cause, origin);
    }
}
