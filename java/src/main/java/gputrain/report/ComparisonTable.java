package gputrain.report;

import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.StudyComparison;
import gputrain.experiment.StudyComparison.Side;
import gputrain.experiment.StudyLine;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A study's comparison as a table of the page, and as lines of a CSV file. */
final class ComparisonTable {
    private static final List<String> COLUMNS = List.of("train", "test", "ensemble", "time", "evaluations");
    /** What says that a stopping point was chosen on the test set. */
    private static final String CHOSEN = " *";

    static final String CSV_HEADER = "comparison,row,training,experiment,protocol,chosenOnTest,networks,trainRmsdMeV,"
            + "trainRmsdSpreadMeV,trainEnsembleRmsdMeV,testRmsdMeV,testRmsdSpreadMeV,testEnsembleRmsdMeV,"
            + "secondsPerNetwork,evaluations,engine,second\n";

    private ComparisonTable() {}

    /** A section with the table and what its columns mean. */
    static void write(Markup page, Study.Comparison comparison, List<StudyComparison> lines) {
        page.open("section").element("h2", comparison.title());
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Model", "rowspan", 2);
        // The answer comes first: the table may be wider than the page.
        page.element("th", comparison.second(), "rowspan", 2);
        for (String name : List.of(comparison.first(), comparison.second())) {
            page.element("th", name, "colspan", COLUMNS.size(), "class", "group");
        }
        page.close().open("tr");
        for (int side = 0; side < 2; side++) {
            COLUMNS.forEach(name -> page.element("th", name, "class", "n"));
        }
        page.close().close().open("tbody");
        for (StudyComparison line : lines) {
            page.open("tr", "class", "first").element("td", line.label(), "class", "name");
            String style = switch (line.outcome()) {
                case WINS -> "better";
                case LOSES -> "worse";
                case UNDECIDED -> "equal";
                case UNKNOWN -> null;
            };
            page.element("td", line.outcome().text(), "class", style);
            side(page, line.first());
            side(page, line.second());
            page.close();
        }
        page.close().close().close();
        page.element("p", note(lines), "class", "note");
        if (!comparison.note().isBlank()) {
            page.element("p", comparison.note(), "class", "note");
        }
        page.close().newLine();
    }

    private static void side(Markup page, Optional<Side> side) {
        cell(page, side, one -> energy(one.train()), "n");
        cell(page, side, one -> energy(one.test()) + (one.chosenOnTest() ? CHOSEN : ""), "n strong");
        cell(page, side, one -> Numbers.energy(one.test().ensembleRmsdMeV()), "n");
        cell(page, side, one -> Numbers.duration(one.seconds()), "n");
        cell(page, side, one -> Numbers.fixed(one.evaluations(), 0), "n");
    }

    private static void cell(Markup page, Optional<Side> side, Function<Side, String> text, String style) {
        page.element("td", side.map(text).orElse(""), "class", style);
    }

    private static String energy(StudyLine.Measure measure) {
        return Numbers.energy(measure.rmsdMeV(), measure.rmsdSpreadMeV());
    }

    private static String note(List<StudyComparison> lines) {
        boolean chosen = lines.stream()
                .anyMatch(line -> line.first().filter(Side::chosenOnTest).isPresent()
                        || line.second().filter(Side::chosenOnTest).isPresent());
        return "rms deviations in MeV, mean ± standard deviation over the networks; ensemble: deviation of their mean"
                + " prediction on the test set. Where an experiment's own protocol chooses its stopping point on the test set, the figures"
                + " are those of the leak-free one, whose networks leave a part of the training set out to choose it."
                + (chosen ? " *: chosen on the test set, because the leak-free protocol was not trained." : "")
                + " Time: wall time of training, a network's share of those trained side by side. Evaluations: passes over"
                + " the training nuclei, an epoch of Adam one, a step of Levenberg-Marquardt one to linearise, one for"
                + " each trial and one for an acceleration. Better, loses: by more than two standard errors of the difference of the mean test"
                + " deviations.";
    }

    /** A line for each side that is there. */
    static String csv(Study.Comparison comparison, Map<String, SavedRun> runs) {
        StringBuilder text = new StringBuilder();
        for (StudyComparison line : StudyComparison.of(comparison, runs)) {
            line.first().ifPresent(side -> csv(text, comparison, line, comparison.first(), side));
            line.second().ifPresent(side -> csv(text, comparison, line, comparison.second(), side));
        }
        return text.toString();
    }

    private static void csv(
            StringBuilder text, Study.Comparison comparison, StudyComparison line, String training, Side side) {
        for (String cell : List.of(comparison.title(), line.label(), training, side.experiment())) {
            text.append('"').append(cell.replace("\"", "\"\"")).append("\",");
        }
        text.append(side.protocol().id()).append(',').append(side.chosenOnTest());
        text.append(',').append(side.testMeV().size());
        for (double value : new double[] {
            side.train().rmsdMeV(),
            side.train().rmsdSpreadMeV(),
            side.train().ensembleRmsdMeV(),
            side.test().rmsdMeV(),
            side.test().rmsdSpreadMeV(),
            side.test().ensembleRmsdMeV(),
            side.seconds(),
            side.evaluations()
        }) {
            text.append(',').append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.6f", value) : "");
        }
        text.append(",\"").append(side.engine()).append("\",");
        text.append(line.outcome().text()).append('\n');
    }
}
