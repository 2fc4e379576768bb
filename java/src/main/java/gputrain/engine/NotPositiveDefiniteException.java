package gputrain.engine;

/** A kernel matrix could not be factorised: its noise is too small for it. */
public final class NotPositiveDefiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param noise that was on the diagonal
     * @param pivot number of the point, from 0, at which the factorisation ended
     */
    public NotPositiveDefiniteException(double noise, int pivot) {
        super("the kernel matrix with noise " + noise + " is not positive definite in float64 (at point " + pivot
                + "): two points are equal or nearly so, or the length is too large for so small a noise; take a larger"
                + " noise, such as 1e-8 times the kernel's diagonal");
    }
}
