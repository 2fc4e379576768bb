package gputrain.engine;

/** How closely results must agree, in one place; a looser figure says why. */
final class Tolerances {
    private Tolerances() {}

    /** Relative, a loss of the first ten epochs against the oracle. */
    static double lossCurve(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-10 : 1e-5;
    }

    /** An rms against the oracle: relative as the loss, but no closer than the rounding of outputs of order 1. */
    static double rms(Precision precision, double expected) {
        double rounding = precision == Precision.FLOAT64 ? 1e-14 : 1e-6;
        return Math.max(lossCurve(precision) * Math.abs(expected), rounding);
    }

    /** Sum of squared differences over sum of squares, a tensor against the oracle's. */
    static double normalisedSquareError(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-20 : 1e-7;
    }

    /** Absolute, outputs of order 1 and their gradients against the oracle's. */
    static double prediction(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-12 : 5e-6;
    }

    /** An activation or its derivative, relative to the larger of 1 and its size: a few float32 roundings of 1. */
    static double activation(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-15 : 5e-7;
    }

    /** Absolute; in float64 what is left is the rounding of the difference over its step. */
    static double centralDifference(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-8 : 5e-6;
    }

    /** Relative, a learning rate against its rule: rules are computed in float64 by every engine. */
    static final double LEARNING_RATE = 1e-14;

    /**
     * Relative, a loss of 200 steps against PyTorch in float64. In float32 smooth activations stay within 1e-6; a unit
     * of a ReLU network that crosses its kink a step early or late costs 3e-5.
     */
    static double goldenLoss(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-9 : 1e-4;
    }

    /** A parameter after 200 steps against PyTorch in float64, relative to the parameters' rms. */
    static double goldenParameter(Precision precision) {
        return precision == Precision.FLOAT64 ? 1e-9 : 2e-4;
    }
}
