package gputrain.data;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads a published theory file as its {@link TheoryFormat} says.
 *
 * <p>From the line after the column titles on, every line must be a data line. Fill values become empty cells; a
 * nuclide for which the file has no mass at all is left out.
 */
final class TheoryReader {

    private static final Pattern RULER = Pattern.compile("#.*|[ =-]+");
    private static final Pattern ANY_NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern FILLED = Pattern.compile("#+|");
    private static final String MEND = "compare the line with the published file";

    private record Cell(String text, int column) {}

    private final String file;
    private final TheoryFormat format;
    private final List<RawTable.Row> rows = new ArrayList<>();
    private final Map<Nuclide, Integer> lineOf = new HashMap<>();

    private TheoryReader(String file, TheoryFormat format) {
        this.file = file;
        this.format = format;
    }

    /**
     * Reads all nuclides with a mass, in file order.
     *
     * @throws DataFormatException at the first line that is not what the format says
     */
    static RawTable read(String file, List<String> lines, TheoryFormat format) {
        TheoryReader reader = new TheoryReader(file, format);
        int end = TextLines.lastFilled(lines) + 1;
        for (int i = reader.firstDataLine(lines); i < end; i++) {
            reader.readLine(i + 1, lines.get(i));
        }
        if (reader.rows.isEmpty()) {
            throw reader.error(end + 1, 1, "lines of nuclides", "the end of the file");
        }
        List<String> columns = new ArrayList<>(List.of("Z", "N"));
        format.quantities().forEach(quantity -> columns.add(quantity.column()));
        return new RawTable(file, Map.of(), 1, List.copyOf(columns), List.copyOf(reader.rows));
    }

