package gputrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * k-fold cross-validation with the folds of scikit-learn's {@code KFold(k, shuffle=True, random_state=randomState)}:
 * the first n mod k folds have one row more, and both parts of each fold are in ascending order.
 *
 * @param k number of folds, at least 2
 * @param randomState the seed, 0 to 2^32 - 1
 */
public record KFold(int k, long randomState) {

    /** @throws IllegalArgumentException when a value is out of its range */
    public KFold {
        if (k < 2) {
            throw new IllegalArgumentException("cross-validation needs at least 2 folds, not " + k);
        }
        if (randomState < 0 || randomState > 0xffffffffL) {
            throw new IllegalArgumentException("a random state is 0 to 4294967295, not " + randomState);
        }
    }

    /**
     * The k splits of rows 0 to n - 1; each row is tested once.
     *
     * @throws IllegalArgumentException when there are fewer rows than folds
     */
    public List<Split> split(int n) {
        if (n < k) {
            throw new IllegalArgumentException(k + " folds need at least as many rows, not " + n);
        }
        int[] order = new NumpyRandom(randomState).permutation(n);
        List<Split> splits = new ArrayList<>();
        int start = 0;
        for (int fold = 0; fold < k; fold++) {
            int end = start + n / k + (fold < n % k ? 1 : 0);
            int[] test = Arrays.copyOfRange(order, start, end);
            Arrays.sort(test);
            int[] train = IntStream.range(0, n)
                    .filter(row -> Arrays.binarySearch(test, row) < 0)
                    .toArray();
            splits.add(new Split("fold " + (fold + 1) + " of " + this, train, test));
            start = end;
        }
        return List.copyOf(splits);
    }

    @Override
    public String toString() {
        return "KFold(" + k + ", shuffle=True, random_state=" + randomState + ")";
    }
}
