package gputrain.engine;

/** Arithmetic of parameters, activations and moments. */
public enum Precision {
    FLOAT32,
    FLOAT64
}
