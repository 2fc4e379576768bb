package gputrain.file;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers with a fixed number of decimals. */
public final class Decimals {
    private Decimals() {}

    /**
     * What {@code String.format(Locale.ROOT, "%.3f", value)} gives, for 3 or another number of decimals. A run writes a hundred
     * thousand numbers; parsing the format for each takes most of the memory that a report needs.
     *
     * @param value finite
     */
    public static String fixed(double value, int decimals) {
        String size = BigDecimal.valueOf(Math.abs(value))
                .setScale(decimals, RoundingMode.HALF_UP)
                .toPlainString();
        return Double.doubleToRawLongBits(value) < 0 ? "-" + size : size;
    }
}
