package gputrain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.data.DataLibrary;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MassDifferenceTest {
    private static final DataLibrary LIBRARY = DataLibrary.bundled();
    private static final Masses AME =
            Masses.experiment("AME2020", LIBRARY.experimental("ame2020").entries());

    /** Values of AME2020's own table of reaction and separation energies, in MeV. */
    @ParameterizedTest
    @CsvSource({
        "S_n,      208Pb, 7.36787, 1e-4",
        "S_p,      209Bi, 3.7989,  1e-3",
        "S_2n,     208Pb, 14.1058, 2e-3",
        "S_2p,     208Pb, 15.3818, 2e-3",
        "Q_alpha,  212Po, 8.95420, 2e-4",
        "Q_alpha,  238U,  4.2699,  5e-4",
        "Q_beta-,  137Cs, 1.17563, 2e-4",
        "Q_beta-,  60Co,  2.82281, 2e-4",
    })
    void agreesWithPublishedEnergies(String symbol, String nuclide, double energy, double tolerance) {
        MassDifference.Value value =
                MassDifference.of(symbol).of(AME, Elements.parse(nuclide)).orElseThrow();
        assertThat(value.energyMeV()).isEqualTo(energy, within(tolerance));
        assertThat(value.estimated()).isFalse();
    }

    @Test
    void theDefinitionsAreConsistent() {
        for (Nuclide nuclide : AME.nuclides()) {
            int z = nuclide.Z();
            int n = nuclide.N();
            sum(nuclide, MassDifference.S_2N, z, n, MassDifference.S_N, z, n - 1, MassDifference.S_N, 1);
            sum(nuclide, MassDifference.S_2P, z, n, MassDifference.S_P, z - 1, n, MassDifference.S_P, 1);
            sum(
                    nuclide,
                    MassDifference.NEUTRON_SHELL_GAP,
                    z,
                    n,
                    MassDifference.S_2N,
                    z,
                    n + 2,
                    MassDifference.S_2N,
                    -1);
            sum(nuclide, MassDifference.PROTON_SHELL_GAP, z, n, MassDifference.S_2P, z + 2, n, MassDifference.S_2P, -1);
            sum(
                    nuclide,
                    MassDifference.NEUTRON_SEPARATION_DROP,
                    z,
                    n,
                    MassDifference.S_N,
                    z,
                    n + 2,
                    MassDifference.S_N,
                    -1);
            sum(
                    nuclide,
                    MassDifference.PROTON_SEPARATION_DROP,
                    z,
                    n,
                    MassDifference.S_P,
                    z + 2,
                    n,
                    MassDifference.S_P,
                    -1);
        }
    }

    /** whole(Z, N) = first(Z, N) + sign * second(z2, n2), wherever all three exist. */
    private static void sum(
            Nuclide nuclide,
            MassDifference whole,
            int z,
            int n,
            MassDifference second,
            int z2,
            int n2,
            MassDifference first,
            int sign) {
        if (z2 < 0 || n2 < 0 || z2 + n2 < 1) {
            return;
        }
        Optional<MassDifference.Value> all = whole.of(AME, nuclide);
        Optional<MassDifference.Value> a = first.of(AME, new Nuclide(z, n));
        Optional<MassDifference.Value> b = second.of(AME, new Nuclide(z2, n2));
        if (all.isPresent() && a.isPresent() && b.isPresent()) {
            assertThat(all.get().energyMeV())
                    .as(whole + " of " + nuclide)
                    .isEqualTo(a.get().energyMeV() + sign * b.get().energyMeV(), within(1e-9));
        }
    }

    /** Pairing makes both differences positive for nearly all nuclei, whatever their parity. */
    @ParameterizedTest
    @EnumSource(names = {"NEUTRON_ODD_EVEN", "PROTON_ODD_EVEN"})
    void oddEvenDifferencesArePositive(MassDifference quantity) {
        long positive = 0;
        long all = 0;
        for (Nuclide nuclide : AME.nuclides()) {
            Optional<MassDifference.Value> value = quantity.of(AME, nuclide);
            if (nuclide.A() > 40 && value.isPresent() && !value.get().estimated()) {
                all++;
                positive += value.get().energyMeV() > 0 ? 1 : 0;
            }
        }
        assertThat(all).isGreaterThan(1500);
        assertThat(positive).isGreaterThan(all * 98 / 100);
    }

    @Test
    void aMissingMassGivesNothing() {
        Masses two = Masses.of(
                "two",
                Masses.Kind.PREDICTION,
                Map.of(
                        new Nuclide(1, 0), new Masses.Mass(7.289, Double.NaN, false),
                        new Nuclide(1, 1), new Masses.Mass(13.136, Double.NaN, false)));
        assertThat(MassDifference.S_N.of(two, new Nuclide(1, 1)).orElseThrow().energyMeV())
                .isEqualTo(2.224, within(2e-3));
        assertThat(MassDifference.S_N.of(two, new Nuclide(1, 1)).orElseThrow().uncertaintyMeV())
                .isNaN();
        assertThat(MassDifference.S_N.of(two, new Nuclide(1, 0))).isEmpty();
        assertThat(MassDifference.S_P.of(two, new Nuclide(1, 1))).isEmpty();
        assertThat(MassDifference.Q_ALPHA.of(two, new Nuclide(1, 1))).isEmpty();
        assertThat(MassDifference.S_2N.of(AME, new Nuclide(0, 1))).isEmpty();
    }

    @Test
    void shellGapsAndOddEvenDifferencesFollowTheirDefinitions() {
        Masses masses = Masses.of(
                "chain",
                Masses.Kind.THEORY,
                Map.of(
                        new Nuclide(50, 80), new Masses.Mass(-1, Double.NaN, false),
                        new Nuclide(50, 81), new Masses.Mass(0.5, Double.NaN, false),
                        new Nuclide(50, 82), new Masses.Mass(-3, Double.NaN, false),
                        new Nuclide(50, 83), new Masses.Mass(2.5, Double.NaN, false),
                        new Nuclide(50, 84), new Masses.Mass(4, Double.NaN, false)));
        // M(80) - 2 M(82) + M(84); (M(81) - 2 M(82) + M(83)) / 2, and its opposite for the odd neighbour.
        assertThat(MassDifference.NEUTRON_SHELL_GAP
                        .of(masses, new Nuclide(50, 82))
                        .orElseThrow()
                        .energyMeV())
                .isEqualTo(9, within(1e-12));
        assertThat(MassDifference.NEUTRON_ODD_EVEN
                        .of(masses, new Nuclide(50, 82))
                        .orElseThrow()
                        .energyMeV())
                .isEqualTo(4.5, within(1e-12));
        assertThat(MassDifference.NEUTRON_ODD_EVEN
                        .of(masses, new Nuclide(50, 81))
                        .orElseThrow()
                        .energyMeV())
                .isEqualTo(2.5, within(1e-12));
        assertThat(MassDifference.PROTON_ODD_EVEN.of(masses, new Nuclide(50, 82)))
                .isEmpty();
    }

    @Test
    void uncertaintiesAddInQuadrature() {
        Masses masses = Masses.of(
                "three",
                Masses.Kind.PREDICTION,
                Map.of(
                        new Nuclide(2, 1), new Masses.Mass(1, 0.3, false),
                        new Nuclide(2, 3), new Masses.Mass(2, 0.2, true),
                        new Nuclide(2, 5), new Masses.Mass(3, 0.6, false)));
        MassDifference.Value gap =
                MassDifference.NEUTRON_SHELL_GAP.of(masses, new Nuclide(2, 3)).orElseThrow();
        assertThat(gap.energyMeV()).isEqualTo(0, within(1e-12));
        assertThat(gap.uncertaintyMeV()).isEqualTo(Math.sqrt(0.09 + 0.16 + 0.36), within(1e-12));
        assertThat(gap.estimated()).isTrue();
    }

    @Test
    void anUnknownSymbolListsTheKnownOnes() {
        assertThatThrownBy(() -> MassDifference.of("S_3n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"S_3n\" is not one of S_n, S_p, S_2n");
        assertThat(MassDifference.of("s_2N")).isEqualTo(MassDifference.S_2N);
    }
}
