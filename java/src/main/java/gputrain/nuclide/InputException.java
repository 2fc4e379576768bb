package gputrain.nuclide;

/** An error that a person can mend: its message says what is wrong, where, and what to do. */
public class InputException extends RuntimeException {

    /** @param message one line: what is wrong, where, how to mend it */
    public InputException(String message) {
        super(message);
    }

    /**
     * @param message one line: what is wrong, where, how to mend it
     * @param cause the failure underneath
     */
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
