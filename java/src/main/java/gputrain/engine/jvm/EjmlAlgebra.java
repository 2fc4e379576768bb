package gputrain.engine.jvm;

import gputrain.engine.DenseAlgebra;
import gputrain.engine.EngineException;
import gputrain.model.Kernel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.jspecify.annotations.Nullable;

/** Dense operations in Java: kernels directly from their equations, everything else from EJML. */
final class EjmlAlgebra implements DenseAlgebra {
    /** A triangle of this size is inverted element by element. */
    private static final int SMALL = 32;

    @Override
    public void assemble(Kernel kernel, double[] a, int rowsA, double[] b, int rowsB, int columns, double[] result) {
        boolean symmetric = a == b;
        IntStream.range(0, rowsA).parallel().forEach(i -> {
            for (int j = 0; j < (symmetric ? i + 1 : rowsB); j++) {
                result[i * rowsB + j] = value(kernel, a, i * columns, b, j * columns, columns);
            }
        });
        for (int i = 0; symmetric && i < rowsA; i++) {
            for (int j = 0; j < i; j++) {
                result[j * rowsB + i] = result[i * rowsB + j];
            }
        }
    }

    /** The kernel of two points, as its equation says it. */
    static double value(Kernel kernel, double[] a, int atA, double[] b, int atB, int columns) {
        if (kernel instanceof Kernel.Additive additive) {
            double factor = -0.5 / (additive.length() * additive.length());
            double sum = 0;
            for (int n = 0; n < columns; n++) {
                double d = a[atA + n] - b[atB + n];
                sum += Math.exp(factor * d * d);
            }
            return sum * additive.scale();
        }
        boolean classes = kernel instanceof Kernel.GaussianWithClasses;
        int distances = classes ? columns - 1 : columns;
        double squares = 0;
        for (int n = 0; n < distances; n++) {
            double d = a[atA + n] - b[atB + n];
            squares += d * d;
        }
        if (kernel instanceof Kernel.Gaussian gaussian) {
            return Math.exp(-0.5 / (gaussian.length() * gaussian.length()) * squares);
        }
        if (kernel instanceof Kernel.GaussianWithClasses oddEven) {
            double value = Math.exp(-0.5 / (oddEven.length() * oddEven.length()) * squares);
            return a[atA + distances] == b[atB + distances]
                    ? value
                            + oddEven.weight()
                                    * Math.exp(-0.5 / (oddEven.classLength() * oddEven.classLength()) * squares)
                    : value;
        }
        return Math.sqrt(squares);
    }

    @Override
    public int cholesky(double[] matrix, int n) {
        DMatrixRMaj copy = view(matrix.clone(), n, n);
        CholeskyDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.chol(n, true);
        if (!decomposition.decompose(copy)) {
            return failingPivot(matrix, n);
        }
        System.arraycopy(decomposition.getT(null).data, 0, matrix, 0, n * n);
        return -1;
    }

