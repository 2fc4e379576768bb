package gputrain.engine;

import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.ParameterTensor;
import java.util.Arrays;

/**
 * Levenberg-Marquardt as its equations say it: derivatives by central differences of the outputs, the whole matrix, Gaussian
 * elimination.
 */
final class PlainLevenbergMarquardt {
    private static final double STEP = 1e-5;

    private final TrainingPlan plan;
    private final DataSet data;
    private final Session session;
    private final Replica replica;
    private final boolean[] trained;
    private final Optimizer.LevenbergMarquardt settings;
    private double[] p;
    private double mu;
    private double nu = 2;

    PlainLevenbergMarquardt(TrainingPlan plan, DataSet data, Session session) {
        this.plan = plan;
        this.data = data;
        this.session = session;
        this.replica = plan.replicas().get(0);
        this.trained = trained(plan.network());
        this.settings = (Optimizer.LevenbergMarquardt) plan.optimizer();
        this.p = plan.initialParameters(replica);
        this.mu = settings.initialDamping();
    }

    static boolean[] trained(Network network) {
        boolean[] trained = new boolean[network.parameterCount()];
        for (ParameterTensor tensor : network.tensors()) {
            Arrays.fill(trained, tensor.offset(), tensor.offset() + tensor.size(), tensor.trained());
        }
        return trained;
    }

    double[] parameters() {
        return p;
    }

    double damping() {
        return mu;
    }

    double loss() {
        return objective(p, 0);
    }

    /** Gradient of F at a point, by the outputs' differences. */
    static double[] gradient(TrainingPlan plan, DataSet data, Engine engine, double[] point) {
        try (Session session = engine.open(plan, data, EngineOptions.DEFAULT)) {
            PlainLevenbergMarquardt at = new PlainLevenbergMarquardt(plan, data, session);
            at.p = point;
            return at.gradient(at.jacobian());
        }
    }

