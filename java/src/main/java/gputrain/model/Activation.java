package gputrain.model;

/** Function applied to every hidden unit. The output layer is always linear. */
public enum Activation {
    /** f(x) = x: a network of affine layers, for tests and linear baselines. */
    IDENTITY,
    /** f(x) = x Phi(x) with the exact normal distribution function Phi (erf form, not the tanh approximation). */
    GELU,
    /** f(x) = max(0, x), with derivative 0 at 0 as in PyTorch. */
    RELU,
    /** f(x) = tanh(x). */
    TANH
}
