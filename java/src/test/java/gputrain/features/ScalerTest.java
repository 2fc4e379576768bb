package gputrain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against NumPy's mean and std (ddof = 0), which scikit-learn's scalers use. */
class ScalerTest {
    private static final Offset<Double> CLOSE = within(1e-14);
    private static final int WIDTH = 3;
    /** The middle column is constant over the fitted rows; the last row is not fitted. */
    private static final double[] VALUES = {1, 5, 7, 2, 5, -1, 4, 5, 0.5, 100, 100, 100};

    private static final int[] FITTED = {0, 1, 2};

    @Test
    void standardUsesThePopulationDeviation() {
        Scaler scaler = Scaler.standard(VALUES, WIDTH, FITTED);
        assertThat(scaler.shift()).containsExactly(new double[] {7.0 / 3, 5, 6.5 / 3}, CLOSE);
        assertThat(scaler.scale()).containsExactly(new double[] {1.247219128924647, 1, 3.4721111093332766}, CLOSE);
        double[] scaled = scaler.apply(VALUES);
        assertThat(scaled[0]).isCloseTo(-1.0690449676496974, CLOSE);
        assertThat(scaled[1]).isZero();
        // A row that was not fitted is scaled like the others.
        assertThat(scaled[10]).isEqualTo(95);
    }

    @Test
    void minMaxGoesFromZeroToOneOverTheFittedRows() {
        double[] scaled = Scaler.minMax(VALUES, WIDTH, FITTED).apply(VALUES);
        assertThat(scaled).containsExactly(new double[] {0, 0, 1, 1 / 3.0, 0, 0, 1, 0, 0.1875, 33, 95, 12.625}, CLOSE);
    }

    @Test
    void aUnitIsTheSameForEveryColumn() {
        Scaler scaler = Scaler.centred(VALUES, WIDTH, FITTED, 39);
        assertThat(scaler.kind()).isEqualTo("unit");
        assertThat(scaler.scale()).containsExactly(39, 39, 39);
        assertThat(scaler.apply(VALUES)[0]).isCloseTo((1 - 7.0 / 3) / 39, CLOSE);
    }

    @Test
    void noneChangesNothing() {
        assertThat(Scaler.none(WIDTH).apply(VALUES)).containsExactly(VALUES);
    }

    @Test
    void invertUndoesApply() {
        for (Scaler scaler : new Scaler[] {
            Scaler.standard(VALUES, WIDTH, FITTED), Scaler.minMax(VALUES, WIDTH, FITTED), Scaler.none(WIDTH)
        }) {
            double[] scaled = scaler.apply(VALUES);
            for (int i = 0; i < VALUES.length; i++) {
                assertThat(scaler.invert(scaled[i], i % WIDTH)).isCloseTo(VALUES[i], within(1e-12));
            }
        }
    }

    /** A column that is constant up to rounding must not be blown up to unit deviation. */
    @Test
    void roundingIsNotSpread() {
        double[] column = {0.1, 0.1, 0.1};
        assertThat(Scaler.standard(column, 1, FITTED).apply(new double[] {0.2})[0])
                .isCloseTo(0.1, within(1e-12));
    }

    @Test
    void refusesAScaleOfZero() {
        for (double scale : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Scaler("none", new double[] {0}, new double[] {scale}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