    /** Where the factorisation ends; the library does not say. */
    private static int failingPivot(double[] matrix, int n) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i * n + j];
                for (int k = 0; k < j; k++) {
                    sum -= matrix[i * n + k] * matrix[j * n + k];
                }
                if (i == j && !(sum > 0)) {
                    return i;
                }
                matrix[i * n + j] = i == j ? Math.sqrt(sum) : sum / matrix[j * n + j];
            }
        }
        return n - 1;
    }

    @Override
    public void invert(double[] factor, int n) {
        DMatrixRMaj inverse = inverseOfLower(view(factor, n, n), 0, n);
        CommonOps_MT_DDRM.multTransA(inverse, inverse, view(factor, n, n));
    }

    /** L^-1 of a diagonal block: by halves, so that nearly all of it is products. */
    private static DMatrixRMaj inverseOfLower(DMatrixRMaj lower, int from, int to) {
        int n = to - from;
        DMatrixRMaj inverse = new DMatrixRMaj(n, n);
        if (n <= SMALL) {
            for (int j = 0; j < n; j++) {
                inverse.set(j, j, 1 / lower.get(from + j, from + j));
                for (int i = j + 1; i < n; i++) {
                    double sum = 0;
                    for (int k = j; k < i; k++) {
                        sum -= lower.get(from + i, from + k) * inverse.get(k, j);
                    }
                    inverse.set(i, j, sum / lower.get(from + i, from + i));
                }
            }
            return inverse;
        }
        int middle = from + n / 2;
        DMatrixRMaj first = inverseOfLower(lower, from, middle);
        DMatrixRMaj second = inverseOfLower(lower, middle, to);
        DMatrixRMaj below = CommonOps_DDRM.extract(lower, middle, to, from, middle);
        DMatrixRMaj product = new DMatrixRMaj(to - middle, middle - from);
        CommonOps_MT_DDRM.mult(second, below, product);
        CommonOps_MT_DDRM.mult(-1, product, first, below);
        CommonOps_DDRM.insert(first, inverse, 0, 0);
        CommonOps_DDRM.insert(second, inverse, n / 2, n / 2);
        CommonOps_DDRM.insert(below, inverse, n / 2, 0);
        return inverse;
    }

    @Override
    public void solveLower(double[] factor, int n, double[] b, int columns) {
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                subtract(b, i * columns, factor[i * n + k], k * columns, columns);
            }
            divide(b, i * columns, factor[i * n + i], columns);
        }
    }

    @Override
    public void solve(double[] factor, int n, double[] b, int columns) {
        solveLower(factor, n, b, columns);
        for (int i = n - 1; i >= 0; i--) {
            divide(b, i * columns, factor[i * n + i], columns);
            for (int k = 0; k < i; k++) {
                subtract(b, k * columns, factor[i * n + k], i * columns, columns);
            }
        }
    }

    /** b[to ..] -= weight * b[from ..], a row each. */
    private static void subtract(double[] b, int to, double weight, int from, int columns) {
        for (int c = 0; c < columns; c++) {
            b[to + c] -= weight * b[from + c];
        }
    }

    private static void divide(double[] b, int at, double by, int columns) {
        for (int c = 0; c < columns; c++) {
            b[at + c] /= by;
        }
    }

    @Override
    public double[] eigen(double[] matrix, int n) {
        EigenDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.eig(n, true, true);
        if (!decomposition.decompose(view(matrix.clone(), n, n))) {
            throw new EngineException("the eigenvalues of a " + n + " x " + n + " matrix did not converge");
        }
        double[] values = IntStream.range(0, n)
                .mapToDouble(i -> decomposition.getEigenvalue(i).getReal())
                .toArray();
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int k = 0; k < n; k++) {
            double[] vector = decomposition.getEigenVector(order[k]).data;
            for (int i = 0; i < n; i++) {
                matrix[i * n + k] = vector[i];
            }
        }
        return Arrays.stream(order).mapToDouble(i -> values[i]).toArray();
    }

    @Override
    public void multiply(double[] a, double[] b, int m, int k, int n, double[] result) {
        CommonOps_MT_DDRM.mult(view(a, m, k), view(b, k, n), view(result, m, n));
    }

    @Override
    public void multiplyTransposed(double[] a, double[] b, int m, int k, int n, double[] result) {
        CommonOps_MT_DDRM.multTransB(view(a, m, k), view(b, n, k), view(result, m, n));
    }

    @Override
    public @Nullable Factor factorShifted(double[] matrix, int n, double shift) {
        double[] factor = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                // The library reads the other triangle.
                factor[i * n + j] = matrix[i * n + j];
                factor[j * n + i] = matrix[i * n + j];
            }
            factor[i * n + i] += shift;
        }
        if (cholesky(factor, n) >= 0) {
            return null;
        }
        return new Factor() {
            @Override
            public void solve(double[] b) {
                EjmlAlgebra.this.solve(factor, n, b, 1);
            }

            @Override
            public void close() {
                // The garbage collector has it.
            }
        };
    }

    @Override
    public void gram(double[] a, int m, int n, double[] result) {
        CommonOps_MT_DDRM.multTransA(view(a, m, n), view(a, m, n), view(result, n, n));
    }

    @Override
    public void outer(double[] a, int m, int n, double[] result) {
        CommonOps_MT_DDRM.multTransB(view(a, m, n), view(a, m, n), view(result, m, m));
    }

    private static DMatrixRMaj view(double[] data, int rows, int columns) {
        return DMatrixRMaj.wrap(rows, columns, data);
    }
}
