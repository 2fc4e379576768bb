package gputrain.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.StudyComparison;
import gputrain.experiment.StudyComparison.Side;
import gputrain.experiment.StudyLine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A study's comparisons as text and as JSON. */
final class ComparisonText {
    private ComparisonText() {}

    static void print(PrintWriter out, Study study, Map<String, SavedRun> runs) {
        for (Study.Comparison comparison : study.comparisons()) {
            List<StudyComparison> lines = StudyComparison.of(comparison, runs);
            int name = Math.max(comparison.first().length(), comparison.second().length());
            int label =
                    lines.stream().mapToInt(line -> line.label().length()).max().orElse(0);
            String format = "  %-" + label + "s  %-" + name + "s  %-16s  %-18s  %-8s  %12s  %12s  %s";
            out.println();
            out.println(study.title() + ", " + comparison.title() + " (rms deviation in MeV)");
            print(out, format, "", "", "train", "test", "ensemble", "s a network", "evaluations", "");
            for (StudyComparison line : lines) {
                side(out, format, line.label(), comparison.first(), line.first(), "");
                side(
                        out,
                        format,
                        "",
                        comparison.second(),
                        line.second(),
                        line.outcome().text());
            }
        }
    }

    private static void side(
            PrintWriter out, String format, String label, String name, Optional<Side> side, String outcome) {
        print(
                out,
                format,
                label,
                name,
                side.map(one -> spread(one.train())).orElse("not trained"),
                side.map(one -> spread(one.test()) + (one.chosenOnTest() ? " *" : ""))
                        .orElse(""),
                side.map(one -> number("%.3f", one.test().ensembleRmsdMeV())).orElse(""),
                side.map(one -> number("%,.1f", one.seconds())).orElse(""),
                side.map(one -> number("%,.0f", one.evaluations())).orElse(""),
                outcome);
    }

    private static void print(PrintWriter out, String format, Object... cells) {
        out.println(String.format(Locale.ROOT, format, cells).stripTrailing());
    }

    private static String spread(StudyLine.Measure measure) {
        String mean = number("%.3f", measure.rmsdMeV());
        return Double.isFinite(measure.rmsdSpreadMeV())
                ? mean + " +- " + number("%.3f", measure.rmsdSpreadMeV())
                : mean;
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
    }

    /** Adds a line for each pair; a side that was not trained is left out, a figure that is not there is null. */
    static void json(ArrayNode array, Study study, Map<String, SavedRun> runs) {
        for (Study.Comparison comparison : study.comparisons()) {
            for (StudyComparison line : StudyComparison.of(comparison, runs)) {
                ObjectNode node = array.addObject();
                node.put("comparison", comparison.title());
                node.put("row", line.label());
                line.first().ifPresent(side -> side(node.putObject("first"), comparison.first(), side));
                line.second().ifPresent(side -> side(node.putObject("second"), comparison.second(), side));
                node.put("outcome", line.outcome().name());
            }
        }
    }

    private static void side(ObjectNode node, String name, Side side) {
        node.put("training", name);
        node.put("experiment", side.experiment());
        node.put("protocol", side.protocol().id());
        node.put("chosenOnTest", side.chosenOnTest());
        StudyTable.measure(node.putObject("train"), side.train());
        StudyTable.measure(node.putObject("test"), side.test());
        side.testMeV().forEach(node.putArray("testRmsdMeV")::add);
        StudyTable.finite(node, "secondsPerNetwork", side.seconds());
        StudyTable.finite(node, "evaluations", side.evaluations());
        node.put("engine", side.engine());
    }
}
