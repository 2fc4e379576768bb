package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.Linearisation;
import gputrain.engine.cuda.CudaLinearisations.Form;
import gputrain.model.ParameterGroups;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * A linearisation on a GPU, in float64: rows, derivatives and systems stay there, vectors cross the bus. Of the dual system
 * s_0 K is solved, s_0 the smallest shift, which does not overflow where that is next to nothing.
 */
final class CudaLinearisation implements Linearisation {
    /** Other rows whose variances are computed at a time. */
    private static final int ROWS_AT_ONCE = 2048;

    private final CudaLinearisations source;
    private final LinearisationMemory memory;
    private final KernelModule module;
    private final LinearisedNetwork network;
    private final ParameterGroups groups;
    private final boolean primal;
    private final int m;
    private final int side;
    private final int tiles;
    private final int stride;
    private final DeviceRows rows;
    private final DeviceJacobian jacobian;
    private double[] point = {};
    /** The shifts whose factor is in memory; empty where there is none. */
    private double[] factorised = {};

    /** @param memory goes back to the source on {@link #close} */
    CudaLinearisation(
            CudaLinearisations source,
            LinearisationMemory memory,
            LinearisedNetwork network,
            DataSet data,
            int[] rowNumbers,
            ParameterGroups groups,
            Form form) {
        this.source = source;
        this.memory = memory;
        this.module = memory.module();
        this.network = network;
        this.groups = groups;
        this.primal = form == Form.PRIMAL;
        this.m = rowNumbers.length * network.network().outputs();
        this.side = primal ? groups.trained().length : m;
        this.tiles = KernelModule.tiles(side);
        this.stride = tiles * KernelModule.TILE;
        memory.use();
        int width = network.network().inputs();
        double[] inputs = new double[rowNumbers.length * width];
        for (int r = 0; r < rowNumbers.length; r++) {
            System.arraycopy(data.inputs(), rowNumbers[r] * width, inputs, r * width, width);
        }
        this.rows = new DeviceRows(memory, network, "rows", inputs, rowNumbers.length);
        this.jacobian = form == Form.FACTORS
                ? new FactorJacobian(memory, network, rows, groups)
                : new LineJacobian(memory, network, rows, groups, primal);
        // Taken at once, so that a GPU that is too small says so before the first epoch.
        memory.doubles("matrix", (long) stride * stride);
    }

    @Override
    public double[] outputs(double[] parameters) {
        memory.use();
        return memory.get(rows.forward(parameters), m);
    }

    @Override
    public boolean differentiate(double[] parameters, double[] scale) {
        memory.use();
        factorised = new double[0];
        point = parameters.clone();
        rows.differentiate(scale);
        return Arrays.stream(jacobian.differentiated(parameters)).allMatch(Double::isFinite);
    }

    @Override
    public double[] times(double[] x) {
        memory.use();
        return jacobian.times(x);
    }

    @Override
    public double[] transposedTimes(double[] u) {
        memory.use();
        return jacobian.transposedTimes(u);
    }

    @Override
    public double @Nullable [] solve(double[] shift, double[] u, double[] t) {
        memory.use();
        if (!factorise(shift)) {
            return null;
        }
        int n = t.length;
        if (primal) {
            double[] right = jacobian.transposedTimes(u);
            for (int k = 0; k < n; k++) {
                right[k] += t[k];
            }
            return solved(right);
        }
        int[] group = groups.groups();
        double[] x = new double[n];
        for (int k = 0; k < n; k++) {
            x[k] = t[k] / shift[group[k]];
        }
        double[] right = u.clone();
        if (Arrays.stream(t).anyMatch(one -> one != 0)) {
            double[] projected = jacobian.times(x);
            for (int i = 0; i < m; i++) {
                right[i] -= projected[i];
            }
        }
        double[] d = jacobian.transposedTimes(solved(right));
        double smallest = smallest(shift);
        for (int k = 0; k < n; k++) {
            x[k] += d[k] * (smallest / shift[group[k]]);
        }
        return x;
    }

    private static double smallest(double[] shift) {
        return Arrays.stream(shift).min().orElseThrow();
    }

    /** Whether there is a factor of the system now. */
    private boolean factorise(double[] shift) {
        if (Arrays.equals(factorised, shift)) {
            return true;
        }
        factorised = new double[0];
        CUdeviceptr matrix = matrix();
        jacobian.system(shift, smallest(shift), matrix, tiles);
        CUdeviceptr status = memory.put("status", new int[] {-1});
        module.together(
                module.launch("factorise")
                        .argument(matrix)
                        .argument((long) stride)
                        .argument(tiles)
                        .argument(0.0)
                        .argument(module.arrivals())
                        .argument(status)
                        .argument(memory.doubles("factor's diagonal", stride)),
                module.blocks((long) tiles * (tiles + 1) / 2));
        int[] pivot = new int[1];
        module.device().copyOut(Pointer.to(pivot), status, Sizeof.INT);
        if (pivot[0] >= 0) {
            return false;
        }
        factorised = shift.clone();
        return true;
    }

