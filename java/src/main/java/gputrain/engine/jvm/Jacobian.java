package gputrain.engine.jvm;

/**
 * Outputs of a network on the {@code R} rows that a replica trains on, and B = S J: the derivatives of its {@code m = R O}
 * outputs, row by row, by the {@code n} trained parameters, every one times a scale of its output. Not thread-safe, but may
 * compute rows side by side in the pool that calls it.
 */
interface Jacobian {

    /** Outputs, {@code [R, O]}, valid until the next call. */
    double[] outputs(double[] parameters);

    /**
     * Puts B in place.
     *
     * @param scale diagonal of S, {@code [m]}
     */
    void differentiate(double[] parameters, double[] scale);

    /**
     * B B^T.
     *
     * @param result {@code [m, m]}; its lower triangle is filled
     */
    void outer(double[] result);

    /** B x, {@code [m]}. */
    double[] times(double[] x);

    /** B^T u, {@code [n]}. */
    double[] transposedTimes(double[] u);
}
