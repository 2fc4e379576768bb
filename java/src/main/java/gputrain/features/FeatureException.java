package gputrain.features;

/** A feature or target that is not known, or that a nuclide does not have. */
public final class FeatureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FeatureException(String message) {
        super(message);
    }
}
