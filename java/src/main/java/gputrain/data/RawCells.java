package gputrain.data;

import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Reads the cells of a {@link RawTable} as numbers, with an error that names the place. */
final class RawCells {

    private static final String MEND = "correct the cell, or get the table again";

    private final RawTable table;
    private final Map<String, Integer> index = new HashMap<>();

    /** @throws DataFormatException when a required column is missing; {@code alternatives} lists one or more each */
    RawCells(RawTable table, List<List<String>> alternatives) {
        this.table = table;
        for (int k = 0; k < table.columns().size(); k++) {
            index.put(table.columns().get(k), k);
        }
        for (List<String> names : alternatives) {
            if (names.stream().noneMatch(index::containsKey)) {
                throw new DataFormatException(
                        table.file(),
                        table.titleLine(),
                        1,
                        "a column " + String.join(" or ", names),
                        "the columns " + String.join(",", table.columns()),
                        "add the column (data/README.md describes them all)");
            }
        }
    }

    boolean has(String column) {
        return index.containsKey(column);
    }

    Nuclide nuclide(RawTable.Row row) {
        int Z = count(row, "Z");
        int N = count(row, "N");
        if (Z + N == 0) {
            throw error(row, "N", "a nuclide", "Z = 0, N = 0");
        }
        return new Nuclide(Z, N);
    }

    /** @throws DataFormatException when the cell is empty or no decimal number */
    double decimal(RawTable.Row row, String column) {
        String cell = cell(row, column);
        if (!Numbers.isDecimal(cell)) {
            throw error(row, column, "a number, " + column, quote(cell));
        }
        return Double.parseDouble(cell);
    }

    /** Empty when the column is missing or its cell is empty. */
    OptionalDouble optionalDecimal(RawTable.Row row, String column) {
        if (!has(column) || cell(row, column).isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(decimal(row, column));
    }

    /** Every cell as a number, NaN where it is empty. */
    double[] decimals(RawTable.Row row) {
        double[] values = new double[row.cells().size()];
        for (int k = 0; k < values.length; k++) {
            values[k] = row.cells().get(k).isEmpty()
                    ? Double.NaN
                    : decimal(row, table.columns().get(k));
        }
        return values;
    }

    boolean flag(RawTable.Row row, String column) {
        String cell = cell(row, column);
        if (!cell.equals("true") && !cell.equals("false")) {
            throw error(row, column, "true or false, " + column, quote(cell));
        }
        return cell.equals("true");
    }

    String cell(RawTable.Row row, String column) {
        return row.cells().get(index.get(column));
    }

    DataFormatException error(RawTable.Row row, String column, String expected, String found) {
        return new DataFormatException(
                table.file(), row.line(), row.cellColumns().applyAsInt(index.get(column)), expected, found, MEND);
    }

    DataFormatException twice(RawTable.Row row, Nuclide nuclide, int firstLine) {
        return error(
                row, "Z", "each nuclide once", Elements.name(nuclide) + " again (first on line " + firstLine + ")");
    }

    private int count(RawTable.Row row, String column) {
        String cell = cell(row, column);
        if (!Numbers.isCount(cell)) {
            throw error(row, column, "an integer from 0 to 999, " + column, quote(cell));
        }
        return Integer.parseInt(cell);
    }

    private static String quote(String cell) {
        return cell.isEmpty() ? "an empty cell" : "'" + cell + "'";
    }
}
