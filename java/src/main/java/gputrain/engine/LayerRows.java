package gputrain.engine;

import java.util.Arrays;

/**
 * Some rows at a layer of a dense network.
 *
 * @param h the layer's inputs, {@code [rows, inputs]}
 * @param inputs of the layer
 * @param d derivatives of the network's outputs by what the layer adds up, {@code [rows outputs, units]}
 * @param units of the layer
 * @param outputs of the network
 * @param from the first of the rows
 * @param count how many of them
 */
public record LayerRows(double[] h, int inputs, double[] d, int units, int outputs, int from, int count) {

    /** h of these rows alone. */
    double[] ownInputs() {
        return Arrays.copyOfRange(h, from * inputs, (from + count) * inputs);
    }

    /** d of these rows alone. */
    double[] ownDerivatives() {
        return Arrays.copyOfRange(d, from * outputs * units, (from + count) * outputs * units);
    }
}
