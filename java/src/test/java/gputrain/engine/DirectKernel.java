package gputrain.engine;

import gputrain.model.Kernel;

/** Kernel models by their definitions: the equations element by element, Gaussian elimination with pivoting. */
final class DirectKernel {
    private DirectKernel() {}

    /** Mean and variance of the function at a point. */
    record Point(double mean, double variance) {}

    static double value(Kernel kernel, KernelProblem a, int i, KernelProblem b, int j) {
        int columns = a.columns();
        boolean classes = kernel instanceof Kernel.GaussianWithClasses;
        double r2 = 0;
        double sum = 0;
        for (int n = 0; n < columns - (classes ? 1 : 0); n++) {
            double d = a.coordinates()[i * columns + n] - b.coordinates()[j * columns + n];
            r2 += d * d;
            if (kernel instanceof Kernel.Additive additive) {
                sum += Math.exp(-d * d / (2 * additive.length() * additive.length()));
            }
        }
        if (kernel instanceof Kernel.Additive additive) {
            return additive.scale() * sum;
        }
        if (kernel instanceof Kernel.Gaussian gaussian) {
            return Math.exp(-r2 / (2 * gaussian.length() * gaussian.length()));
        }
        if (kernel instanceof Kernel.GaussianWithClasses oddEven) {
            boolean same = a.coordinates()[i * columns + columns - 1] == b.coordinates()[j * columns + columns - 1];
            return Math.exp(-r2 / (2 * oddEven.length() * oddEven.length()))
                    + (same
                            ? oddEven.weight() * Math.exp(-r2 / (2 * oddEven.classLength() * oddEven.classLength()))
                            : 0);
        }
        return Math.sqrt(r2);
    }

    static double[][] matrix(Kernel kernel, KernelProblem problem, double noise) {
        int n = problem.rows();
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i][j] = value(kernel, problem, i, problem, j) + (i == j ? noise : 0);
            }
        }
        return matrix;
    }

    static double[] coefficients(Kernel kernel, KernelProblem problem, double noise) {
        return eliminate(matrix(kernel, problem, noise), problem.targets().clone());
    }

    static double[] multiply(Kernel kernel, KernelProblem problem, double noise, double[] x) {
        double[][] matrix = matrix(kernel, problem, noise);
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x.length; j++) {
                result[i] += matrix[i][j] * x[j];
            }
        }
        return result;
    }

    static double logDeterminant(Kernel kernel, KernelProblem problem, double noise) {
        double[][] matrix = matrix(kernel, problem, noise);
        eliminate(matrix, new double[problem.rows()]);
        double sum = 0;
        for (int i = 0; i < matrix.length; i++) {
            sum += Math.log(Math.abs(matrix[i][i]));
        }
        return sum;
    }

    static Point at(Kernel kernel, KernelProblem problem, double noise, KernelProblem points, int i) {
        double[] cross = new double[problem.rows()];
        for (int j = 0; j < cross.length; j++) {
            cross[j] = value(kernel, points, i, problem, j);
        }
        double[] c = coefficients(kernel, problem, noise);
        double[] solved = eliminate(matrix(kernel, problem, noise), cross.clone());
        double mean = 0;
        double variance = kernel.diagonal(problem.columns());
        for (int j = 0; j < cross.length; j++) {
            mean += cross[j] * c[j];
            variance -= cross[j] * solved[j];
        }
        return new Point(mean, variance);
    }

    /** Solves in place; the matrix becomes upper triangular, rows exchanged. */
    private static double[] eliminate(double[][] a, double[] b) {
        int n = b.length;
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                if (Math.abs(a[i][k]) > Math.abs(a[pivot][k])) {
                    pivot = i;
                }
            }
            double[] row = a[k];
            a[k] = a[pivot];
            a[pivot] = row;
            double value = b[k];
            b[k] = b[pivot];
            b[pivot] = value;
            for (int i = k + 1; i < n; i++) {
                double factor = a[i][k] / a[k][k];
                for (int j = k; j < n; j++) {
                    a[i][j] -= factor * a[k][j];
                }
                b[i] -= factor * b[k];
            }
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int j = i + 1; j < n; j++) {
                b[i] -= a[i][j] * b[j];
            }
            b[i] /= a[i][i];
        }
        return b;
    }
}
