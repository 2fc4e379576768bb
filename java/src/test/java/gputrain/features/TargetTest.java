package gputrain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.nuclide.Nuclide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private static final Nuclide LEAD = new Nuclide(82, 126);
    /** AME2020: minus the atomic binding energy of 208Pb. */
    private static final double ENERGY = -1636.430;

    @ParameterizedTest
    @ValueSource(strings = {"E", "E - E_LD(ws-star)", "E - E_LD(ws4)"})
    void energiesComeBack(String name) {
        Target target = Target.parse(name);
        assertThat(target).hasToString(name);
        assertThat(target.givesEnergy()).isTrue();
        assertThat(target.energyMeV(LEAD, target.value(LEAD, ENERGY))).isCloseTo(ENERGY, within(1e-9));
    }

    @Test
    void valuesByHand() {
        assertThat(Target.parse("E").value(LEAD, ENERGY)).isEqualTo(ENERGY);
        assertThat(Target.parse("E_LD(ws-star)").value(LEAD, ENERGY)).isCloseTo(-1623.84883, within(1e-5));
        assertThat(Target.parse("E_LD(ws4)").value(LEAD, ENERGY)).isCloseTo(-1624.23021, within(1e-5));
        // Doubly magic: bound by more than the drop says.
        assertThat(Target.parse("E - E_LD(ws-star)").value(LEAD, ENERGY)).isCloseTo(-12.58117, within(1e-5));
        assertThat(Target.parse("E - E_LD(ws4)").value(LEAD, ENERGY)).isCloseTo(-12.19979, within(1e-5));
    }

    @Test
    void noEnergyFollowsFromTheDropAlone() {
        Target target = Target.parse("E_LD(ws4)");
        assertThat(target.givesEnergy()).isFalse();
        assertThatThrownBy(() -> target.energyMeV(LEAD, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> Target.parse("E-E_LD(ws4)"))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("unknown target \"E-E_LD(ws4)\"")
                .hasMessageContaining("E - E_LD(ws4)");
    }
}
