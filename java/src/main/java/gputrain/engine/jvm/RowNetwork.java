package gputrain.engine.jvm;

import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;

/** A network on one row in float64, forward and backward. Not thread-safe: it keeps the row between the calls. */
interface RowNetwork {

    static RowNetwork of(Network network) {
        if (network instanceof DenseNetwork dense) {
            return new Float64Network(dense);
        }
        if (network instanceof SplineNetwork splines) {
            return new SplineEdges(splines);
        }
        ProductUnitNetwork units = (ProductUnitNetwork) network;
        return units.complex() ? new ComplexProductUnits(units) : new RealProductUnits(units);
    }

    /**
     * Outputs for the row at {@code inputs[offset ...]}.
     *
     * @return {@code [outputs]}, valid until the next call
     */
    double[] forward(double[] parameters, double[] inputs, int offset);

    /**
     * Adds a row's gradient with respect to the parameters; to be called after {@link #forward} on that row.
     *
     * @param outputGradient dloss/dy, {@code [outputs]}
     * @param gradient {@code [parameterCount]}, added to
     */
    void addParameterGradient(double[] parameters, double[] outputGradient, double[] gradient);

    /** Gradient of {@code outputWeights . y} with respect to the input; to be called after {@link #forward}. */
    double[] inputGradient(double[] parameters, double[] outputWeights);
}
