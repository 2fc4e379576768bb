package gputrain.engine;

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

    /** Length of each of the two moments of {@link ReplicaState} for a network of so many parameters. */
    default int momentSize(int parameters) {
        return this instanceof Lbfgs lbfgs ? Math.multiplyExact(lbfgs.history(), parameters) : parameters;
    }
}
