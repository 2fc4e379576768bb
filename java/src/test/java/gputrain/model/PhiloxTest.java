package gputrain.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {

    /** The known answers for philox4x32-10 that come with Random123, the authors' library. */
    @Test
    void givesTheAuthorsKnownAnswers() {
        assertThat(Philox.block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(Philox.block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        // Digits of pi: counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
        assertThat(Philox.block(0x299f31d0a4093822L, 0x85a308d3243f6a88L, 0x0370734413198a2eL))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void unitsKeepTheirTwentyFourHighBits() {
        assertThat(Philox.unit24(0)).isZero();
        assertThat(Philox.unit24(0xFF)).isZero();
        assertThat(Philox.unit24(0x100)).isEqualTo(0x1p-24);
        assertThat(Philox.unit24(0x80000000)).isEqualTo(0.5);
        assertThat(Philox.unit24(-1)).isEqualTo(1 - 0x1p-24);
    }
}
