package gputrain.data;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A theoretical mass table. Immutable.
 *
 * <p>Where a table gives only one of mass excess and binding energy, the other follows from it with the 1H and neutron
 * of {@link Constants} (AME2020). Where it gives both, both are kept as given: they differ from that relation by a few
 * keV, because each author used the constants of the day.
 */
public final class TheoryTable {

    static final String MASS_EXCESS = "massExcessMeV";
    static final String BINDING = "bindingEnergyMeV";

    private final String id;
    private final String title;
    private final String citation;
    private final String sha256;
    private final List<String> columns;
    private final List<TheoryEntry> entries;
    private final Map<Nuclide, TheoryEntry> byNuclide;
    /** Of every column, NaN where a cell is empty. */
    private final Map<Nuclide, double[]> numbers;

    TheoryTable(String id, RawTable raw, String sha256) {
        this.id = id;
        this.title = raw.remark("title").orElse(id);
        this.citation = raw.remark("citation").orElse("");
        this.sha256 = sha256;
        this.columns = raw.columns();
        this.numbers = new HashMap<>();
        this.byNuclide = new LinkedHashMap<>();
        this.entries = read(raw);
    }

    /**
     * Builds a table from the bytes of one of our CSV files.
     *
     * @param id the table's id
     * @param file its name for messages
     * @param bytes the file
     * @throws DataFormatException at the first place that is not as described in data/README.md
     */
    public static TheoryTable fromCsv(String id, String file, byte[] bytes) {
        return new TheoryTable(id, TableCsv.read(file, bytes), Checksums.sha256(bytes));
    }

    private List<TheoryEntry> read(RawTable raw) {
        RawCells cells = new RawCells(raw, List.of(List.of("Z"), List.of("N"), List.of(MASS_EXCESS, BINDING)));
        List<TheoryEntry> list = new ArrayList<>();
        Map<Nuclide, RawTable.Row> rows = new HashMap<>();
        for (RawTable.Row row : raw.rows()) {
            Nuclide nuclide = cells.nuclide(row);
            RawTable.Row first = rows.putIfAbsent(nuclide, row);
            if (first != null) {
                throw cells.twice(row, nuclide, first.line());
            }
            double[] values = cells.decimals(row);
            numbers.put(nuclide, values);
            if (number(values, MASS_EXCESS).isEmpty() && number(values, BINDING).isEmpty()) {
                String column = cells.has(MASS_EXCESS) ? MASS_EXCESS : BINDING;
                throw cells.error(row, column, "a number, " + column, "an empty cell");
            }
            TheoryEntry entry = entry(nuclide, values);
            list.add(entry);
            byNuclide.put(nuclide, entry);
        }
        return List.copyOf(list);
    }

    private TheoryEntry entry(Nuclide nuclide, double[] values) {
        OptionalDouble massExcess = number(values, MASS_EXCESS);
        OptionalDouble binding = number(values, BINDING);
        double freeMeV = Constants.constituentMassExcessMeV(nuclide);
        double massExcessMeV = massExcess.isPresent() ? massExcess.getAsDouble() : freeMeV - binding.getAsDouble();
        double bindingMeV = binding.isPresent() ? binding.getAsDouble() : freeMeV - massExcessMeV;
        return new TheoryEntry(
                nuclide,
                massExcessMeV,
                bindingMeV,
                number(values, "beta2"),
                number(values, "beta4"),
                number(values, "beta6"));
    }

    /** Empty when the table lacks the column or the row has nothing in it. */
    private OptionalDouble number(double[] values, String column) {
        int index = columns.indexOf(column);
        return index < 0 || Double.isNaN(values[index]) ? OptionalDouble.empty() : OptionalDouble.of(values[index]);
    }

    /** The id, as in "ws4". */
    public String id() {
        return id;
    }

    /** The full name. */
    public String title() {
        return title;
    }

    /** What to cite; empty when the file does not say. */
    public String citation() {
        return citation;
    }

    /** SHA-256 of the CSV file, in lower-case hexadecimal. */
    public String sha256() {
        return sha256;
    }

    /** All entries in file order. */
    public List<TheoryEntry> entries() {
        return entries;
    }

    /** The entry of a nuclide, if the table has it. */
    public Optional<TheoryEntry> find(Nuclide nuclide) {
        return Optional.ofNullable(byNuclide.get(nuclide));
    }

    /** The columns of the CSV file; some tables have more than {@link TheoryEntry} holds. */
    public List<String> columns() {
        return columns;
    }

    /**
     * The number in any column of the CSV file.
     *
     * @return empty when the table lacks the nuclide or the number
     * @throws IllegalArgumentException when the table has no such column
     */
    public OptionalDouble value(Nuclide nuclide, String column) {
        if (!columns.contains(column)) {
            throw new IllegalArgumentException(id + " has no column " + column + ", only " + String.join(",", columns));
        }
        double[] values = numbers.get(nuclide);
        return values == null ? OptionalDouble.empty() : number(values, column);
    }

    /** The table's nuclides, named by its id. */
    public NuclideSet nuclides() {
        return new NuclideSet(id, byNuclide.keySet());
    }
}
