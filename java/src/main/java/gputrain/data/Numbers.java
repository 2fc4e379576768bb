package gputrain.data;

import java.util.regex.Pattern;

/** What counts as a decimal number in a table: digits, an optional sign, an optional point. No exponent, no NaN. */
final class Numbers {

    private static final int MOST_DIGITS = 15;
    private static final Pattern SIGNED_INTEGER = Pattern.compile("-?\\d{1,3}");

    private Numbers() {}

    /** At most 15 digits on either side of the point; by hand, because a table has a hundred thousand of them. */
    static boolean isDecimal(String text) {
        int start = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        int point = text.indexOf('.');
        if (point < 0) {
            int digits = digits(text, start, text.length());
            return digits >= 1 && digits <= MOST_DIGITS;
        }
        int whole = digits(text, start, point);
        int fraction = digits(text, point + 1, text.length());
        return whole >= 0 && whole <= MOST_DIGITS && fraction >= 0 && fraction <= MOST_DIGITS && whole + fraction >= 1;
    }

    /** Up to three digits without a sign: a proton, neutron or mass number. */
    static boolean isCount(String text) {
        int digits = digits(text, 0, text.length());
        return digits >= 1 && digits <= 3;
    }

    /** How many ASCII digits a part of a text has; -1 when anything else is in it, or it ends before it begins. */
    private static int digits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return -1;
            }
        }
        return to < from ? -1 : to - from;
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
