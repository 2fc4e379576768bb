package gputrain.engine.cpp;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotri;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;

import gputrain.engine.DenseAlgebra;
import gputrain.engine.EngineException;
import gputrain.engine.LayerRows;
import gputrain.model.Kernel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;

/**
 * Kernel matrices and products of a dense network's layers from our vector kernels, dense linear algebra from OpenBLAS. A row-major lower triangle is a
 * column-major upper one: LAPACK is called with that, so that it does not transpose.
 */
final class OpenBlasAlgebra implements DenseAlgebra {
    private static final byte UPPER = 'U';

    private final int threads;
    private final Queue<DoublePointer> factors = new ConcurrentLinkedQueue<>();

    OpenBlasAlgebra(int threads) {
        this.threads = threads;
        blas_set_num_threads(threads);
    }

    @Override
    public void assemble(Kernel kernel, double[] a, int rowsA, double[] b, int rowsB, int columns, double[] result) {
        int kind = 3;
        double length = 1;
        double classLength = 1;
        double weight = 1;
        if (kernel instanceof Kernel.Additive additive) {
            kind = 0;
            length = additive.length();
            weight = additive.scale();
        } else if (kernel instanceof Kernel.Gaussian gaussian) {
            kind = 1;
            length = gaussian.length();
        } else if (kernel instanceof Kernel.GaussianWithClasses oddEven) {
            kind = 2;
            length = oddEven.length();
            classLength = oddEven.classLength();
            weight = oddEven.weight();
        }
        CppSession.check(NativeCpu.gt_assemble(
                kind, length, classLength, weight, a, rowsA, a == b ? null : b, rowsB, columns, threads, result));
    }

    @Override
    public int cholesky(double[] matrix, int n) {
        int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, UPPER, n, matrix, n);
        requireArguments("dpotrf", info);
        // Not a number passes for positive in some of its blocks.
        for (int i = 0; info == 0 && i < n; i++) {
            if (!(matrix[i * n + i] > 0)) {
                return i;
            }
        }
        return info - 1;
    }

    @Override
    public void invert(double[] factor, int n) {
        requireArguments("dpotri", LAPACKE_dpotri(LAPACK_COL_MAJOR, UPPER, n, factor, n));
        mirror(factor, n);
    }

    @Override
    public void solveLower(double[] factor, int n, double[] b, int columns) {
        cblas_dtrsm(
                CblasRowMajor,
                openblas.CblasLeft,
                CblasLower,
                CblasNoTrans,
                openblas.CblasNonUnit,
                n,
                columns,
                1,
                factor,
                n,
                b,
                columns);
    }

    @Override
    public void solve(double[] factor, int n, double[] b, int columns) {
        if (columns == 1) {
            requireArguments("dpotrs", LAPACKE_dpotrs(LAPACK_COL_MAJOR, UPPER, n, 1, factor, n, b, n));
            return;
        }
        solveLower(factor, n, b, columns);
        cblas_dtrsm(
                CblasRowMajor,
                openblas.CblasLeft,
                CblasLower,
                CblasTrans,
                openblas.CblasNonUnit,
                n,
                columns,
                1,
                factor,
                n,
                b,
                columns);
    }

    @Override
    public double[] eigen(double[] matrix, int n) {
        double[] values = new double[n];
        int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, (byte) 'V', UPPER, n, matrix, n, values);
        requireArguments("dsyevd", info);
        if (info > 0) {
            throw new EngineException("dsyevd: the eigenvalues of a " + n + " x " + n + " matrix did not converge");
        }
        // Column-major vectors are rows here.
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double other = matrix[i * n + j];
                matrix[i * n + j] = matrix[j * n + i];
                matrix[j * n + i] = other;
            }
        }
        return values;
    }

    @Override
    public void multiply(double[] a, double[] b, int m, int k, int n, double[] result) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, result, n);
    }

    @Override
    public void multiplyTransposed(double[] a, double[] b, int m, int k, int n, double[] result) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, a, k, b, k, 0, result, n);
    }

    @Override
    public @Nullable Factor factorShifted(double[] matrix, int n, double shift) {
        // Memory of our own that is kept: an array would be copied to fresh pages and back.
        DoublePointer own = factors.poll();
        if (own == null || own.capacity() < (long) n * n) {
            own = new DoublePointer((long) n * n);
        }
        for (int i = 0; i < n; i++) {
            own.position((long) i * n).put(matrix, i * n, i + 1);
            own.put(i, matrix[i * n + i] + shift);
        }
        own.position(0);
        int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, UPPER, n, own, n);
        requireArguments("dpotrf", info);
        if (info > 0) {
            factors.add(own);
            return null;
        }
        return new OwnFactor(own, n);
    }

    private final class OwnFactor implements Factor {
        private final DoublePointer memory;
        private final int n;

        OwnFactor(DoublePointer memory, int n) {
            this.memory = memory;
            this.n = n;
        }

        @Override
        public void solve(double[] b) {
            try (DoublePointer x = new DoublePointer(b)) {
                requireArguments("dpotrs", LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, UPPER, n, 1, memory, n, x, n));
                x.get(b);
            }
        }

        @Override
        public void close() {
            factors.add(memory);
        }
    }

    @Override
    public void gram(double[] a, int m, int n, double[] result) {
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, m, 1, a, n, 0, result, n);
        mirror(result, n);
    }

    @Override
    public void outer(double[] a, int m, int n, double[] result) {
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, m, n, 1, a, n, 0, result, m);
        mirror(result, m);
    }

    @Override
    public void addLayerProducts(LayerRows a, LayerRows b, double[] result) {
        requireRows(a);
        requireRows(b);
        if (a.inputs() != b.inputs()
                || a.units() != b.units()
                || a.outputs() != b.outputs()
                || result.length < a.count() * a.outputs() * b.count() * b.outputs()) {
            throw new IllegalArgumentException("products of rows at different layers, or no room for them");
        }
        CppSession.check(NativeDerivatives.gt_add_layer_products(
                a.h(),
                a.d(),
                a.from(),
                a.from() + a.count(),
                b.h(),
                b.d(),
                b.from(),
                b.from() + b.count(),
                a.inputs(),
                a.units(),
                a.outputs(),
                result));
    }

    /** What the library cannot know. */
    private static void requireRows(LayerRows rows) {
        int end = rows.from() + rows.count();
        if (rows.h().length < end * rows.inputs() || rows.d().length < end * rows.outputs() * rows.units()) {
            throw new IllegalArgumentException("rows " + rows.from() + " to " + end + " of fewer");
        }
    }

    /** Upper triangle from the lower one. */
    private static void mirror(double[] matrix, int n) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                matrix[j * n + i] = matrix[i * n + j];
            }
        }
    }

    private static void requireArguments(String routine, int info) {
        if (info < 0) {
            throw new EngineException(routine + ": argument " + -info + " is wrong or not finite");
        }
    }
}
