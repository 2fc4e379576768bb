package gputrain.data;

import java.util.Arrays;

/**
 * A random split with the rows, and their order, of scikit-learn's {@code train_test_split(range(n),
 * test_size=testSize, random_state=randomState)}.
 *
 * @param testSize share of the rows in the test part, above 0 and below 1, n times which is rounded up; or, from 1 up, their
 *     number
 * @param randomState the seed, 0 to 2^32 - 1
 */
public record RandomSplit(double testSize, long randomState) {

    /** @throws IllegalArgumentException when a value is out of its range */
    public RandomSplit {
        if (!(testSize > 0 && testSize < 1) && !(testSize >= 1 && testSize == Math.rint(testSize))) {
            throw new IllegalArgumentException(
                    "the test size must be above 0 and below 1, or a whole number, not " + testSize);
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
        int tests = (int) (testSize < 1 ? Math.ceil(testSize * n) : Math.min(n, testSize));
        if (n < 2 || tests >= n) {
            throw new IllegalArgumentException(
                    "a test size of " + size() + " of " + n + " rows leaves none to train on");
        }
        int[] order = new NumpyRandom(randomState).permutation(n);
        return new Split(toString(), Arrays.copyOfRange(order, tests, n), Arrays.copyOf(order, tests));
    }

    @Override
    public String toString() {
        return "train_test_split(test_size=" + size() + ", random_state=" + randomState + ")";
    }

    private String size() {
        return testSize < 1 ? Double.toString(testSize) : Long.toString((long) testSize);
    }
}
