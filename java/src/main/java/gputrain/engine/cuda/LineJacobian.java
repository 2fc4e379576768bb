package gputrain.engine.cuda;

import gputrain.model.ParameterGroups;
import java.util.Arrays;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Derivatives as a matrix, of any network: its lines are outputs where the system is dual, parameters where it is primal. */
final class LineJacobian implements DeviceJacobian {
    /** Blocks that write it. */
    private static final int WRITERS = 1024;

    private final LinearisationMemory memory;
    private final DeviceRows rows;
    private final ParameterGroups groups;
    private final boolean primal;
    private final int n;
    private final int m;
    private final int lines;
    private final int columns;
    private final int stride;
    private final CUdeviceptr trained;

    LineJacobian(
            LinearisationMemory memory,
            LinearisedNetwork network,
            DeviceRows rows,
            ParameterGroups groups,
            boolean primal) {
        this.memory = memory;
        this.rows = rows;
        this.groups = groups;
        this.primal = primal;
        this.n = groups.trained().length;
        this.m = rows.rows() * network.network().outputs();
        this.lines = primal ? n : m;
        this.columns = primal ? m : n;
        this.stride = KernelModule.tiles(columns) * KernelModule.TILE;
        this.trained = memory.put("trained", groups.trained());
    }

    private CUdeviceptr matrix() {
        return memory.doubles("derivatives", (long) KernelModule.tiles(lines) * KernelModule.TILE * stride);
    }

    @Override
    public double[] differentiated(double[] parameters) {
        write(rows, parameters, primal, matrix(), stride);
        return squares(matrix(), lines, columns, stride, null);
    }

    /** Writes derivatives, lines of outputs or, transposed, of parameters. */
    private void write(DeviceRows of, double[] parameters, boolean transposed, CUdeviceptr to, int toStride) {
        int count = transposed ? n : of.count();
        long values = (long) KernelModule.tiles(count) * KernelModule.TILE * toStride;
        memory.module()
                .queue(
                        memory.launch("derivatives")
                                .argument(of.bytes())
                                .argument(memory.put("parameters", parameters))
                                .argument(trained)
                                .argument(n)
                                .argument(of.values())
                                .argument(of.slopes())
                                .argument(of.count())
                                .argument(of.ofRow())
                                .argument(transposed ? 1 : 0)
                                .argument(to)
                                .argument((long) toStride),
                        Math.min(WRITERS, (values + 255) / 256));
    }

    private double[] squares(CUdeviceptr of, int count, int width, int ofStride, @Nullable CUdeviceptr weights) {
        CUdeviceptr sums = memory.doubles("sums", count);
        Launch launch = memory.launch("line_squares")
                .argument(of)
                .argument((long) ofStride)
                .argument(count)
                .argument(width);
        launch = weights == null ? launch.none() : launch.argument(weights);
        memory.module().queue(launch.argument(sums), DeviceRows.blocks(count));
        return memory.get(sums, count);
    }

    @Override
    public double[] times(double[] x) {
        return primal ? columnSums(x) : lineSums(x);
    }

    @Override
    public double[] transposedTimes(double[] u) {
        return primal ? lineSums(u) : columnSums(u);
    }

    private double[] lineSums(double[] x) {
        CUdeviceptr product = memory.doubles("product", lines);
        memory.module().queue(vector("line_times", x).argument(product), DeviceRows.blocks(lines));
        return memory.get(product, lines);
    }

    private double[] columnSums(double[] u) {
        CUdeviceptr product = memory.doubles("product", columns);
        memory.module().queue(vector("line_transposed", u).argument(product), (columns + 31) / 32);
        return memory.get(product, columns);
    }

    private Launch vector(String kernel, double[] vector) {
        return memory.launch(kernel)
                .argument(matrix())
                .argument((long) stride)
                .argument(lines)
                .argument(columns)
                .argument(memory.put("vector", vector));
    }

    @Override
    public void system(double[] shift, double smallest, CUdeviceptr to, int tiles) {
        double[] diagonal = new double[n];
        for (int k = 0; k < n; k++) {
            diagonal[k] = shift[groups.groups()[k]];
        }
        if (primal) {
            products(matrix(), lines, stride, null, true, 0, memory.put("diagonal", diagonal), to, tiles);
        } else {
            CUdeviceptr weights = byColumn(diagonal, smallest);
            products(matrix(), lines, stride, weights, true, smallest, null, to, tiles);
        }
    }

    /** Reciprocals of the shifts times a number, continued to whole products. */
    private CUdeviceptr byColumn(double[] shifts, double by) {
        double[] weights = new double[LinearisedNetwork.whole(n)];
        for (int k = 0; k < n; k++) {
            weights[k] = by / shifts[k];
        }
        return memory.put("column weights", weights);
    }

    /** Lines of some matrix by those of this one. */
    private void products(
            CUdeviceptr p,
            int count,
            int pStride,
            @Nullable CUdeviceptr weights,
            boolean symmetric,
            double shift,
            @Nullable CUdeviceptr diagonal,
            CUdeviceptr to,
            int tiles) {
        Launch launch = memory.launch("line_products")
                .argument(p)
                .argument((long) pStride)
                .argument(count)
                .argument(matrix())
                .argument((long) stride)
                .argument(lines)
                .argument(LinearisedNetwork.whole(columns));
        launch = weights == null ? launch.none() : launch.argument(weights);
        launch = launch.argument(symmetric ? 1 : 0).argument(shift);
        launch = diagonal == null ? launch.none() : launch.argument(diagonal);
        memory.module()
                .queue(
                        launch.argument(tiles).argument(to).argument((long) tiles * KernelModule.TILE),
                        (long) KernelModule.tiles(count) * tiles);
    }

    @Override
    public double[] traces(CUdeviceptr inverse, int tiles) {
        double[] traces = new double[groups.count()];
        CUdeviceptr partial = memory.doubles("partial", (long) tiles * tiles);
        for (int c = 0; c < traces.length; c++) {
            double[] alone = new double[LinearisedNetwork.whole(n)];
            for (int k = 0; k < n; k++) {
                alone[k] = groups.groups()[k] == c ? 1 : 0;
            }
            memory.module()
                    .queue(
                            memory.launch("line_traces")
                                    .argument(inverse)
                                    .argument((long) tiles * KernelModule.TILE)
                                    .argument(tiles)
                                    .argument(matrix())
                                    .argument((long) stride)
                                    .argument(lines)
                                    .argument(alone.length)
                                    .argument(memory.put("column weights", alone))
                                    .argument(partial),
                            (long) tiles * tiles);
            double[] sums = memory.get(partial, tiles * tiles);
            for (int row = 0; row < tiles; row++) {
                for (int column = 0; column <= row; column++) {
                    traces[c] += sums[row * tiles + column];
                }
            }
        }
        return traces;
    }

    @Override
    public double[] beside(DeviceRows others, double[] parameters, double[] shift, CUdeviceptr to, int tiles) {
        if (primal) {
            write(others, parameters, false, to, tiles * KernelModule.TILE);
            return new double[others.count()];
        }
        double[] shifts =
                Arrays.stream(groups.groups()).mapToDouble(c -> shift[c]).toArray();
        int lineTiles = KernelModule.tiles(others.count());
        CUdeviceptr g = memory.doubles("other derivatives", (long) lineTiles * KernelModule.TILE * stride);
        write(others, parameters, false, g, stride);
        CUdeviceptr weights = byColumn(shifts, 1);
        products(g, others.count(), stride, weights, false, 0, null, to, tiles);
        return squares(g, others.count(), columns, stride, weights);
    }
}
