package gputrain.engine;

/**
 * What a spline network's objective adds to the loss (Liu et al., arXiv:2404.19756, Eqs. 2.17 to 2.20), so that few edges do
 * the work: {@code l1} times the sum of a over all edges, a the mean of |phi| over the batch's rows, and {@code entropy}
 * times the sum over the layers of -sum of q ln q, q = a / (sum of the layer's a). The reported loss is without it.
 *
 * @param l1 at least 0
 * @param entropy at least 0
 */
public record EdgePenalty(double l1, double entropy) {
    /** No penalty. */
    public static final EdgePenalty NONE = new EdgePenalty(0, 0);

    public EdgePenalty {
        if (!(l1 >= 0 && l1 < Double.POSITIVE_INFINITY && entropy >= 0 && entropy < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "penalties of edges must be finite and not negative: " + l1 + ", " + entropy);
        }
    }
}
