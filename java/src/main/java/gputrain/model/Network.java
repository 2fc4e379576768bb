package gputrain.model;

/** Shape of a trainable function from {@code inputs} numbers to {@code outputs} numbers. */
public sealed interface Network permits DenseNetwork {

    /** Number of inputs, at least 1. */
    int inputs();

    /** Number of outputs, at least 1. */
    int outputs();

    /** Number of trainable scalars; the length of every parameter vector of this network. */
    int parameterCount();
}
