package gputrain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedundantCoordinatesTest {

    /** The points of Burkardt's i4_sobol in two dimensions, its first point (0, 0) left out, as the authors use it. */
    @Test
    void theRowsAreTheIdentityAndThenSobolPoints() {
        assertThat(RedundantCoordinates.weights(2, 7)).isDeepEqualTo(new double[][] {
            {1, 0},
            {0, 1},
            {0.5, 0.5},
            {0.75, 0.25},
            {0.25, 0.75},
            {0.375, 0.375},
            {0.875, 0.875},
            {0.625, 0.125},
            {0.125, 0.625}
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 10})
    void featuresAreScaledBeforeTheProductAndCoordinatesAfterIt(int redundant) {
        double[] x = {8, 8, 50, 82, 82, 126, 110, 160, 20, 28};
        RedundantCoordinates coordinates = RedundantCoordinates.fit(x, 2, redundant);
        double[] y = coordinates.of(x);
        int columns = 2 + redundant;
        assertThat(coordinates.columns()).isEqualTo(columns);
        for (int n = 0; n < columns; n++) {
            double[] w = coordinates.weights(n);
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            double[] plain = new double[5];
            for (int i = 0; i < 5; i++) {
                plain[i] = w[0] * (x[2 * i] - 8) / 102 + w[1] * (x[2 * i + 1] - 8) / 152;
                low = Math.min(low, plain[i]);
                high = Math.max(high, plain[i]);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(y[i * columns + n]).isCloseTo((plain[i] - low) / (high - low), within(1e-14));
            }
        }
        // Other points keep the scale of those that were fitted: they may lie outside.
        assertThat(coordinates.of(new double[] {112, 160})[0]).isGreaterThan(1);
    }

    @Test
    void aConstantFeatureIsNoDivisionByZero() {
        double[] y = RedundantCoordinates.fit(new double[] {50, 60, 50, 70, 50, 80}, 2, 2)
                .of(new double[] {50, 70, 51, 70});
        assertThat(y).doesNotContain(Double.NaN);
        assertThat(y[0]).isZero();
        assertThat(y[4]).isEqualTo(1);
    }

    @Test
    void manyRedundantCoordinatesStayWithinTheCube() {
        double[] x = new Random(3).doubles(400, 8, 160).toArray();
        for (double value : RedundantCoordinates.fit(x, 2, 100).of(x)) {
            assertThat(value).isBetween(0.0, 1.0);
        }
    }

    @Test
    void wrongNumbersAreErrors() {
        assertThatThrownBy(() -> RedundantCoordinates.fit(new double[0], 2, 3))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RedundantCoordinates.fit(new double[4], 2, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
