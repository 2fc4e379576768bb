package gputrain.engine;

/**
 * When a spline network's knots are put where its inputs are (Liu et al., arXiv:2404.19756, Section 2.3): before epochs 0,
 * {@code every}, 2 {@code every}, ... below {@code until}. Whoever drives a session does it between two calls of
 * {@link Session#advance}; engines do not know of it.
 *
 * @param every epochs; 0 for never
 * @param until no update from this epoch on
 * @param uniformShare share of evenly spaced knots in the new ones, above 0 and at most 1; the rest are quantiles
 */
public record GridUpdates(long every, long until, double uniformShare) {
    /** The knots stay where they are. */
    public static final GridUpdates NEVER = new GridUpdates(0, 0, 1);

    public GridUpdates {
        if (every < 0 || until < 0 || !(uniformShare > 0 && uniformShare <= 1)) {
            throw new IllegalArgumentException("grid updates need every >= 0, until >= 0 and 0 < uniform share <= 1: "
                    + every + ", " + until + ", " + uniformShare);
        }
    }

    /** Whether the knots are updated before the epoch with this 0-based number. */
    public boolean due(long epoch) {
        return every > 0 && epoch < until && epoch % every == 0;
    }

    /** Epochs from {@code epoch} to the next update after it; the largest number when there is none. */
    public long toNext(long epoch) {
        long next = every == 0 ? until : (epoch / every + 1) * every;
        return next < until ? next - epoch : Long.MAX_VALUE;
    }
}
