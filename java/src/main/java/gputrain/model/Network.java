package gputrain.model;

import java.util.List;

/** Shape of a trainable function from {@code inputs} numbers to {@code outputs} numbers. */
public sealed interface Network permits DenseNetwork, ProductUnitNetwork, SplineNetwork {

    /** Number of inputs, at least 1. */
    int inputs();

    /** Number of outputs, at least 1. */
    int outputs();

    /** The parts of the parameter vector, in order and without gaps. */
    List<ParameterTensor> tensors();

    /** Number of scalars, trained or not; the length of every parameter vector of this network. */
    default int parameterCount() {
        ParameterTensor last = tensors().get(tensors().size() - 1);
        return last.offset() + last.size();
    }

    /** Multiply-adds of one row, forward and backward; the first layer needs no input gradient. */
    long multiplyAddsPerRow();

    /** The shape in a few words, for logs and errors. */
    String text();

    /** Whether the outputs are the real and the imaginary part of one complex number. */
    default boolean complex() {
        return false;
    }
}
