package gputrain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Offset<Double> CLOSE = within(1e-15);
    private static final double[] EXPERIMENT = {-10, 0, 20, 5};

    @Test
    void deviationOverSomeRows() {
        Deviation deviation = Deviation.of(new double[] {-13, 1000, 24, 5}, EXPERIMENT, new int[] {0, 2, 3});
        assertThat(deviation.rmsdMeV()).isCloseTo(Math.sqrt(25.0 / 3), CLOSE);
        assertThat(deviation.maeMeV()).isCloseTo(7.0 / 3, CLOSE);
        assertThat(deviation.count()).isEqualTo(3);
    }

    @Test
    void anEmptySetHasNoDeviation() {
        Deviation deviation = Deviation.of(EXPERIMENT, EXPERIMENT, new int[0]);
        assertThat(deviation).isEqualTo(new Deviation(Double.NaN, Double.NaN, 0));
    }

    @Test
    void calibrationCountsErrorsInUnitsOfTheirUncertainty() {
        double[] errors = {1, -3, 0.5, 4};
        double[] variances = {1.1, 4, 1, 3.9};
        assertThat(Calibration.coverage(errors, variances, Calibration.ONE_SIGMA))
                .isEqualTo(0.5);
        assertThat(Calibration.coverage(errors, variances, Calibration.TWO_SIGMA))
                .isEqualTo(0.75);
        assertThat(Calibration.meanSquare(errors, variances))
                .isCloseTo((1 / 1.1 + 9 / 4.0 + 0.25 + 16 / 3.9) / 4, CLOSE);
        assertThat(Calibration.meanSquare(new double[0], new double[0])).isNaN();
        assertThatThrownBy(() -> Calibration.meanSquare(errors, new double[1])).hasMessageContaining("4 errors, 1 var");
    }

    @Test
    void spreadUsesOneDegreeOfFreedomLess() {
        Spread spread = Spread.of(List.of(1.0, 2.0, 6.0), 0.5);
        assertThat(spread.mean()).isEqualTo(3);
        assertThat(spread.standardDeviation()).isCloseTo(Math.sqrt(7), CLOSE);
        assertThat(spread.replicas()).containsExactly(1.0, 2.0, 6.0);
        assertThat(spread.ensemble()).isEqualTo(0.5);
        assertThat(Spread.of(List.of(4.0), 4).standardDeviation()).isZero();
        assertThatThrownBy(() -> Spread.of(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Errors of opposite sign cancel in the mean of the predictions. */
    @Test
    void theEnsembleIsTheMeanOfThePredictions() {
        int[] all = {0, 1, 2, 3};
        SetMetrics metrics = SetMetrics.of(
                List.of(new double[] {-9, 1, 21, 6}, new double[] {-12, -2, 18, 3}), EXPERIMENT, List.of(all, all));
        assertThat(metrics.rmsdMeV().replicas()).containsExactly(1.0, 2.0);
        assertThat(metrics.rmsdMeV().mean()).isEqualTo(1.5);
        assertThat(metrics.rmsdMeV().ensemble()).isCloseTo(0.5, CLOSE);
        assertThat(metrics.maeMeV().ensemble()).isCloseTo(0.5, CLOSE);
        assertThat(metrics.count()).isEqualTo(4);
    }

    /** With validation parts that differ, a row's ensemble is that of the replicas which have it in the set. */
    @Test
    void replicasWithDifferentRows() {
        SetMetrics metrics = SetMetrics.of(
                List.of(new double[] {-9, 1, 1e9, 1e9}, new double[] {1e9, 4, 18, 1e9}),
                EXPERIMENT,
                List.of(new int[] {0, 1}, new int[] {1, 2}));
        assertThat(metrics.rmsdMeV().replicas().get(0)).isEqualTo(1);
        assertThat(metrics.rmsdMeV().replicas().get(1)).isCloseTo(Math.sqrt(10), CLOSE);
        // Rows 0, 1, 2: errors 1, (1 + 4) / 2, -2.
        assertThat(metrics.count()).isEqualTo(2);
        assertThat(metrics.ensembleCount()).isEqualTo(3);
        assertThat(metrics.maeMeV().ensemble()).isCloseTo(5.5 / 3, CLOSE);
        assertThat(metrics.rmsdMeV().ensemble()).isCloseTo(Math.sqrt((1 + 6.25 + 4) / 3), CLOSE);
    }

    @Test
    void countsNucleiWithoutAFinitePrediction() {
        SetMetrics metrics = SetMetrics.of(
                List.of(
                        new double[] {Double.NaN, 1, 21, Double.POSITIVE_INFINITY},
                        new double[] {Double.NaN, 1, 21, 6},
                        new double[] {-9, 1e200, 21, 6}),
                EXPERIMENT,
                List.of(new int[] {0, 1, 3}, new int[] {1, 2, 3}, new int[] {0, 1}));
        // The square of 1e200 is not finite; NaN of the second is not in its set.
        assertThat(metrics.unpredicted()).containsExactly(2, 0, 1);
        assertThat(metrics.ensembleUnpredicted()).isEqualTo(3);
    }

    @Test
    void aReplicaWithoutRowsHasNoFigure() {
        SetMetrics metrics = SetMetrics.of(List.of(new double[] {-9, 1, 21, 6}), EXPERIMENT, List.of(new int[0]));
        assertThat(metrics.rmsdMeV().mean()).isNaN();
        assertThat(metrics.rmsdMeV().ensemble()).isNaN();
        assertThat(metrics.count()).isZero();
    }
}
