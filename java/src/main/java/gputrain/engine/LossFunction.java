package gputrain.engine;

/** Value and derivative of a loss of one residual r = prediction - target; the equations are at {@link Loss}. */
public final class LossFunction {
    private LossFunction() {}

    /** rho(r). */
    public static double value(Loss loss, double r) {
        if (loss instanceof Loss.Huber huber) {
            double size = Math.abs(r);
            return size <= huber.delta() ? 0.5 * r * r : huber.delta() * (size - 0.5 * huber.delta());
        }
        if (loss instanceof Loss.MeanAbsolute) {
            return Math.abs(r);
        }
        return loss instanceof Loss.ComplexSquared ? 2 * r * r : r * r;
    }

    /** rho'(r) / r, the weight of r^2 / 2 that takes the place of rho(r); above 0. */
    public static double weight(Loss loss, double r) {
        if (loss instanceof Loss.Huber huber) {
            return Math.min(1, huber.delta() / Math.abs(r));
        }
        if (loss instanceof Loss.MeanAbsolute) {
            return 1 / Math.max(Math.abs(r), Optimizer.LevenbergMarquardt.SMALLEST_RESIDUAL);
        }
        return loss instanceof Loss.ComplexSquared ? 4 : 2;
    }

    /** rho'(r). */
    public static double derivative(Loss loss, double r) {
        if (loss instanceof Loss.Huber huber) {
            return Math.abs(r) <= huber.delta() ? r : huber.delta() * Math.signum(r);
        }
        if (loss instanceof Loss.MeanAbsolute) {
            return Math.signum(r);
        }
        return loss instanceof Loss.ComplexSquared ? 4 * r : 2 * r;
    }
}
