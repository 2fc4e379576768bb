package gputrain.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A table as text: what is written to and read from CSV. Numbers keep their printed digits.
 *
 * @param file where it was read from, for messages
 * @param remarks title, citation, source and units, by name, in order
 * @param titleLine 1-based line of the column names
 * @param columns column names, "Z" and "N" among them
 * @param rows one per nuclide, in file order
 */
record RawTable(String file, Map<String, String> remarks, int titleLine, List<String> columns, List<Row> rows) {

    /**
     * @param line 1-based line in the file
     * @param cells one text per column; empty means absent
     * @param cellColumns 1-based character column of each cell by its index; computed when a message needs it
     */
    record Row(int line, List<String> cells, IntUnaryOperator cellColumns) {}

    RawTable withRemarks(Map<String, String> newRemarks) {
        return new RawTable(file, newRemarks, titleLine, columns, rows);
    }

    Optional<String> remark(String name) {
        return Optional.ofNullable(remarks.get(name));
    }
}
