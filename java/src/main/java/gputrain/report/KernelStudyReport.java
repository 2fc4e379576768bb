package gputrain.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import gputrain.experiment.KernelRun;
import gputrain.experiment.KernelStudy;
import gputrain.file.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One page for a paper on kernel models: every theory beside the others. */
public final class KernelStudyReport {
    private static final String BARE = "bare theory";

    /** Deviations beyond so many times the bare theory's are cut off. */
    private static final double WORTH_SHOWING = 1.6;

    private final KernelStudy study;
    private final Map<String, Path> directories;
    private final Map<String, Json> runs = new LinkedHashMap<>();

    /**
     * Reads the run records.
     *
     * @param directories the finished run of each experiment, by name
     * @throws ReportException when a run record is missing or malformed
     */
    public KernelStudyReport(KernelStudy study, Map<String, Path> directories) {
        this.study = study;
        this.directories = directories;
        directories.forEach((name, path) -> runs.put(name, Json.read(path.resolve("run.json"))));
    }

    /**
     * Writes the page, its figures and {@code results.csv} beside it.
     *
     * @throws gputrain.file.OutputException when a file cannot be written
     */
    public void write(Path html) {
        Path directory = Optional.ofNullable(html.getParent()).orElse(Path.of("."));
        List<Figure> figures = new ArrayList<>();
        figures.add(minimaFigure());
        runs.forEach((name, run) -> {
            figures.add(scoresFigure(name, run, "extrapolation", "place beyond the fitted nuclei of the chain"));
            figures.add(scoresFigure(name, run, "editions", "first edition with the mass"));
        });
        Markup page = new Markup();
        Report.head(page, study.title());
        page.open("body").open("main").newLine();
        header(page);
        minima(page);
        page.open("section")
                .element("h2", "Figures")
                .open("div", "class", "figures")
                .newLine();
        figures.forEach(figure -> PageFigures.write(page, figure));
        page.close().close().newLine();
        for (String test : List.of("crossValidation", "extrapolation", "editions")) {
            scores(page, test);
        }
        experiments(page, directory);
        page.close().close().close();
        figures.forEach(figure -> AtomicFiles.writeText(
                directory.resolve(Report.FIGURES).resolve(figure.fileName()),
                figure.svg().standalone()));
        AtomicFiles.writeText(directory.resolve("results.csv"), csv());
        AtomicFiles.writeText(html, "<!DOCTYPE html>\n" + page.finish() + "\n");
    }

    /** What tells an experiment from the others: the theory is not enough when a user compares settings. */
    private static String label(String experiment) {
        return KernelStudy.folder(experiment);
    }

    private void header(Markup page) {
        page.open("header").element("p", "reproduction of a paper", "class", "eyebrow");
        page.element("h1", study.title());
        page.element("p", study.description(), "class", "lead");
        page.open("p").text(study.citation().isBlank() ? "No paper named" : "Paper: " + study.citation());
        if (!study.doi().isBlank()) {
            page.text(", doi ").element("a", study.doi(), "href", "https://doi.org/" + study.doi());
        }
        page.text(".").close();
        study.notes().forEach(note -> page.element("p", note));
        page.close().newLine();
    }

    private Set<Integer> redundant() {
        Set<Integer> all = new TreeSet<>();
        runs.values()
                .forEach(run -> run.get("gridMinima")
                        .items()
                        .forEach(point -> all.add((int) point.get("redundant").number())));
        return all;
    }

    /** Deviation of the best of the grid, NaN where there is none. */
    private static Optional<Json> minimum(Json run, int redundant) {
        return run.get("gridMinima").items().stream()
                .filter(point -> (int) point.get("redundant").number() == redundant)
                .findFirst();
    }

