package gputrain.data;

import java.util.regex.Pattern;

/** What counts as a decimal number in a table: digits, an optional sign, an optional point. No exponent, no NaN. */
final class Numbers {

    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d{1,15}(\\.\\d{0,15})?|\\.\\d{1,15})");
    private static final Pattern INTEGER = Pattern.compile("\\d{1,3}");
    private static final Pattern SIGNED_INTEGER = Pattern.compile("-?\\d{1,3}");

    private Numbers() {}

    static boolean isDecimal(String text) {
        return DECIMAL.matcher(text).matches();
    }

    /** Up to three digits without a sign: a proton, neutron or mass number. */
    static boolean isCount(String text) {
        return INTEGER.matcher(text).matches();
    }

    static boolean isSignedCount(String text) {
        return SIGNED_INTEGER.matcher(text).matches();
    }

    /** Digits after the decimal point. */
    static int decimals(String text) {
        int point = text.indexOf('.');
        return point < 0 ? 0 : text.length() - point - 1;
    }

    /** Half a unit of the last printed digit. */
    static double halfLastDigit(String text) {
        return 0.5 * Math.pow(10.0, -decimals(text));
    }
}
