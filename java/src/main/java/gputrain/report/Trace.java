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

    /** The replicas of a metrics file, by number. */
    static List<Trace> read(Path file) {
        Map<Integer, List<Sample>> replicas = new TreeMap<>();
        for (Sample sample : CsvTable.read(file, Sample::read)) {
            replicas.computeIfAbsent(sample.replica, r -> new ArrayList<>()).add(sample);
        }
        return replicas.values().stream().map(Trace::of).toList();
    }

    private static Trace of(List<Sample> samples) {
        Map<String, double[]> rmsd = new LinkedHashMap<>();
        for (String set : samples.get(0).rmsdMeV.keySet()) {
            rmsd.put(set, samples.stream().mapToDouble(s -> s.rmsdMeV.get(set)).toArray());
        }
        return new Trace(
                samples.get(0).replica,
                samples.get(0).seed,
                samples.stream().mapToDouble(Sample::epoch).toArray(),
                samples.stream().mapToDouble(Sample::loss).toArray(),
                samples.stream().mapToDouble(Sample::learningRate).toArray(),
                rmsd);
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

    private record Sample(
            int replica, String seed, double epoch, double loss, double learningRate, Map<String, Double> rmsdMeV) {
        static Sample read(Row row) {
            Map<String, Double> rmsd = new LinkedHashMap<>();
            for (String column : row.columns()) {
                if (column.startsWith(PREFIX) && column.endsWith(SUFFIX)) {
                    String set = column.substring(PREFIX.length(), column.length() - SUFFIX.length());
                    rmsd.put(set.toLowerCase(Locale.ROOT), row.number(column));
                }
            }
            return new Sample(
                    row.integer("replica"),
                    row.text("seed"),
                    row.number("epoch"),
                    row.number("loss"),
                    row.number("learningRate"),
                    rmsd);
        }
    }
}
