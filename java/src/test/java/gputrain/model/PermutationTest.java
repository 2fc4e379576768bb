package gputrain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PermutationTest {

    static IntStream sizes() {
        return IntStream.concat(IntStream.rangeClosed(1, 300), IntStream.of(1023, 1024, 1025, 1720, 4096, 4097));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void visitsEveryRowOnce(int size) {
        for (long epoch : new long[] {0, 1, 1_000_000_007L}) {
            assertThat(order(size, 42, epoch))
                    .containsExactlyInAnyOrder(IntStream.range(0, size).toArray());
        }
    }

    @Test
    void differsFromEpochToEpochAndFromSeedToSeed() {
        int[] order = order(1720, 1, 0);
        assertThat(order).isEqualTo(order(1720, 1, 0));
        assertThat(order).isNotEqualTo(order(1720, 1, 1)).isNotEqualTo(order(1720, 2, 0));
        assertThat(order).isNotEqualTo(order(1720, 1L << 32 | 1, 0));
    }

    /** Fixed: every engine computes these orders for itself. Values from make_trajectories.py. */
    @Test
    void givesTheOrderOfTheOtherImplementation() {
        assertThat(order(10, 7, 3)).containsExactly(7, 2, 5, 0, 6, 8, 3, 9, 1, 4);
        assertThat(order(17, (5L << 32) + 4, 0))
                .containsExactly(3, 13, 0, 11, 14, 4, 10, 12, 6, 5, 8, 7, 9, 16, 15, 1, 2);
    }

    /** Over many epochs each row comes first, and follows its neighbour, about equally often. */
    @Test
    void hasNoPreferredPlace() {
        int size = 20;
        int epochs = 20_000;
        int[] first = new int[size];
        int neighbours = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            Permutation permutation = new Permutation(size, 9, epoch);
            first[permutation.at(0)]++;
            neighbours += permutation.at(1) == permutation.at(0) + 1 ? 1 : 0;
        }
        // Five standard deviations of a binomial count.
        double expected = (double) epochs / size;
        double slack = 5 * Math.sqrt(expected);
        for (int count : first) {
            assertThat(count).isBetween((int) (expected - slack), (int) (expected + slack));
        }
        assertThat(neighbours).isBetween((int) (expected - slack), (int) (expected + slack));
    }

    private static int[] order(int size, long seed, long epoch) {
        Permutation permutation = new Permutation(size, seed, epoch);
        return IntStream.range(0, size).map(permutation::at).toArray();
    }
}
