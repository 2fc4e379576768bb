package gputrain.engine;

import gputrain.model.Kernel;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * K = Phi Phi^T of an additive kernel and the eigenvectors of Phi^T Phi = V S V^T, of the size of the rank instead of the
 * number of points. One decomposition serves every noise: with U = Phi V, (K + noise I)^-1 = [I - U (S + noise)^-1 U^T] /
 * noise.
 */
final class LowRankMatrix {
    private final KernelProblem problem;
    private final Kernel.Additive kernel;
    private final DenseAlgebra algebra;
    private final AdditiveFeatures features;
    private final double[] values;
    private final double[] vectors;
    private final double[] rotated;
    private final IdentityHashMap<int[], double[]> grams = new IdentityHashMap<>();

    LowRankMatrix(KernelProblem problem, Kernel.Additive kernel, DenseAlgebra algebra, AdditiveFeatures features) {
        this.problem = problem;
        this.kernel = kernel;
        this.algebra = algebra;
        this.features = features;
        int n = problem.rows();
        int rank = features.rank();
        double[] phi = features.at(problem.coordinates(), n);
        this.vectors = new double[rank * rank];
        algebra.gram(phi, n, rank, vectors);
        this.values = algebra.eigen(vectors, rank);
        for (int i = 0; i < rank; i++) {
            values[i] = Math.max(0, values[i]);
        }
        this.rotated = new double[n * rank];
        algebra.multiply(phi, vectors, n, rank, rank, rotated);
    }

    int rank() {
        return features.rank();
    }

    /** Rows of U. */
    private double[] rotated(int[] rows) {
        int rank = values.length;
        double[] some = new double[rows.length * rank];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rotated, rows[i] * rank, some, i * rank, rank);
        }
        return some;
    }

    /** U_F^T U_F of a block F, the same for every noise. */
    private double[] gram(int[] rows) {
        return grams.computeIfAbsent(rows, block -> {
            double[] gram = new double[values.length * values.length];
            algebra.gram(rotated(block), block.length, values.length, gram);
            return gram;
        });
    }

    KernelFactorisation with(double noise) {
        return new WithNoise(noise);
    }

    private final class WithNoise implements KernelFactorisation {
        private final double noise;
        private final double[] weights;

        WithNoise(double noise) {
            this.noise = noise;
            this.weights = Arrays.stream(values).map(s -> 1 / (s + noise)).toArray();
        }

        @Override
        public double logDeterminant() {
            double sum = (problem.rows() - weights.length) * Math.log(noise);
            for (double weight : weights) {
                sum -= Math.log(weight);
            }
            return sum;
        }

        @Override
        public void solve(double[] b) {
            double[] along = weighted(b);
            int rank = along.length;
            for (int i = 0; i < b.length; i++) {
                double fitted = 0;
                for (int k = 0; k < rank; k++) {
                    fitted += rotated[i * rank + k] * along[k];
                }
                b[i] = (b[i] - fitted) / noise;
            }
        }

        /** (S + noise)^-1 U^T b. */
        private double[] weighted(double[] b) {
            int rank = weights.length;
            double[] along = new double[rank];
            for (int i = 0; i < b.length; i++) {
                for (int k = 0; k < rank; k++) {
                    along[k] += rotated[i * rank + k] * b[i];
                }
            }
            for (int k = 0; k < rank; k++) {
                along[k] *= weights[k];
            }
            return along;
        }

        @Override
        public double[] inverseDiagonal() {
            int rank = weights.length;
            double[] diagonal = new double[problem.rows()];
            for (int i = 0; i < diagonal.length; i++) {
                double hat = 0;
                for (int k = 0; k < rank; k++) {
                    double u = rotated[i * rank + k];
                    hat += u * u * weights[k];
                }
                diagonal[i] = (1 - hat) / noise;
            }
            return diagonal;
        }

        @Override
        public double[] inverseBlock(int[] rows) {
            int rank = weights.length;
            int m = rows.length;
            double[] roots = Arrays.stream(weights).map(Math::sqrt).toArray();
            double[] scaled = new double[m * rank];
            for (int i = 0; i < m; i++) {
                for (int k = 0; k < rank; k++) {
                    scaled[i * rank + k] = rotated[rows[i] * rank + k] * roots[k];
                }
            }
            double[] block = new double[m * m];
            algebra.outer(scaled, m, rank, block);
            for (int i = 0; i < block.length; i++) {
                block[i] = -block[i] / noise;
            }
            for (int i = 0; i < m; i++) {
                block[i * m + i] += 1 / noise;
            }
            return block;
        }

        /**
         * The fit without F in the features: [S + noise - U_F^T U_F] b = U^T y - U_F^T y_F, e_F = y_F - U_F b. Pays
         * where there are fewer features than points in F.
         */
        @Override
        public double @Nullable [] leaveOut(int[] rows) {
            int rank = weights.length;
            if (rank >= rows.length) {
                return null;
            }
            double[] some = rotated(rows);
            double[] matrix = gram(rows).clone();
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] = -matrix[i];
            }
            double[] solution = weighted(problem.targets());
            for (int k = 0; k < rank; k++) {
                matrix[k * rank + k] += values[k] + noise;
                solution[k] /= weights[k];
            }
            for (int i = 0; i < rows.length; i++) {
                for (int k = 0; k < rank; k++) {
                    solution[k] -= some[i * rank + k] * problem.targets()[rows[i]];
                }
            }
            int pivot = algebra.cholesky(matrix, rank);
            if (pivot >= 0) {
                throw new NotPositiveDefiniteException(noise, rows[0]);
            }
            algebra.solve(matrix, rank, solution, 1);
            double[] errors = new double[rows.length];
            for (int i = 0; i < rows.length; i++) {
                double fitted = 0;
                for (int k = 0; k < rank; k++) {
                    fitted += some[i * rank + k] * solution[k];
                }
                errors[i] = problem.targets()[rows[i]] - fitted;
            }
            return errors;
        }

        @Override
        public Posterior predict(double[] points, int rows, double[] coefficients, boolean variance) {
            int rank = weights.length;
            double[] phi = features.at(points, rows);
            double[] along = new double[rows * rank];
            algebra.multiply(phi, vectors, rows, rank, rank, along);
            double[] weightsOfMean = weighted(problem.targets());
            double[] mean = new double[rows];
            double[] variances = new double[variance ? rows : 0];
            double diagonal = kernel.diagonal(problem.columns());
            for (int i = 0; i < rows; i++) {
                double sum = 0;
                double explained = 0;
                double left = 0;
                for (int k = 0; k < rank; k++) {
                    double u = along[i * rank + k];
                    sum += u * weightsOfMean[k];
                    explained += u * u;
                    left += u * u * weights[k];
                }
                mean[i] = sum;
                if (variance) {
                    variances[i] = Math.max(0, diagonal - explained) + noise * left;
                }
            }
            return new Posterior(mean, variances);
        }
    }
}
