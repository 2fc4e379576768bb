package gputrain.engine;

import gputrain.model.Network;
import gputrain.model.ParameterGroups;

/** Update rules. Weight decay is L2: {@code weightDecay * parameter} is added to the gradient first. */
public sealed interface Optimizer {

    /**
     * Adam as PyTorch computes it: m = beta1 m + (1-beta1) g; v = beta2 v + (1-beta2) g^2; p -= rate / (1-beta1^t) m /
     * (sqrt(v) / sqrt(1-beta2^t) + epsilon). Kingma and Ba, arXiv:1412.6980.
     */
    record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
        /** PyTorch's defaults: 0.9, 0.999, 1e-8. */
        public static final Adam DEFAULT = new Adam(0.9, 0.999, 1e-8);

        public Adam {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
                throw new IllegalArgumentException(
                        "Adam needs 0 <= beta < 1 and epsilon > 0: " + beta1 + ", " + beta2 + ", " + epsilon);
            }
        }
    }

    /** Gradient descent with momentum as in PyTorch: u = momentum u + g; p -= rate u. */
    record Sgd(double momentum) implements Optimizer {
        public Sgd {
            if (!(momentum >= 0 && momentum < 1)) {
                throw new IllegalArgumentException("momentum must be in [0, 1): " + momentum);
            }
        }
    }

    /**
     * L-BFGS with a line search for the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, Algorithms 7.4,
     * 7.5, 3.5 and 3.6; c1 = 1e-4, c2 = 0.9) on the loss, the penalty and weightDecay / 2 |p|^2 of all training rows. An epoch
     * is one iteration; the rate is the trial step of its line search. In float64 only: in float32 it stalls.
     *
     * @param history pairs of differences kept, at least 1
     * @param evaluations of an iteration's line search at most, at least 1
     * @param tolerance a replica has converged when no entry of the gradient is larger
     */
    record Lbfgs(int history, int evaluations, double tolerance) implements Optimizer {
        public Lbfgs {
            if (history < 1 || evaluations < 1 || !(tolerance >= 0)) {
                throw new IllegalArgumentException("L-BFGS needs history >= 1, evaluations >= 1 and tolerance >= 0: "
                        + history + ", " + evaluations + ", " + tolerance);
            }
        }
    }

    /**
     * Levenberg-Marquardt on F = loss + weightDecay / 2 |p|^2 of all training rows (Marquardt, J. SIAM 11 (1963) 431,
     * doi:10.1137/0111030). An epoch is one step d of (H + mu I) d = -g, g the gradient of F and H the Gauss-Newton matrix
     *
     * <pre>
     *   H = J^T W J / (R O) + weightDecay I,   W_i = rho'(r_i) / r_i,   F = sum of rho(r_i) / (R O) + weightDecay / 2 |p|^2
     * </pre>
     *
     * over R rows and O outputs, J the derivatives of the outputs by the trained parameters. W is 2 for the squared loss (4
     * for the complex one, whose two outputs are two residuals); with Huber's and the absolute loss the squares are
     * reweighted in every step (Holland and Welsch, Commun. Stat. A 6 (1977) 813, doi:10.1080/03610927708827533), |r_i|
     * taken as at least {@link #SMALLEST_RESIDUAL} in W. mu follows the ratio of the actual to the predicted decrease as in
     * Nielsen's rule (Madsen, Nielsen, Tingleff, Methods for Non-Linear Least Squares Problems, 2nd ed. 2004, Eq. 2.21): a
     * step that decreases F is taken and mu multiplied by max(1/3, 1 - (2 ratio - 1)^3); another one is not taken, mu
     * multiplied by nu = 2, 4, 8, ..., and the epoch goes on. In float64 only. The learning rate is not used.
     *
     * <p>With acceleration the step is d + a / 2, a the geodesic acceleration (Transtrum and Sethna, arXiv:1201.5885): (H + mu I) a
     * = -J^T W r'' / (R O), r'' the outputs' second derivative along d. One more evaluation, and the same factor: in the narrow
     * valleys of these objectives the steps bend along them.
     *
     * @param initialDamping the first mu, above 0, in units of the eigenvalues of H
     * @param trials of a step at most; a replica has converged when none of them decreases F; at least 1
     * @param tolerance a replica has converged when no entry of g is larger
     * @param acceleration a is taken where |a| is at most this times |d|; 0 for never
     * @param evidence where the weight decays come from, if not from the replica alone
     */
    record LevenbergMarquardt(
            double initialDamping, int trials, double tolerance, double acceleration, Evidence evidence)
            implements Optimizer {
        /** A residual of the absolute loss below this has the weight of this one: the true weight of 0 is infinite. */
        public static final double SMALLEST_RESIDUAL = 1e-4;

        /** Without acceleration, and with the replica's weight decay. */
        public LevenbergMarquardt(double initialDamping, int trials, double tolerance) {
            this(initialDamping, trials, tolerance, 0, Evidence.NONE);
        }

        public LevenbergMarquardt {
            if (!(initialDamping > 0 && initialDamping < Double.POSITIVE_INFINITY)
                    || trials < 1
                    || !(tolerance >= 0)
                    || !(acceleration >= 0)) {
                throw new IllegalArgumentException(
                        "Levenberg-Marquardt needs initial damping > 0, trials >= 1, tolerance >= 0 and acceleration >= 0: "
                                + initialDamping + ", " + trials + ", " + tolerance + ", " + acceleration);
            }
        }
    }

    /**
     * Weight decays by the evidence framework, from the training rows alone (MacKay, Neural Computation 4 (1992) 448,
     * doi:10.1162/neco.1992.4.3.448; with Levenberg-Marquardt: Foresee and Hagan, Proc. ICNN 1997, 1930). The loss is taken for
     * Gaussian noise of an unknown variance and the decays for Gaussian priors; with gamma_c the effective parameters of group
     * c ({@link Linearisation.Fit}), gamma their sum, L the loss summed over m = R O outputs, every so many steps
     *
     * <pre>
     *   decay_c = gamma_c / |p_c|^2 * 2 (L / m) / (m - gamma)
     * </pre>
     *
     * @param byLayer a decay for each of {@link ParameterGroups#layers}, otherwise one for all
     * @param every steps between estimates, the first after so many with the replica's weight decay; 0 for never
     */
    record Evidence(boolean byLayer, int every) {
        /** The replica's weight decay, to the end. */
        public static final Evidence NONE = new Evidence(false, 0);

        public Evidence {
            if (every < 0 || (byLayer && every == 0)) {
                throw new IllegalArgumentException(
                        "the evidence needs a number of steps between its estimates: " + every);
            }
        }

        /** Whether there are any estimates. */
        public boolean wanted() {
            return every > 0;
        }

        /** Whether an estimate comes before the step after so many. */
        public boolean due(long steps) {
            return wanted() && steps > 0 && steps % every == 0;
        }

        /** The parameters that share a decay. */
        public ParameterGroups groups(Network network) {
            return byLayer ? ParameterGroups.layers(network) : ParameterGroups.one(network);
        }
    }

    /** Length of each of the two moments of {@link ReplicaState}. */
    default int momentSize(Network network) {
        if (this instanceof LevenbergMarquardt second) {
            return 1 + second.evidence().groups(network).count();
        }
        int parameters = network.parameterCount();
        return this instanceof Lbfgs lbfgs ? Math.multiplyExact(lbfgs.history(), parameters) : parameters;
    }

    /** Whether an epoch is one iteration on all rows, in float64, that can converge. */
    default boolean iterates() {
        return this instanceof Lbfgs || this instanceof LevenbergMarquardt;
    }

    /** Its name in messages. */
    default String text() {
        if (this instanceof LevenbergMarquardt) {
            return "Levenberg-Marquardt";
        }
        return this instanceof Lbfgs ? "L-BFGS" : this instanceof Adam ? "Adam" : "gradient descent";
    }
}
