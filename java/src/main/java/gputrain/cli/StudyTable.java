package gputrain.cli;

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
