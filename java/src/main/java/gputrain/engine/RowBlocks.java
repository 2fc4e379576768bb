package gputrain.engine;

/** A symmetric matrix of as many rows and columns as a network has outputs, for every row of data. */
final class RowBlocks {
    private final int rows;
    private final int outputs;
    private final double[] values;

    RowBlocks(int rows, int outputs) {
        this.rows = rows;
        this.outputs = outputs;
        this.values = new double[rows * outputs * outputs];
    }

    double get(int row, int k, int l) {
        return values[(row * outputs + k) * outputs + l];
    }

    /** Sets an entry and the one that mirrors it. */
    void set(int row, int k, int l, double value) {
        values[(row * outputs + k) * outputs + l] = value;
        values[(row * outputs + l) * outputs + k] = value;
    }

    /** (this - other) / divisor. */
    RowBlocks minus(RowBlocks other, double divisor) {
        RowBlocks difference = new RowBlocks(rows, outputs);
        for (int i = 0; i < values.length; i++) {
            difference.values[i] = (values[i] - other.values[i]) / divisor;
        }
        return difference;
    }

    /** (S z)^T block (S z), {@code scale} of all rows. */
    double quadratic(int row, double[] z, double[] scale) {
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            for (int l = 0; l < outputs; l++) {
                sum += scale[row * outputs + k] * z[k] * get(row, k, l) * z[l] * scale[row * outputs + l];
            }
        }
        return sum;
    }

    /**
     * z of (I - S block S) z = S r, by elimination; I - S block S has eigenvalues between 0 and 1.
     *
     * @param residuals of all rows
     */
    double[] leftOut(int row, double[] residuals, double[] scale) {
        double[][] a = new double[outputs][outputs + 1];
        for (int k = 0; k < outputs; k++) {
            double s = scale[row * outputs + k];
            for (int l = 0; l < outputs; l++) {
                a[k][l] = (k == l ? 1 : 0) - s * get(row, k, l) * scale[row * outputs + l];
            }
            a[k][outputs] = s * residuals[row * outputs + k];
        }
        for (int c = 0; c < outputs; c++) {
            for (int k = c + 1; k < outputs; k++) {
                double factor = a[k][c] / a[c][c];
                for (int l = c; l <= outputs; l++) {
                    a[k][l] -= factor * a[c][l];
                }
            }
        }
        double[] z = new double[outputs];
        for (int k = outputs - 1; k >= 0; k--) {
            z[k] = a[k][outputs];
            for (int l = k + 1; l < outputs; l++) {
                z[k] -= a[k][l] * z[l];
            }
            z[k] /= a[k][k];
        }
        return z;
    }
}
