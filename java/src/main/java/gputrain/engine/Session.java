package gputrain.engine;

import java.util.List;

/** A plan open on a data set. Not thread-safe. Closing releases native and device memory. */
public interface Session extends AutoCloseable {

    /**
     * Runs every replica that is still running for up to {@code epochs} epochs, the learning-rate rule and the stop rule
     * evaluated inside.
     *
     * <p>Within an epoch: the rate from the rule; the steps of the epoch (gradient, update); the epoch's loss; then, when
     * the epoch is due or the replica stops, a sample. A loss that is not finite stops the replica before its update.
     * The stop rule looks at the loss first, then at patience, then at the epoch limit.
     *
     * @return the samples taken, by replica and then epoch
     */
    List<Sample> advance(long epochs);

    /** One state per replica, copies. */
    List<ReplicaState> state();

    /**
     * Puts the session where {@code states} were taken; going on is bit-identical to not having stopped on the same
     * engine and device.
     *
     * @throws IllegalArgumentException when the number or the sizes do not fit the plan
     */
    void restore(List<ReplicaState> states);

    /**
     * Outputs of the network for given parameters, in the plan's precision.
     *
     * @param parameters {@code [parameterCount]}
     * @param inputs {@code [rows, inputs]} row-major
     * @return {@code [rows, outputs]} row-major
     */
    double[] predict(double[] parameters, double[] inputs, int rows);

    /**
     * Gradient of sum over outputs k of {@code outputWeights[k] y_k} with respect to the inputs, row by row.
     *
     * @return {@code [rows, inputs]} row-major
     */
    double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights);

    /**
     * Laplace's approximation at parameters of a replica, on its training rows. May be called by several threads at a time, each
     * posterior stays with one.
     *
     * @param replica index in the plan
     * @param parameters {@code [parameterCount]}
     * @param weightDecay one for all parameters, or one for each group of {@link gputrain.model.ParameterGroups#layers}
     * @throws EngineException when the engine has none for this plan, or as {@link LaplacePosterior#at} says
     */
    default LaplacePosterior posterior(int replica, double[] parameters, double[] weightDecay) {
        throw new EngineException("a posterior of the parameters comes with optimizer = \"levenberg-marquardt\" only");
    }

    /** How the engine computes this plan, in a line for the log; empty where there is nothing to say. */
    default String method() {
        return "";
    }

    @Override
    void close();
}
