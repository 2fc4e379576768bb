package gputrain.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NormalDistributionTest {
    /** Cody's approximations are good to 1e-18 or so; what is left is the rounding of the products around them. */
    private static final double ERF_ULPS = 2;

    /** exp(-x^2) is split into two rounded exponentials; in the far tail each rounding shows. */
    private static final double ERFC_ULPS = 6;

    @Test
    void matchesSixtyDigitArithmetic() throws IOException {
        for (String line : golden()) {
            String[] cells = line.split(",", -1);
            double x = Double.parseDouble(cells[0]);
            assertUlps("erf(" + x + ")", NormalDistribution.erf(x), Double.parseDouble(cells[1]), ERF_ULPS);
            assertUlps("erfc(" + x + ")", NormalDistribution.erfc(x), Double.parseDouble(cells[2]), ERFC_ULPS);
        }
    }

    @Test
    void endsAndSpecialValues() {
        assertThat(NormalDistribution.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(NormalDistribution.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(NormalDistribution.erfc(30)).isZero();
        assertThat(NormalDistribution.erf(Double.NaN)).isNaN();
    }

    @Test
    void densityIsTheSlopeOfTheDistribution() {
        for (double x = -6; x <= 6; x += 0.37) {
            double h = 1e-5;
            double slope = (NormalDistribution.cumulative(x + h) - NormalDistribution.cumulative(x - h)) / (2 * h);
            assertThat(slope).isCloseTo(NormalDistribution.density(x), within(1e-10));
        }
    }

    private static void assertUlps(String what, double actual, double expected, double ulps) {
        assertThat(actual).as(what).isCloseTo(expected, within(ulps * Math.ulp(expected)));
    }

    private static List<String> golden() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(
                        NormalDistributionTest.class.getResourceAsStream("/gputrain/golden/error_function.csv")),
                StandardCharsets.US_ASCII))) {
            return reader.lines().skip(1).toList();
        }
    }
}
