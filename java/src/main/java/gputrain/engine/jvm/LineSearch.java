package gputrain.engine.jvm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A step t along a direction d with phi(t) = F(x + t d) that satisfies the strong Wolfe conditions phi(t) &lt;= phi(0) + c1 t
 * phi'(0) and |phi'(t)| &lt;= -c2 phi'(0): Nocedal and Wright, Numerical Optimization, Algorithms 3.5 and 3.6, with the cubic
 * of their Eq. 3.59.
 */
final class LineSearch {
    private static final double C1 = 1e-4;
    private static final double C2 = 0.9;
    /** Brackets grow by this factor at most, and by this share of the last interval at least. */
    private static final double GROWTH = 10;

    private static final double LEAST_GROWTH = 0.01;
    /** Points of a bracket are tried no closer than this share of it to its ends. */
    private static final double MARGIN = 0.1;
    /** A bracket is not divided when the parameters differ by less over it. */
    private static final double LEAST_WIDTH = 1e-12;

    /**
     * A point on the line.
     *
     * @param t step
     * @param value phi(t)
     * @param slope phi'(t)
     */
    @SuppressWarnings("ArrayRecordComponent") // lives for one search
    record Trial(double t, double value, double slope, double[] point, double[] gradient) {}

    private final QuasiNewton.Objective objective;
    private final double[] origin;
    private final double[] direction;
    private int left;
    private double value0;
    private double slope0;

    LineSearch(QuasiNewton.Objective objective, double[] origin, double[] direction, int evaluations) {
        this.objective = objective;
        this.origin = origin;
        this.direction = direction;
        this.left = evaluations;
    }

    /**
     * Searches.
     *
     * @param value phi(0)
     * @param slope phi'(0), below 0
     * @param first step to try first
     * @return the step taken; null when no step that was tried is lower
     */
    @Nullable
    Trial from(double value, double slope, double first) {
        value0 = value;
        slope0 = slope;
        Trial before = new Trial(0, value, slope, new double[0], new double[0]);
        double t = first;
        for (boolean initial = true; left > 0; initial = false) {
            Trial now = evaluate(t);
            if (tooHigh(now) || (!initial && now.value >= before.value)) {
                return zoom(before, now);
            }
            if (Math.abs(now.slope) <= -C2 * slope0) {
                return now;
            }
            if (now.slope >= 0) {
                return zoom(now, before);
            }
            double least = t + LEAST_GROWTH * (t - before.t);
            double most = GROWTH * t;
            double cubic = cubic(before, now);
            t = Double.isNaN(cubic) ? (least + most) / 2 : Math.min(Math.max(cubic, least), most);
            before = now;
        }
        return lower(before);
    }

    private @Nullable Trial zoom(Trial low, Trial high) {
        Trial lo = low;
        Trial hi = high;
        double reach = Arrays.stream(direction).map(Math::abs).max().orElse(0);
        while (left > 0 && Math.abs(hi.t - lo.t) * reach >= LEAST_WIDTH) {
            Trial now = evaluate(between(lo, hi));
            if (tooHigh(now) || now.value >= lo.value) {
                hi = now;
                continue;
            }
            if (Math.abs(now.slope) <= -C2 * slope0) {
                return now;
            }
            if (now.slope * (hi.t - lo.t) >= 0) {
                hi = lo;
            }
            lo = now;
        }
        return lower(lo);
    }

    private static double between(Trial lo, Trial hi) {
        double left = Math.min(lo.t, hi.t);
        double width = Math.abs(hi.t - lo.t);
        double cubic = Double.isFinite(hi.value) ? cubic(lo, hi) : Double.NaN;
        return Double.isNaN(cubic)
                ? left + width / 2
                : Math.min(Math.max(cubic, left + MARGIN * width), left + width - MARGIN * width);
    }

    private @Nullable Trial lower(Trial best) {
        return best.t > 0 && best.value < value0 ? best : null;
    }

    private boolean tooHigh(Trial trial) {
        return !(trial.value <= value0 + C1 * trial.t * slope0);
    }

    private Trial evaluate(double t) {
        left--;
        double[] point = new double[origin.length];
        for (int i = 0; i < point.length; i++) {
            point[i] = origin[i] + t * direction[i];
        }
        double[] gradient = new double[point.length];
        double value = objective.at(point, gradient);
        double slope = 0;
        for (int i = 0; i < point.length; i++) {
            slope += gradient[i] * direction[i];
        }
        // A slope that is no number would pass for a flat one below.
        return new Trial(t, Double.isFinite(slope) ? value : Double.NaN, slope, point, gradient);
    }

    /** Where the cubic through both values and slopes has its minimum; NaN when it has none. */
    private static double cubic(Trial p, Trial q) {
        double d1 = p.slope + q.slope - 3 * (p.value - q.value) / (p.t - q.t);
        double root = d1 * d1 - p.slope * q.slope;
        if (!(root >= 0) || Double.isInfinite(root)) {
            return Double.NaN;
        }
        double d2 = Math.signum(q.t - p.t) * Math.sqrt(root);
        double t = q.t - (q.t - p.t) * (q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2);
        return Double.isFinite(t) ? t : Double.NaN;
    }
}
