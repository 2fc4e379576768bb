package gputrain.engine.jvm;

import gputrain.engine.Optimizer;
import java.util.Arrays;

/**
 * A step of Levenberg-Marquardt with Nielsen's rule, as {@link Optimizer.LevenbergMarquardt} says it. The decrease that the
 * model predicts for a step is d . (mu d - g) / 2 (Madsen, Nielsen, Tingleff, Eq. 3.14).
 */
final class DampedStep {
    private static final double FIRST_GROWTH = 2;

    private final Optimizer.LevenbergMarquardt settings;
    private final LeastSquares objective;
    private final double[] damping;
    private final double[] growth;

    /**
     * @param damping {@code [1]}: mu, 0 before the first step, changed in place
     * @param growth {@code [1]}: nu, 0 before the first step, changed in place
     */
    DampedStep(Optimizer.LevenbergMarquardt settings, LeastSquares objective, double[] damping, double[] growth) {
        this.settings = settings;
        this.objective = objective;
        this.damping = damping;
        this.growth = growth;
    }

    /**
     * One step from a point whose model the objective has.
     *
     * @param value F there
     * @return where it leads; the same point when it has converged
     */
    double[] from(double[] point, double value) {
        double[] g = objective.gradient();
        if (Arrays.stream(g).map(Math::abs).max().orElse(0) <= settings.tolerance()) {
            return point;
        }
        if (growth[0] == 0) {
            damping[0] = settings.initialDamping();
            growth[0] = FIRST_GROWTH;
        }
        for (int trial = 0; trial < settings.trials(); trial++) {
            double mu = damping[0];
            double[] d = objective.step(mu);
            if (d != null) {
                double[] to = objective.moved(point, d);
                double decrease = value - objective.value(to);
                if (decrease > 0) {
                    damping[0] = mu * Math.max(1.0 / 3, 1 - Math.pow(2 * ratio(decrease, d, g, mu) - 1, 3));
                    growth[0] = FIRST_GROWTH;
                    return to;
                }
            }
            damping[0] = mu * growth[0];
            growth[0] *= 2;
        }
        return point;
    }

    /** Actual over predicted decrease; 0 where the prediction has drowned in rounding. */
    private static double ratio(double decrease, double[] d, double[] g, double mu) {
        double predicted = 0;
        for (int k = 0; k < d.length; k++) {
            predicted += d[k] * (mu * d[k] - g[k]) / 2;
        }
        return predicted > 0 ? decrease / predicted : 0;
    }
}
