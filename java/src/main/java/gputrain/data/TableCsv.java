package gputrain.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Our table format: leading remarks {@code # name: text}, a line of column names, then RFC 4180 records. UTF-8, LF.
 *
 * <p>Only shape is checked here (columns named once, as many fields as columns); what the cells mean is checked where
 * a {@link MassTable} or {@link TheoryTable} is built from them.
 */
final class TableCsv {

    private static final String MEND = "compare with data/README.md, which describes the columns";

    private TableCsv() {}

    static byte[] write(RawTable table) {
        StringBuilder text = new StringBuilder();
        table.remarks().forEach((name, value) -> text.append("# " + name + ": " + value + "\n"));
        StringWriter records = new StringWriter();
        try (CsvWriter writer =
                CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(records)) {
            writer.writeRecord(table.columns());
            table.rows().forEach(row -> writer.writeRecord(row.cells()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append(records).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @throws DataFormatException when the shape is wrong */
    static RawTable read(String file, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Map<String, String> remarks = new LinkedHashMap<>();
        int line = 1;
        int start = 0;
        while (start < text.length() && text.charAt(start) == '#') {
            int end = lineEnd(text, start);
            addRemark(remarks, text.substring(start + 1, end).strip());
            start = Math.min(text.length(), nextLine(text, end));
            line++;
        }
        return records(file, text.substring(start).stripTrailing(), line, remarks);
    }

    private static void addRemark(Map<String, String> remarks, String remark) {
        int colon = remark.indexOf(':');
        if (colon > 0) {
            remarks.put(
                    remark.substring(0, colon).strip(),
                    remark.substring(colon + 1).strip());
        }
    }

    private static RawTable records(String file, String text, int firstLine, Map<String, String> remarks) {
        List<String> columns = null;
        List<RawTable.Row> rows = new ArrayList<>();
        CsvReader.CsvReaderBuilder builder = CsvReader.builder()
                .skipEmptyLines(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE);
        int line = firstLine;
        try {
            for (CsvRecord record : builder.ofCsvRecord(text)) {
                line = firstLine + Math.toIntExact(record.getStartingLineNumber()) - 1;
                if (columns == null) {
                    columns = columnNames(file, line, record.getFields());
                } else {
                    rows.add(row(file, line, columns, record.getFields()));
                }
            }
        } catch (CsvParseException e) {
            // The parser counts lines from the column names; the record after the last good one is at fault.
            int bad = columns == null ? line : line + 1;
            String cause = e.getMessage().replaceFirst(" \\(record starting at line \\d+\\)$", "");
            throw new DataFormatException(file, bad, 1, "a record of RFC 4180", cause, MEND);
        }
        if (columns == null) {
            throw new DataFormatException(file, line, 1, "a line of column names", "the end of the file", MEND);
        }
        return new RawTable(file, remarks, firstLine, columns, List.copyOf(rows));
    }

    private static List<String> columnNames(String file, int line, List<String> fields) {
        List<String> names = new ArrayList<>();
        for (String field : fields) {
            String name = field.strip();
            if (name.isEmpty() || names.contains(name)) {
                String found = name.isEmpty() ? "an empty one" : "'" + name + "' a second time";
                throw new DataFormatException(
                        file, line, place(fields, names.size()), "a column name of its own", found, MEND);
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    private static RawTable.Row row(String file, int line, List<String> columns, List<String> fields) {
        if (fields.size() != columns.size()) {
            // Where the line ends too early, or where it goes on too long.
            boolean few = fields.size() < columns.size();
            int column = few ? place(fields, fields.size()) - 1 : place(fields, columns.size());
            throw new DataFormatException(
                    file,
                    line,
                    column,
                    columns.size() + " fields (" + String.join(",", columns) + ")",
                    fields.size() + (fields.size() == 1 ? " field" : " fields"),
                    MEND);
        }
        List<String> cells = new ArrayList<>(fields.size());
        for (String field : fields) {
            cells.add(field.strip());
        }
        return new RawTable.Row(line, List.copyOf(cells), k -> place(fields, k));
    }

    /** Where field k begins, if none before it is quoted; numbers never are. */
    private static int place(List<String> fields, int k) {
        int place = 1;
        for (int j = 0; j < k; j++) {
            place += fields.get(j).length() + 1;
        }
        return place;
    }

    private static int lineEnd(String text, int start) {
        int end = start;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    private static int nextLine(String text, int end) {
        return text.startsWith("\r\n", end) ? end + 2 : end + 1;
    }
}
