package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.StudyLine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A study's tables as text: the paper's rms deviations beside ours. */
final class StudyTable {
    private final Study study;
    private final Map<String, SavedRun> runs;

    StudyTable(Study study, Map<String, SavedRun> runs) {
        this.study = study;
        this.runs = runs;
    }

    void print(PrintWriter out) {
        for (Study.Table table : study.tables()) {
            out.println();
            out.println(study.title() + ", " + table.title() + " (rms deviation in MeV)");
            List<StudyLine> lines = StudyLine.of(table, runs);
            boolean leakFree = lines.stream().anyMatch(line -> line.leakFree().isPresent());
            boolean counts = lines.stream()
                    .anyMatch(line -> Double.isFinite(line.nuclei().published()));
            String format = "  %-26s %-26s %" + (counts ? 14 : 6) + "s  %-7s %-17s %-9s %-17s %s";
            print(
                    out,
                    format,
                    "",
                    "set",
                    counts ? "nuclei (paper)" : "nuclei",
                    "paper",
                    "ours",
                    "ensemble",
                    leakFree ? "leak-free" : "",
                    leakFree ? "ensemble" : "");
            String label = "";
            for (StudyLine line : lines) {
                print(
                        out,
                        format,
                        line.label().equals(label) ? "" : line.label(),
                        line.set(),
                        nuclei(line.nuclei()),
                        number(line.published().rmsdMeV()),
                        spread(line.paper()),
                        ensemble(line.paper()),
                        spread(line.leakFree()),
                        ensemble(line.leakFree()));
                label = line.label();
            }
            lines.forEach(line -> share(line).ifPresent(text -> out.println("  " + text)));
            lines.stream()
                    .flatMap(line -> line.remarks().stream())
                    .distinct()
                    .forEach(text -> out.println("  " + text));
        }
        ComparisonText.print(out, study, runs);
        out.println();
        out.flush();
    }

    /** Of how many networks a figure is that is not of all. */
    private static Optional<String> share(StudyLine line) {
        List<String> shares = new ArrayList<>();
        line.paper()
                .map(StudyLine.Measure::share)
                .filter(text -> !text.isEmpty())
                .ifPresent(shares::add);
        line.leakFree()
                .map(StudyLine.Measure::share)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> shares.add(text + " (leak-free)"));
        return shares.isEmpty()
                ? Optional.empty()
                : Optional.of(line.label() + ", " + line.set() + ": rms deviation of " + String.join(", ", shares)
                        + "; the others have no nucleus below");
    }

    private static void print(PrintWriter out, String format, Object... cells) {
        out.println(String.format(Locale.ROOT, format, cells).stripTrailing());
    }

    /** The paper's number stands behind ours, where it can differ. */
    private static String nuclei(StudyLine.Nuclei nuclei) {
        String ours = String.format(Locale.ROOT, Double.isFinite(nuclei.spread()) ? "%.1f" : "%.0f", nuclei.count());
        return Double.isFinite(nuclei.published())
                ? ours + String.format(Locale.ROOT, " (%.0f)", nuclei.published())
                : ours;
    }

    /** The same as a JSON array of lines; figures that are not there are null. */
    String json() {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (Study.Table table : study.tables()) {
            for (StudyLine line : StudyLine.of(table, runs)) {
                ObjectNode node = array.addObject();
                node.put("table", table.title());
                node.put("row", line.label());
                node.put("set", line.set());
                StudyLine.Nuclei nuclei = line.nuclei();
                if (nuclei.count() == Math.rint(nuclei.count())) {
                    node.put("count", Math.round(nuclei.count()));
                } else {
                    node.put("count", nuclei.count());
                }
                if (Double.isFinite(nuclei.spread())) {
                    node.put("countSpread", nuclei.spread());
                    node.put("ensembleCount", Math.round(nuclei.ensemble()));
                }
                if (Double.isFinite(nuclei.published())) {
                    node.put("publishedCount", Math.round(nuclei.published()));
                }
                measure(node.putObject("published"), line.published());
                line.paper().ifPresent(one -> measure(node.putObject("paper"), one));
                line.leakFree().ifPresent(one -> measure(node.putObject("leak-free"), one));
            }
        }
        ComparisonText.json(array, study, runs);
        return array.toPrettyString();
    }

    static void measure(ObjectNode node, StudyLine.Measure measure) {
        node.put("networks", measure.networks());
        node.put("networksInAll", measure.asked());
        finite(node, "rmsdMeV", measure.rmsdMeV());
        finite(node, "rmsdSpreadMeV", measure.rmsdSpreadMeV());
        finite(node, "ensembleRmsdMeV", measure.ensembleRmsdMeV());
        finite(node, "maeMeV", measure.maeMeV());
        finite(node, "maeSpreadMeV", measure.maeSpreadMeV());
    }

    static void finite(ObjectNode node, String key, double value) {
        node.put(key, Double.isFinite(value) ? value : null);
    }

    private static String spread(Optional<StudyLine.Measure> measure) {
        if (measure.isEmpty()) {
            return "";
        }
        String mean = number(measure.get().rmsdMeV());
        double spread = measure.get().rmsdSpreadMeV();
        return Double.isFinite(spread) ? mean + " +- " + number(spread) : mean;
    }

    private static String ensemble(Optional<StudyLine.Measure> measure) {
        return measure.map(one -> number(one.ensembleRmsdMeV())).orElse("");
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "";
    }
}
