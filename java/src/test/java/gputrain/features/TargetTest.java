package gputrain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.data.DataLibrary;
import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private static final Nuclide LEAD = new Nuclide(82, 126);
    private static final DataLibrary LIBRARY = DataLibrary.bundled();
    /** AME2020: minus the atomic binding energy of 208Pb. */
    private static final double ENERGY = -1636.430;

    @ParameterizedTest
    @ValueSource(strings = {"E", "E - E_LD(ws-star)", "E - E_LD(ws4)", "E - E(ws4)", "E - E(dz28)"})
    void energiesComeBack(String name) {
        Target target = Target.parse(name);
        assertThat(target).hasToString(name);
        assertThat(target.givesEnergy()).isTrue();
        assertThat(target.energyMeV(LEAD, target.value(LEAD, ENERGY, LIBRARY), LIBRARY))
                .isCloseTo(ENERGY, within(1e-9));
    }

    @Test
    void valuesByHand() {
        assertThat(Target.parse("E").value(LEAD, ENERGY, LIBRARY)).isEqualTo(ENERGY);
        assertThat(Target.parse("E_LD(ws-star)").value(LEAD, ENERGY, LIBRARY)).isCloseTo(-1623.84883, within(1e-5));
        assertThat(Target.parse("E_LD(ws4)").value(LEAD, ENERGY, LIBRARY)).isCloseTo(-1624.23021, within(1e-5));
        // Doubly magic: bound by more than the drop says.
        assertThat(Target.parse("E - E_LD(ws-star)").value(LEAD, ENERGY, LIBRARY))
                .isCloseTo(-12.58117, within(1e-5));
        assertThat(Target.parse("E - E_LD(ws4)").value(LEAD, ENERGY, LIBRARY)).isCloseTo(-12.19979, within(1e-5));
    }

    /** WS4's mass excess of 208Pb is -21.65 MeV, the experiment's -21.749. */
    @Test
    void aTablesResidualIsWhatTheTableLacks() {
        Target target = Target.parse("E - E(ws4)");
        assertThat(target.table()).contains("ws4");
        double theory = LIBRARY.theory("ws4").find(LEAD).orElseThrow().massExcessMeV();
        double energy = -21.749 - Constants.constituentMassExcessMeV(LEAD);
        assertThat(target.value(LEAD, energy, LIBRARY)).isCloseTo(-21.749 - theory, within(1e-9));
        assertThat(Math.abs(target.value(LEAD, energy, LIBRARY))).isLessThan(1);
        assertThatThrownBy(() -> target.value(new Nuclide(1, 0), 0, LIBRARY))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("target E - E(ws4) of Z=1, N=0")
                .hasMessageContaining("table ws4 has no such nuclide");
        assertThatThrownBy(() -> Target.parse("E - E(nothing)").value(LEAD, 0, LIBRARY))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void noEnergyFollowsFromTheDropAlone() {
        Target target = Target.parse("E_LD(ws4)");
        assertThat(target.givesEnergy()).isFalse();
        assertThatThrownBy(() -> target.energyMeV(LEAD, 0, LIBRARY)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> Target.parse("E-E_LD(ws4)"))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("unknown target \"E-E_LD(ws4)\"")
                .hasMessageContaining("E - E_LD(ws4)");
    }
}
