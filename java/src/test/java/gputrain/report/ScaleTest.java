package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.report.Scale.Tick;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void linearAxisEndsOnRoundMarks() {
        Scale.Linear scale = Scale.Linear.covering(new Extent().add(0.047, 0.1384), 5);

        assertThat(scale.ticks())
                .extracting(Tick::label)
                .containsExactly("0.04", "0.06", "0.08", "0.10", "0.12", "0.14");
        assertThat(scale.fraction(0.04)).isCloseTo(0, within(1e-12));
        assertThat(scale.fraction(0.14)).isCloseTo(1, within(1e-12));
    }

    @Test
    void linearAxisOfAnyRangeCoversItWithAHandfulOfMarks() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            double size = Math.pow(10, random.nextInt(18) - 9);
            double low = (random.nextDouble() - 0.5) * size;
            double high = low + random.nextDouble() * size + 1e-3 * size;
            Scale.Linear scale = Scale.Linear.covering(new Extent().add(low, high), 5);

            assertThat(scale.fraction(low)).isBetween(-1e-9, 1.0);
            assertThat(scale.fraction(high)).isBetween(0.0, 1 + 1e-9);
            assertThat(scale.ticks()).hasSizeBetween(3, 8);
            assertThat(scale.ticks()).extracting(Tick::label).doesNotHaveDuplicates();
        }
    }

    @Test
    void degenerateRangesStillHaveAnAxis() {
        assertThat(Scale.Linear.covering(new Extent(), 5).ticks()).hasSizeGreaterThan(2);
        Scale.Linear constant = Scale.Linear.covering(new Extent().add(3, Double.NaN, 3), 5);
        assertThat(constant.fraction(3)).isBetween(0.2, 0.8);
        assertThat(Scale.Log.covering(new Extent()).ticks()).isNotEmpty();
        assertThat(Scale.Log.covering(new Extent().addPositive(1e-3, 0, -1)).fraction(1e-3))
                .isBetween(0.2, 0.8);
    }

    @Test
    void logarithmicAxisOfFewDecadesNamesOneTwoFive() {
        Scale.Log scale = Scale.Log.covering(new Extent().addPositive(0.052, 4.3));

        assertThat(scale.ticks()).extracting(Tick::label).containsExactly("0.05", "0.1", "0.2", "0.5", "1", "2", "5");
        assertThat(scale.fraction(0.5)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void logarithmicAxisOfManyDecadesNamesPowersOfTen() {
        List<Tick> ticks =
                Scale.Log.covering(new Extent().addPositive(4e-5, 0.7)).ticks();

        assertThat(ticks).extracting(Tick::label).contains("10⁻⁴", "10⁻¹", "").doesNotContain("0.1");
        assertThat(Scale.Log.covering(new Extent().addPositive(1e-20, 1e10)).ticks())
                .hasSizeBetween(5, 10);
    }

    @Test
    void smallRatesAreNamedWithinADecade() {
        assertThat(Scale.Log.covering(new Extent().addPositive(6e-6, 4e-5)).ticks())
                .extracting(Tick::label)
                .containsExactly("5·10⁻⁶", "10⁻⁵", "2·10⁻⁵", "5·10⁻⁵");
    }

    @Test
    void logarithmicAxisShowsOnlyPositiveValues() {
        Scale scale = new Scale.Log(0.1, 10);

        assertThat(scale.shows(0)).isFalse();
        assertThat(scale.shows(-1)).isFalse();
        assertThat(scale.shows(Double.NaN)).isFalse();
        assertThat(scale.shows(Double.POSITIVE_INFINITY)).isFalse();
        assertThat(scale.shows(0.2)).isTrue();
    }
}
