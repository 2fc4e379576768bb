package gputrain.data;

import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads a published AME mass file.
 *
 * <p>Nothing is skipped on the ground that it does not parse: the header ends where the column titles stand, and from
 * there on every line must be a data line. Each one is checked against what the file says twice: N-Z, A, the element,
 * the place of every decimal point, the order of the lines, and by {@link AmeChecks} the numbers against each other.
 */
final class AmeReader {

    private static final Pattern TITLE = Pattern.compile("1?N-Z +N +Z +A +EL +O +MASS EXCESS +BINDING ENERGY.*");
    private static final Pattern UNITS = Pattern.compile(" +\\(keV\\) +\\(keV\\) +\\(keV\\) +\\(micro-u\\) *");
    private static final Pattern DATA_START = Pattern.compile("[ 01][ \\d-]{2}\\d[ \\d-]{4}\\d[ \\d-]{4}\\d.*");
    private static final Pattern SYMBOL = Pattern.compile("[A-Za-z]{1,2}[a-z+-]? {0,2}");

    /** The 1983 edition names isomers and mixtures after their element with one or two of these letters. */
    private static final Pattern ISOMER_SUFFIX = Pattern.compile("x?[mnxyz]");

    static final String MEND =
            "compare the line with the published file (a download in text mode, an editor or a paste can shift columns)";

    private final String file;
    private final AmeLayout layout;
    private final List<RawTable.Row> rows = new ArrayList<>();
    private Nuclide previous;
    private final AmeChecks checks;

    private AmeReader(String file, AmeLayout layout) {
        this.file = file;
        this.layout = layout;
        this.checks = new AmeChecks(file, layout);
    }

    /**
     * Reads all nuclides of a published file, in its order.
     *
     * @throws DataFormatException at the first line that is not what the layout says
     */
    static RawTable read(String file, List<String> lines, AmeLayout layout) {
        AmeReader reader = new AmeReader(file, layout);
        int end = TextLines.lastFilled(lines) + 1;
        int i = reader.firstDataLine(lines);
        while (i < end) {
            String line = lines.get(i);
            if (layout.isomers() && TITLE.matcher(line).matches()) {
                reader.requireUnits(lines, i + 1);
                i += 2;
            } else {
                reader.readLine(i + 1, line);
                i++;
            }
        }
        if (reader.rows.isEmpty()) {
            throw new DataFormatException(
                    file, end + 1, 1, "lines of nuclides", "the end of the file", "get the file again");
        }
        return new RawTable(file, Map.of(), 1, columns(layout), List.copyOf(reader.rows));
    }

    private static List<String> columns(AmeLayout layout) {
        List<String> columns = new ArrayList<>(List.of("Z", "N"));
        layout.quantities().forEach(quantity -> columns.add(quantity.name()));
        columns.add("estimated");
        return List.copyOf(columns);
    }

    private int firstDataLine(List<String> lines) {
        if (!lines.isEmpty() && DATA_START.matcher(lines.get(0)).matches()) {
            return 0;
        }
        for (int i = 0; i < lines.size(); i++) {
            if (TITLE.matcher(lines.get(i)).matches()) {
                requireTitleOfLayout(lines.get(i), i + 1);
                requireUnits(lines, i + 1);
                return i + 2;
            }
        }
        throw new DataFormatException(
                file,
                1,
                1,
                "the column titles of an AME mass file ('1N-Z    N    Z   A  EL ...') or a line of a nuclide",
                lines.isEmpty() ? "an empty file" : quote(lines.get(0)),
                "check that this is the AME mass file and not another of its series");
    }

    private void requireTitleOfLayout(String title, int line) {
        boolean perNucleon = title.contains("BINDING ENERGY/A");
        if (perNucleon != layout.bindingPerNucleon()) {
            int column = title.indexOf("BINDING ENERGY") + 1;
            throw new DataFormatException(
                    file,
                    line,
                    column,
                    layout.bindingPerNucleon() ? "'BINDING ENERGY/A'" : "'BINDING ENERGY' in total",
                    quote(title.substring(column - 1, Math.min(title.length(), column + 15))),
                    "this file is of another edition than the layout " + layout.name() + "; name its own");
        }
    }

    private void requireUnits(List<String> lines, int i) {
        if (i >= lines.size() || !UNITS.matcher(lines.get(i)).matches()) {
            String found = i < lines.size() ? quote(lines.get(i)) : "the end of the file";
            throw new DataFormatException(
                    file, i + 1, 1, "the line of units, '(keV) (keV) (keV) (micro-u)'", found, MEND);
        }
    }

    private void readLine(int line, String text) {
        if (!DATA_START.matcher(text).matches()) {
            throw error(line, 1, "a line of a nuclide", quote(text));
        }
        int strange = firstStrange(text);
        if (strange >= 0) {
            throw error(line, strange + 1, "printable characters", String.format("U+%04X", (int) text.charAt(strange)));
        }
        int nMinusZ = count(line, text, 1, 4, "N-Z");
        int N = count(line, text, 5, 9, "the neutron number N");
        int Z = count(line, text, 10, 14, "the proton number Z");
        if (N - Z != nMinusZ) {
            throw error(line, 2, "N-Z = " + (N - Z) + " (N = " + N + ", Z = " + Z + ")", Integer.toString(nMinusZ));
        }
        requireMassNumber(line, text, N + Z);
        if (layout.isomers() && N < 0) {
            requirePion(line, text, Z);
            return;
        }
        if (N < 0 || Z < 0 || N + Z == 0) {
            throw error(line, 6, "a nuclide", "N = " + N + ", Z = " + Z);
        }
        Nuclide nuclide = new Nuclide(Z, N);
        String suffix = symbolSuffix(line, text, nuclide);
        if (layout.isomers() && nuclide.equals(previous)) {
            requireIsomer(line, text, nuclide, suffix);
            return;
        }
        requireOrder(line, nuclide);
        if (!suffix.isEmpty()) {
            throw error(line, 21, "the ground state of " + Elements.name(nuclide), quote(text.substring(20, 23)));
        }
        previous = nuclide;
        addGroundState(line, text, nuclide);
    }

