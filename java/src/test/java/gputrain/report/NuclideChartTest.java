package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.nuclide.Nuclide;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NuclideChartTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "0.049, 0", "-0.049, 0", "0.05, 1", "-0.099, -1", "0.1, 2", "-0.3, -3", "0.4, 4", "-99, -4"})
    void classesDoubleInWidth(double residual, int residualClass) {
        assertThat(NuclideChart.residualClass(residual, 0.05)).isEqualTo(residualClass);
    }

    @ParameterizedTest
    @CsvSource({"0.07, 0.05", "0.13, 0.1", "0.3, 0.2", "0.7, 0.5", "2.5, 2", "0, 0.05"})
    void theUnitFollowsTheRmsResidual(double rms, double unit) {
        List<Prediction> predictions = List.of(residual(rms), residual(-rms));

        assertThat(NuclideChart.classUnit(predictions)).isCloseTo(unit, within(1e-12));
    }

    @Test
    void residualInksAreDistinctInBothSchemes() {
        for (int c = -4; c <= 4; c++) {
            for (int other = -4; other < c; other++) {
                assertThat(Ink.ofResidualClass(c).light).isNotEqualTo(Ink.ofResidualClass(other).light);
            }
        }
    }

    private static Prediction residual(double mev) {
        return new Prediction(
                new Nuclide(50, 70),
                "Sn",
                "test",
                -90,
                0.001,
                -90 - mev,
                0.01,
                mev,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
    }
}
