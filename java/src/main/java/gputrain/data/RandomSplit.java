package gputrain.data;

import java.util.Arrays;

/**
 * A random split with the rows, and their order, of scikit-learn's {@code train_test_split(range(n),
 * test_size=testFraction, random_state=randomState)}.
 *
 * @param testFraction share of the rows in the test part, above 0 and below 1; n times it is rounded up
 * @param randomState the seed, 0 to 2^32 - 1
 */
public record RandomSplit(double testFraction, long randomState) {

    /** @throws IllegalArgumentException when a value is out of its range */
    public RandomSplit {
        if (!(testFraction > 0 && testFraction < 1)) {
            throw new IllegalArgumentException("the test fraction must be above 0 and below 1, not " + testFraction);
        }
        if (randomState < 0 || randomState > 0xffffffffL) {
            throw new IllegalArgumentException("a random state is 0 to 4294967295, not " + randomState);
        }
    }

    /**
     * Splits rows 0 to n - 1.
     *
     * @throws IllegalArgumentException when no row is left for training
     */
    public Split split(int n) {
        int tests = (int) Math.ceil(testFraction * n);
        if (n < 2 || tests >= n) {
            throw new IllegalArgumentException(
                    "a test fraction of " + testFraction + " of " + n + " rows leaves none to train on");
        }
        int[] order = new NumpyRandom(randomState).permutation(n);
        return new Split(toString(), Arrays.copyOfRange(order, tests, n), Arrays.copyOf(order, tests));
    }

    @Override
    public String toString() {
        return "train_test_split(test_size=" + testFraction + ", random_state=" + randomState + ")";
    }
}
