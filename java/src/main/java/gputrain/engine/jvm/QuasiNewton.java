package gputrain.engine.jvm;

import gputrain.engine.Optimizer;
import java.util.Arrays;

/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, Algorithm 7.4 and 7.5) on a function of a vector. The memory is the two
 * arrays of a replica's state: {@code [history, n]} differences of the points and of the gradients, oldest first; unused rows
 * are 0, so that the second array tells their number.
 */
final class QuasiNewton {
    /** A pair is kept when s.y is above this times |s| |y|: the inverse Hessian stays positive definite. */
    private static final double LEAST_CURVATURE = 1e-10;

    /** What is minimised. */
    interface Objective {
        /**
         * Value and gradient at a point.
         *
         * @param gradient receives the gradient
         */
        double at(double[] point, double[] gradient);
    }

    /** How an iteration ended. */
    enum Outcome {
        MOVED,
        CONVERGED
    }

    private final Optimizer.Lbfgs settings;
    private final Objective objective;
    private final double[] s;
    private final double[] y;
    private final int n;

    /**
     * @param s differences of the points, changed in place
     * @param y differences of the gradients, changed in place
     */
    QuasiNewton(Optimizer.Lbfgs settings, Objective objective, double[] s, double[] y) {
        this.settings = settings;
        this.objective = objective;
        this.s = s;
        this.y = y;
        this.n = s.length / settings.history();
    }

    /**
     * One iteration from a point whose value and gradient are known and finite; all three are moved along.
     *
     * @param point changed in place
     * @param value F at the point
     * @param gradient F's gradient there, changed in place
     * @param rate trial step of the line search
     */
    Outcome iterate(double[] point, double value, double[] gradient, double rate) {
        if (largest(gradient) <= settings.tolerance()) {
            return Outcome.CONVERGED;
        }
        double[] direction = direction(gradient);
        if (!(dot(direction, gradient) < 0)) {
            forget();
            direction = direction(gradient);
        }
        while (true) {
            boolean remembers = pairs() > 0;
            double trial = remembers ? rate : rate * Math.min(1, 1 / sumOfSizes(gradient));
            LineSearch search = new LineSearch(objective, point, direction, settings.evaluations());
            LineSearch.Trial found = search.from(value, dot(direction, gradient), trial);
            if (found != null) {
                remember(point, gradient, found);
                return Outcome.MOVED;
            }
            forget();
            if (!remembers) {
                return Outcome.CONVERGED;
            }
            direction = direction(gradient);
        }
    }

    private void remember(double[] point, double[] gradient, LineSearch.Trial found) {
        double[] step = new double[n];
        double[] change = new double[n];
        for (int i = 0; i < n; i++) {
            step[i] = found.point()[i] - point[i];
            change[i] = found.gradient()[i] - gradient[i];
        }
        double curvature = dot(step, change);
        if (curvature > LEAST_CURVATURE * Math.sqrt(dot(step, step) * dot(change, change))) {
            int count = pairs();
            if (count == settings.history()) {
                System.arraycopy(s, n, s, 0, s.length - n);
                System.arraycopy(y, n, y, 0, y.length - n);
                count--;
            }
            System.arraycopy(step, 0, s, count * n, n);
            System.arraycopy(change, 0, y, count * n, n);
        }
        System.arraycopy(found.point(), 0, point, 0, n);
        System.arraycopy(found.gradient(), 0, gradient, 0, n);
    }

    private void forget() {
        Arrays.fill(s, 0);
        Arrays.fill(y, 0);
    }

    private int pairs() {
        int count = 0;
        while (count < settings.history() && dot(y, count, y, count) > 0) {
            count++;
        }
        return count;
    }

    /** -H g by the two-loop recursion; H begins as (s.y) / (y.y) of the newest pair. */
    private double[] direction(double[] gradient) {
        double[] d = new double[n];
        for (int i = 0; i < n; i++) {
            d[i] = -gradient[i];
        }
        int count = pairs();
        double[] alpha = new double[count];
        for (int k = count - 1; k >= 0; k--) {
            alpha[k] = dot(s, k, d, 0) / dot(s, k, y, k);
            add(-alpha[k], y, k, d);
        }
        if (count > 0) {
            double scale = dot(s, count - 1, y, count - 1) / dot(y, count - 1, y, count - 1);
            for (int i = 0; i < n; i++) {
                d[i] *= scale;
            }
        }
        for (int k = 0; k < count; k++) {
            add(alpha[k] - dot(y, k, d, 0) / dot(s, k, y, k), s, k, d);
        }
        return d;
    }

    private void add(double factor, double[] row, int k, double[] to) {
        for (int i = 0; i < n; i++) {
            to[i] += factor * row[k * n + i];
        }
    }

    private double dot(double[] a, double[] b) {
        return dot(a, 0, b, 0);
    }

    /** Scalar product of row {@code k} of a and row {@code l} of b. */
    private double dot(double[] a, int k, double[] b, int l) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[k * n + i] * b[l * n + i];
        }
        return sum;
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static double sumOfSizes(double[] values) {
        return Arrays.stream(values).map(Math::abs).sum();
    }
}
