package gputrain.report;

import gputrain.report.CsvTable.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The curves of one replica, one value per sampled epoch; NaN where the file has none.
 *
 * @param rmsdMeV rms deviation per set of nuclei, by the set's name
 */
record Trace(
        int replica, String seed, double[] epoch, double[] loss, double[] learningRate, Map<String, double[]> rmsdMeV) {
    private static final String PREFIX = "rmsd";
    private static final String SUFFIX = "MeV";
    private static final int FIRST_RMSD = 3;

    /** The replicas of a metrics file, by number. */
    static List<Trace> read(Path file) {
        Map<Integer, Builder> replicas = new TreeMap<>();
        CsvTable.forEachRow(
                file,
                row -> replicas.computeIfAbsent(row.integer("replica"), r -> new Builder(row))
                        .add(row));
        return replicas.values().stream().map(Builder::build).toList();
    }

    /** The sets that any of the replicas has a finite value for, in column order. */
    static Set<String> sets(List<Trace> traces) {
        Set<String> sets = new LinkedHashSet<>();
        for (Trace trace : traces) {
            trace.rmsdMeV.forEach((set, values) -> {
                if (!new Extent().add(values).isEmpty()) {
                    sets.add(set);
                }
            });
        }
        return sets;
    }

    /** Gathers the rows of one replica; a long run has millions, so each is one array of numbers. */
    private static final class Builder {
        private final int replica;
        private final String seed;
        private final List<String> columns = new ArrayList<>(List.of("epoch", "loss", "learningRate"));
        private final List<double[]> rows = new ArrayList<>();

        Builder(Row first) {
            replica = first.integer("replica");
            seed = first.text("seed");
            first.columns().stream()
                    .filter(column -> column.startsWith(PREFIX) && column.endsWith(SUFFIX))
                    .forEach(columns::add);
        }

        void add(Row row) {
            rows.add(columns.stream().mapToDouble(row::number).toArray());
        }

        Trace build() {
            Map<String, double[]> rmsd = new LinkedHashMap<>();
            for (int i = FIRST_RMSD; i < columns.size(); i++) {
                String column = columns.get(i);
                String set = column.substring(PREFIX.length(), column.length() - SUFFIX.length());
                rmsd.put(set.toLowerCase(Locale.ROOT), values(i));
            }
            return new Trace(replica, seed, values(0), values(1), values(2), rmsd);
        }

        private double[] values(int column) {
            return rows.stream().mapToDouble(row -> row[column]).toArray();
        }
    }
}
