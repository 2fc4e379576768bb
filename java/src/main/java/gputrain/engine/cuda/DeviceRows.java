package gputrain.engine.cuda;

import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Rows on a GPU, taken through a network forward and backward, and what is kept of them there. */
final class DeviceRows {
    /** Warps of a block: rows, or outputs, that it takes. */
    private static final int TOGETHER = 8;

    private final LinearisationMemory memory;
    private final LinearisedNetwork network;
    private final byte[] bytes;
    private final String name;
    private final int rows;
    private final CUdeviceptr inputs;
    private CUdeviceptr values;
    private CUdeviceptr kept;
    private CUdeviceptr slopes;
    private int ofRow;
    /** Whether {@link #forward} went on from what is kept. */
    private boolean ahead;

    /**
     * @param name of its memory
     * @param inputs {@code [rows, inputs]}
     */
    DeviceRows(LinearisationMemory memory, LinearisedNetwork network, String name, double[] inputs, int rows) {
        this.memory = memory;
        this.network = network;
        this.bytes = network.bytes();
        this.name = name;
        this.rows = rows;
        this.inputs = memory.put(name + " inputs", inputs);
        // What continues h and d to whole products is 0 and never written.
        this.values = memory.cleared(name + " values", (long) rows * network.values());
        this.kept = memory.cleared(name + " kept values", (long) rows * network.values());
        this.slopes = kept;
    }

    byte[] bytes() {
        return bytes;
    }

    int rows() {
        return rows;
    }

    /** Outputs of a row, or 1 for a combination. */
    int ofRow() {
        return ofRow;
    }

    int count() {
        return rows * ofRow;
    }

    /** h of the rows at the last {@link #differentiate}. */
    CUdeviceptr values() {
        return kept;
    }

    CUdeviceptr slopes() {
        return slopes;
    }

    static long blocks(int warps) {
        return (warps + TOGETHER - 1L) / TOGETHER;
    }

    /** Outputs, {@code [rows, O]}, left on the GPU. */
    CUdeviceptr forward(double[] parameters) {
        CUdeviceptr outputs = memory.doubles(
                name + " outputs", (long) rows * network.network().outputs());
        ahead = true;
        memory.module()
                .queue(
                        memory.launch("row_values")
                                .argument(bytes)
                                .argument(memory.put("parameters", parameters))
                                .argument(inputs)
                                .argument(rows)
                                .argument(values)
                                .argument(outputs),
                        blocks(rows));
        return outputs;
    }

    /** Every output times its scale, at the parameters of {@link #forward}, whose rows are kept until the next call. */
    void differentiate(double[] scale) {
        backward(network.network().outputs(), scale, null);
    }

    /** A combination of each row's outputs. */
    void differentiateCombined(double[] weights) {
        backward(1, null, weights);
    }

    private void backward(int outputsOfRow, double @Nullable [] scale, double @Nullable [] weights) {
        if (ahead) {
            CUdeviceptr free = kept;
            kept = values;
            values = free;
            ahead = false;
        }
        ofRow = outputsOfRow;
        slopes = memory.cleared(name + " slopes", (long) count() * network.slopes());
        Launch launch = memory.launch("output_slopes")
                .argument(bytes)
                .argument(memory.doubles("parameters", network.network().parameterCount()))
                .argument(kept)
                .argument(rows);
        launch = scale == null ? launch.none() : launch.argument(memory.put(name + " scale", scale));
        launch = weights == null ? launch.none() : launch.argument(memory.put(name + " weights", weights));
        memory.module().queue(launch.argument(slopes), blocks(count()));
    }
}
