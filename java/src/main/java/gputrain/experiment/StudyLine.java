package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a study's table: an experiment's deviations on one set, beside the paper's; energies in MeV, NaN where
 * there is none.
 *
 * @param label the row's name in the paper's table
 * @param count nuclei
 * @param published the paper's figure
 * @param paper ours under the paper's protocol
 * @param leakFree ours with the stopping point chosen without the test set
 */
public record StudyLine(
        String label, String set, int count, Measure published, Optional<Measure> paper, Optional<Measure> leakFree) {

    /**
     * Deviations, as printed or as measured.
     *
     * @param rmsdSpreadMeV standard deviation over the networks; NaN for one
     * @param ensembleRmsdMeV of the networks' mean prediction; NaN for one
     * @param networks how many
     */
    public record Measure(
            double rmsdMeV,
            double rmsdSpreadMeV,
            double ensembleRmsdMeV,
            double maeMeV,
            double maeSpreadMeV,
            int networks) {}

    /** The lines of a table. */
    public static List<StudyLine> of(Study.Table table, Map<String, SavedRun> runs) {
        List<StudyLine> lines = new ArrayList<>();
        for (Study.Row row : table.rows()) {
            SavedRun run = runs.get(row.experiment());
            if (run == null) {
                throw new IllegalArgumentException("no run of " + row.experiment());
            }
            if (row.baseline().isPresent()) {
                theory(row, run, lines);
            } else {
                networks(row, run, lines);
            }
        }
        return List.copyOf(lines);
    }

    private static void networks(Study.Row row, SavedRun run, List<StudyLine> lines) {
        JsonNode first = run.record().path("protocols").path(0);
        List<String> sets = new ArrayList<>(row.sets());
        if (sets.isEmpty()) {
            first.path("metrics").fieldNames().forEachRemaining(sets::add);
            sets.remove("validation");
        }
        for (String set : sets) {
            JsonNode metrics = first.path("metrics").path(set);
            if (metrics.isMissingNode()) {
                throw new ExperimentException(row.experiment() + " has no set \"" + set + "\", which the table's row "
                        + row.label() + " names");
            }
            JsonNode published = first.path("published").path(set);
            lines.add(new StudyLine(
                    row.label(),
                    set,
                    metrics.path("count").asInt(),
                    new Measure(
                            number(published.path("rmsdMeV")),
                            Double.NaN,
                            Double.NaN,
                            number(published.path("maeMeV")),
                            Double.NaN,
                            1),
                    measure(run, Protocol.PAPER, set),
                    measure(run, Protocol.LEAK_FREE, set)));
        }
    }

    private static Optional<Measure> measure(SavedRun run, Protocol protocol, String set) {
        for (JsonNode node : run.record().path("protocols")) {
            JsonNode metrics = node.path("metrics").path(set);
            if (node.path("name").asText().equals(protocol.id()) && !metrics.isMissingNode()) {
                JsonNode rmsd = metrics.path("rmsdMeV");
                int networks = rmsd.path("replicas").size();
                boolean several = networks > 1;
                return Optional.of(new Measure(
                        number(rmsd.path("mean")),
                        several ? number(rmsd.path("standardDeviation")) : Double.NaN,
                        several ? number(rmsd.path("ensemble")) : Double.NaN,
                        number(metrics.path("maeMeV").path("mean")),
                        several ? number(metrics.path("maeMeV").path("standardDeviation")) : Double.NaN,
                        networks));
            }
        }
        return Optional.empty();
    }

    private static void theory(Study.Row row, SavedRun run, List<StudyLine> lines) {
        String wanted = row.baseline().orElseThrow();
        for (JsonNode baseline : run.record().path("baselines")) {
            if (!baseline.path("name").asText().equals(wanted)) {
                continue;
            }
            List<String> sets = new ArrayList<>(row.sets());
            if (sets.isEmpty()) {
                baseline.path("metrics").fieldNames().forEachRemaining(sets::add);
            }
            for (String set : sets) {
                JsonNode metrics = baseline.path("metrics").path(set);
                if (metrics.isMissingNode()) {
                    throw noSuchSet(row, set);
                }
                Measure ours = new Measure(
                        number(metrics.path("rmsdMeV")),
                        Double.NaN,
                        Double.NaN,
                        number(metrics.path("maeMeV")),
                        Double.NaN,
                        1);
                double published = row.published().getOrDefault(set, Double.NaN);
                lines.add(new StudyLine(
                        row.label(),
                        set,
                        metrics.path("count").asInt(),
                        new Measure(published, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 1),
                        Optional.of(ours),
                        Optional.empty()));
            }
            return;
        }
        throw new ExperimentException(row.experiment() + " has no baseline \"" + wanted + "\"");
    }

    private static ExperimentException noSuchSet(Study.Row row, String set) {
        return new ExperimentException("the study's row \"" + row.label() + "\" names the set \"" + set + "\", which "
                + row.experiment() + " has not");
    }

    private static double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : Double.NaN;
    }
}
