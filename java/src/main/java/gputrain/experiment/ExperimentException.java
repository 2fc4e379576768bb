package gputrain.experiment;

/** An experiment file or a run directory that cannot be used; the message names the file, the line and the fix. */
public final class ExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExperimentException(String message) {
        super(message);
    }

    public ExperimentException(String message, Throwable cause) {
        super(message, cause);
    }
}
