package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.engine.EngineException;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer.LevenbergMarquardt;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import org.jspecify.annotations.Nullable;

/**
 * F of {@link LevenbergMarquardt} on a replica's training rows, its gradient, and the damped steps of its Gauss-Newton model.
 * With B = sqrt(W / m) J, m = R O, v = rho'(r) / sqrt(W m), the decay w and s = w + mu, the gradient is g = B^T v + w p and
 * the step d either of
 *
 * <pre>
 *   primal   (B^T B + s I) d = -g                              n by n
 *   dual     d = -(w / s) p - B^T (B B^T + s I)^-1 (v - (w / s) B p)    m by m
 * </pre>
 *
 * <p>by Woodbury's identity; p here are the trained parameters.
 */
final class LeastSquares {
    /** Which system is solved, and how the derivatives are kept. */
    enum Form {
        PRIMAL,
        DUAL,
        /** Dual, with the derivatives of a dense network by its layers. */
        LAYERS;

        /** @throws EngineException when one of the matrices of this form is larger than an array */
        void requireStorable(Network network, int rows) {
            int m = size(rows, network.outputs());
            int n = RowJacobian.trained(network).length;
            int side = this == PRIMAL ? n : m;
            size(side, side);
            if (this != LAYERS) {
                size(m, n);
            }
        }

        /** The one with the fewest operations. */
        static Form of(Network network, int rows) {
            double n = RowJacobian.trained(network).length;
            double m = (double) rows * network.outputs();
            double primal = n * n * (m + n / 3);
            if (network instanceof DenseNetwork dense) {
                return primal < m * m * (LayerJacobian.multiplyAdds(dense) + m / 3) ? PRIMAL : LAYERS;
            }
            return primal < m * m * (n + m / 3) ? PRIMAL : DUAL;
        }
    }

    private final Loss loss;
    private final DataSet data;
    private final int[] rows;
    private final double decay;
    private final DenseAlgebra algebra;
    private final Workspaces.Workspace workspace;
    /** The Jacobian where the system is primal, and only there: derivatives by layers cannot give it. */
    private final @Nullable RowJacobian primal;

    private final int[] trained;
    private final int m;
    private final Jacobian jacobian;
    private double[] outputs = {};
    private double lossSum;
    private double[] v = {};
    private double[] p = {};
    private double[] projected = {};
    private double[] gradient = {};
    private double[] matrix = {};

    LeastSquares(
            Network network,
            Loss loss,
            DataSet data,
            int[] rows,
            double decay,
            DenseAlgebra algebra,
            Workspaces.Workspace workspace,
            Form form) {
        this.loss = loss;
        this.data = data;
        this.rows = rows;
        this.decay = decay;
        this.algebra = algebra;
        this.workspace = workspace;
        this.trained = RowJacobian.trained(network);
        this.m = rows.length * network.outputs();
        if (form == Form.LAYERS) {
            this.jacobian = new LayerJacobian((DenseNetwork) network, data, rows, algebra);
            this.primal = null;
        } else {
            RowJacobian whole = new RowJacobian(network, data, rows, algebra, workspace);
            this.jacobian = whole;
            this.primal = form == Form.PRIMAL ? whole : null;
        }
    }

    /** Entries of a matrix. */
    static int size(int height, int width) {
        long size = (long) height * width;
        if (size > Integer.MAX_VALUE - 8) {
            throw new EngineException("second-order training needs a matrix of " + height + " by " + width
                    + ", more than an array takes: fewer rows or parameters, or a first-order optimiser");
        }
        return (int) size;
    }

    /** F at a point; not finite where the loss is not. */
    double value(double[] point) {
        outputs = jacobian.outputs(point);
        lossSum = 0;
        for (int i = 0; i < m; i++) {
            lossSum += LossFunction.value(loss, residual(i));
        }
        double squares = 0;
        for (int k : trained) {
            squares += point[k] * point[k];
        }
        return lossSum / m + decay / 2 * squares;
    }

    /** Sum of the loss over the residuals of the point last looked at. */
    double lossSum() {
        return lossSum;
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
        double[] scale = new double[m];
        v = new double[m];
        for (int i = 0; i < m; i++) {
            double r = residual(i);
            double weight = LossFunction.weight(loss, r);
            scale[i] = Math.sqrt(weight / m);
            v[i] = LossFunction.derivative(loss, r) / Math.sqrt(weight * m);
        }
        p = new double[trained.length];
        for (int k = 0; k < p.length; k++) {
            p[k] = point[trained[k]];
        }
        jacobian.differentiate(point, scale);
        gradient = jacobian.transposedTimes(v);
        for (int k = 0; k < p.length; k++) {
            gradient[k] += decay * p[k];
        }
        int side = primal != null ? p.length : m;
        matrix = workspace.matrix(size(side, side));
        if (primal != null) {
            primal.gram(matrix);
        } else {
            jacobian.outer(matrix);
            projected = decay > 0 ? jacobian.times(p) : new double[m];
        }
        boolean finite = true;
        for (double g : gradient) {
            finite &= Double.isFinite(g);
        }
        // An entry off the diagonal of a positive semidefinite matrix is no larger than those on it.
        for (int i = 0; i < side; i++) {
            finite &= Double.isFinite(matrix[i * side + i]);
        }
        return finite;
    }

    /** Gradient of F by the trained parameters. */
    double[] gradient() {
        return gradient;
    }

    /** d of the trained parameters, or null where the system is not positive definite to rounding. */
    double @Nullable [] step(double damping) {
        int side = primal != null ? p.length : m;
        double shift = decay + damping;
        double[] x = new double[side];
        for (int i = 0; i < side; i++) {
            x[i] = primal != null ? -gradient[i] : v[i] - decay / shift * projected[i];
        }
        if (algebra.solveShifted(matrix, side, shift, x) >= 0) {
            return null;
        }
        if (primal != null) {
            return x;
        }
        double[] d = jacobian.transposedTimes(x);
        for (int k = 0; k < d.length; k++) {
            d[k] = -(decay / shift) * p[k] - d[k];
        }
        return d;
    }

    /** The point that a step leads to. */
    double[] moved(double[] point, double[] step) {
        double[] to = point.clone();
        for (int k = 0; k < trained.length; k++) {
            to[trained[k]] += step[k];
        }
        return to;
    }
}
