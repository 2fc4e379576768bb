package gputrain.engine;

import gputrain.model.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Argument checks of every {@link KernelSession}. */
public final class KernelChecks {
    private KernelChecks() {}

    /**
     * The kernel fits the points.
     *
     * @throws IllegalArgumentException when a kernel with classes has no coordinate beside the class
     */
    public static void requireFits(Kernel kernel, KernelProblem problem) {
        if (kernel instanceof Kernel.GaussianWithClasses && problem.columns() < 2) {
            throw new IllegalArgumentException("a kernel with classes needs a coordinate beside the class");
        }
    }

    /**
     * The kernel, once assembled.
     *
     * @throws IllegalStateException when nothing is assembled
     */
    public static Kernel assembled(@Nullable Kernel kernel) {
        if (kernel == null) {
            throw new IllegalStateException("assemble a kernel first");
        }
        return kernel;
    }

    /**
     * The factorisation, once there.
     *
     * @throws IllegalStateException when nothing is factorised
     */
    public static <T> T factorised(@Nullable T factorisation) {
        if (factorisation == null) {
            throw new IllegalStateException("factorise first");
        }
        return factorisation;
    }

    /**
     * The noise is one that the kernel takes.
     *
     * @throws IllegalArgumentException when the noise is negative, not finite, or the kernel takes none
     */
    public static void requireNoise(Kernel kernel, double noise) {
        if (!(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the noise must be finite and not negative: " + noise);
        }
        if (kernel instanceof Kernel.Distance && noise != 0) {
            throw new IllegalArgumentException("radial basis function interpolation takes no noise: " + noise);
        }
    }

    /**
     * Points fit the problem.
     *
     * @throws IllegalArgumentException when the length does not fit or a coordinate is not finite
     */
    public static void requirePoints(double[] coordinates, int rows, int columns) {
        KernelProblem.checkPoints(coordinates, rows, columns);
    }

    /**
     * The kernel has the variance asked for.
     *
     * @throws IllegalArgumentException when a variance is asked for that does not exist
     */
    public static void requireVariance(Kernel kernel, boolean variance) {
        if (variance && kernel instanceof Kernel.Distance) {
            throw new IllegalArgumentException("radial basis function interpolation gives no variance");
        }
    }

    /**
     * Whether a Cholesky factor is made of rounding errors.
     *
     * @param largest element of the diagonal before the factorisation
     * @return the first pivot below what the rounding errors of n points add up to, or -1
     */
    public static int smallPivot(double[] factor, int n, double largest) {
        double least = n * Math.ulp(1.0) * largest;
        for (int i = 0; i < n; i++) {
            double pivot = factor[i * n + i];
            if (!(pivot * pivot > least)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * One value per point.
     *
     * @throws IllegalArgumentException when the length is not the number of points
     */
    public static void requireRows(String what, double[] values, int rows) {
        if (values.length != rows) {
            throw new IllegalArgumentException(what + ": " + values.length + " values, expected " + rows);
        }
    }

    /**
     * The points of each block.
     *
     * @throws IllegalArgumentException when a number is out of range or missing, or a block has all points
     */
    public static List<int[]> blocks(int[] blocks, int rows) {
        if (blocks.length != rows) {
            throw new IllegalArgumentException("blocks: " + blocks.length + " values, expected " + rows);
        }
        List<List<Integer>> members = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            if (blocks[i] < -1 || blocks[i] >= rows) {
                throw new IllegalArgumentException("block of point " + i + " out of range: " + blocks[i]);
            }
            while (members.size() <= blocks[i]) {
                members.add(new ArrayList<>());
            }
            if (blocks[i] >= 0) {
                members.get(blocks[i]).add(i);
            }
        }
        for (int b = 0; b < members.size(); b++) {
            if (members.get(b).isEmpty()) {
                throw new IllegalArgumentException("no point is in block " + b);
            }
            if (members.get(b).size() == rows) {
                throw new IllegalArgumentException("block " + b + " has all points: nothing would be left to fit to");
            }
        }
        return members.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }
}
