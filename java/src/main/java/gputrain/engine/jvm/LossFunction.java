package gputrain.engine.jvm;

import gputrain.engine.Loss;

/** Value and derivative of a loss of one residual r = prediction - target; the equations are at {@link Loss}. */
final class LossFunction {
    private LossFunction() {}

    static double value(Loss loss, double r) {
        if (loss instanceof Loss.Huber huber) {
            double size = Math.abs(r);
            return size <= huber.delta() ? 0.5 * r * r : huber.delta() * (size - 0.5 * huber.delta());
        }
        if (loss instanceof Loss.MeanAbsolute) {
            return Math.abs(r);
        }
        return loss instanceof Loss.ComplexSquared ? 2 * r * r : r * r;
    }

    static double derivative(Loss loss, double r) {
        if (loss instanceof Loss.Huber huber) {
            return Math.abs(r) <= huber.delta() ? r : huber.delta() * Math.signum(r);
        }
        if (loss instanceof Loss.MeanAbsolute) {
            return Math.signum(r);
        }
        return loss instanceof Loss.ComplexSquared ? 4 * r : 2 * r;
    }
}