    private int firstDataLine(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (collapse(lines.get(i)).equals(format.title())) {
                for (int k = i + 1; k <= i + format.rulers(); k++) {
                    if (k >= lines.size() || !RULER.matcher(lines.get(k)).matches()) {
                        String found = k < lines.size() ? quote(lines.get(k)) : "the end of the file";
                        throw error(k + 1, 1, "the line between the column titles and the data", found);
                    }
                }
                return i + 1 + format.rulers();
            }
        }
        throw new DataFormatException(
                file,
                1,
                1,
                "the column titles '" + format.title() + "'",
                lines.isEmpty() ? "an empty file" : "no such line",
                "check that this is the file of the format " + format.name());
    }

    private void readLine(int line, String text) {
        List<Cell> cells = cut(line, text);
        if (cells.size() != format.cellCount()) {
            throw error(line, text.length() + 1, format.cellCount() + " columns", cells.size() + " in " + quote(text));
        }
        Nuclide nuclide = nuclide(line, cells);
        Integer first = lineOf.putIfAbsent(nuclide, line);
        if (first != null) {
            throw error(line, 1, "each nuclide once", Elements.name(nuclide) + " again (first on line " + first + ")");
        }
        requireNumbers(line, cells);
        List<String> kept = new ArrayList<>(List.of(Integer.toString(nuclide.Z()), Integer.toString(nuclide.N())));
        List<Integer> places = new ArrayList<>(List.of(1, 1));
        boolean hasMass = false;
        for (TheoryFormat.Quantity quantity : format.quantities()) {
            Cell cell = cells.get(quantity.cell());
            String number = number(line, cell, quantity);
            boolean isMass = quantity.column().equals(TheoryTable.MASS_EXCESS)
                    || quantity.column().equals(TheoryTable.BINDING);
            hasMass |= isMass && !number.isEmpty();
            kept.add(number);
            places.add(cell.column());
        }
        if (hasMass) {
            requireConsistent(line, nuclide, kept, places);
            rows.add(new RawTable.Row(line, List.copyOf(kept), places::get));
        }
    }

    private Nuclide nuclide(int line, List<Cell> cells) {
        int Z = count(line, cells.get(format.z()), "the proton number Z");
        int A = format.a() < 0 ? -1 : count(line, cells.get(format.a()), "the mass number A");
        int N = format.n() < 0 ? A - Z : count(line, cells.get(format.n()), "the neutron number N");
        int place = cells.get(Math.max(format.a(), format.n())).column();
        if (A >= 0 && A != Z + N) {
            throw error(line, place, "A = Z + N = " + (Z + N), Integer.toString(A));
        }
        if (N < 0 || Z + N == 0) {
            throw error(line, place, "a nuclide", "Z = " + Z + ", A = " + A);
        }
        if (format.symbol() >= 0) {
            requireSymbol(line, cells.get(format.symbol()), Z);
        }
        return new Nuclide(Z, N);
    }

    /** Above Z = 118 the files print Z - 100 in the place of a symbol. */
    private void requireSymbol(int line, Cell cell, int Z) {
        String symbol = Z > 118 ? Integer.toString(Z - 100) : Elements.symbol(Z);
        if (!cell.text().equalsIgnoreCase(symbol)) {
            throw error(line, cell.column(), "the element symbol of Z = " + Z + ", " + symbol, quote(cell.text()));
        }
    }

    private int count(int line, Cell cell, String name) {
        if (!Numbers.isCount(cell.text())) {
            throw error(line, cell.column(), "an integer, " + name, quote(cell.text()));
        }
        return Integer.parseInt(cell.text());
    }

    private void requireNumbers(int line, List<Cell> cells) {
        for (int k = 0; k < cells.size(); k++) {
            Cell cell = cells.get(k);
            boolean isWord = k == format.symbol() || format.words().contains(k);
            if (!isWord
                    && !ANY_NUMBER.matcher(cell.text()).matches()
                    && !FILLED.matcher(cell.text()).matches()) {
                throw error(line, cell.column(), "a number", quote(cell.text()));
            }
        }
    }

    private String number(int line, Cell cell, TheoryFormat.Quantity quantity) {
        String text = cell.text();
        boolean absent =
                quantity.fills().contains(text) || (text.isEmpty() && format.cutter() instanceof TheoryFormat.Fixed);
        if (absent) {
            return "";
        }
        if (quantity.decimals() < 0 && ANY_NUMBER.matcher(text).matches()) {
            text = new BigDecimal(text).toPlainString();
        }
        if (!Numbers.isDecimal(text)) {
            throw error(line, cell.column(), "a number, " + quantity.column(), quote(text));
        }
        if (quantity.decimals() >= 0 && Numbers.decimals(text) != quantity.decimals()) {
            String expected = quantity.decimals() + " digits after the point of " + quantity.column();
            throw error(line, cell.column(), expected, quote(text));
        }
        if (!quantity.negative()) {
            return text;
        }
        return text.startsWith("-") ? text.substring(1) : "-" + text;
    }

    /** Where a file gives mass excess and binding energy, they agree within the constants of the day. */
    private void requireConsistent(int line, Nuclide nuclide, List<String> kept, List<Integer> places) {
        int massExcess = 2 + indexOf(TheoryTable.MASS_EXCESS);
        int binding = 2 + indexOf(TheoryTable.BINDING);
        if (massExcess < 2 || binding < 2) {
            return;
        }
        double sum = Double.parseDouble(kept.get(massExcess)) + Double.parseDouble(kept.get(binding));
        if (Math.abs(sum - Constants.constituentMassExcessMeV(nuclide)) > 0.2) {
            throw error(
                    line,
                    places.get(massExcess),
                    "a mass excess that agrees with the binding energy " + kept.get(binding) + " MeV of "
                            + Elements.name(nuclide),
                    quote(kept.get(massExcess)));
        }
    }

    private int indexOf(String column) {
        for (int k = 0; k < format.quantities().size(); k++) {
            if (format.quantities().get(k).column().equals(column)) {
                return k;
            }
        }
        return -2;
    }

    private List<Cell> cut(int line, String text) {
        if (format.cutter() instanceof TheoryFormat.Fixed fixed) {
            if (!fixed.admits(text.length())) {
                throw error(line, text.length() + 1, "a whole line of a nuclide", text.length() + " characters");
            }
            List<Cell> cells = fixed.places().stream()
                    .map(place -> new Cell(slice(text, place.get(0), place.get(1)), place.get(0) + 1))
                    .toList();
            if (text.length() == fixed.shortWidth()
                    && cells.get(fixed.reason()).text().isEmpty()) {
                throw error(line, text.length() + 1, "an experimental or a theoretical mass", "the end of the line");
            }
            return cells;
        }
        if (format.cutter() instanceof TheoryFormat.Delimiter delimiter) {
            return between(text, delimiter.character());
        }
        return betweenBlanks(text);
    }

    private static String slice(String text, int start, int end) {
        return start >= text.length() ? "" : text.substring(start, end).strip();
    }

    private static List<Cell> between(String text, char delimiter) {
        List<Cell> cells = new ArrayList<>();
        int start = 0;
        while (start <= text.length()) {
            int end = text.indexOf(delimiter, start);
            end = end < 0 ? text.length() : end;
            cells.add(new Cell(text.substring(start, end).strip(), start + 1));
            start = end + 1;
        }
        return cells;
    }

    private static List<Cell> betweenBlanks(String text) {
        List<Cell> cells = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            int start = i;
            boolean blank = Character.isWhitespace(text.charAt(i));
            while (i < text.length() && Character.isWhitespace(text.charAt(i)) == blank) {
                i++;
            }
            if (!blank) {
                cells.add(new Cell(text.substring(start, i), start + 1));
            }
        }
        return cells;
    }

    private static String collapse(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }

    private DataFormatException error(int line, int column, String expected, String found) {
        return new DataFormatException(file, line, column, expected, found, MEND);
    }

    private static String quote(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return shown.isEmpty() ? "nothing" : "'" + shown + "'";
    }
}
