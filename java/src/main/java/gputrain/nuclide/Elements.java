package gputrain.nuclide;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Element symbols and the ways of writing a nuclide.
 *
 * <p>Z = 0 is the neutron, "n". Names to Z = 118 are IUPAC's; above that they are the systematic ones (J. Chatt, Pure
 * Appl. Chem. 51 (1979) 381), as in 119 "Uue".
 */
public final class Elements {

    private static final List<String> NAMED = List.of(("n H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr"
                    + " Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs"
                    + " Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At"
                    + " Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc"
                    + " Lv Ts Og")
            .split(" "));

    /** First letters of nil, un, bi, tri, quad, pent, hex, sept, oct, enn. */
    private static final String DIGIT_LETTERS = "nubtqphsoe";

    /** The largest proton number with a systematic symbol. */
    public static final int LARGEST_Z = 999;

    private static final Pattern MASS_FIRST = Pattern.compile("(\\d{1,3})-?([A-Za-z]{1,3})");
    private static final Pattern SYMBOL_FIRST = Pattern.compile("([A-Za-z]{1,3})-?(\\d{1,3})");
    private static final Pattern NUMBERS = Pattern.compile("[Zz](\\d{1,3})[ ,]?[Nn](\\d{1,3})");
    private static final Map<String, Integer> BY_LOWER_CASE = lowerCaseIndex();

    private Elements() {}

    /**
     * The symbol of an element.
     *
     * @param Z 0 to 999
     * @throws IllegalArgumentException when Z is outside that range
     */
    public static String symbol(int Z) {
        if (Z < 0 || Z > LARGEST_Z) {
            throw new IllegalArgumentException("no element symbol for Z=" + Z);
        }
        if (Z < NAMED.size()) {
            return NAMED.get(Z);
        }
        String letters =
                "" + DIGIT_LETTERS.charAt(Z / 100) + DIGIT_LETTERS.charAt(Z / 10 % 10) + DIGIT_LETTERS.charAt(Z % 10);
        return Character.toUpperCase(letters.charAt(0)) + letters.substring(1);
    }

    /** The proton number of a symbol, upper or lower case alike, except that "n" is the neutron and "N" nitrogen. */
    public static OptionalInt protonNumber(String symbol) {
        if (symbol.equals("n")) {
            return OptionalInt.of(0);
        }
        Integer Z = BY_LOWER_CASE.get(symbol.toLowerCase(Locale.ROOT));
        return Z == null ? OptionalInt.empty() : OptionalInt.of(Z);
    }

    /** Mass number and symbol, as in "208Pb"; the free neutron is "1n". */
    public static String name(Nuclide nuclide) {
        return nuclide.A() + symbol(nuclide.Z());
    }

    /**
     * Reads a nuclide: "208Pb", "Pb208", "Pb-208" or "Z82N126".
     *
     * @throws InputException when the text is none of these, the element is unknown, or A is less than Z
     */
    public static Nuclide parse(String text) {
        String trimmed = text.strip();
        Matcher numbers = NUMBERS.matcher(trimmed);
        if (numbers.matches()) {
            int Z = Integer.parseInt(numbers.group(1));
            int N = Integer.parseInt(numbers.group(2));
            return nuclide(trimmed, Z, N);
        }
        Matcher massFirst = MASS_FIRST.matcher(trimmed);
        if (massFirst.matches()) {
            return named(trimmed, massFirst.group(2), Integer.parseInt(massFirst.group(1)));
        }
        Matcher symbolFirst = SYMBOL_FIRST.matcher(trimmed);
        if (symbolFirst.matches()) {
            return named(trimmed, symbolFirst.group(1), Integer.parseInt(symbolFirst.group(2)));
        }
        throw new InputException("'" + text + "' is not a nuclide: write it as 208Pb, Pb208, Pb-208 or Z82N126");
    }

    private static Nuclide named(String text, String symbol, int A) {
        OptionalInt Z = protonNumber(symbol);
        if (Z.isEmpty()) {
            throw new InputException("'" + text + "' is not a nuclide: there is no element '" + symbol + "'");
        }
        return nuclide(text, Z.getAsInt(), A - Z.getAsInt());
    }

    private static Nuclide nuclide(String text, int Z, int N) {
        if (N < 0 || Z + N == 0) {
            throw new InputException(
                    "'" + text + "' is not a nuclide: its mass number must be at least Z = " + Z + ", and at least 1");
        }
        return new Nuclide(Z, N);
    }

    private static Map<String, Integer> lowerCaseIndex() {
        Map<String, Integer> index = new HashMap<>();
        for (int Z = LARGEST_Z; Z >= 1; Z--) {
            index.put(symbol(Z).toLowerCase(Locale.ROOT), Z);
        }
        return Map.copyOf(index);
    }
}
