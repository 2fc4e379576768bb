package gputrain.engine.jvm;

import gputrain.engine.Optimizer.LevenbergMarquardt;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Steps of Levenberg-Marquardt with Nielsen's rule, as {@link LevenbergMarquardt} says it. The decrease that the model predicts
 * for a step is d . (mu d - g) / 2 (Madsen, Nielsen, Tingleff, Eq. 3.14).
 */
final class DampedStep {
    private static final double FIRST_GROWTH = 2;

    private final LevenbergMarquardt settings;
    private final LeastSquares objective;
    private final double[] first;
    private final double[] second;

    /**
     * @param first {@code [1 + groups]}: mu and the decays, as {@link gputrain.engine.ReplicaState} has them, changed in place
     * @param second {@code [1 + groups]}: nu and the evaluations, changed in place
     */
    DampedStep(LevenbergMarquardt settings, LeastSquares objective, double[] first, double[] second) {
        this.settings = settings;
        this.objective = objective;
        this.first = first;
        this.second = second;
    }

    /**
     * The step of an epoch.
     *
     * @param steps done before
     * @return where it leads; the same point when it has converged; null when the objective or its model is not finite at
     *     the point, and then nothing has changed
     */
    double @Nullable [] from(double[] point, long steps) {
        double value = objective.value(point);
        if (!Double.isFinite(value) || !objective.model(point)) {
            return null;
        }
        second[1]++;
        if (second[0] == 0) {
            first[0] = settings.initialDamping();
            second[0] = FIRST_GROWTH;
        }
        boolean due = settings.evidence().due(steps);
        if (due) {
            value = reestimated(point);
        }
        double[] to = tried(point, value);
        // Decays that are not yet the evidence's may have more to give.
        if (to == point && settings.evidence().wanted() && !due) {
            to = tried(point, reestimated(point));
        }
        System.arraycopy(objective.decay(), 0, first, 1, first.length - 1);
        return to;
    }

    /** F after a change of the decays. */
    private double reestimated(double[] point) {
        objective.reestimate(point);
        return objective.valueAt(point);
    }

    private double[] tried(double[] point, double value) {
        double[] g = objective.gradient();
        if (Arrays.stream(g).map(Math::abs).max().orElse(0) <= settings.tolerance()) {
            return point;
        }
        for (int trial = 0; trial < settings.trials(); trial++) {
            double mu = first[0];
            double[] d = objective.step(mu);
            if (d != null) {
                double[] step = accelerated(point, d, mu);
                double[] to = objective.moved(point, step);
                double decrease = value - objective.value(to);
                second[1]++;
                if (decrease > 0) {
                    first[0] = mu * Math.max(1.0 / 3, 1 - Math.pow(2 * ratio(decrease, d, g, mu) - 1, 3));
                    second[0] = FIRST_GROWTH;
                    return to;
                }
            }
            first[0] = mu * second[0];
            second[0] *= 2;
        }
        return point;
    }

    /** d and half its geodesic acceleration, where that is wanted and short enough. */
    private double[] accelerated(double[] point, double[] d, double mu) {
        if (settings.acceleration() == 0) {
            return d;
        }
        double[] half = objective.bend(point, d, mu);
        second[1]++;
        if (half == null || !(2 * norm(half) <= settings.acceleration() * norm(d))) {
            return d;
        }
        for (int k = 0; k < half.length; k++) {
            half[k] += d[k];
        }
        return half;
    }

    private static double norm(double[] x) {
        double squares = 0;
        for (double one : x) {
            squares += one * one;
        }
        return Math.sqrt(squares);
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
