package gputrain.data;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Locale;

/**
 * Checks the numbers of an AME line against each other: binding energy and atomic mass follow from the mass excess, and
 * its uncertainty stands there in two units. A shifted, shuffled or mistyped number does not pass, and a line cut
 * anywhere before its end does not either. All published lines of all editions do.
 */
final class AmeChecks {

    /** keV per micro-u (CODATA 2018). */
    private static final double KEV_PER_MICRO_U = 0.93149410242;

    /** How far, relatively, an edition's own value is from this one: in 1983 by 8 parts in a million. */
    private static final double UNIT_CHANGE_1983 = 2e-5;

    private static final double UNIT_CHANGE = 1e-6;

    private final String file;
    private final AmeLayout layout;
    private final double unitChange;
    private double hydrogenKeV = Constants.HYDROGEN_MASS_EXCESS_KEV;
    private double neutronKeV = Constants.NEUTRON_MASS_EXCESS_KEV;

    AmeChecks(String file, AmeLayout layout) {
        this.file = file;
        this.layout = layout;
        this.unitChange = layout.equals(AmeLayout.AME1983) ? UNIT_CHANGE_1983 : UNIT_CHANGE;
    }

    /**
     * Takes the lines in file order; the first ones give the edition's neutron and 1H.
     *
     * @param text the line, at least as long as the binding energy needs
     * @param cells Z, N and the four quantities of the layout, without '#'
     * @throws DataFormatException when two numbers contradict each other
     */
    void require(int line, String text, Nuclide nuclide, List<String> cells) {
        String massExcess = cells.get(2);
        if (nuclide.equals(new Nuclide(0, 1))) {
            neutronKeV = Double.parseDouble(massExcess);
        } else if (nuclide.equals(new Nuclide(1, 0))) {
            hydrogenKeV = Double.parseDouble(massExcess);
        }
        requireBinding(line, nuclide, massExcess, cells.get(4));
        requireAtomicMass(line, text, nuclide, massExcess);
        requireUncertainty(line, text, cells.get(3));
    }

    private void requireBinding(int line, Nuclide nuclide, String massExcess, String binding) {
        int count = layout.bindingPerNucleon() ? nuclide.A() : 1;
        double freeKeV = nuclide.Z() * hydrogenKeV + nuclide.N() * neutronKeV;
        double expected = (freeKeV - Double.parseDouble(massExcess)) / count;
        // The constituents' own rounding adds up to Z times half their last digit: 0.05 keV where 3 digits are printed.
        double rounding = Numbers.halfLastDigit(massExcess) + 0.1;
        // Estimated totals before 2003 were rounded twice.
        rounding += massExcess.contains(".") ? 0.0 : 1.0;
        double tolerance = 1.1 * Numbers.halfLastDigit(binding) + rounding / count;
        requireClose(
                line,
                layout.quantities().get(2).start(),
                binding,
                expected,
                tolerance,
                "binding energy (keV) that the mass excess gives");
    }

    private void requireAtomicMass(int line, String text, Nuclide nuclide, String massExcess) {
        String whole = field(text, layout.wholeMass());
        if (!Numbers.isCount(whole)) {
            throw missing(line, text, layout.wholeMass(), "the whole part of the atomic mass");
        }
        double massExcessKeV = Double.parseDouble(massExcess);
        String rest = number(line, text, layout.massRest(), "the atomic mass", massExcess);
        double expected = massExcessKeV / KEV_PER_MICRO_U + 1e6 * (nuclide.A() - Integer.parseInt(whole));
        double tolerance = 2 * (Numbers.halfLastDigit(massExcess) + Numbers.halfLastDigit(rest))
                + unitChange * Math.abs(massExcessKeV);
        String name = "atomic mass of " + Elements.name(nuclide) + " (micro-u after " + whole
                + " u) that the mass excess gives";
        requireClose(line, layout.massRest().start(), rest, expected, tolerance, name);
    }

    private void requireUncertainty(int line, String text, String uncertainty) {
        double uncertaintyKeV = Double.parseDouble(uncertainty);
        if (uncertaintyKeV < 0) {
            int column = layout.quantities().get(1).start() + 1;
            throw error(line, column, "an uncertainty of at least 0", "'" + uncertainty + "'");
        }
        String micro =
                number(line, text, layout.massRestUncertainty(), "the uncertainty of the atomic mass", uncertainty);
        double tolerance =
                2 * (Numbers.halfLastDigit(uncertainty) + Numbers.halfLastDigit(micro)) + unitChange * uncertaintyKeV;
        double expected = uncertaintyKeV / KEV_PER_MICRO_U;
        requireClose(
                line,
                layout.massRestUncertainty().start(),
                micro,
                expected,
                tolerance,
                "uncertainty (micro-u) equal to " + uncertainty + " keV");
    }

    private void requireClose(int line, int start, String text, double expected, double tolerance, String name) {
        if (!(Math.abs(Double.parseDouble(text) - expected) <= tolerance)) {
            String wanted = String.format(Locale.ROOT, "about %.3f", expected);
            throw error(line, start + 1, wanted + " here, the " + name, AmeReader.quote(text));
        }
    }

    /** A number in micro-u; it has a decimal point where the one in keV has, or it was cut. */
    private String number(int line, String text, AmeLayout.Span span, String name, String inKeV) {
        String field = field(text, span);
        String digits = field.endsWith("#") ? field.substring(0, field.length() - 1) : field;
        if (!Numbers.isDecimal(digits) || digits.contains(".") != inKeV.contains(".")) {
            throw missing(line, text, span, name);
        }
        return digits;
    }

    private static String field(String text, AmeLayout.Span span) {
        return span.start() >= text.length()
                ? ""
                : text.substring(span.start(), Math.min(span.end(), text.length()))
                        .strip();
    }

    private DataFormatException missing(int line, String text, AmeLayout.Span span, String name) {
        boolean cut = text.length() <= span.start();
        String found =
                cut ? "the end of the line after " + text.length() + " characters" : AmeReader.quote(field(text, span));
        return error(line, Math.min(span.start(), text.length()) + 1, name, found);
    }

    private DataFormatException error(int line, int column, String expected, String found) {
        return new DataFormatException(file, line, column, expected, found, AmeReader.MEND);
    }
}
