package gputrain.engine;

import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import org.jspecify.annotations.Nullable;

/**
 * A network linearised on the {@code R} rows that a replica trains on, and the systems of second-order training there. With
 * {@code m = R O} outputs, row by row, {@code n} trained parameters in the order of the parameter vector, J the outputs'
 * derivatives by them, B = S J with S diagonal, and the parameters in {@code G} groups,
 *
 * <pre>
 *   A = B^T B + M,   M = diag(shift of each parameter's group)
 * </pre>
 *
 * <p>By Woodbury's identity with K = I + B M^-1 B^T, an m by m matrix,
 *
 * <pre>
 *   A^-1 (B^T u + t) = M^-1 t + M^-1 B^T K^-1 (u - B M^-1 t)
 *   Tr_c(A^-1) = n_c / shift_c - Tr(K^-1 B_c B_c^T) / shift_c^2,   log|A| = sum over c of n_c log shift_c + log|K|
 * </pre>
 *
 * <p>so that an implementation solves whichever system is the smaller one. Not thread-safe; the same calls give the same bits
 * on any number of threads. Closing lends its memory to the next one that the same source opens.
 */
public interface Linearisation extends AutoCloseable {

    /**
     * Makes them; may be called by several threads at a time, each linearisation stays with one. Closing releases the memory that
     * they lend each other, and comes with the end of the session that it was given to.
     */
    interface Source extends AutoCloseable {
        /**
         * Opens one.
         *
         * @param groups of the trained parameters
         * @throws EngineException when a matrix of it is larger than memory, or an array, takes
         */
        Linearisation open(Network network, DataSet data, int[] rows, ParameterGroups groups);

        /**
         * How it computes so many rows, in a line for the log.
         *
         * @throws EngineException where {@link #open} would throw it, as far as that can be told
         */
        String method(Network network, int rows);

        @Override
        default void close() {
            // What is in the heap needs none.
        }
    }

    /** Outputs, {@code [R, O]}, valid until the next call. */
    double[] outputs(double[] parameters);

    /**
     * Linearises at parameters whose outputs were the last asked for.
     *
     * @param scale diagonal of S, {@code [m]}
     * @return whether B is finite
     */
    boolean differentiate(double[] parameters, double[] scale);

    /** B x, {@code [m]}. */
    double[] times(double[] x);

    /** B^T u, {@code [n]}. */
    double[] transposedTimes(double[] u);

    /**
     * A^-1 (B^T u + t). Another call with the same shift, right after one, needs no new factor.
     *
     * @param shift by group, above 0
     * @param u {@code [m]}
     * @param t {@code [n]}
     * @return {@code [n]}, or null where the system is not positive definite to rounding
     */
    double @Nullable [] solve(double[] shift, double[] u, double[] t);

    /**
     * What B and M say of the fit.
     *
     * @param shift by group, above 0
     * @return null where the system is not positive definite to rounding
     */
    @Nullable
    Fit fit(double[] shift);

    /**
     * Variances of linear combinations of the outputs at other inputs: g A^-1 g^T, g the combination's derivatives by the
     * trained parameters at the parameters of {@link #differentiate}.
     *
     * @param shift by group, above 0
     * @param inputs {@code [rows, inputs]}
     * @param outputWeights {@code [O]}
     * @return {@code [rows]}, or null where the system is not positive definite to rounding
     */
    double @Nullable [] variances(double[] shift, double[] inputs, int rows, double[] outputWeights);

    @Override
    void close();

    /**
     * Traces of a linearisation.
     *
     * @param effective gamma_c = n_c - shift_c Tr_c(A^-1) = Tr(K^-1 B_c B_c^T) / shift_c by group: how many of the group's
     *     parameters the rows determine (MacKay, Neural Computation 4 (1992) 415, doi:10.1162/neco.1992.4.3.415)
     * @param logDeterminant log|A|
     * @param leverages {@code [m]}: the diagonal of B A^-1 B^T = I - K^-1
     */
    record Fit(double[] effective, double logDeterminant, double[] leverages) {}
}
