package gputrain.engine.jvm;

import gputrain.model.Activation;

/** Value and derivative of an activation in float64; the equations are at {@link Activation}. */
final class ActivationFunction {
    private ActivationFunction() {}

    static double value(Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case GELU -> x * NormalDistribution.cumulative(x);
            case RELU -> Math.max(0, x);
            case TANH -> Math.tanh(x);
        };
    }

    static double derivative(Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> 1;
            case GELU -> NormalDistribution.cumulative(x) + x * NormalDistribution.density(x);
            case RELU -> x > 0 ? 1 : 0;
            case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
        };
    }
}
