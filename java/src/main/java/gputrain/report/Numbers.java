package gputrain.report;

import gputrain.file.Decimals;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as a reader wants them: few digits, a true minus sign, no locale. */
final class Numbers {
    /** Stands where there is no value. */
    static final String NONE = "–";

    private static final String MINUS = "\u2212";
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private Numbers() {}

    /** An energy in MeV: three decimals, or two significant digits below 0.01 MeV. */
    static String energy(double mev) {
        if (!Double.isFinite(mev)) {
            return NONE;
        }
        double size = Math.abs(mev);
        return size >= 0.00995 || size == 0 ? fixed(mev, 3) : significant(mev, 2);
    }

    /** Two energies as value and spread; the value alone when there is no spread. */
    static String energy(double mev, double spread) {
        return Double.isFinite(spread) ? energy(mev) + " ± " + margin(spread) : energy(mev);
    }

    /** A spread or the size of a difference in MeV: three decimals, or one significant digit where they would be 0. */
    static String margin(double mev) {
        return Math.abs(mev) >= 0.0005 || mev == 0 ? fixed(mev, 3) : significant(mev, 1);
    }

    /** A difference, always with its sign. */
    static String signedEnergy(double mev) {
        String text = fixed(mev, 3);
        return Double.isFinite(mev) && mev > 0 && !text.equals("0.000") ? "+" + text : text;
    }

    static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        String text = Decimals.fixed(Math.abs(value), decimals);
        boolean zero = true;
        for (int i = 0; i < text.length() && zero; i++) {
            zero = text.charAt(i) < '1';
        }
        int point = decimals == 0 ? text.length() : text.length() - decimals - 1;
        if (point > 3) {
            StringBuilder grouped = new StringBuilder(text);
            for (int i = point - 3; i > 0; i -= 3) {
                grouped.insert(i, ',');
            }
            text = grouped.toString();
        }
        return value < 0 && !zero ? MINUS + text : text;
    }

    /** Significant digits; powers of ten outside 1e-4 to 1e6. */
    static String significant(double value, int digits) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent > 5) {
            if (digits == 1 && rounded.unscaledValue().equals(BigInteger.ONE)) {
                return "10" + superscript(exponent);
            }
            String mantissa = fixed(rounded.movePointLeft(exponent).doubleValue(), digits - 1);
            return mantissa + " × 10" + superscript(exponent);
        }
        return fixed(rounded.doubleValue(), Math.max(0, digits - 1 - exponent));
    }

    /** A number of unknown kind, as it was written, powers of ten made readable. */
    static String plain(double value) {
        BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
        double size = Math.abs(value);
        boolean everyday = size == 0 || (size >= 1e-3 && size < 1e15);
        return everyday
                ? exact.toPlainString().replace("-", MINUS)
                : significant(value, Math.max(1, exact.precision()));
    }

    /** A number of nuclei, or its mean and spread over networks. */
    static String nuclei(double mean, double spread) {
        return Double.isFinite(spread) ? fixed(mean, 1) + " ± " + fixed(spread, 1) : fixed(mean, 0);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace("-", MINUS);
    }

    /** Seconds as a person says them. */
    static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NONE;
        }
        if (seconds < 100) {
            return significant(seconds, 3) + " s";
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + (whole % 3600) / 60 + " min";
    }

    static String superscript(int value) {
        StringBuilder text = new StringBuilder(value < 0 ? "⁻" : "");
        for (char digit : Integer.toString(Math.abs(value)).toCharArray()) {
            text.append(SUPERSCRIPTS.charAt(digit - '0'));
        }
        return text.toString();
    }

    /** A length of a drawing, to a hundredth; written by hand because a report has a hundred thousand of them. */
    static String coordinate(double value) {
        StringBuilder text = new StringBuilder();
        appendCoordinate(text, value);
        return text.toString();
    }

    /** The same at the end of a text. */
    static void appendCoordinate(StringBuilder text, double value) {
        long hundredths = Math.round(value * 100);
        if (hundredths < 0) {
            text.append('-');
        }
        long size = Math.abs(hundredths);
        text.append(size / 100);
        int fraction = (int) (size % 100);
        if (fraction != 0) {
            text.append('.').append(fraction / 10);
            if (fraction % 10 != 0) {
                text.append(fraction % 10);
            }
        }
    }
}
