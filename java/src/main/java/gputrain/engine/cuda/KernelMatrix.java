package gputrain.engine.cuda;

import gputrain.engine.KernelProblem;
import gputrain.engine.NotPositiveDefiniteException;
import gputrain.engine.Posterior;
import gputrain.model.Kernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * The matrix of a kernel model on a GPU: its factor there, and the operations on it. Assembling the matrix takes less time
 * than factorising it by far, so it is not kept beside the factor.
 */
final class KernelMatrix {
    private static final int SHIFTED_DISTANCE = 4;

    private final KernelProblem problem;
    private final KernelModule module;
    private final Device device;
    private final int tiles;
    private final int stride;
    private final long most;
    private final CUdeviceptr coordinates;
    private final CUdeviceptr vector;
    private @Nullable CUdeviceptr factor;
    private @Nullable CUdeviceptr inverse;
    private boolean inverted;

    /** @param most doubles of the rows that {@link #rows} and {@link #predict} have in memory at a time, about */
    KernelMatrix(KernelProblem problem, KernelModule module, long most) {
        this.problem = problem;
        this.module = module;
        this.device = module.device();
        this.tiles = KernelModule.tiles(problem.rows());
        this.stride = tiles * KernelModule.TILE;
        this.most = most;
        this.coordinates = device.upload(problem.coordinates());
        this.vector = device.allocate((long) Sizeof.DOUBLE * stride);
    }

    /** Rows and columns, and values from one row to the next. */
    int stride() {
        return stride;
    }

    int tiles() {
        return tiles;
    }

    /** K, {@code [rows, rows]}. */
    double[] rows(Kernel kernel) {
        int n = problem.rows();
        double[] matrix = new double[n * n];
        int atOnce = chunk(n);
        CUdeviceptr some = device.allocate((long) Sizeof.DOUBLE * atOnce * stride);
        try {
            for (int from = 0; from < n; from += atOnce) {
                int count = Math.min(atOnce, n - from);
                cross(
                        kernel,
                        Device.address(coordinates, (long) Sizeof.DOUBLE * from * problem.columns()),
                        count,
                        some);
                double[] wide = new double[count * stride];
                device.copyOut(Pointer.to(wide), some, (long) Sizeof.DOUBLE * wide.length);
                for (int i = 0; i < count; i++) {
                    System.arraycopy(wide, i * stride, matrix, (from + i) * n, n);
                }
            }
        } finally {
            device.free(some);
        }
        return matrix;
    }

    /**
     * Factorises the matrix with noise on its diagonal; that of distances as shift - r.
     *
     * @param shift for distances, otherwise 0
     * @return the factor's diagonal
     * @throws NotPositiveDefiniteException when a pivot is made of rounding errors
     */
    double[] factorise(Kernel kernel, double noise, double shift) {
        boolean distance = kernel instanceof Kernel.Distance;
        inverted = false;
        assemble(spec(kernel, distance ? SHIFTED_DISTANCE : kind(kernel), shift, noise, true), null);
        int n = problem.rows();
        double largest = distance ? shift : kernel.diagonal(problem.columns()) + noise;
        CUdeviceptr status = device.upload(new int[] {-1});
        double[] diagonal = new double[n];
        try {
            module.together(
                    module.launch("factorise")
                            .argument(factor())
                            .argument((long) stride)
                            .argument(tiles)
                            .argument(n * Math.ulp(1.0) * largest)
                            .argument(module.arrivals())
                            .argument(status)
                            .argument(vector),
                    module.blocks((long) tiles * (tiles + 1) / 2));
            int[] pivot = new int[1];
            device.copyOut(Pointer.to(pivot), status, Sizeof.INT);
            if (pivot[0] >= 0) {
                throw new NotPositiveDefiniteException(noise, pivot[0]);
            }
            device.copyOut(Pointer.to(diagonal), vector, (long) Sizeof.DOUBLE * n);
        } finally {
            device.free(status);
        }
        return diagonal;
    }

    /** The largest distance of two points. */
    double largestDistance() {
        double[] most = new double[tiles * tiles];
        CUdeviceptr largest = device.upload(most);
        try {
            assemble(spec(new Kernel.Distance(), kind(new Kernel.Distance()), 0, 0, true), largest);
            device.copyOut(Pointer.to(most), largest, (long) Sizeof.DOUBLE * most.length);
        } finally {
            device.free(largest);
        }
        return Arrays.stream(most).max().orElse(0);
    }

    private void assemble(byte[] spec, @Nullable CUdeviceptr largest) {
        Launch launch = module.launch("covariance")
                .argument(spec)
                .argument(coordinates)
                .argument(problem.rows())
                .argument(coordinates)
                .argument(problem.rows())
                .argument(tiles)
                .argument(1)
                .argument(factor())
                .argument((long) stride);
        module.apart(largest == null ? launch.none() : launch.argument(largest), (long) tiles * tiles);
    }

    /** L L^T solved for one right-hand side. */
    double[] solve(double[] rightHandSide) {
        put(rightHandSide);
        module.together(
                module.launch("solve")
                        .argument(factor())
                        .argument((long) stride)
                        .argument(tiles)
                        .argument(vector)
                        .argument(module.arrivals()),
                module.blocks(tiles));
        double[] solution = new double[problem.rows()];
        device.copyOut(Pointer.to(solution), vector, (long) Sizeof.DOUBLE * solution.length);
        return solution;
    }

    private void put(double[] values) {
        double[] padded = Arrays.copyOf(values, stride);
        device.copyIn(vector, Pointer.to(padded), (long) Sizeof.DOUBLE * stride);
    }

