package gputrain.model;

/**
 * The order in which an epoch visits its rows: a pseudo-random permutation of 0 ... n-1 in which each entry can be
 * computed alone (a six-round Feistel network over the next power of four, cycle-walked into range), so that a GPU
 * thread needs no sorted list and every engine gets the same order. Round keys are Philox words of (seed, epoch).
 */
public final class Permutation {
    private static final int ROUNDS = 6;
    /** Counter words 2 and 3; keeps shuffles apart from the initial values of the same seed. */
    private static final long STREAM = 0x73687566L;

    private final int size;
    private final int halfBits;
    private final int[] keys = new int[ROUNDS];

    /**
     * The permutation of one epoch.
     *
     * @param size number of rows, at least 1
     * @param epoch 0-based
     */
    public Permutation(int size, long seed, long epoch) {
        this.size = size;
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, size - 1));
        this.halfBits = (bits + 1) / 2;
        int[] first = Philox.block(seed, 2 * epoch, STREAM);
        int[] second = Philox.block(seed, 2 * epoch + 1, STREAM);
        for (int r = 0; r < ROUNDS; r++) {
            keys[r] = r < 4 ? first[r] : second[r - 4];
        }
    }

    /** The row visited at position {@code position}. */
    public int at(int position) {
        int value = position;
        do {
            value = encrypt(value);
        } while (value >= size);
        return value;
    }

    private int encrypt(int value) {
        int mask = (1 << halfBits) - 1;
        int left = value >>> halfBits;
        int right = value & mask;
        for (int key : keys) {
            int next = left ^ (mix(right ^ key) & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }

    /** Finaliser of MurmurHash3 (public domain constants): spreads every input bit over the word. */
    private static int mix(int word) {
        int h = word;
        h ^= h >>> 16;
        h *= 0x85EBCA6B;
        h ^= h >>> 13;
        h *= 0xC2B2AE35;
        h ^= h >>> 16;
        return h;
    }
}
