package gputrain.report;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.DataLibrary;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.TrainingPlan;
import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.StudyComparison;
import gputrain.experiment.StudyLine;
import gputrain.file.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes one page for a whole paper: its tables beside ours, its figures, every deviation from it. */
public final class StudyReport {
    private final Study study;
    private final DataLibrary library;
    private final Function<TrainingPlan, Inference> engines;

    /**
     * @param engines what to predict with, for a plan of a trained model
     */
    public StudyReport(Study study, DataLibrary library, Function<TrainingPlan, Inference> engines) {
        this.study = study;
        this.library = library;
        this.engines = engines;
    }

    /** An engine that predicts. */
    public record Inference(Engine engine, EngineOptions options) {}

    /**
     * Writes the page, its figures as SVG files and {@code results.csv} beside it.
     *
     * @param runs the finished run of each experiment, by name
     * @throws ReportException when a run's file is missing or malformed
     * @throws gputrain.file.OutputException when a file cannot be written
     */
    public void write(Map<String, SavedRun> runs, Path html) {
        Path directory = Optional.ofNullable(html.getParent()).orElse(Path.of("."));
        StudyData data = new StudyData(runs, library, engines);
        Map<Study.Figure, List<Figure>> figures = new LinkedHashMap<>();
        int number = 0;
        for (Study.Figure figure : study.figures()) {
            number++;
            figures.put(figure, new StudyFigures(data, "figure-%02d".formatted(number)).draw(figure));
        }
        Map<Study.Comparison, List<Figure>> charts = new LinkedHashMap<>();
        for (Study.Comparison comparison : study.comparisons()) {
            charts.put(
                    comparison,
                    ComparisonChart.of(
                            comparison,
                            StudyComparison.of(comparison, runs),
                            "comparison-%02d".formatted(charts.size() + 1)));
        }
        for (List<Figure> drawn : Stream.concat(figures.values().stream(), charts.values().stream())
                .toList()) {
            for (Figure one : drawn) {
                AtomicFiles.writeText(
                        directory.resolve(Report.FIGURES).resolve(one.fileName()),
                        one.svg().standalone());
            }
        }
        AtomicFiles.writeText(directory.resolve("results.csv"), csv(runs));
        if (!study.comparisons().isEmpty()) {
            StringBuilder lines = new StringBuilder(ComparisonTable.CSV_HEADER);
            study.comparisons().forEach(comparison -> lines.append(ComparisonTable.csv(comparison, runs)));
            AtomicFiles.writeText(directory.resolve("comparison.csv"), lines.toString());
        }
        AtomicFiles.writeText(html, page(runs, figures, charts, directory));
    }

    private String page(
            Map<String, SavedRun> runs,
            Map<Study.Figure, List<Figure>> figures,
            Map<Study.Comparison, List<Figure>> charts,
            Path directory) {
        Markup page = new Markup();
        Report.head(page, study.title());
        page.open("body").open("main").newLine();
        header(page, runs);
        study.tables().forEach(table -> StudyResults.write(page, table, StudyLine.of(table, runs)));
        charts.forEach((comparison, drawn) -> {
            ComparisonTable.write(page, comparison, StudyComparison.of(comparison, runs));
            page.open("div", "class", "figures").newLine();
            drawn.forEach(one -> PageFigures.write(page, one));
            page.close().newLine();
        });
        if (!figures.isEmpty()) {
            page.open("section").element("h2", "Figures");
            figures.forEach((figure, drawn) -> {
                page.element("h3", figure.title());
                page.open("div", "class", "figures").newLine();
                drawn.forEach(one -> PageFigures.write(page, one));
                page.close().newLine();
            });
            page.close().newLine();
        }
        experiments(page, runs, directory);
        page.close().close().close();
        return "<!DOCTYPE html>\n" + page.finish() + "\n";
    }

    private void header(Markup page, Map<String, SavedRun> runs) {
        String kind = study.comparisons().isEmpty() ? "reproduction of a paper" : "ways of training side by side";
        page.open("header").element("p", kind, "class", "eyebrow");
        page.element("h1", study.title());
        if (!study.description().isBlank()) {
            page.element("p", study.description(), "class", "lead");
        }
        if (!study.citation().isBlank()) {
            page.open("p").text("Paper: " + study.citation());
            if (!study.doi().isBlank()) {
                page.text(", doi ").element("a", study.doi(), "href", "https://doi.org/" + study.doi());
            }
            page.text(".").close();
        }
        study.notes().forEach(note -> page.element("p", note));
        page.element("p", networks(runs));
        page.close().newLine();
    }

