package gputrain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FitsTest {

    @Test
    void binsHoldTheirResiduals() {
        var bins = Bin.rms(new double[] {0, 39.9, 40, 125}, new double[] {3, -4, 1, 2}, 40);
        assertThat(bins).hasSize(4);
        assertThat(bins.get(0)).isEqualTo(new Bin(0, 40, Math.sqrt(12.5), 2));
        assertThat(bins.get(1)).isEqualTo(new Bin(40, 80, 1, 1));
        assertThat(bins.get(2).count()).isZero();
        assertThat(bins.get(2).rmsdMeV()).isNaN();
        assertThat(bins.get(3)).isEqualTo(new Bin(120, 160, 2, 1));
        assertThat(Bin.rms(new double[0], new double[0], 10)).isEmpty();
    }

    @Test
    void aGaussianIsFoundAgain() {
        double[] middles = {-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6};
        GaussianFit truth = new GaussianFit(10_000, 0.07, 0.25);
        int[] counts = new int[7];
        for (int i = 0; i < 7; i++) {
            counts[i] = (int) Math.round(truth.at(middles[i]));
        }
        GaussianFit fit = GaussianFit.of(middles, counts).orElseThrow();
        assertThat(fit.mean()).isEqualTo(0.07, within(1e-3));
        assertThat(fit.standardDeviation()).isEqualTo(0.25, within(1e-3));
        assertThat(fit.amplitude()).isEqualTo(10_000, within(10.0));
    }

    @Test
    void tooFewBinsHaveNoGaussian() {
        assertThat(GaussianFit.of(new double[] {-1, 0, 1}, new int[] {0, 5, 5})).isEmpty();
        assertThat(GaussianFit.of(new double[0], new int[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5 5 5 5 5 5 5", "9 4 1 0 1 4 9", "1 0 1 0 1 0 1", "0 1 2 3 4 5 6", "0 0 0 0 0 0 9"})
    void aHistogramWithoutAHumpHasNoGaussian(String counts) {
        int[] numbers =
                Arrays.stream(counts.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(GaussianFit.of(new double[] {-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6}, numbers))
                .isEmpty();
    }

    /** By hand, from the formulas of a straight line. */
    @Test
    void aLineHasTheTextbooksBand() {
        double[] x = {1, 2, 3, 4};
        double[] y = {1, 3, 2, 5};
        PolynomialFit fit = PolynomialFit.of(x, y, 1).orElseThrow();
        assertThat(fit.at(0)).isEqualTo(0, within(1e-12));
        assertThat(fit.at(10)).isEqualTo(11, within(1e-12));
        // Residuals -0.1, 0.8, -1.3, 0.6: variance 2.7 / 2; at the mean of x its quarter, at x = 4 plus 1.5^2 / 5.
        assertThat(fit.standardError(2.5)).isEqualTo(Math.sqrt(1.35 / 4), within(1e-12));
        assertThat(fit.standardError(4)).isEqualTo(Math.sqrt(1.35 * (0.25 + 2.25 / 5)), within(1e-12));
    }

    @Test
    void aParabolaOfSmallNumbersIsExact() {
        double[] x = new double[30];
        double[] y = new double[30];
        for (int i = 0; i < 30; i++) {
            x[i] = 1e-4 + i * 2e-6;
            double t = (x[i] - 1.28e-4) / 1e-5;
            y[i] = 0.14 + 0.01 * t * t;
        }
        PolynomialFit fit = PolynomialFit.of(x, y, 2).orElseThrow();
        assertThat(fit.at(1.28e-4)).isEqualTo(0.14, within(1e-10));
        assertThat(fit.standardError(1.28e-4)).isLessThan(1e-9);
    }

    @Test
    void tooFewPointsHaveNoPolynomial() {
        assertThat(PolynomialFit.of(new double[] {1, 2, 3}, new double[] {1, 2, 3}, 2))
                .isEmpty();
        assertThat(PolynomialFit.of(new double[] {1, 1, 1, 2}, new double[] {1, 2, 3, 4}, 2))
                .isEmpty();
    }

    @Test
    void sensitivitiesAddUpToOne() {
        double[] shares = Sensitivity.shares(new double[] {1, -3, 1, 5}, 2);
        assertThat(shares).containsExactly(0.2, 0.8);
        assertThat(Sensitivity.shares(new double[] {0, 0}, 2)[0]).isNaN();
    }
}
