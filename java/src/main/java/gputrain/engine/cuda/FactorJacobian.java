package gputrain.engine.cuda;

import gputrain.model.ParameterGroups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import jcuda.driver.CUdeviceptr;

/** Derivatives that are outer products, layer by layer, and never written down. Its systems are dual. */
final class FactorJacobian implements DeviceJacobian {
    private final LinearisationMemory memory;
    private final LinearisedNetwork network;
    private final DeviceRows rows;
    /** Of every factor. */
    private final int[] group;

    private final int groups;

    FactorJacobian(LinearisationMemory memory, LinearisedNetwork network, DeviceRows rows, ParameterGroups groups) {
        this.memory = memory;
        this.network = network;
        this.rows = rows;
        this.groups = groups.count();
        this.group = network.factors().stream()
                .mapToInt(factor -> factor.group(groups))
                .toArray();
    }

    @Override
    public double[] differentiated(double[] parameters) {
        double[] ones = new double[groups];
        Arrays.fill(ones, 1);
        return squares(rows, ones);
    }

    /** Sum over the derivatives' squares, weighted by group. */
    private double[] squares(DeviceRows of, double[] weights) {
        CUdeviceptr sums = memory.doubles("sums", of.count());
        Launch launch = memory.launch("factor_squares").argument(of.bytes()).argument(byFactor(weights));
        memory.module().queue(outputs(launch, of).argument(sums), DeviceRows.blocks(of.count()));
        return memory.get(sums, of.count());
    }

    private static Launch outputs(Launch launch, DeviceRows of) {
        return launch.argument(of.values())
                .argument(of.slopes())
                .argument(of.count())
                .argument(of.ofRow());
    }

    /** A gt_factor_weights. */
    private byte[] byFactor(double[] weights) {
        ByteBuffer bytes = ByteBuffer.allocate(LinearisedNetwork.MOST_FACTORS * Double.BYTES)
                .order(ByteOrder.nativeOrder());
        for (int c : group) {
            bytes.putDouble(weights[c]);
        }
        return bytes.array();
    }

    @Override
    public double[] times(double[] x) {
        CUdeviceptr product = memory.doubles("sums", rows.count());
        Launch launch = memory.launch("factor_times").argument(rows.bytes()).argument(memory.put("vector", x));
        memory.module().queue(outputs(launch, rows).argument(product), DeviceRows.blocks(rows.count()));
        return memory.get(product, rows.count());
    }

    @Override
    public double[] transposedTimes(double[] u) {
        int n = network.network().parameterCount();
        CUdeviceptr product = memory.doubles("product", n);
        int blocks = network.factors().stream()
                .mapToInt(LinearisedNetwork.Factor::transposedBlocks)
                .sum();
        memory.module()
                .queue(
                        memory.launch("factor_transposed")
                                .argument(rows.bytes())
                                .argument(memory.put("vector", u))
                                .argument(rows.values())
                                .argument(rows.slopes())
                                .argument(rows.rows())
                                .argument(rows.ofRow())
                                .argument(product),
                        blocks);
        return memory.get(product, n);
    }

    @Override
    public void system(double[] shift, double smallest, CUdeviceptr to, int tiles) {
        double[] weights = Arrays.stream(shift).map(one -> smallest / one).toArray();
        products(weights, rows, true, smallest, to, tiles, tiles);
    }

    private void products(
            double[] weights, DeviceRows a, boolean symmetric, double shift, CUdeviceptr to, int rowTiles, int tiles) {
        Launch launch = memory.launch("factor_products").argument(a.bytes()).argument(byFactor(weights));
        memory.module()
                .queue(
                        outputs(outputs(launch, a), rows)
                                .argument(symmetric ? 1 : 0)
                                .argument(shift)
                                .argument(tiles)
                                .argument(to)
                                .argument((long) tiles * KernelModule.TILE),
                        (long) rowTiles * tiles);
    }

    @Override
    public double[] traces(CUdeviceptr inverse, int tiles) {
        int most = LinearisedNetwork.MOST_FACTORS;
        CUdeviceptr partial = memory.doubles("partial", (long) tiles * tiles * most);
        Launch launch = memory.launch("factor_traces")
                .argument(rows.bytes())
                .argument(inverse)
                .argument((long) tiles * KernelModule.TILE)
                .argument(tiles);
        memory.module().queue(outputs(launch, rows).argument(partial), (long) tiles * tiles);
        double[] sums = memory.get(partial, tiles * tiles * most);
        double[] traces = new double[groups];
        for (int l = 0; l < group.length; l++) {
            for (int row = 0; row < tiles; row++) {
                for (int column = 0; column <= row; column++) {
                    traces[group[l]] += sums[(row * tiles + column) * most + l];
                }
            }
        }
        return traces;
    }

    @Override
    public double[] beside(DeviceRows others, double[] parameters, double[] shift, CUdeviceptr to, int tiles) {
        double[] weights = Arrays.stream(shift).map(one -> 1 / one).toArray();
        products(weights, others, false, 0, to, KernelModule.tiles(others.count()), tiles);
        return squares(others, weights);
    }
}
