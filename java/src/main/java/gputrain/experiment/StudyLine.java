package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a study's table: an experiment's deviations on one set, beside the paper's; energies in MeV, NaN where
 * there is none.
 *
 * @param label the row's name in the paper's table
 * @param nuclei how many
 * @param published the paper's figure
 * @param paper ours under the paper's protocol
 * @param leakFree ours with the stopping point chosen without the test set
 * @param remarks what a reader must know of ours, in sentences
 */
public record StudyLine(
        String label,
        String set,
        Nuclei nuclei,
        Measure published,
        Optional<Measure> paper,
        Optional<Measure> leakFree,
        List<String> remarks) {

    public StudyLine {
        remarks = List.copyOf(remarks);
    }

    /**
     * A number of nuclei.
     *
     * @param count of a set, or the mean over the networks of what a threshold of |Im y| leaves of it
     * @param spread standard deviation over the networks; NaN when they all have the same nuclei
     * @param ensemble how many the networks' mean |Im y| leaves; NaN when that can only be the same, or of one network
     * @param published the paper's; NaN when it is not given or can only be the same
     */
    public record Nuclei(double count, double spread, double ensemble, double published) {
        static Nuclei of(JsonNode metrics) {
            return new Nuclei(metrics.path("count").asInt(), Double.NaN, Double.NaN, Double.NaN);
        }
    }

    /**
     * Deviations, as printed or as measured.
     *
     * @param rmsdSpreadMeV standard deviation over the networks; NaN for one
     * @param ensembleRmsdMeV of the networks' mean prediction; NaN for one
     * @param networks how many the figures are of
     * @param asked how many there are; more than {@code networks} where some have no nucleus below a threshold
     */
    public record Measure(
            double rmsdMeV,
            double rmsdSpreadMeV,
            double ensembleRmsdMeV,
            double maeMeV,
            double maeSpreadMeV,
            int networks,
            int asked) {

        /** Such as "7 of 10 networks"; empty where the figures are of all, or of none. */
        public String share() {
            return networks > 0 && networks < asked ? networks + " of " + asked + " networks" : "";
        }
    }

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
            JsonNode metrics = figures(first, set);
            if (metrics.isMissingNode()) {
                throw noSuchSet(row, set);
            }
            // A threshold's figures have the paper's beside them, a set's are in a list of their own.
            boolean whole = first.path("metrics").has(set);
            JsonNode published = whole ? first.path("published").path(set) : metrics.path("published");
            lines.add(new StudyLine(
                    row.label(),
                    set,
                    whole ? Nuclei.of(metrics) : below(metrics),
                    published(number(published.path("rmsdMeV")), number(published.path("maeMeV"))),
                    measure(run, Protocol.PAPER, set),
                    measure(run, Protocol.LEAK_FREE, set),
                    remarks(row, run, set)));
        }
    }

    private static List<String> remarks(Study.Row row, SavedRun run, String set) {
        List<String> remarks = new ArrayList<>();
        for (JsonNode protocol : run.record().path("protocols")) {
            Unpredicted.sentence(
                            row.label() + ", " + protocol.path("title").asText() + ", " + set,
                            protocol.path("metrics").path(set))
                    .ifPresent(remarks::add);
        }
        return remarks;
    }

    /** Figures of a set, or of what a threshold of |Im y| leaves of one; missing when there is no such thing. */
    private static JsonNode figures(JsonNode protocol, String name) {
        JsonNode metrics = protocol.path("metrics").path(name);
        if (!metrics.isMissingNode()) {
            return metrics;
        }
        for (JsonNode threshold : protocol.path("thresholds")) {
            String set = ThresholdLine.name(
                    threshold.path("set").asText(), threshold.path("tauMeV").asDouble());
            if (set.equals(name)) {
                return threshold;
            }
        }
        return MissingNode.getInstance();
    }

    private static Nuclei below(JsonNode threshold) {
        JsonNode count = threshold.path("count");
        boolean several = count.path("replicas").size() > 1;
        return new Nuclei(
                number(count.path("mean")),
                several ? number(count.path("standardDeviation")) : Double.NaN,
                several ? number(count.path("ensemble")) : Double.NaN,
                number(threshold.path("published").path("count")));
    }

    static Optional<Measure> measure(SavedRun run, Protocol protocol, String set) {
        for (JsonNode node : run.record().path("protocols")) {
            JsonNode metrics = figures(node, set);
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
                        networks,
                        metrics.path("count").isObject()
                                ? metrics.path("count").path("replicas").size()
                                : networks));
            }
        }
        return Optional.empty();
    }

    private static Measure published(double rmsdMeV, double maeMeV) {
        return new Measure(rmsdMeV, Double.NaN, Double.NaN, maeMeV, Double.NaN, 1, 1);
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
                        1,
                        1);
                lines.add(new StudyLine(
                        row.label(),
                        set,
                        Nuclei.of(metrics),
                        published(row.published().getOrDefault(set, Double.NaN), Double.NaN),
                        Optional.of(ours),
                        Optional.empty(),
                        List.of()));
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
