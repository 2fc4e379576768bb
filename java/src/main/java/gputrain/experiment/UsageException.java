package gputrain.experiment;

/** A request that makes no sense as it was put; the message says what would. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
