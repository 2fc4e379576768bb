package gputrain.engine;

import java.util.List;

/**
 * Learning rate of an epoch. Evaluated inside the engine at the start of every epoch from the epoch number (0-based)
 * and the training loss of the epoch before; the first epoch takes the rule's first rate.
 */
public sealed interface LearningRateRule {

    /** The same rate in every epoch. */
    record Constant(double rate) implements LearningRateRule {
        public Constant {
            positive(rate);
        }
    }

    /**
     * A table by training loss: the first line whose {@code lossAtLeast} does not exceed the loss gives the rate.
     *
     * @param lines falling {@code lossAtLeast}; the last line's is 0
     * @param latched true when the rate never goes back up to an earlier line
     */
    record ByTrainingLoss(List<Line> lines, boolean latched) implements LearningRateRule {
        public ByTrainingLoss {
            lines = List.copyOf(lines);
            if (lines.isEmpty() || lines.get(lines.size() - 1).lossAtLeast() != 0) {
                throw new IllegalArgumentException("the last line of a rate table must start at loss 0");
            }
            for (int i = 1; i < lines.size(); i++) {
                if (lines.get(i).lossAtLeast() >= lines.get(i - 1).lossAtLeast()) {
                    throw new IllegalArgumentException("losses of a rate table must fall from line to line");
                }
            }
        }
    }

    /** A line of a {@link ByTrainingLoss} table. */
    record Line(double lossAtLeast, double rate) {
        public Line {
            positive(rate);
        }
    }

    /** rate * factor^(epoch / every), whole division. */
    record Step(double rate, long every, double factor) implements LearningRateRule {
        public Step {
            positive(rate);
            positive(factor);
            if (every < 1) {
                throw new IllegalArgumentException("a step rule needs every >= 1: " + every);
            }
        }
    }

    /**
     * PyTorch's ReduceLROnPlateau on the training loss (mode min, relative threshold, no cooldown): after more than
     * {@code patience} epochs without a loss below {@code best (1 - threshold)}, the rate is multiplied by
     * {@code factor}, down to {@code minimum}.
     */
    record ReduceOnPlateau(double rate, double factor, long patience, double threshold, double minimum)
            implements LearningRateRule {
        public ReduceOnPlateau {
            positive(rate);
            if (!(factor > 0 && factor < 1) || patience < 0 || !(threshold >= 0 && threshold < 1) || !(minimum >= 0)) {
                throw new IllegalArgumentException(
                        "a plateau rule needs 0 < factor < 1, 0 <= threshold < 1, patience >= 0 and minimum >= 0");
            }
        }
    }

    /** minimum + (rate - minimum) (1 + cos(pi min(epoch, epochs) / epochs)) / 2. */
    record Cosine(double rate, double minimum, long epochs) implements LearningRateRule {
        public Cosine {
            positive(rate);
            if (minimum < 0 || minimum > rate || epochs < 1) {
                throw new IllegalArgumentException("a cosine rule needs 0 <= minimum <= rate and epochs >= 1");
            }
        }
    }

    private static void positive(double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("a learning rate or factor must be above 0 and finite: " + value);
        }
    }
}
