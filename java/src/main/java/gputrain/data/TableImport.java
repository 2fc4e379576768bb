package gputrain.data;

import gputrain.file.AtomicFiles;
import gputrain.nuclide.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a published file, or a table a person made, into one of our CSV tables. */
public final class TableImport {

    /** The format name of our own CSV files. */
    public static final String CSV = "csv";

    /**
     * What an import wrote.
     *
     * @param file the CSV file
     * @param kind what it holds
     * @param rows nuclides
     * @param sha256 of the CSV file
     */
    public record Result(Path file, TableKind kind, int rows, String sha256) {}

    private TableImport() {}

    /** All format names, for a message. */
    public static List<String> formats() {
        List<String> names = new ArrayList<>(List.of(CSV));
        AmeLayout.ALL.forEach(layout -> names.add(layout.name()));
        TheoryFormat.ALL.forEach(format -> names.add(format.name()));
        return List.copyOf(names);
    }

    /**
     * Reads a file and writes {@code <id>.csv} into a directory, whole or not at all.
     *
     * @param published the file to read
     * @param id the table's id: lower-case letters, digits, '-' and '.'
     * @param format one of {@link #formats()}; when empty, that of the known table {@code id}, else {@link #CSV}
     * @param directory where to write; made if it is not there
     * @throws InputException when a name is wrong
     * @throws TableFileException when the file cannot be read
     * @throws gputrain.file.OutputException when the table cannot be written
     * @throws DataFormatException when the file is not what the format says
     */
    public static Result run(Path published, String id, Optional<String> format, Path directory) {
        if (!id.matches("[a-z0-9][a-z0-9.-]{0,39}")) {
            throw new InputException("'" + id + "' cannot name a table: use lower-case letters, digits, '-' and '.'");
        }
        byte[] csv = convert(published.toString(), readBytes(published), id, format);
        Path target = directory.resolve(id + ".csv");
        RawTable written = TableCsv.read(target.toString(), csv);
        AtomicFiles.write(target, csv);
        return new Result(target, kindOf(written), written.rows().size(), Checksums.sha256(csv));
    }

    /**
     * The CSV text of a published file.
     *
     * @param file its name for messages
     * @param bytes the file
     * @param id the table's id, which gives title and citation where it is a known one
     * @param format as for {@link #run}
     */
    static byte[] convert(String file, byte[] bytes, String id, Optional<String> format) {
        Optional<KnownTable> known = Catalogue.find(id);
        String name = format.orElse(known.map(KnownTable::format).orElse(CSV));
        RawTable table = read(file, bytes, name);
        boolean published = !name.equals(CSV);
        if (published && known.isPresent() && known.get().rows() != table.rows().size()) {
            throw new DataFormatException(
                    file,
                    table.rows().get(table.rows().size() - 1).line(),
                    1,
                    known.get().rows() + " nuclides, as " + id + " was published with",
                    table.rows().size() + " up to here",
                    "get the file again, or give another edition another id");
        }
        RawTable described = table.withRemarks(remarks(table, known, id));
        byte[] csv = TableCsv.write(described);
        requireReadable(id, file, kindOf(described), published ? csv : bytes);
        return csv;
    }

    /** Which of the two kinds a table of these columns is. */
    static TableKind kindOf(RawTable table) {
        return table.columns().contains(MassTable.MASS_EXCESS) ? TableKind.EXPERIMENT : TableKind.THEORY;
    }

    private static RawTable read(String file, byte[] bytes, String format) {
        if (format.equals(CSV)) {
            return TableCsv.read(file, bytes);
        }
        List<String> lines = TextLines.of(bytes, StandardCharsets.ISO_8859_1);
        Optional<AmeLayout> layout = AmeLayout.named(format);
        if (layout.isPresent()) {
            return AmeReader.read(file, lines, layout.get());
        }
        TheoryFormat theory = TheoryFormat.named(format)
                .orElseThrow(() -> new InputException(
                        "there is no format '" + format + "'; choose one of " + String.join(", ", formats())));
        return TheoryReader.read(file, lines, theory);
    }

    private static void requireReadable(String id, String file, TableKind kind, byte[] csv) {
        if (kind == TableKind.EXPERIMENT) {
            MassTable.fromCsv(id, file, csv);
        } else {
            TheoryTable.fromCsv(id, file, csv);
        }
    }

    private static Map<String, String> remarks(RawTable table, Optional<KnownTable> known, String id) {
        Map<String, String> remarks = new LinkedHashMap<>();
        remarks.put("title", known.map(KnownTable::title).orElse(id));
        known.ifPresent(k -> {
            remarks.put("citation", k.citation());
            remarks.put("source", k.publishedAs());
        });
        remarks.putAll(table.remarks());
        remarks.put("units", kindOf(table) == TableKind.EXPERIMENT ? AME_UNITS : THEORY_UNITS);
        return remarks;
    }

    private static final String AME_UNITS =
            "keV, as printed; estimated = the edition marks the mass excess or its uncertainty with # (from trends)";

    private static final String THEORY_UNITS =
            "MeV, as printed, binding energies positive; an empty cell = the file gives no value";

    private static byte[] readBytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TableFileException("cannot read " + file + " (" + e + "); check the path and its permissions", e);
        }
    }
}