    private void minima(Markup page) {
        page.open("section").element("h2", "Best of the grid: cross-validation (Fig. 2 and 3)");
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "rms deviation (MeV)")
                .element("th", "nuclei", "class", "n")
                .element("th", "bare", "class", "n");
        redundant().forEach(r -> page.element("th", "R = " + r, "class", "n"));
        page.element("th", "L, δ at R = 3", "class", "n").close().close().open("tbody");
        runs.forEach((name, run) -> {
            page.open("tr").element("td", label(name), "class", "name");
            page.element("td", run.get("sets").get("all").flat(), "class", "n");
            page.element("td", Numbers.energy(rmsd(run, "crossValidation", BARE, "all")), "class", "n");
            for (int r : redundant()) {
                double value = minimum(run, r)
                        .map(point -> point.get("rmsdMeV").number())
                        .orElse(Double.NaN);
                page.element("td", Numbers.energy(value), "class", "n strong");
            }
            page.element(
                    "td",
                    minimum(run, 3)
                            .map(point -> point.get("length").flat() + ", "
                                    + point.get("noise").flat())
                            .orElse(Numbers.NONE),
                    "class",
                    "n");
            page.close();
        });
        page.close().close().close().close().newLine();
    }

    private static double rmsd(Json run, String test, String model, String set) {
        return run.get(test).items().stream()
                .filter(score -> score.get("model").textOr("").equals(model)
                        && score.get("set").textOr("").equals(set))
                .map(score -> score.get("rmsdMeV").number())
                .findFirst()
                .orElse(Double.NaN);
    }

    private void scores(Markup page, String test) {
        String title = switch (test) {
            case "crossValidation" -> "Cross-validation, all models";
            case "extrapolation" -> "Extrapolation by distance (Fig. 4)";
            default -> "Historical split (Fig. 6)";
        };
        String note = switch (test) {
            case "crossValidation" -> KernelReport.VALIDATION_NOTE;
            case "extrapolation" -> KernelReport.EXTRAPOLATION_NOTE;
            default -> KernelReport.EDITIONS_NOTE;
        };
        runs.forEach((name, run) -> KernelReport.scores(page, title + ": " + label(name), run.get(test), note));
    }

    private Figure minimaFigure() {
        List<Series> lines = new ArrayList<>();
        runs.forEach((name, run) -> {
            double[] r = redundant().stream().mapToDouble(Integer::doubleValue).toArray();
            double[] y = Arrays.stream(r)
                    .map(one -> minimum(run, (int) one)
                            .map(point -> point.get("rmsdMeV").number())
                            .orElse(Double.NaN))
                    .toArray();
            lines.add(new Series(label(name), r, y, new double[0], new boolean[0]));
        });
        int last = redundant().stream().mapToInt(Integer::intValue).max().orElse(1);
        return LinesChart.over(
                        "redundant coordinates R",
                        "rms deviation (MeV)",
                        Scale.Linear.between(-0.5, last + 0.5, last + 1))
                .draw(
                        "minima.svg",
                        "Best cross-validation deviation for each R",
                        lines,
                        true,
                        "The smallest cross-validation deviation for each number R of redundant coordinates (Fig. 3).");
    }

    private static Figure scoresFigure(String name, Json run, String test, String xName) {
        Map<String, List<Double>> models = new LinkedHashMap<>();
        Set<String> sets = new LinkedHashSet<>();
        for (Json score : run.get(test).items()) {
            sets.add(score.get("set").textOr(""));
            models.computeIfAbsent(score.get("model").textOr(""), m -> new ArrayList<>())
                    .add(score.get("rmsdMeV").number());
        }
        double[] places = new double[sets.size()];
        Arrays.setAll(places, i -> i);
        double bare = models.getOrDefault(BARE, List.of(1.0)).stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        List<Series> lines = new ArrayList<>();
        for (String model : List.of(BARE, "RBF", "KRR", "KRR odd-even", "GPR", KernelRun.INSIDE, KernelRun.OUTSIDE)) {
            if (models.containsKey(model)) {
                double[] y = models.get(model).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                lines.add(new Series(model, places, y, new double[0], new boolean[0]));
            }
        }
        String theory = label(name);
        return LinesChart.over(xName, "rms deviation (MeV)", new Scale.Places(List.copyOf(sets)))
                .upTo(WORTH_SHOWING * bare)
                .draw(
                        test + "-" + KernelStudy.folder(name) + ".svg",
                        theory + ", " + test,
                        lines,
                        false,
                        theory
                                + (test.equals("editions")
                                        ? ": historical split (Fig. 6)."
                                        : ": extrapolation by distance (Fig. 4).")
                                + " What lies above 1.6 times the bare theory's largest deviation is cut off.");
    }

    private void experiments(Markup page, Path directory) {
        page.open("section").element("h2", "Experiments and deviations from the paper");
        runs.forEach((name, run) -> {
            String link = directory
                    .toAbsolutePath()
                    .relativize(directories.get(name).resolve("report.html").toAbsolutePath())
                    .toString()
                    .replace('\\', '/');
            page.open("h3")
                    .element("a", run.get("title").textOr(name), "href", link)
                    .close();
            page.element(
                    "p",
                    name + "; engine " + run.get("engine").get("name").textOr("") + ", "
                            + run.get("engine").get("device").textOr("") + "; seconds: "
                            + run.get("timing").flat() + "; commit "
                            + run.get("environment").get("commit").textOr("unknown") + ".",
                    "class",
                    "note");
            page.open("ul");
            run.get("deviations").texts().forEach(text -> page.element("li", text));
            page.close();
        });
        page.close().newLine();
    }

    private String csv() {
        StringBuilder text = new StringBuilder(
                "experiment,theory,test,model,settings,set,nuclei,rmsdMeV,maeMeV,coverage68,coverage95\n");
        runs.forEach((name, run) -> {
            for (String test : List.of("crossValidation", "extrapolation", "editions")) {
                for (Json score : run.get(test).items()) {
                    List<String> cells = new ArrayList<>(List.of(
                            name,
                            run.get("theory").textOr(""),
                            test,
                            '"' + score.get("model").textOr("") + '"',
                            '"' + score.get("settings").textOr("") + '"',
                            score.get("set").textOr(""),
                            score.get("count").flat()));
                    for (String figure : List.of("rmsdMeV", "maeMeV", "coverage68", "coverage95")) {
                        double value = score.get(figure).number();
                        cells.add(Double.isFinite(value) ? String.format(Locale.ROOT, "%.6f", value) : "");
                    }
                    text.append(String.join(",", cells)).append('\n');
                }
            }
        });
        return text.toString();
    }

    /** The minima of the grids as text. */
    public String text() {
        StringBuilder text =
                new StringBuilder("\n" + study.title() + "\n\nBest of the grid, cross-validation, rmsd in MeV\n");
        text.append(String.format(Locale.ROOT, "  %-14s %7s %7s", "theory", "nuclei", "bare"));
        redundant().forEach(r -> text.append(String.format(Locale.ROOT, " %7s", "R = " + r)));
        text.append('\n');
        runs.forEach((name, run) -> {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-14s %7.0f %7.3f",
                    label(name),
                    run.get("sets").get("all").number(),
                    rmsd(run, "crossValidation", BARE, "all")));
            for (int r : redundant()) {
                text.append(minimum(run, r)
                        .map(point -> String.format(
                                Locale.ROOT, " %7.3f", point.get("rmsdMeV").number()))
                        .orElse("        "));
            }
            text.append('\n');
        });
        return text.toString();
    }

    /** The run records as a JSON array. */
    public String json() {
        ArrayNode array = new ObjectMapper().createArrayNode();
        runs.values().forEach(run -> array.add(run.node()));
        return array.toPrettyString();
    }
}
