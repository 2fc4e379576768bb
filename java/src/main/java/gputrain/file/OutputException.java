package gputrain.file;

/** A file cannot be written; the message names the file, its directory, the cause and what to do. */
public final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutputException(String message, Throwable cause) {
        super(message, cause);
    }
}
