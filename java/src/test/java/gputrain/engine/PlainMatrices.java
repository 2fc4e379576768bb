package gputrain.engine;

import java.util.Arrays;

/** Gauss-Jordan elimination with pivots. */
final class PlainMatrices {
    private PlainMatrices() {}

    static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = Arrays.copyOf(matrix[i], 2 * n);
            a[i][n + i] = 1;
        }
        eliminate(a, n);
        double[][] inverse = new double[n][];
        for (int i = 0; i < n; i++) {
            inverse[i] = Arrays.copyOfRange(a[i], n, 2 * n);
        }
        return inverse;
    }

    /** log of the absolute determinant. */
    static double logDeterminant(double[][] matrix) {
        double[][] a = new double[matrix.length][];
        for (int i = 0; i < a.length; i++) {
            a[i] = matrix[i].clone();
        }
        return eliminate(a, a.length);
    }

    /** Makes the first n columns those of the unit matrix; returns the log of the product of the pivots' sizes. */
    private static double eliminate(double[][] a, int n) {
        double log = 0;
        for (int c = 0; c < n; c++) {
            int pivot = c;
            for (int i = c; i < n; i++) {
                pivot = Math.abs(a[i][c]) > Math.abs(a[pivot][c]) ? i : pivot;
            }
            double[] row = a[pivot];
            a[pivot] = a[c];
            a[c] = row;
            double head = row[c];
            log += Math.log(Math.abs(head));
            for (int k = 0; k < row.length; k++) {
                row[k] /= head;
            }
            for (int i = 0; i < n; i++) {
                double factor = i == c ? 0 : a[i][c];
                for (int k = 0; factor != 0 && k < row.length; k++) {
                    a[i][k] -= factor * row[k];
                }
            }
        }
        return log;
    }
}