    private void addGroundState(int line, String text, Nuclide nuclide) {
        if (text.length() < layout.betaMark() + 2 || !text.startsWith("B-", layout.betaMark())) {
            String found = text.length() < layout.betaMark() + 2
                    ? "the end of the line after " + text.length() + " characters"
                    : quote(text.substring(layout.betaMark(), layout.betaMark() + 2));
            throw error(line, layout.betaMark() + 1, "'B-' after the binding energy", found);
        }
        List<String> cells = new ArrayList<>(List.of(Integer.toString(nuclide.Z()), Integer.toString(nuclide.N())));
        List<Integer> places = new ArrayList<>(List.of(11, 6));
        boolean estimated = false;
        for (int k = 0; k < layout.quantities().size(); k++) {
            String number = number(line, text, k);
            estimated |= k < 2 && number.endsWith("#");
            cells.add(number.replace("#", ""));
            places.add(layout.quantities().get(k).start() + 1);
        }
        cells.add(Boolean.toString(estimated));
        places.add(layout.quantities().get(0).point() + 1);
        checks.require(line, text, nuclide, cells);
        rows.add(new RawTable.Row(line, List.copyOf(cells), places::get));
    }

    private String number(int line, String text, int k) {
        AmeLayout.Quantity quantity = layout.quantities().get(k);
        String field = text.substring(quantity.start(), quantity.end());
        String number = field.strip();
        boolean estimated = number.endsWith("#");
        String digits = estimated ? number.substring(0, number.length() - 1) : number;
        if (!Numbers.isDecimal(digits)) {
            throw error(line, quantity.start() + 1, "a number, " + quantity.name(), quote(field));
        }
        int point = field.indexOf(estimated ? '#' : '.');
        if (point != quantity.point() - quantity.start() || (estimated && digits.contains("."))) {
            throw error(line, quantity.point() + 1, "the decimal point (or #) of " + quantity.name(), quote(field));
        }
        return number;
    }

    /** A tab would hide a shift of columns. */
    private static int firstStrange(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return i;
            }
        }
        return -1;
    }

    private int count(int line, String text, int start, int end, String name) {
        String field = text.substring(start, end).strip();
        if (!Numbers.isSignedCount(field)) {
            throw error(line, start + 1, "an integer, " + name, quote(text.substring(start, end)));
        }
        return Integer.parseInt(field);
    }

    /** The 1983 edition prints A only where it changes. */
    private void requireMassNumber(int line, String text, int A) {
        if (text.length() < 28) {
            throw error(line, text.length() + 1, "a whole line of a nuclide", "the end of the line");
        }
        String field = text.substring(14, 19).strip();
        boolean absent = layout.isomers() && field.isEmpty();
        if (!absent && !field.equals(Integer.toString(A))) {
            throw error(line, 15, "A = N + Z = " + A, quote(text.substring(14, 19)));
        }
    }

    private String symbolSuffix(int line, String text, Nuclide nuclide) {
        String field = text.substring(20, 23);
        String symbol = Elements.symbol(nuclide.Z());
        String printed = field.stripTrailing();
        if (nuclide.Z() == 0 && field.equals(" n ")) {
            return "";
        }
        if (SYMBOL.matcher(field).matches()) {
            if (printed.equals(symbol) || AmeLayout.isEarlierSymbol(nuclide.Z(), printed)) {
                return "";
            }
            boolean isomer = layout.isomers()
                    && printed.startsWith(symbol)
                    && ISOMER_SUFFIX.matcher(printed.substring(symbol.length())).matches();
            if (isomer) {
                return printed.substring(symbol.length());
            }
        }
        throw error(line, 21, "the element symbol of Z = " + nuclide.Z() + ", " + symbol, quote(field));
    }

    private void requireOrder(int line, Nuclide nuclide) {
        if (previous != null && previous.compareTo(nuclide) >= 0) {
            String found = previous.equals(nuclide) ? "it a second time" : "it after " + Elements.name(previous);
            throw error(line, 6, Elements.name(nuclide) + " in the order of A, then Z", found);
        }
    }

    private void requireIsomer(int line, String text, Nuclide nuclide, String suffix) {
        if (suffix.isEmpty()) {
            throw error(
                    line, 21, "an isomer of " + Elements.name(nuclide) + ", or the next nuclide", "it a second time");
        }
        if (text.length() < layout.quantities().get(1).end()) {
            throw error(line, text.length() + 1, "a whole line of a nuclide", "the end of the line");
        }
        number(line, text, 0);
        number(line, text, 1);
    }

    private void requirePion(int line, String text, int Z) {
        String symbol = text.substring(20, 23);
        if (Z != 1 || !(symbol.equals("pi+") || symbol.equals("pi-")) || !rows.isEmpty()) {
            throw error(line, 6, "a neutron number of at least 0", quote(text.substring(5, 9)));
        }
    }

    private DataFormatException error(int line, int column, String expected, String found) {
        return new DataFormatException(file, line, column, expected, found, MEND);
    }

    static String quote(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return shown.isEmpty() ? "an empty line" : "'" + shown + "'";
    }
}
