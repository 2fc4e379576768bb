package gputrain.engine.jvm;

/**
 * Outputs of a network on the {@code R} rows that a replica trains on, and B = S J: the derivatives of its {@code m = R O}
 * outputs, row by row, by the {@code n} trained parameters, every one times a scale of its output. B_c has the columns of the
 * parameters in group c. Not thread-safe, but may compute rows side by side in the pool that calls it.
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
     * B_c B_c^T of every group.
     *
     * @param result by group, {@code [m, m]}; the lower triangles are filled
     */
    void outer(double[][] result);

    /** B x, {@code [m]}. */
    double[] times(double[] x);

    /** B^T u, {@code [n]}. */
    double[] transposedTimes(double[] u);

    /**
     * Other rows beside those in place, at the same parameters: with g a row's derivatives of a combination of the outputs
     * and M diagonal, {@code M = diag(shift of each parameter's group)}.
     *
     * @param inputs {@code [rows, inputs]}
     * @param outputWeights of the combination, {@code [O]}
     * @param shift by group, above 0
     * @param products {@code [m, rows]}: B M^-1 g^T
     * @param squares {@code [rows]}: g M^-1 g^T
     */
    void beside(double[] inputs, int rows, double[] outputWeights, double[] shift, double[] products, double[] squares);
}