    /** How many networks the runs have, which need not be as many as the study's file says. */
    private static String networks(Map<String, SavedRun> runs) {
        Map<Integer, List<String>> byNumber = new TreeMap<>(Comparator.reverseOrder());
        runs.forEach((name, run) -> byNumber.computeIfAbsent(
                        run.record().path("seeds").size(), number -> new ArrayList<>())
                .add(name));
        String text = byNumber.entrySet().stream()
                .map(entry -> networks(entry.getKey()) + " of "
                        + (byNumber.size() == 1 ? "each experiment" : String.join(", ", entry.getValue())))
                .collect(Collectors.joining("; "));
        return "Ours: " + text + ".";
    }

    private static String networks(int number) {
        return number == 1 ? "one network" : number + " networks";
    }

    /** What was run, how, and where it differs from the paper. */
    private static void experiments(Markup page, Map<String, SavedRun> runs, Path directory) {
        page.open("section").element("h2", "Experiments and deviations from the paper");
        runs.forEach((name, run) -> {
            JsonNode record = run.record();
            page.open("h3");
            Path report = run.directory().report();
            page.element(
                    "a",
                    record.path("title").asText(name),
                    "href",
                    directory
                            .toAbsolutePath()
                            .relativize(report.toAbsolutePath())
                            .toString()
                            .replace('\\', '/'));
            page.close();
            page.open("p", "class", "note").text(name + "; ");
            for (JsonNode protocol : record.path("protocols")) {
                JsonNode timing = protocol.path("timing");
                page.text(protocol.path("name").asText() + ": "
                        + networks(protocol.path("replicas").size()) + ", "
                        + Numbers.count(timing.path("epochs").asLong()) + " epochs in "
                        + Numbers.duration(timing.path("trainingSeconds").asDouble()) + "; ");
            }
            page.text("engine " + record.path("engine").path("name").asText() + ", "
                    + record.path("engine").path("device").asText() + "; commit "
                    + record.path("environment").path("commit").asText("unknown") + ".");
            page.close();
            page.open("ul");
            record.path("deviations").forEach(deviation -> page.element("li", deviation.asText()));
            page.close();
        });
        page.close().newLine();
    }

    private String csv(Map<String, SavedRun> runs) {
        StringBuilder text = new StringBuilder(
                "table,row,set,nuclei,paperRmsdMeV,rmsdMeV,rmsdSpreadMeV,ensembleRmsdMeV,"
                        + "networks,leakFreeRmsdMeV,leakFreeRmsdSpreadMeV,leakFreeEnsembleRmsdMeV,paperMaeMeV,maeMeV,paperNuclei,nucleiSpread,ensembleNuclei,networksInAll\n");
        for (Study.Table table : study.tables()) {
            for (StudyLine line : StudyLine.of(table, runs)) {
                StudyLine.Measure none =
                        new StudyLine.Measure(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, 0);
                StudyLine.Measure ours = line.paper().orElse(none);
                StudyLine.Measure free = line.leakFree().orElse(none);
                text.append(quoted(table.title()))
                        .append(',')
                        .append(quoted(line.label()))
                        .append(',')
                        .append(quoted(line.set()))
                        .append(',')
                        .append(number(line.nuclei().count()));
                for (double value : new double[] {
                    line.published().rmsdMeV(), ours.rmsdMeV(), ours.rmsdSpreadMeV(), ours.ensembleRmsdMeV()
                }) {
                    text.append(',').append(cell(value));
                }
                text.append(',').append(ours.networks());
                for (double value : new double[] {
                    free.rmsdMeV(),
                    free.rmsdSpreadMeV(),
                    free.ensembleRmsdMeV(),
                    line.published().maeMeV(),
                    ours.maeMeV()
                }) {
                    text.append(',').append(cell(value));
                }
                text.append(',')
                        .append(number(line.nuclei().published()))
                        .append(',')
                        .append(number(line.nuclei().spread()))
                        .append(',')
                        .append(number(line.nuclei().ensemble()))
                        .append(',')
                        .append(ours.asked())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    /** A number of nuclei: a whole one unless it is a mean. */
    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString(Math.round(value)) : cell(value);
    }

    private static String cell(double value) {
        return Double.isFinite(value) ? String.format(java.util.Locale.ROOT, "%.6f", value) : "";
    }
}
