package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.Linearisation;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
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

    /** Which system is solved, and how the derivatives are kept. */
    enum Form {
        PRIMAL,
        DUAL,
        /** Dual, with derivatives that are outer products. */
        FACTORS;

        /** The one with the fewest operations. */
        static Form of(LinearisedNetwork network, int rows, ParameterGroups groups) {
            double n = groups.trained().length;
            double m = (double) rows * network.network().outputs();
            boolean factors = !network.factors().isEmpty()
                    && network.factors().stream().allMatch(factor -> factor.group(groups) >= 0);
            double product = factors ? network.depth() : n;
            return n * n * (m + n / 3) < m * m * (product + m / 3) ? PRIMAL : factors ? FACTORS : DUAL;
        }
    }

    /**
     * Makes them. Each replica under way has memory of its own, so that the threads of their loops need not wait for each
     * other, but all kernels of a GPU run one after another: a factorisation has blocks for the whole of it.
     */
    static final class Source implements Linearisation.Source, AutoCloseable {
        private final int[] devices;
        private final List<LinearisationMemory> all = new ArrayList<>();
        private final Deque<LinearisationMemory> idle = new ArrayDeque<>();
        private boolean closed;

        Source(List<Integer> devices) {
            this.devices = devices.stream().mapToInt(Integer::intValue).toArray();
        }

        @Override
        public Linearisation open(Network network, DataSet data, int[] rows, ParameterGroups groups) {
            LinearisedNetwork linearised = new LinearisedNetwork(network);
            Form form = Form.of(linearised, rows.length, groups);
            requireStorable(network, rows.length, groups, form);
            return open(linearised, data, rows, groups, form);
        }

        Linearisation open(LinearisedNetwork network, DataSet data, int[] rows, ParameterGroups groups, Form form) {
            LinearisationMemory memory = take();
            try {
                return new CudaLinearisation(this, memory, network, data, rows, groups, form);
            } catch (RuntimeException | Error e) {
                give(memory);
                throw e;
            }
        }

        @Override
        public String method(Network network, int rows) {
            ParameterGroups groups = ParameterGroups.one(network);
            Form form = Form.of(new LinearisedNetwork(network), rows, groups);
            requireStorable(network, rows, groups, form);
            return "float64 on GPU " + devices[0]
                    + switch (form) {
                        case PRIMAL -> ", one equation for each parameter";
                        case DUAL -> ", one equation for each output of each row";
                        case FACTORS -> ", one equation for each output of each row, derivatives by layers";
                    };
        }

        /** The CPU engines' bound: a plan that runs here goes on there. */
        private static void requireStorable(Network network, int rows, ParameterGroups groups, Form form) {
            long m = (long) rows * network.outputs();
            long n = groups.trained().length;
            long side = form == Form.PRIMAL ? n : m;
            requireStorable(side, side);
            if (form != Form.FACTORS) {
                requireStorable(m, n);
            }
        }

        private static void requireStorable(long height, long width) {
            if (height * width > Integer.MAX_VALUE - 8) {
                throw new EngineException("second-order training needs a matrix of " + height + " by " + width
                        + ", more than an array takes: fewer rows or parameters, or a first-order optimiser");
            }
        }

        private synchronized LinearisationMemory take() {
            if (closed) {
                throw new IllegalStateException("the session is closed");
            }
            LinearisationMemory memory = idle.poll();
            if (memory == null) {
                memory = new LinearisationMemory(devices[all.size() % devices.length]);
                all.add(memory);
            }
            return memory;
        }

        private synchronized void give(LinearisationMemory memory) {
            idle.add(memory);
        }

        @Override
        public synchronized void close() {
            closed = true;
            all.forEach(LinearisationMemory::close);
            all.clear();
            idle.clear();
        }
    }

    private final Source source;
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

    private CudaLinearisation(
            Source source,
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