    void step() {
        double[][] jacobian = jacobian();
        double[] g = gradient(jacobian);
        double[] r = residuals(p);
        int n = p.length;
        double[][] h = new double[n][n];
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                for (int i = 0; i < r.length; i++) {
                    h[a][b] += weight(r[i]) * jacobian[i][a] * jacobian[i][b] / r.length;
                }
            }
            h[a][a] += trained[a] ? replica.weightDecay() : 1;
        }
        double before = objective(p, replica.weightDecay());
        for (int trial = 0; trial < settings.trials(); trial++) {
            double[] d = solve(h, g, mu);
            double[] to = p.clone();
            double predicted = 0;
            double[] half = bend(h, jacobian, d);
            double length = 0;
            double bent = 0;
            for (int a = 0; a < n; a++) {
                predicted += d[a] * (mu * d[a] - g[a]) / 2;
                length += d[a] * d[a];
                bent += 4 * half[a] * half[a];
            }
            boolean taken = bent <= settings.acceleration() * settings.acceleration() * length;
            for (int a = 0; a < n; a++) {
                to[a] += d[a] + (taken ? half[a] : 0);
            }
            double decrease = before - objective(to, replica.weightDecay());
            if (decrease > 0) {
                mu *= Math.max(1.0 / 3, 1 - Math.pow(2 * decrease / predicted - 1, 3));
                nu = 2;
                p = to;
                return;
            }
            mu *= nu;
            nu *= 2;
        }
    }

    /** Half the geodesic acceleration. */
    private double[] bend(double[][] h, double[][] jacobian, double[] d) {
        double part = 0.1;
        double[] there = p.clone();
        for (int a = 0; a < d.length; a++) {
            there[a] += part * d[a];
        }
        double[] r = residuals(p);
        double[] ahead = residuals(there);
        double[] right = new double[d.length];
        for (int i = 0; i < r.length; i++) {
            double along = 0;
            for (int a = 0; a < d.length; a++) {
                along += jacobian[i][a] * d[a];
            }
            double second = 2 / part * ((ahead[i] - r[i]) / part - along);
            for (int a = 0; a < d.length; a++) {
                right[a] += weight(r[i]) * jacobian[i][a] * second / 2 / r.length;
            }
        }
        return solve(h, right, mu);
    }

    /** The next weight decays by group at a point, as {@link Optimizer.Evidence} has them. */
    static double[] evidence(
            TrainingPlan plan, DataSet data, Engine engine, double[] point, ParameterGroups groups, double[] decay) {
        try (Session session = engine.open(plan, data, EngineOptions.DEFAULT)) {
            PlainLevenbergMarquardt at = new PlainLevenbergMarquardt(plan, data, session);
            at.p = point;
            return at.evidence(groups, decay);
        }
    }

    private double[] evidence(ParameterGroups groups, double[] decay) {
        double[][] jacobian = jacobian();
        double[] r = residuals(p);
        int[] trained = groups.trained();
        int n = trained.length;
        double[][] h = new double[n][n];
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                for (int i = 0; i < r.length; i++) {
                    h[a][b] += weight(r[i]) * jacobian[i][trained[a]] * jacobian[i][trained[b]] / r.length;
                }
            }
            h[a][a] += decay[groups.groups()[a]];
        }
        double[] effective = new double[decay.length];
        double[] squares = new double[decay.length];
        for (int a = 0; a < n; a++) {
            double[] minusUnit = new double[n];
            minusUnit[a] = -1;
            int c = groups.groups()[a];
            effective[c] += 1 - decay[c] * solve(h, minusUnit, 0)[a];
            squares[c] += p[trained[a]] * p[trained[a]];
        }
        double[] next = new double[decay.length];
        double rest = r.length - Arrays.stream(effective).sum();
        for (int c = 0; c < next.length; c++) {
            next[c] = effective[c] / squares[c] * 2 * objective(p, 0) / rest;
        }
        return next;
    }

    private double[] residuals(double[] point) {
        int[] rows = replica.trainingRows();
        int inputs = data.inputWidth();
        int outputs = data.targetWidth();
        double[] x = new double[rows.length * inputs];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(data.inputs(), rows[i] * inputs, x, i * inputs, inputs);
        }
        double[] r = session.predict(point, x, rows.length);
        for (int i = 0; i < r.length; i++) {
            r[i] -= data.targets()[rows[i / outputs] * outputs + i % outputs];
        }
        return r;
    }

    private double[][] jacobian() {
        double[][] jacobian = new double[residuals(p).length][p.length];
        for (int a = 0; a < p.length; a++) {
            if (trained[a]) {
                double[] shifted = p.clone();
                shifted[a] = p[a] + STEP;
                double[] above = residuals(shifted);
                shifted[a] = p[a] - STEP;
                double[] below = residuals(shifted);
                for (int i = 0; i < above.length; i++) {
                    jacobian[i][a] = (above[i] - below[i]) / (2 * STEP);
                }
            }
        }
        return jacobian;
    }

    private double[] gradient(double[][] jacobian) {
        double[] r = residuals(p);
        double[] g = new double[p.length];
        for (int a = 0; a < p.length; a++) {
            for (int i = 0; i < r.length; i++) {
                g[a] += slope(r[i]) * jacobian[i][a] / r.length;
            }
            g[a] += trained[a] ? replica.weightDecay() * p[a] : 0;
        }
        return g;
    }

    private double objective(double[] point, double decay) {
        double[] r = residuals(point);
        double sum = 0;
        for (double one : r) {
            sum += value(one) / r.length;
        }
        for (int a = 0; a < point.length; a++) {
            sum += trained[a] ? decay / 2 * point[a] * point[a] : 0;
        }
        return sum;
    }

    private double value(double r) {
        if (plan.loss() instanceof Loss.Huber huber) {
            double delta = huber.delta();
            return Math.abs(r) <= delta ? r * r / 2 : delta * (Math.abs(r) - delta / 2);
        }
        if (plan.loss() instanceof Loss.MeanAbsolute) {
            return Math.abs(r);
        }
        return plan.loss() instanceof Loss.ComplexSquared ? 2 * r * r : r * r;
    }

    private double slope(double r) {
        if (plan.loss() instanceof Loss.Huber huber) {
            return Math.max(-huber.delta(), Math.min(huber.delta(), r));
        }
        if (plan.loss() instanceof Loss.MeanAbsolute) {
            return Math.signum(r);
        }
        return plan.loss() instanceof Loss.ComplexSquared ? 4 * r : 2 * r;
    }

    private double weight(double r) {
        return plan.loss() instanceof Loss.MeanAbsolute ? 1 / Math.max(Math.abs(r), 1e-4) : slope(r) / r;
    }

    /** (H + shift I)^-1 (-g), with pivots. */
    private static double[] solve(double[][] h, double[] g, double shift) {
        int n = g.length;
        double[][] a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = Arrays.copyOf(h[i], n + 1);
            a[i][i] += shift;
            a[i][n] = -g[i];
        }
        for (int c = 0; c < n; c++) {
            int pivot = c;
            for (int i = c; i < n; i++) {
                pivot = Math.abs(a[i][c]) > Math.abs(a[pivot][c]) ? i : pivot;
            }
            double[] row = a[pivot];
            a[pivot] = a[c];
            a[c] = row;
            for (int i = 0; i < n; i++) {
                double factor = i == c ? 0 : a[i][c] / a[c][c];
                for (int k = c; factor != 0 && k <= n; k++) {
                    a[i][k] -= factor * a[c][k];
                }
            }
        }
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = a[i][n] / a[i][i];
        }
        return x;
    }
}
