package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.Linearisation;
import gputrain.engine.Loss;
import gputrain.engine.LossFunction;
import gputrain.engine.Optimizer.LevenbergMarquardt;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import org.jspecify.annotations.Nullable;

/**
 * F of {@link LevenbergMarquardt} on a replica's training rows, its gradient, and the damped steps of its Gauss-Newton model.
 * With B = sqrt(W / m) J, m = R O, v = rho'(r) / sqrt(W m), D the weight decays of the trained parameters p, the gradient is
 * g = B^T v + D p and the step is d = -(B^T B + D + mu I)^-1 g.
 */
final class LeastSquares implements AutoCloseable {
    /** Share of a step at whose end the outputs are looked at for their second derivative. */
    private static final double BEND = 0.1;

    private final Loss loss;
    private final DataSet data;
    private final int[] rows;
    private final ParameterGroups groups;
    private final double[] decay;
    private final Linearisation linearisation;
    private final int m;
    private double[] outputs = {};
    private double lossSum;
    /** The loss where the model is. */
    private double modelLoss;

    private double[] modelOutputs = {};
    private double[] scale = {};
    private double[] v = {};
    private double[] p = {};
    private double[] gradient = {};

    /** @param decay by group */
    LeastSquares(
            Network network,
            Loss loss,
            DataSet data,
            int[] rows,
            ParameterGroups groups,
            double[] decay,
            Linearisation.Source source) {
        this.loss = loss;
        this.data = data;
        this.rows = rows;
        this.groups = groups;
        this.decay = decay.clone();
        this.m = rows.length * network.outputs();
        this.linearisation = source.open(network, data, rows, groups);
    }

    /** F at a point; not finite where the loss is not. */
    double value(double[] point) {
        outputs = linearisation.outputs(point);
        lossSum = 0;
        for (int i = 0; i < m; i++) {
            lossSum += LossFunction.value(loss, residual(i));
        }
        return lossSum / m + decayed(point);
    }

    /** The part of F that is not the loss. */
    private double decayed(double[] point) {
        double sum = 0;
        double[] squares = squares(point);
        for (int c = 0; c < squares.length; c++) {
            sum += decay[c] / 2 * squares[c];
        }
        return sum;
    }

    /** |p_c|^2 by group. */
    private double[] squares(double[] point) {
        double[] squares = new double[groups.count()];
        int[] trained = groups.trained();
        for (int k = 0; k < trained.length; k++) {
            squares[groups.groups()[k]] += point[trained[k]] * point[trained[k]];
        }
        return squares;
    }

    /** Sum of the loss over the residuals at the model's point. */
    double lossSum() {
        return modelLoss;
    }

    private double residual(int i) {
        int width = data.targetWidth();
        return outputs[i] - data.targets()[rows[i / width] * width + i % width];
    }

    /**
     * Takes the model at a point, whose value was the last one asked for.
     *
     * @return whether it is finite
     */
    boolean model(double[] point) {
        modelLoss = lossSum;
        modelOutputs = outputs.clone();
        scale = new double[m];
        v = new double[m];
        for (int i = 0; i < m; i++) {
            double r = residual(i);
            double weight = LossFunction.weight(loss, r);
            scale[i] = Math.sqrt(weight / m);
            v[i] = LossFunction.derivative(loss, r) / Math.sqrt(weight * m);
        }
        int[] trained = groups.trained();
        p = new double[trained.length];
        for (int k = 0; k < p.length; k++) {
            p[k] = point[trained[k]];
        }
        boolean finite = linearisation.differentiate(point, scale);
        gradient = linearisation.transposedTimes(v);
        for (int k = 0; k < p.length; k++) {
            gradient[k] += decay[groups.groups()[k]] * p[k];
            finite &= Double.isFinite(gradient[k]);
        }
        return finite;
    }

    /**
     * The evidence's next decays, MacKay's fixed point at the model: with the noise 2 L / (m - gamma), L the sum of the loss,
     *
     * <pre>
     *   decay_c = gamma_c / |p_c|^2 * 2 (L / m) / (m - gamma)
     * </pre>
     *
     * <p>The gradient becomes that of the new objective. What gives no positive number stays as it is.
     *
     * @return the effective parameters by group before the change, or null where the model has none
     */
    double @Nullable [] reestimate(double[] point) {
        Linearisation.Fit fit = linearisation.fit(decay);
        if (fit == null) {
            return null;
        }
        double gamma = 0;
        for (double one : fit.effective()) {
            gamma += one;
        }
        double[] squares = squares(point);
        for (int c = 0; c < decay.length; c++) {
            double next = fit.effective()[c] / squares[c] * 2 * (modelLoss / m) / (m - gamma);
            if (next > 0 && next < Double.POSITIVE_INFINITY) {
                for (int k = 0; k < p.length; k++) {
                    gradient[k] += groups.groups()[k] == c ? (next - decay[c]) * p[k] : 0;
                }
                decay[c] = next;
            }
        }
        return fit.effective();
    }

    /** By group. */
    double[] decay() {
        return decay.clone();
    }

    /** F at the model's point, after a change of the decays. */
    double valueAt(double[] point) {
        return modelLoss / m + decayed(point);
    }

    /** Gradient of F by the trained parameters. */
    double[] gradient() {
        return gradient;
    }

    /** d of the trained parameters, or null where the system is not positive definite to rounding. */
    double @Nullable [] step(double damping) {
        double[] shift = decay.clone();
        for (int c = 0; c < shift.length; c++) {
            shift[c] += damping;
        }
        double[] u = new double[m];
        for (int i = 0; i < m; i++) {
            u[i] = -v[i];
        }
        double[] t = new double[p.length];
        for (int k = 0; k < t.length; k++) {
            t[k] = -decay[groups.groups()[k]] * p[k];
        }
        return linearisation.solve(shift, u, t);
    }

    /**
     * Half the geodesic acceleration along a step d: a / 2 = -A^-1 B^T S r'' / 2 with r'' the outputs' second derivative along
     * d, by a difference of the outputs and their linear model.
     *
     * @return of the trained parameters, or null where it is not finite
     */
    double @Nullable [] bend(double[] point, double[] d, double damping) {
        double[] part = d.clone();
        for (int k = 0; k < part.length; k++) {
            part[k] *= BEND;
        }
        double[] there = linearisation.outputs(moved(point, part));
        double[] along = linearisation.times(d);
        double[] u = new double[m];
        for (int i = 0; i < m; i++) {
            double curvature = 2 / BEND * (scale[i] * (there[i] - modelOutputs[i]) / BEND - along[i]);
            u[i] = -curvature / 2;
            if (!Double.isFinite(u[i])) {
                return null;
            }
        }
        double[] shift = decay.clone();
        for (int c = 0; c < shift.length; c++) {
            shift[c] += damping;
        }
        return linearisation.solve(shift, u, new double[p.length]);
    }

    /** The point that a step leads to. */
    double[] moved(double[] point, double[] step) {
        double[] to = point.clone();
        int[] trained = groups.trained();
        for (int k = 0; k < trained.length; k++) {
            to[trained[k]] += step[k];
        }
        return to;
    }

    @Override
    public void close() {
        linearisation.close();
    }
}
