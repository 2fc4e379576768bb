package gputrain.engine;

import gputrain.model.Network;

/**
 * Outputs of a network on some rows and their derivatives by its trained parameters, in float64. Holds no state between the
 * calls: may be called by several threads at a time, each for rows of its own.
 */
public interface JacobianMatrix {

    /** Makes them. */
    interface Source {
        /**
         * Makes one.
         *
         * @param trained where the trained parameters are in the parameter vector, ascending, {@code [n]}
         */
        JacobianMatrix of(Network network, int[] trained);
    }

    /**
     * Outputs of some rows.
     *
     * @param inputs {@code [rows, inputs]}
     * @param rowFrom the first of the rows to compute
     * @param rowTo past the last of them
     * @param values {@code [rows, outputs]}; those rows are written
     */
    void outputs(double[] parameters, double[] inputs, int rowFrom, int rowTo, double[] values);

    /**
     * Derivatives of some rows' outputs.
     *
     * @param scale {@code [rows, outputs]}, multiplies the derivatives of its output
     * @param result {@code [rows outputs, n]}; the lines of those rows are written
     */
    void derivatives(double[] parameters, double[] inputs, int rowFrom, int rowTo, double[] scale, double[] result);
}