    private CUdeviceptr matrix() {
        return memory.doubles("matrix", (long) stride * stride);
    }

    /** The factorised system's solution for a right-hand side. */
    private double[] solved(double[] right) {
        CUdeviceptr x = memory.put("right-hand side", Arrays.copyOf(right, stride));
        module.together(
                module.launch("solve")
                        .argument(matrix())
                        .argument((long) stride)
                        .argument(tiles)
                        .argument(x)
                        .argument(module.arrivals()),
                module.blocks(tiles));
        return memory.get(x, side);
    }

    /** W of the inverse W W^T of the factorised system. */
    private CUdeviceptr inverse() {
        CUdeviceptr inverse = memory.doubles("inverse", (long) stride * stride);
        module.together(
                module.launch("invert")
                        .argument(matrix())
                        .argument((long) stride)
                        .argument(tiles)
                        .argument(inverse)
                        .argument(module.arrivals()),
                module.blocks((long) tiles * (tiles + 1) / 2));
        return inverse;
    }

    /** Of each line, of which there are whole tiles, the sum of its squares. */
    private double[] squares(CUdeviceptr matrix, int lines) {
        CUdeviceptr sums = memory.doubles("sums", lines);
        module.queue(
                module.launch("products")
                        .argument(matrix)
                        .argument((long) stride)
                        .argument(lines)
                        .argument(stride)
                        .none()
                        .argument(sums),
                module.blocks(lines));
        return memory.get(sums, lines);
    }

    /** L^-1 of each line's transpose, in place. */
    private void solveLower(CUdeviceptr lines, int count) {
        int lineTiles = KernelModule.tiles(count);
        module.together(
                module.launch("solve_lower")
                        .argument(matrix())
                        .argument((long) stride)
                        .argument(tiles)
                        .argument(lines)
                        .argument(lineTiles)
                        .argument(module.arrivals()),
                module.blocks((long) tiles * lineTiles));
    }

    @Override
    public @Nullable Fit fit(double[] shift) {
        memory.use();
        if (!factorise(shift)) {
            return null;
        }
        double logDeterminant = 0;
        for (double pivot : memory.get(memory.doubles("factor's diagonal", stride), side)) {
            logDeterminant += 2 * Math.log(pivot);
        }
        CUdeviceptr inverse = inverse();
        double[] diagonal = squares(inverse, side);
        int[] group = groups.groups();
        if (primal) {
            double[] effective = new double[groups.count()];
            for (int k = 0; k < side; k++) {
                effective[group[k]] += 1 - shift[group[k]] * diagonal[k];
            }
            CUdeviceptr lines = besideMemory(m);
            jacobian.beside(rows, point, shift, lines, tiles);
            solveLower(lines, m);
            return new Fit(effective, logDeterminant, squares(lines, m));
        }
        double smallest = smallest(shift);
        double[] effective = jacobian.traces(inverse, tiles);
        for (int c = 0; c < effective.length; c++) {
            effective[c] *= smallest / shift[c];
        }
        double[] leverages = new double[m];
        for (int i = 0; i < m; i++) {
            leverages[i] = 1 - smallest * diagonal[i];
        }
        // log|A| = log|M| + log|K|
        logDeterminant -= side * Math.log(smallest);
        for (int c : group) {
            logDeterminant += Math.log(shift[c]);
        }
        return new Fit(effective, logDeterminant, leverages);
    }

    private CUdeviceptr besideMemory(int count) {
        return memory.doubles("beside", (long) KernelModule.tiles(count) * KernelModule.TILE * stride);
    }

    @Override
    public double @Nullable [] variances(double[] shift, double[] inputs, int count, double[] outputWeights) {
        memory.use();
        if (!factorise(shift)) {
            return null;
        }
        int width = network.network().inputs();
        double[] variances = new double[count];
        for (int from = 0; from < count; from += ROWS_AT_ONCE) {
            int some = Math.min(ROWS_AT_ONCE, count - from);
            double[] at = Arrays.copyOfRange(inputs, from * width, (from + some) * width);
            DeviceRows others = new DeviceRows(memory, network, "other rows", at, some);
            others.forward(point);
            others.differentiateCombined(outputWeights);
            CUdeviceptr lines = besideMemory(some);
            double[] prior = jacobian.beside(others, point, shift, lines, tiles);
            solveLower(lines, some);
            double[] explained = squares(lines, some);
            // g A^-1 g^T is |L^-1 g^T|^2, or g M^-1 g^T - s_0 |L^-1 B M^-1 g^T|^2.
            double sign = primal ? 1 : -smallest(shift);
            for (int r = 0; r < some; r++) {
                // A difference of two large numbers may end below.
                variances[from + r] = Math.max(0, prior[r] + sign * explained[r]);
            }
        }
        return variances;
    }

    @Override
    public void close() {
        source.give(memory);
    }
}
