package gputrain.engine;

/** Loss of one residual r = prediction - target; a batch's loss is the mean over its rows and outputs (PyTorch's "mean"). */
public sealed interface Loss {

    /**
     * r^2/2 inside {@code |r| <= delta}, {@code delta (|r| - delta/2)} outside (PyTorch's HuberLoss; Huang et al., Eq. 11).
     *
     * @param delta above 0
     */
    record Huber(double delta) implements Loss {
        public Huber {
            if (!(delta > 0)) {
                throw new IllegalArgumentException("Huber delta must be above 0: " + delta);
            }
        }
    }

    /** |r|, with derivative 0 at 0. */
    record MeanAbsolute() implements Loss {}

    /** r^2, without a factor 1/2. */
    record MeanSquared() implements Loss {}

    /**
     * |z - t|^2 of a complex output z and a real target t, the mean over rows alone: (Re z - t)^2 + (Im z)^2 (Dellen et
     * al., Section 2.2). For the residual r of one of the two parts that is 2 r^2 in the mean over rows and outputs.
     */
    record ComplexSquared() implements Loss {}
}
