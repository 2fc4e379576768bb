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

    /**
     * Adds what a layer of a dense network contributes to the products of its outputs' derivatives with each other: {@code
     * (h_i . h_j + 1) (d_i . d_j)} for the outputs i of the rows of a and j of those of b.
     *
     * @param result {@code [a.count outputs, b.count outputs]}
     */
    default void addLayerProducts(LayerRows a, LayerRows b, double[] result) {
        int outputs = a.outputs();
        int high = a.count() * outputs;
        int wide = b.count() * outputs;
        double[] hh = new double[a.count() * b.count()];
        double[] dd = new double[high * wide];
        multiplyTransposed(a.ownInputs(), b.ownInputs(), a.count(), a.inputs(), b.count(), hh);
        multiplyTransposed(a.ownDerivatives(), b.ownDerivatives(), high, a.units(), wide, dd);
        for (int i = 0; i < high; i++) {
            int row = i / outputs * b.count();
            if (outputs == 1) {
                // The same as below, as a loop that the compiler makes vectors of.
                for (int j = 0; j < wide; j++) {
                    result[row + j] += (hh[row + j] + 1) * dd[row + j];
                }
            } else {
                for (int j = 0; j < wide; j++) {
                    result[i * wide + j] += (hh[row + j / outputs] + 1) * dd[i * wide + j];
                }
            }
        }
    }
}
