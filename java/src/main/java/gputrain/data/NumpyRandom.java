package gputrain.data;

/**
 * The part of NumPy's legacy generator {@code numpy.random.RandomState(seed)} that scikit-learn's splits draw from, bit
 * for bit.
 *
 * <p>Generator: MT19937, M. Matsumoto and T. Nishimura, ACM TOMACS 8 (1998) 3, doi:10.1145/272991.272995, with the
 * initialisation of 2002 from one 32-bit seed. Shuffle: Fisher and Yates from the last element down, each index drawn
 * by masking 32 random bits to the smallest sufficient power of two and drawing again while above the bound. NumPy
 * keeps this sequence fixed for ever (NEP 19).
 */
final class NumpyRandom {

    private static final int SIZE = 624;
    private static final int OFFSET = 397;
    private static final int TWIST = 0x9908b0df;

    private final int[] state = new int[SIZE];
    private int next = SIZE;

    /** @param seed 0 to 2^32 - 1 */
    NumpyRandom(long seed) {
        if (seed < 0 || seed > 0xffffffffL) {
            throw new IllegalArgumentException("a random state is 0 to 4294967295, not " + seed);
        }
        state[0] = (int) seed;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /** {@code RandomState.permutation(n)}: 0 to n - 1 in random order. */
    int[] permutation(int n) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
        }
        for (int i = n - 1; i > 0; i--) {
            int j = below(i);
            int kept = values[i];
            values[i] = values[j];
            values[j] = kept;
        }
        return values;
    }

    /** Uniform on 0 to {@code largest}, both included; {@code largest} at least 1. */
    private int below(int largest) {
        int mask = -1 >>> Integer.numberOfLeadingZeros(largest);
        int value = nextInt() & mask;
        while (value > largest) {
            value = nextInt() & mask;
        }
        return value;
    }

    private int nextInt() {
        if (next == SIZE) {
            refill();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    private void refill() {
        for (int i = 0; i < SIZE; i++) {
            int y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
            state[i] = state[(i + OFFSET) % SIZE] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : TWIST);
        }
        next = 0;
    }
}
