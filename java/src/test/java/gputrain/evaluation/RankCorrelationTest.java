package gputrain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {
    @Test
    void onlyTheOrderCounts() {
        double[] x = {1, 2, 3, 4};
        assertThat(RankCorrelation.of(x, new double[] {0.1, 0.2, 5, 1000})).isCloseTo(1, within(1e-15));
        assertThat(RankCorrelation.of(x, new double[] {9, 3, 1, -7})).isCloseTo(-1, within(1e-15));
    }

    @Test
    void equalValuesShareARank() {
        // scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 4, 3]).statistic
        assertThat(RankCorrelation.of(new double[] {1, 2, 2, 3, 5}, new double[] {2, 1, 4, 4, 3}))
                .isCloseTo(0.3947368421052632, within(1e-15));
        assertThat(RankCorrelation.of(new double[] {1, 1, 1}, new double[] {1, 2, 3}))
                .isNaN();
    }

    @Test
    void bothHaveAsMany() {
        assertThatThrownBy(() -> RankCorrelation.of(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
