package gputrain.engine.cuda;

import gputrain.engine.EngineException;
import gputrain.engine.TrainingPlan;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the GPU trains a plan of spline networks. Decided from the plan and the kind of GPU alone, never by a measurement, so that a
 * rerun or a resumed run sums in the same order.
 *
 * @param kernel of the module for splines
 * @param warps of a block; as many as find room for their rows in shared memory
 * @param sharedBytes of a block
 * @param blocks of one replica
 * @param resident blocks that the whole GPU holds at once
 */
record SplineChoice(String kernel, int warps, int sharedBytes, int blocks, int resident) {
    /** Rows that a warp takes at a time. */
    private static final int ROWS = 32;

    // Estimates, until a GPU calibrates them: multiply-adds a second of a multiprocessor in float64 with the memory
    // accesses around them, a meeting of blocks, and what crosses between them a second.
    private static final double RATE = 3e10;
    private static final double MEETING = 1.5e-6;
    private static final double EXCHANGE_BYTES_A_SECOND = 2.5e12;

    private static final List<String> WISHES =
            List.of("solo", "grid", "grid_large", "cubic_splines", "splines", "large_splines");

    /** What {@code measure_splines} says; see {@code gt_spline_session}. */
    record Sizes(long[] values) {
        static final int MOST_WARPS = 8;
        static final int COUNT = MOST_WARPS + 5;

        private int shared(int warps) {
            return (int) Math.min(values[warps - 1], Integer.MAX_VALUE);
        }

        private int sharedOfLarge() {
            return (int) values[MOST_WARPS];
        }

        /** Doubles of workspace of a block that trains. */
        long workspace(boolean large) {
            return values[MOST_WARPS + (large ? 2 : 1)];
        }

        /** The same of one that predicts. */
        long predicting() {
            return values[MOST_WARPS + 3];
        }

        /** Doubles of a block's sums. */
        long partial() {
            return values[MOST_WARPS + 4];
        }
    }

    /** Whether a wish is one of {@link #of}'s. */
    static boolean knows(@Nullable String wish) {
        return wish != null && WISHES.contains(nameIn(wish));
    }

    private static String nameIn(String wish) {
        return wish.split(":", 2)[0].replaceFirst("^train_", "");
    }

    /**
     * @param residentBlocks of a choice on one multiprocessor
     * @param wish null, "solo" (a block a replica), "grid" (several), "grid_large" (for networks of any size) or a kernel's own
     *     name, with or without "train_"; all but the first with ":BLOCKS" for the blocks of a replica
     * @throws EngineException when the wish cannot be met
     */
    static SplineChoice of(
            TrainingPlan plan,
            Sizes sizes,
            Device.Properties device,
            ToIntFunction<SplineChoice> residentBlocks,
            @Nullable String wish) {
        if (wish != null && !knows(wish)) {
            throw new EngineException(
                    "cuda engine: no kernel " + wish + " for spline networks; there are " + String.join(", ", WISHES));
        }
        String name = wish == null ? "" : nameIn(wish);
        boolean solo = name.equals("solo");
        boolean cubic = ((SplineNetwork) plan.network()).order() == 3 && !name.equals("splines");
        if (name.equals("cubic_splines") && !cubic) {
            throw new EngineException("cuda engine: " + wish + " is for splines of order 3");
        }
        int rows = stepRows(plan);
        int tiles = ceiling(rows, ROWS);
        int warps = Math.min(Sizes.MOST_WARPS, tiles);
        while (warps > 0 && sizes.shared(warps) > device.sharedBytesOfBlock()) {
            warps--;
        }
        boolean large = warps == 0 || name.equals("grid_large") || name.equals("large_splines");
        SplineChoice one = large
                ? new SplineChoice(
                        "train_large_splines", Math.min(Sizes.MOST_WARPS, tiles), sizes.sharedOfLarge(), 1, 0)
                : new SplineChoice(cubic ? "train_cubic_splines" : "train_splines", warps, sizes.shared(warps), 1, 0);
        int resident = residentBlocks.applyAsInt(one) * device.multiprocessors();
        int colon = wish == null ? -1 : wish.indexOf(':');
        int blocks = colon >= 0
                ? wished(wish, wish.substring(colon + 1), solo ? 1 : resident)
                : solo ? 1 : one.bestBlocks(plan, tiles, sizes, resident);
        return new SplineChoice(one.kernel, one.warps, one.sharedBytes, blocks, resident);
    }

    private static int wished(String wish, String number, int most) {
        try {
            int blocks = Integer.parseInt(number);
            if (blocks >= 1 && blocks <= most) {
                return blocks;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new EngineException("cuda engine: " + wish + " needs a number of blocks up to " + most);
    }

    /** The cheapest number of blocks with which all replicas train at once; of equal ones the smallest. */
    private int bestBlocks(TrainingPlan plan, int tiles, Sizes sizes, int resident) {
        int best = 1;
        double least = Double.POSITIVE_INFINITY;
        for (int count = 1; count <= Math.max(1, resident / plan.replicas().size()); count++) {
            double seconds = secondsPerEvaluation(plan, tiles, sizes, count);
            if (seconds < least) {
                least = seconds;
                best = count;
            }
        }
        return best;
    }

    private double secondsPerEvaluation(TrainingPlan plan, int tiles, Sizes sizes, int count) {
        double rounds = ceiling(tiles, count * warps);
        double compute = rounds * warps * ROWS * plan.network().multiplyAddsPerRow() / RATE;
        double exchange = count == 1 ? 0 : MEETING + 8.0 * sizes.partial() * count / EXCHANGE_BYTES_A_SECOND;
        return compute + exchange;
    }

    /** As the log and the run record name it. */
    String text() {
        return kernel + ":" + blocks;
    }

    boolean large() {
        return kernel.equals("train_large_splines");
    }

    int threads() {
        return ROWS * warps;
    }

    /** Whether blocks never wait for each other, so that replicas may queue. */
    boolean apart() {
        return blocks == 1;
    }

    /** Replicas that could train at once, as far as the number of blocks goes. */
    int teams() {
        return Math.max(1, resident / blocks);
    }

    private static int stepRows(TrainingPlan plan) {
        int rows = plan.replicas().get(0).trainingRows().length;
        return plan.batchSize() == 0 ? rows : Math.min(plan.batchSize(), rows);
    }

    private static int ceiling(int n, int d) {
        return (n + d - 1) / d;
    }
}
