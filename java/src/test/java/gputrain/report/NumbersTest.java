package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

    @ParameterizedTest
    @CsvSource({
        "0.12213, 0.122",
        "0.05, 0.050",
        "1234.5678, '1,234.568'",
        "0, 0.000",
        "0.0099999, 0.010",
        "0.00123, 0.0012",
        "-76.54321, −76.543",
        "NaN, –",
        "Infinity, –"
    })
    void energiesHaveThreeDecimals(double value, String printed) {
        assertThat(Numbers.energy(value)).isEqualTo(printed);
    }

    @Test
    void spreadsHaveTheDecimalsOfTheirValue() {
        assertThat(Numbers.energy(0.11832, 0.0061)).isEqualTo("0.118 ± 0.006");
        assertThat(Numbers.energy(-76.54321, 0.00041)).isEqualTo("−76.543 ± 0.0004");
        assertThat(Numbers.energy(0.11832, Double.NaN)).isEqualTo("0.118");
    }

    @ParameterizedTest
    @CsvSource({"0.0041, +0.004", "-0.0041, −0.004", "0.0001, 0.000", "-0.0001, 0.000", "NaN, –"})
    void differencesCarryTheirSign(double value, String printed) {
        assertThat(Numbers.signedEnergy(value)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource({
        "5.97123e-5, 3, 5.97 × 10⁻⁵",
        "0.0012, 1, 0.001",
        "277.04, 3, 277",
        "2770.4, 2, '2,800'",
        "9.999e-5, 2, 0.00010",
        "-1.5e12, 2, −1.5 × 10¹²",
        "0, 3, 0",
        "NaN, 3, –"
    })
    void significantDigits(double value, int digits, String printed) {
        assertThat(Numbers.significant(value, digits)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource({
        "0.001, 0.001",
        "1e-6, 10⁻⁶",
        "2e-6, 2 × 10⁻⁶",
        "150000, 150000",
        "5.97e-5, 5.97 × 10⁻⁵",
        "0, 0",
        "-0.5, −0.5",
        "1, 1"
    })
    void plainNumbersKeepTheirDigits(double value, String printed) {
        assertThat(Numbers.plain(value)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "3.004, 3", "3.006, 3.01", "-0.05, -0.05", "-12.5, -12.5", "0.999, 1", "-0.001, 0"})
    void coordinatesAreShort(double value, String written) {
        assertThat(Numbers.coordinate(value)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.500 s", "99.4, 99.4 s", "372.4, 6 min 12 s", "3661, 1 h 1 min", "NaN, –"})
    void durations(double seconds, String printed) {
        assertThat(Numbers.duration(seconds)).isEqualTo(printed);
    }
}
