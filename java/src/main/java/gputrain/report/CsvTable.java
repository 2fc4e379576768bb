package gputrain.report;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Reads the CSV files of a run directory; every error names the file, the line and the column. */
final class CsvTable {
    private CsvTable() {}

    /** A line of the file, and how to read its cells. */
    record Row(Path file, NamedCsvRecord line) {

        /** @throws ReportException when the file has no such column */
        String text(String column) {
            return line.findField(column)
                    .orElseThrow(() -> error(column, "no such column; the file has " + line.getHeader()));
        }

        /** The number of a cell; NaN when it is empty or says that the value is not finite. */
        double number(String column) {
            String text = text(column).strip();
            if (text.isEmpty()) {
                return Double.NaN;
            }
            try {
                double value = Double.parseDouble(text);
                return Double.isFinite(value) ? value : Double.NaN;
            } catch (NumberFormatException e) {
                throw error(column, "expected a number, found \"" + text + "\"");
            }
        }

        int integer(String column) {
            String text = text(column).strip();
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw error(column, "expected a whole number, found \"" + text + "\"");
            }
        }

        List<String> columns() {
            return line.getHeader();
        }

        ReportException error(String column, String problem) {
            return new ReportException(file + " line " + line.getStartingLineNumber() + ", column " + column + ": "
                    + problem + "; train again with --fresh, or restore the file");
        }
    }

    /** Hands every row to the reader, in file order. */
    static void forEachRow(Path file, Consumer<Row> reader) {
        try (CsvReader<NamedCsvRecord> lines = CsvReader.builder().ofNamedCsvRecord(file)) {
            for (NamedCsvRecord line : lines) {
                reader.accept(new Row(file, line));
            }
        } catch (CsvParseException e) {
            throw new ReportException(
                    file + ": not a CSV table (" + causes(e) + "); train again with --fresh, or restore the file", e);
        } catch (IOException | UncheckedIOException e) {
            throw new ReportException(file + ": cannot be read: " + e, e);
        }
    }

    /** The parser puts the line number in the outer message and the reason in an inner one. */
    private static String causes(Throwable e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + causes(e.getCause());
    }
}
