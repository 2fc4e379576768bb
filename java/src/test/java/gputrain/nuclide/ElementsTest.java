package gputrain.nuclide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElementsTest {

    @ParameterizedTest
    @CsvSource({
        "0, n",
        "1, H",
        "2, He",
        "7, N",
        "26, Fe",
        "50, Sn",
        "63, Eu",
        "74, W",
        "82, Pb",
        "92, U",
        "103, Lr",
        "112, Cn",
        "113, Nh",
        "118, Og",
        "119, Uue",
        "120, Ubn",
        "126, Ubh",
        "136, Uth",
    })
    void symbolsAndBack(int Z, String symbol) {
        assertThat(Elements.symbol(Z)).isEqualTo(symbol);
        assertThat(Elements.protonNumber(symbol)).hasValue(Z);
    }

    @Test
    void everySymbolIsOneElements() {
        for (int Z = 0; Z <= 136; Z++) {
            assertThat(Elements.protonNumber(Elements.symbol(Z))).hasValue(Z);
        }
        assertThat(Elements.protonNumber("Xx")).isEmpty();
        assertThat(Elements.protonNumber("N")).hasValue(7);
        assertThat(Elements.protonNumber("PB")).hasValue(82);
    }

    @Test
    void thereIsNoSymbolOutsideTheRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> Elements.symbol(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Elements.symbol(1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"208Pb", "Pb208", "Pb-208", "208-Pb", "pb208", "Z82N126", "z82n126", "Z82,N126", " 208Pb "})
    void readsEveryWayOfWritingANuclide(String text) {
        assertThat(Elements.parse(text)).isEqualTo(new Nuclide(82, 126));
    }

    @Test
    void namesReadBack() {
        for (Nuclide nuclide :
                new Nuclide[] {new Nuclide(0, 1), new Nuclide(1, 0), new Nuclide(7, 7), new Nuclide(120, 180)}) {
            assertThat(Elements.parse(Elements.name(nuclide))).isEqualTo(nuclide);
        }
        assertThat(Elements.name(new Nuclide(82, 126))).isEqualTo("208Pb");
    }

    @ParameterizedTest
    @CsvSource({
        "lead, is not a nuclide: write it as 208Pb",
        "208Xx, there is no element 'Xx'",
        "81Pb, its mass number must be at least Z = 82",
        "Z0N0, and at least 1",
        "0n, and at least 1",
        "208, is not a nuclide",
        "'', is not a nuclide",
    })
    void refusesTheRest(String text, String message) {
        assertThatThrownBy(() -> Elements.parse(text))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void constituentsOfHelium() {
        assertThat(Constants.constituentMassExcessMeV(new Nuclide(2, 2)))
                .isEqualTo((2 * 7288.971064 + 2 * 8071.31806) / 1000);
    }
}
