package gputrain.engine;

import gputrain.model.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Features Phi with Phi Phi^T = K for an additive kernel, to rounding. A one-dimensional Gaussian kernel has a small
 * numerical rank, about 3 / L on [0, 1]; pivoted Cholesky on each coordinate by itself finds it, and the features of all
 * coordinates side by side make those of the sum.
 */
final class AdditiveFeatures {
    /** Prior variance, of 1 for each coordinate, that may stay unexplained. */
    private static final double TOLERANCE = 1e-15;

    private final Kernel.Additive kernel;
    private final int columns;
    private final List<Coordinate> coordinates;
    private final int rank;

    private AdditiveFeatures(Kernel.Additive kernel, int columns, List<Coordinate> coordinates) {
        this.kernel = kernel;
        this.columns = columns;
        this.coordinates = coordinates;
        this.rank = coordinates.stream().mapToInt(one -> one.pivots.length).sum();
    }

    /** The features of a problem's points; empty when there would be more than {@code most} of them. */
    static Optional<AdditiveFeatures> of(KernelProblem problem, Kernel.Additive kernel, int most) {
        List<Coordinate> coordinates = new ArrayList<>();
        int left = most;
        for (int c = 0; c < problem.columns(); c++) {
            double[] values = new double[problem.rows()];
            for (int i = 0; i < values.length; i++) {
                values[i] = problem.coordinates()[i * problem.columns() + c];
            }
            Optional<Coordinate> one =
                    Coordinate.of(Arrays.stream(values).distinct().toArray(), kernel.length(), left);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            coordinates.add(one.get());
            left -= one.get().pivots.length;
        }
        return Optional.of(new AdditiveFeatures(kernel, problem.columns(), coordinates));
    }

    int rank() {
        return rank;
    }

    /** {@code [rows, rank]} of any points. */
    double[] at(double[] points, int rows) {
        double[] features = new double[rows * rank];
        double root = Math.sqrt(kernel.scale());
        int first = 0;
        for (int c = 0; c < columns; c++) {
            Coordinate one = coordinates.get(c);
            for (int i = 0; i < rows; i++) {
                one.at(points[i * columns + c], root, features, i * rank + first);
            }
            first += one.pivots.length;
        }
        return features;
    }

    /** One coordinate: the pivots, and the lower triangle of their kernel's Cholesky factor, row after row. */
    private static final class Coordinate {
        private final double factor;
        private final double[] pivots;
        private final double[][] triangle;

        private Coordinate(double factor, double[] pivots, double[][] triangle) {
            this.factor = factor;
            this.pivots = pivots;
            this.triangle = triangle;
        }

        static Optional<Coordinate> of(double[] values, double length, int most) {
            double factor = -0.5 / (length * length);
            double[] unexplained = new double[values.length];
            Arrays.fill(unexplained, 1);
            List<double[]> columns = new ArrayList<>();
            List<Integer> pivots = new ArrayList<>();
            while (true) {
                int pivot = 0;
                for (int i = 1; i < values.length; i++) {
                    if (unexplained[i] > unexplained[pivot]) {
                        pivot = i;
                    }
                }
                if (unexplained[pivot] < TOLERANCE) {
                    break;
                }
                if (pivots.size() == most) {
                    return Optional.empty();
                }
                double[] column = new double[values.length];
                for (int i = 0; i < values.length; i++) {
                    double d = values[i] - values[pivot];
                    column[i] = Math.exp(factor * d * d);
                }
                for (double[] earlier : columns) {
                    double weight = earlier[pivot];
                    for (int i = 0; i < values.length; i++) {
                        column[i] -= weight * earlier[i];
                    }
                }
                double root = Math.sqrt(unexplained[pivot]);
                for (int i = 0; i < values.length; i++) {
                    column[i] /= root;
                    unexplained[i] -= column[i] * column[i];
                }
                column[pivot] = root;
                unexplained[pivot] = 0;
                columns.add(column);
                pivots.add(pivot);
            }
            double[][] triangle = new double[pivots.size()][];
            for (int k = 0; k < triangle.length; k++) {
                triangle[k] = new double[k + 1];
                for (int j = 0; j <= k; j++) {
                    triangle[k][j] = columns.get(j)[pivots.get(k)];
                }
            }
            return Optional.of(new Coordinate(
                    factor, pivots.stream().mapToDouble(i -> values[i]).toArray(), triangle));
        }

        /** Solves triangle * feature = kernel with the pivots. */
        void at(double value, double root, double[] features, int offset) {
            for (int k = 0; k < pivots.length; k++) {
                double d = value - pivots[k];
                double sum = Math.exp(factor * d * d) * root;
                double[] line = triangle[k];
                for (int j = 0; j < k; j++) {
                    sum -= line[j] * features[offset + j];
                }
                features[offset + k] = sum / line[k];
            }
        }
    }
}
