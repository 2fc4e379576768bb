package gputrain.engine;

import gputrain.model.Kernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cholesky factor of the whole matrix; its inverse when blocks of it are asked for.
 *
 * <p>The matrix D of distances is not positive definite, P = s 1 1^T - D with a large enough s is. It is factorised
 * instead, and D^-1 = -[P^-1 + g u u^T] with u = P^-1 1 and g = s / (1 - s 1^T u) follows from Sherman and Morrison's
 * formula.
 */
final class DenseFactorisation implements KernelFactorisation {
    /** Rows of new points whose kernel with all points is in memory at a time. */
    private static final int CHUNK = 512;

    private final KernelProblem problem;
    private final Kernel kernel;
    private final DenseAlgebra algebra;
    private final double[] factor;
    private final double[] shiftSolution;
    private double shiftWeight;
    private double @Nullable [] inverse;

    /**
     * @param matrix K, left as it is
     * @throws NotPositiveDefiniteException when it cannot be factorised
     */
    DenseFactorisation(KernelProblem problem, Kernel kernel, DenseAlgebra algebra, double[] matrix, double noise) {
        this.problem = problem;
        this.kernel = kernel;
        this.algebra = algebra;
        int n = problem.rows();
        this.factor = matrix.clone();
        double shift = 0;
        if (kernel instanceof Kernel.Distance) {
            shift = shift(matrix);
            for (int i = 0; i < factor.length; i++) {
                factor[i] = shift - factor[i];
            }
        }
        for (int i = 0; i < n; i++) {
            factor[i * n + i] += noise;
        }
        double largest = largestDiagonal(n);
        int pivot = algebra.cholesky(factor, n);
        if (pivot < 0) {
            pivot = KernelChecks.smallPivot(factor, n, largest);
        }
        if (pivot >= 0) {
            throw new NotPositiveDefiniteException(noise, pivot);
        }
        this.shiftSolution = new double[kernel instanceof Kernel.Distance ? n : 0];
        if (kernel instanceof Kernel.Distance) {
            Arrays.fill(shiftSolution, 1);
            algebra.solve(factor, n, shiftSolution, 1);
            double sum = Arrays.stream(shiftSolution).sum();
            shiftWeight = shift / (1 - shift * sum);
            if (!(shiftWeight < 0 && shiftWeight > Double.NEGATIVE_INFINITY)) {
                // One point: its distance to itself is no system to solve.
                throw new NotPositiveDefiniteException(noise, n - 1);
            }
        }
    }

    private double largestDiagonal(int n) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, factor[i * n + i]);
        }
        return largest;
    }

    /** Twice the largest distance: s 1 1^T - D is positive definite, and well conditioned as such matrices go. */
    private static double shift(double[] distances) {
        double largest = Arrays.stream(distances).max().orElse(0);
        return largest > 0 ? 2 * largest : 1;
    }

    @Override
    public double logDeterminant() {
        if (shiftSolution.length > 0) {
            return Double.NaN;
        }
        int n = problem.rows();
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += 2 * Math.log(factor[i * n + i]);
        }
        return sum;
    }

    @Override
    public void solve(double[] b) {
        double along = 0;
        for (int i = 0; i < shiftSolution.length; i++) {
            along += shiftSolution[i] * b[i];
        }
        algebra.solve(factor, problem.rows(), b, 1);
        for (int i = 0; i < shiftSolution.length; i++) {
            b[i] = -(b[i] + shiftWeight * along * shiftSolution[i]);
        }
    }

    private double[] inverse() {
        double[] there = inverse;
        if (there == null) {
            there = factor.clone();
            algebra.invert(there, problem.rows());
            inverse = there;
        }
        return there;
    }

    private double element(double[] plain, int i, int j) {
        double value = plain[i * problem.rows() + j];
        return shiftSolution.length == 0 ? value : -(value + shiftWeight * shiftSolution[i] * shiftSolution[j]);
    }

    @Override
    public double[] inverseDiagonal() {
        double[] plain = inverse();
        double[] diagonal = new double[problem.rows()];
        for (int i = 0; i < diagonal.length; i++) {
            diagonal[i] = element(plain, i, i);
        }
        return diagonal;
    }

    @Override
    public double[] inverseBlock(int[] rows) {
        double[] plain = inverse();
        int m = rows.length;
        double[] block = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                block[i * m + j] = element(plain, rows[i], rows[j]);
            }
        }
        return block;
    }

    @Override
    public Posterior predict(double[] points, int rows, double[] coefficients, boolean variance) {
        int n = problem.rows();
        int columns = problem.columns();
        double[] mean = new double[rows];
        double[] variances = new double[variance ? rows : 0];
        for (int from = 0; from < rows; from += CHUNK) {
            int count = Math.min(CHUNK, rows - from);
            double[] some = Arrays.copyOfRange(points, from * columns, (from + count) * columns);
            double[] cross = new double[count * n];
            algebra.assemble(kernel, some, count, problem.coordinates(), n, columns, cross);
            for (int i = 0; i < count; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += cross[i * n + j] * coefficients[j];
                }
                mean[from + i] = sum;
            }
            if (variance) {
                double[] solved = transposed(cross, count, n);
                algebra.solveLower(factor, n, solved, count);
                double diagonal = kernel.diagonal(columns);
                for (int i = 0; i < count; i++) {
                    double explained = 0;
                    for (int j = 0; j < n; j++) {
                        explained += solved[j * count + i] * solved[j * count + i];
                    }
                    variances[from + i] = Math.max(0, diagonal - explained);
                }
            }
        }
        return new Posterior(mean, variances);
    }

    private static double[] transposed(double[] matrix, int rows, int columns) {
        double[] result = new double[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = matrix[i * columns + j];
            }
        }
        return result;
    }
}
