package gputrain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.data.DataLibrary;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every feature of the catalogue, computed by hand (Python's floats) for 133Sn, 131In, 135Sb and 164Dy. */
class FeatureCatalogueTest {
    private static final DataLibrary LIBRARY = DataLibrary.bundled();

    private static double value(String feature, int Z, int N) {
        return FeatureCatalogue.get(feature).value(new Nuclide(Z, N), LIBRARY);
    }

    @ParameterizedTest
    @CsvSource({
        "Z, 50, 49",
        "N, 83, 82",
        "A, 133, 131",
        "A^(2/3), 26.055600933891245, 25.79373282864238",
        "A^(-1/3), 0.19590677393903197, 0.1968987238827663",
        "A^(-1/2), 0.086710996952412, 0.0873704056661038",
        "|I|, 0.24812030075187969, 0.25190839694656486",
        "I^2 A, 8.187969924812029, 8.31297709923664",
        "E_C/a_c, 453.68059854815914, 437.44871743710013",
        "E_C/a_c WS4, 462.34131926002016, 445.9219459024014",
        "V_p, 0, 21",
        "V_n, 1, 0",
        "even-even, 0, 0",
        "odd-odd, 0, 0",
        "delta_np, 1, 0.7480916030534351",
        "g1 A^(1/3), 0.04568499506191309, 0.04545484004928767",
        "g2 A^(-1/3), -0.09074401768855961, -0.09120348890249735",
        "Z_EO, 0, 1",
        "N_EO, 1, 0",
        "Delta Z, 0, 1",
        "Delta N, 1, 0",
        "d_Z, 0, 1",
        "d_N, 1, 0",
        "A_EO, 1, 1",
        "Z even, 1, 0",
        "N even, 0, 1",
        "A even, 0, 0",
        "Z+1, 51, 50",
        "N+1, 84, 83",
        "P, 0, 0",
        "S, 0, 0"
    })
    void oddNAndOddZ(String feature, double tin133, double indium131) {
        assertThat(value(feature, 50, 83)).isCloseTo(tin133, within(1e-12 * Math.max(1, Math.abs(tin133))));
        assertThat(value(feature, 49, 82)).isCloseTo(indium131, within(1e-12 * Math.max(1, Math.abs(indium131))));
    }

    @ParameterizedTest
    @CsvSource({
        "even-even, 50, 82, 1", "odd-odd, 50, 82, 0", "even-even, 51, 83, 0", "odd-odd, 51, 83, 1",
        "Z_EO, 51, 83, 1", "N_EO, 51, 83, 1", "Z_EO, 50, 82, 0", "N_EO, 50, 82, 0",
        "delta_np, 50, 82, 1.7575757575757576", "delta_np, 51, 83, 0.23880597014925373"
    })
    void parities(String feature, int Z, int N, double expected) {
        assertThat(value(feature, Z, N)).isCloseTo(expected, within(1e-12));
    }

    /** At, just below, just above and beyond the closed shells. */
    @ParameterizedTest
    @CsvSource({
        "V_p, 20, 0",
        "V_p, 27, 7",
        "V_p, 28, 0",
        "V_p, 81, 31",
        "V_p, 113, 31",
        "V_p, 114, 0",
        "V_p, 119, 5",
        "V_p, 120, 0",
        "V_p, 125, 5"
    })
    void valenceProtons(String feature, int Z, double expected) {
        assertThat(value(feature, Z, Z + 30)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "V_n, 20, 0",
        "V_n, 49, 21",
        "V_n, 125, 43",
        "V_n, 126, 0",
        "V_n, 183, 57",
        "V_n, 184, 0",
        "V_n, 197, 13",
        "V_n, 198, 0",
        "V_n, 210, 12"
    })
    void valenceNeutrons(String feature, int N, double expected) {
        assertThat(value(feature, 82, N)).isEqualTo(expected);
    }

    /** Halfway, the distance counts to either side; beyond the last shell it keeps growing. */
    @ParameterizedTest
    @CsvSource({"1, 7", "8, 0", "14, 6", "24, 4", "39, 11", "66, 16", "104, 22", "155, 29", "200, 16"})
    void distancesToClosedShells(int number, double expected) {
        assertThat(value("Delta Z", number, 120)).isEqualTo(expected);
        assertThat(value("Delta N", 50, number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "P, 50, 82, 2.0444659357341870",
        "P, 51, 83, -2.036642110697632",
        "P, 50, 83, 0",
        "S, 66, 98, 256",
        "S, 40, 40, 100",
        "S, 40, 50, 0",
        "S, 104, 155, 638",
        "S, 14, 14, 36"
    })
    void pairingAndShellsOfLu(String feature, int Z, int N, double expected) {
        assertThat(value(feature, Z, N)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void deformationOfDysprosium() {
        assertThat(value("def", 66, 98)).isCloseTo(0.9974317289603024, within(1e-12));
        assertThat(value("def without 1+", 66, 98)).isCloseTo(-3.3725217791148536e-12, within(1e-22));
        assertThat(value("def", 50, 83)).isCloseTo(0.9999866929912085, within(1e-12));
    }

    @Test
    void asymmetryEnergyOfZeng() {
        assertThat(value("ASY", 82, 126)).isCloseTo(7.351186018301502, within(1e-11));
        assertThat(value("ASY", 25, 25)).isZero();
        assertThat(value("ASY", 27, 26)).isCloseTo(0.02663859835535436, within(1e-13));
    }

    @Test
    void everyFeatureIsTestedHereAndSaysWhereItIsFrom() {
        assertThat(FeatureCatalogue.all()).hasSize(34);
        assertThat(FeatureCatalogue.all()).allSatisfy(feature -> {
            assertThat(feature.equation()).isNotBlank();
            assertThat(feature.source()).containsPattern("Huang|Zeng|Dellen|Lu");
            assertThat(FeatureCatalogue.get(feature.name())).isSameAs(feature);
        });
    }

    @ParameterizedTest
    @CsvSource({"V_p, 19, 30, below the first magic number 20: 19", "V_n, 30, 19, below the first magic number 20: 19"})
    void saysWhichNuclideLacksAFeature(String feature, int Z, int N, String reason) {
        assertThatThrownBy(() -> value(feature, Z, N))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("feature " + feature + " of Z=" + Z + ", N=" + N)
                .hasMessageContaining(reason);
    }

    @Test
    void aNuclideOutsideTheTableHasNoDeformation() {
        assertThatThrownBy(() -> value("def", 2, 2))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("table ws4 has no such nuclide");
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> FeatureCatalogue.get("Vp"))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("unknown feature \"Vp\"")
                .hasMessageContaining("V_p, V_n");
    }

    @Test
    void neverGivesANumberThatIsNotOne() {
        Map.of("NaN", Double.NaN, "Infinity", Double.POSITIVE_INFINITY).forEach((text, value) -> {
            Feature broken = new Feature("broken", "", "1", "", List.of(), (nuclide, library) -> value);
            assertThatThrownBy(() -> broken.value(new Nuclide(50, 82), LIBRARY))
                    .isInstanceOf(FeatureException.class)
                    .hasMessageContaining("feature broken of")
                    .hasMessageContaining(text);
        });
    }
}
