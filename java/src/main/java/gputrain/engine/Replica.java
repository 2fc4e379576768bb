package gputrain.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the networks that a plan trains side by side. Replicas differ in seed, rows and scalars, never in shape.
 *
 * @param seed of the initial values and of the shuffles
 * @param rowSets rows of the data set; the first set is trained on, the others are only measured
 * @param weightDecay L2 coefficient, added to the gradient as {@code weightDecay * parameter}
 * @param rateFactor multiplies the plan's learning rate
 * @param initial parameters to start from instead of drawn ones, or null
 */
public record Replica(
        long seed, List<int[]> rowSets, double weightDecay, double rateFactor, double @Nullable [] initial) {
    public Replica {
        rowSets = rowSets.stream().map(int[]::clone).toList();
        if (rowSets.isEmpty() || rowSets.get(0).length == 0) {
            throw new IllegalArgumentException("a replica needs at least one training row");
        }
        if (!(weightDecay >= 0) || !(rateFactor > 0)) {
            throw new IllegalArgumentException("a replica needs weightDecay >= 0 and rateFactor > 0");
        }
        initial = initial == null ? null : initial.clone();
    }

    /** The rows trained on. */
    public int[] trainingRows() {
        return rowSets.get(0);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Replica that
                && seed == that.seed
                && weightDecay == that.weightDecay
                && rateFactor == that.rateFactor
                && Arrays.equals(initial, that.initial)
                && Arrays.deepEquals(rowSets.toArray(), that.rowSets.toArray());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seed) * 31 + Arrays.deepHashCode(rowSets.toArray());
    }
}
