package gputrain.engine;

/** The engine asked for is not here or cannot compute the plan; the message names the cause and what there is. */
public final class NoSuchEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoSuchEngineException(String message) {
        super(message);
    }
}
