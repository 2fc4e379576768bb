package gputrain.engine;

/** First-order update rules. Weight decay is L2: {@code weightDecay * parameter} is added to the gradient first. */
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
}
