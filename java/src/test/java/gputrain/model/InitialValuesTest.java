package gputrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitialValuesTest {
    private static final DenseNetwork NETWORK = new DenseNetwork(List.of(13, 80, 40, 3), Activation.GELU);

    /** Values from the independent implementation in make_trajectories.py. */
    @Test
    void givesTheValuesOfTheOtherImplementation() {
        double[] small = InitialValues.draw(new DenseNetwork(List.of(2, 3, 1), Activation.GELU), 42);
        assertThat(small)
                .containsExactly(
                        0.4471575915813446,
                        0.5022978186607361,
                        -0.6241602897644043,
                        -0.39707356691360474,
                        0.4964340627193451,
                        0.5242178440093994,
                        0.5475205779075623,
                        0.46817630529403687,
                        -0.5799872279167175,
                        -0.26084911823272705,
                        0.39894938468933105,
                        -0.12427665293216705,
                        -0.26821157336235046);
        double[] wide = InitialValues.draw(NETWORK, -1);
        assertThat(wide[0]).isEqualTo(-0.008042404428124428);
        assertThat(wide[wide.length - 1]).isEqualTo(-0.06932809948921204);
    }

    @Test
    void isUniformWithinTheBoundOfTheFanIn() {
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            double bound = 1 / Math.sqrt(NETWORK.widths().get(layer));
            int start = NETWORK.weightOffset(layer);
            int end = NETWORK.weightOffset(layer + 1);
            double sum = 0;
            double squares = 0;
            double largest = 0;
            int draws = 0;
            for (long seed = 0; seed < 50; seed++) {
                for (double value : Arrays.copyOfRange(InitialValues.draw(NETWORK, seed), start, end)) {
                    sum += value / bound;
                    squares += value * value / (bound * bound);
                    largest = Math.max(largest, Math.abs(value) / bound);
                    draws++;
                }
            }
            // Uniform in (-1, 1): variance 1/3, and 4/45 of the square; five standard errors.
            assertThat(sum / draws).isCloseTo(0, within(5 * Math.sqrt(1 / (3.0 * draws))));
            assertThat(squares / draws).isCloseTo(1 / 3.0, within(5 * Math.sqrt(4 / (45.0 * draws))));
            assertThat(largest).isLessThanOrEqualTo(1).isGreaterThan(0.99);
        }
    }

    @Test
    void isExactInFloat32AndDiffersBySeed() {
        double[] values = InitialValues.draw(NETWORK, 5);
        assertThat(Arrays.stream(values).allMatch(value -> value == (float) value))
                .isTrue();
        assertThat(values).isEqualTo(InitialValues.draw(NETWORK, 5)).isNotEqualTo(InitialValues.draw(NETWORK, 6));
        assertThat(values).isNotEqualTo(InitialValues.draw(NETWORK, 5 + (1L << 32)));
    }
}