    /** L^-T; stays in memory. */
    CUdeviceptr inverse() {
        CUdeviceptr there = inverse;
        if (there == null) {
            there = device.allocate((long) Sizeof.DOUBLE * stride * stride);
            inverse = there;
        }
        if (!inverted) {
            module.together(
                    module.launch("invert")
                            .argument(factor())
                            .argument((long) stride)
                            .argument(tiles)
                            .argument(there)
                            .argument(module.arrivals()),
                    module.blocks((long) tiles * (tiles + 1) / 2));
            inverted = true;
        }
        return there;
    }

    /** Diagonal of (L L^T)^-1. */
    double[] inverseDiagonal() {
        return products(inverse(), problem.rows(), null);
    }

    /**
     * The posterior at points.
     *
     * @param coefficients that multiply the kernel
     */
    Posterior predict(Kernel kernel, double[] points, int rows, double[] coefficients, boolean variance) {
        double[] mean = new double[rows];
        double[] variances = new double[variance ? rows : 0];
        if (rows == 0) {
            return new Posterior(mean, variances);
        }
        double prior = kernel.diagonal(problem.columns());
        int atOnce = chunk(rows);
        CUdeviceptr at = device.upload(points);
        try {
            CUdeviceptr cross = device.allocate((long) Sizeof.DOUBLE * atOnce * stride);
            try {
                put(coefficients);
                for (int from = 0; from < rows; from += atOnce) {
                    int count = Math.min(atOnce, rows - from);
                    cross(kernel, Device.address(at, (long) Sizeof.DOUBLE * from * problem.columns()), count, cross);
                    System.arraycopy(products(cross, count, vector), 0, mean, from, count);
                    if (variance) {
                        solveLower(cross, KernelModule.tiles(count));
                        double[] explained = products(cross, count, null);
                        for (int i = 0; i < count; i++) {
                            variances[from + i] = Math.max(0, prior - explained[i]);
                        }
                    }
                }
            } finally {
                device.free(cross);
            }
        } finally {
            device.free(at);
        }
        return new Posterior(mean, variances);
    }

    private void solveLower(CUdeviceptr rows, int rowTiles) {
        module.together(
                module.launch("solve_lower")
                        .argument(factor())
                        .argument((long) stride)
                        .argument(tiles)
                        .argument(rows)
                        .argument(rowTiles)
                        .argument(module.arrivals()),
                module.blocks((long) tiles * rowTiles));
    }

    /** Kernel of some points with all of the problem's. */
    private void cross(Kernel kernel, long points, int rows, CUdeviceptr to) {
        module.apart(
                module.launch("covariance")
                        .argument(spec(kernel, kind(kernel), 0, 0, false))
                        .argument(points)
                        .argument(rows)
                        .argument(coordinates)
                        .argument(problem.rows())
                        .argument(tiles)
                        .argument(0)
                        .argument(to)
                        .argument((long) stride)
                        .none(),
                (long) KernelModule.tiles(rows) * tiles);
    }

    /** Each row times a vector, or times itself. */
    private double[] products(CUdeviceptr matrix, int rows, @Nullable CUdeviceptr with) {
        double[] sums = new double[rows];
        CUdeviceptr out = device.allocate((long) Sizeof.DOUBLE * rows);
        try {
            Launch launch = module.launch("products")
                    .argument(matrix)
                    .argument((long) stride)
                    .argument(rows)
                    .argument(stride);
            module.apart((with == null ? launch.none() : launch.argument(with)).argument(out), module.blocks(rows));
            device.copyOut(Pointer.to(sums), out, (long) Sizeof.DOUBLE * rows);
        } finally {
            device.free(out);
        }
        return sums;
    }

    private CUdeviceptr factor() {
        CUdeviceptr there = factor;
        if (there == null) {
            there = device.allocate((long) Sizeof.DOUBLE * stride * stride);
            factor = there;
        }
        return there;
    }

    /** Rows at a time: whole tiles of them. */
    private int chunk(int rows) {
        long tileRows = Math.max(1, most / stride / KernelModule.TILE);
        return (int) Math.min(KernelModule.tiles(rows), tileRows) * KernelModule.TILE;
    }

    /** As GT_ADDITIVE, ... */
    private static int kind(Kernel kernel) {
        return kernel instanceof Kernel.Additive
                ? 0
                : kernel instanceof Kernel.Gaussian ? 1 : kernel instanceof Kernel.GaussianWithClasses ? 2 : 3;
    }

    /** A gt_covariance. */
    private byte[] spec(Kernel kernel, int kind, double shift, double noise, boolean symmetric) {
        double[] lengths = new double[3];
        if (kernel instanceof Kernel.Additive additive) {
            lengths = new double[] {additive.length(), 0, additive.scale()};
        } else if (kernel instanceof Kernel.Gaussian gaussian) {
            lengths = new double[] {gaussian.length(), 0, 0};
        } else if (kernel instanceof Kernel.GaussianWithClasses classes) {
            lengths = new double[] {classes.length(), classes.classLength(), classes.weight()};
        }
        ByteBuffer bytes = ByteBuffer.allocate(56).order(ByteOrder.nativeOrder());
        for (double value : lengths) {
            bytes.putDouble(value);
        }
        bytes.putDouble(shift).putDouble(noise);
        bytes.putInt(kind).putInt(problem.columns()).putInt(symmetric ? 1 : 0);
        return bytes.array();
    }
}
