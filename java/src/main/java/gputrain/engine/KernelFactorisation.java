package gputrain.engine;

import org.jspecify.annotations.Nullable;

/** K + noise I in a form that can be solved with. */
interface KernelFactorisation {

    double logDeterminant();

    /** (K + noise I)^-1 b, in place. */
    void solve(double[] b);

    /** Diagonal of (K + noise I)^-1. */
    double[] inverseDiagonal();

    /** Rows and columns of (K + noise I)^-1 that belong to some points, {@code [rows.length, rows.length]}. */
    double[] inverseBlock(int[] rows);

    /** Errors of leaving out some points, where that is less work than their {@link #inverseBlock}; otherwise null. */
    default double @Nullable [] leaveOut(int[] rows) {
        return null;
    }

    /**
     * Mean and variance at new points.
     *
     * @param coefficients (K + noise I)^-1 y
     */
    Posterior predict(double[] points, int rows, double[] coefficients, boolean variance);
}
