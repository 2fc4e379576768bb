package gputrain.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalsTest {

    @Test
    void writesWhatFormatWrites() {
        for (double value :
                new double[] {0, -0.0, 0.5, -0.5, 1.5, 2.5, 0.0005, -0.0004, 1.0005, 0.3, 0.1, 1e-300, 9.9995, 1e22}) {
            requireSame(value);
        }
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            requireSame(random.nextGaussian());
            requireSame(random.nextGaussian() * 1e5);
            // Ties, which binary fractions only seem to be.
            requireSame((2 * random.nextInt(100_000) + 1) / 2e3);
            requireSame((2 * random.nextInt(1_000_000) + 1) / 2e6);
            requireSame(random.nextInt(2_000_000) * 1e-7);
        }
    }

    private static void requireSame(double value) {
        for (int decimals : new int[] {0, 1, 2, 3, 6}) {
            assertThat(Decimals.fixed(value, decimals))
                    .isEqualTo(String.format(Locale.ROOT, "%." + decimals + "f", value));
        }
    }
}
