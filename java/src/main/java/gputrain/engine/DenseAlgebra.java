package gputrain.engine;

import gputrain.model.Kernel;
import org.jspecify.annotations.Nullable;

/**
 * Dense float64 operations that kernel models and second-order training on a CPU are made of. Matrices are row-major arrays without padding. The
 * same call gives the same bits.
 */
public interface DenseAlgebra {

    /** Kernel of each point of a with each of b; the arrays may be one and the same. */
    void assemble(Kernel kernel, double[] a, int rowsA, double[] b, int rowsB, int columns, double[] result);

    /**
     * Cholesky factor L of a symmetric matrix, in place in its lower triangle; what is above is left undefined.
     *
     * @return -1, or the number of the pivot that was not positive
     */
    int cholesky(double[] matrix, int n);

    /** From L to the inverse of L L^T, in place, both triangles. */
    void invert(double[] factor, int n);

    /** L^-1 B, in place. */
    void solveLower(double[] factor, int n, double[] b, int columns);

    /** (L L^T)^-1 B, in place. */
    void solve(double[] factor, int n, double[] b, int columns);

    /** Eigenvalues, ascending, and eigenvectors, as columns in place of the symmetric matrix. */
    double[] eigen(double[] matrix, int n);

    /** A B; A is [m, k], B [k, n]. */
    void multiply(double[] a, double[] b, int m, int k, int n, double[] result);

    /** A B^T; A is [m, k], B [n, k]. */
    void multiplyTransposed(double[] a, double[] b, int m, int k, int n, double[] result);

    /**
     * Factorises A + shift I; A is symmetric, given by its lower triangle, and stays as it is.
     *
     * @return the factor, or null where a pivot is not positive
     */
    @Nullable
    Factor factorShifted(double[] matrix, int n, double shift);

    /** A Cholesky factor in memory of its own; closing lends that to the next one. */
    interface Factor extends AutoCloseable {

        /**
         * Solves (A + shift I) x = b.
         *
         * @param b {@code [n]}, becomes x
         */
        void solve(double[] b);

        @Override
        void close();
    }

    /** A^T A, both triangles; A is [m, n]. */
    void gram(double[] a, int m, int n, double[] result);

    /** A A^T, both triangles; A is [m, n]. */
    void outer(double[] a, int m, int n, double[] result);
}
