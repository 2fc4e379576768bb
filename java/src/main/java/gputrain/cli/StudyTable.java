package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.StudyLine;
import java.io.PrintWriter;
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
            out.printf(
                    "  %-26s %-26s %6s  %-7s %-17s %-9s %-17s %s%n",
                    "", "set", "nuclei", "paper", "ours", "ensemble", "leak-free", "ensemble");
            String label = "";
            for (StudyLine line : StudyLine.of(table, runs)) {
                out.printf(
                        "  %-26s %-26s %6d  %-7s %-17s %-9s %-17s %s%n",
                        line.label().equals(label) ? "" : line.label(),
                        line.set(),
                        line.count(),
                        number(line.published().rmsdMeV()),
                        spread(line.paper()),
                        ensemble(line.paper()),
                        spread(line.leakFree()),
                        ensemble(line.leakFree()));
                label = line.label();
            }
        }
        out.println();
        out.flush();
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
                node.put("count", line.count());
                measure(node.putObject("published"), line.published());
                line.paper().ifPresent(one -> measure(node.putObject("paper"), one));
                line.leakFree().ifPresent(one -> measure(node.putObject("leak-free"), one));
            }
        }
        return array.toPrettyString();
    }

    private static void measure(ObjectNode node, StudyLine.Measure measure) {
        node.put("networks", measure.networks());
        finite(node, "rmsdMeV", measure.rmsdMeV());
        finite(node, "rmsdSpreadMeV", measure.rmsdSpreadMeV());
        finite(node, "ensembleRmsdMeV", measure.ensembleRmsdMeV());
        finite(node, "maeMeV", measure.maeMeV());
        finite(node, "maeSpreadMeV", measure.maeSpreadMeV());
    }

    private static void finite(ObjectNode node, String key, double value) {
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
