package gputrain.data;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** An experimental mass table: one edition of the atomic mass evaluation, or a table a person brought. Immutable. */
public final class MassTable {

    static final String MASS_EXCESS = "massExcessKeV";
    static final String UNCERTAINTY = "massExcessUncertaintyKeV";
    static final String PER_NUCLEON = "bindingEnergyPerNucleonKeV";
    static final String TOTAL = "bindingEnergyKeV";
    static final String ESTIMATED = "estimated";

    private final String id;
    private final String title;
    private final String citation;
    private final String sha256;
    private final List<MassEntry> entries;
    private final Map<Nuclide, MassEntry> byNuclide;
    private final Map<Nuclide, Double> publishedBindingKeV;

    MassTable(String id, RawTable raw, String sha256) {
        this.id = id;
        this.title = raw.remark("title").orElse(id);
        this.citation = raw.remark("citation").orElse("");
        this.sha256 = sha256;
        this.byNuclide = new LinkedHashMap<>();
        this.publishedBindingKeV = new LinkedHashMap<>();
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
    public static MassTable fromCsv(String id, String file, byte[] bytes) {
        return new MassTable(id, TableCsv.read(file, bytes), Checksums.sha256(bytes));
    }

    private List<MassEntry> read(RawTable raw) {
        RawCells cells = new RawCells(
                raw,
                List.of(List.of("Z"), List.of("N"), List.of(MASS_EXCESS), List.of(UNCERTAINTY), List.of(ESTIMATED)));
        double hydrogenKeV = Constants.HYDROGEN_MASS_EXCESS_KEV;
        double neutronKeV = Constants.NEUTRON_MASS_EXCESS_KEV;
        Map<Nuclide, RawTable.Row> rows = new LinkedHashMap<>();
        for (RawTable.Row row : raw.rows()) {
            Nuclide nuclide = cells.nuclide(row);
            RawTable.Row first = rows.putIfAbsent(nuclide, row);
            if (first != null) {
                throw cells.twice(row, nuclide, first.line());
            }
            if (nuclide.A() == 1) {
                double massExcessKeV = cells.decimal(row, MASS_EXCESS);
                hydrogenKeV = nuclide.Z() == 1 ? massExcessKeV : hydrogenKeV;
                neutronKeV = nuclide.Z() == 0 ? massExcessKeV : neutronKeV;
            }
        }
        List<MassEntry> list = new ArrayList<>();
        for (Map.Entry<Nuclide, RawTable.Row> entry : rows.entrySet()) {
            Nuclide nuclide = entry.getKey();
            double freeKeV = nuclide.Z() * hydrogenKeV + nuclide.N() * neutronKeV;
            MassEntry mass = entry(cells, entry.getValue(), nuclide, freeKeV);
            list.add(mass);
            byNuclide.put(nuclide, mass);
        }
        return List.copyOf(list);
    }

    private MassEntry entry(RawCells cells, RawTable.Row row, Nuclide nuclide, double freeKeV) {
        double massExcessKeV = cells.decimal(row, MASS_EXCESS);
        double uncertaintyKeV = cells.decimal(row, UNCERTAINTY);
        if (uncertaintyKeV < 0) {
            throw cells.error(row, UNCERTAINTY, "an uncertainty of at least 0", cells.cell(row, UNCERTAINTY));
        }
        OptionalDouble total = cells.optionalDecimal(row, TOTAL);
        OptionalDouble perNucleon = cells.optionalDecimal(row, PER_NUCLEON);
        if (total.isPresent()) {
            publishedBindingKeV.put(nuclide, total.getAsDouble());
        } else if (perNucleon.isPresent()) {
            publishedBindingKeV.put(nuclide, nuclide.A() * perNucleon.getAsDouble());
        }
        boolean estimated = cells.flag(row, ESTIMATED);
        return new MassEntry(nuclide, massExcessKeV, uncertaintyKeV, freeKeV - massExcessKeV, estimated);
    }

    /** The id, as in "ame2020". */
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

    /** All entries in file order: for AME by A, then Z. */
    public List<MassEntry> entries() {
        return entries;
    }

    /** The entry of a nuclide, if the table has it. */
    public Optional<MassEntry> get(Nuclide nuclide) {
        return Optional.ofNullable(byNuclide.get(nuclide));
    }

    /** The binding energy that the edition itself prints, as a total: A times the printed value per nucleon from 2003 on. */
    public OptionalDouble publishedBindingEnergyKeV(Nuclide nuclide) {
        Double value = publishedBindingKeV.get(nuclide);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The table's nuclides, measured and estimated, named by its id. */
    public NuclideSet nuclides() {
        return new NuclideSet(id, byNuclide.keySet());
    }
}
