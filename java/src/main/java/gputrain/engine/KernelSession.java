package gputrain.engine;

import gputrain.model.Kernel;
import java.util.List;

/**
 * A kernel model on one set of points: posterior of f with y_i = f(x_i) + noise and covariance K, in float64. Not
 * thread-safe. Closing releases native and device memory.
 *
 * <p>The order of calls: {@link #assemble}, {@link #factorise}, and then any of the others.
 */
public interface KernelSession extends AutoCloseable {

    /**
     * Computes the matrix K of the points.
     *
     * @throws IllegalArgumentException when the kernel does not fit the coordinates
     */
    void assemble(Kernel kernel);

    /** K, {@code [rows, rows]}, without noise. */
    double[] matrix();

    /**
     * Prepares to solve with K + noise I.
     *
     * @param noise delta of Eq. 2 of Liu, Manzhos and Wu, at least 0, in units of the kernel; 0 for {@link Kernel.Distance}
     * @throws NotPositiveDefiniteException when the noise is too small for the matrix; never adds to the diagonal by itself
     */
    void factorise(double noise);

    /** log det (K + noise I); NaN for {@link Kernel.Distance}. */
    double logDeterminant();

    /** (K + noise I)^-1 times a vector. */
    double[] solve(double[] rightHandSide);

    /** c = (K + noise I)^-1 y, Eq. 2. */
    double[] coefficients();

    /**
     * Leaves out one block after another. With F the block, e_F = [(K^-1)_FF]^-1 (K^-1 y)_F, where K includes the noise:
     * what fitting to the other points would give, without fitting again. The variances are the diagonal of
     * [(K^-1)_FF]^-1.
     *
     * @param blocks {@code [rows]} the number of each point's block, from 0 without gaps; -1: never left out, error NaN
     */
    HeldOut leaveOut(int[] blocks, boolean variances);

    /**
     * Errors of {@link #leaveOut} for several noises with one matrix; leaves the session factorised with the last one.
     *
     * @return one array per noise; all NaN where the matrix with that noise is not positive definite
     */
    List<double[]> crossValidate(double[] noises, int[] blocks);

    /**
     * The posterior at new points.
     *
     * @param coordinates {@code [rows, columns]}
     * @throws IllegalArgumentException when a variance of {@link Kernel.Distance} is asked for
     */
    Posterior predict(double[] coordinates, int rows, boolean variance);

    /** How the engine computes this model, in a line for the log. */
    String method();

    @Override
    void close();

    /** Blocks of one point each: leave-one-out. */
    static int[] single(int rows) {
        int[] blocks = new int[rows];
        for (int i = 0; i < rows; i++) {
            blocks[i] = i;
        }
        return blocks;
    }
}
