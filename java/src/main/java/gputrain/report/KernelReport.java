package gputrain.report;

import gputrain.file.AtomicFiles;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the report of a finished run of kernel models: one HTML file that needs nothing else, and its figures. */
public final class KernelReport {
    private static final int MOST_COMPONENTS = 20;

    static final String VALIDATION_NOTE =
            "KRR and GPR have the hyperparameters with the smallest leave-one-out error on the same nuclei, and the best of the"
                    + " grid is a smallest value of such errors: slightly optimistic. Interpolation and extrapolation are the"
                    + " file's own hyperparameters.";

    static final String EXTRAPOLATION_NOTE =
            "The most neutron-rich nuclei of each isotopic chain are not fitted; column k is the k-th of them beyond the fitted"
                    + " ones. RBF has no hyperparameters, those of KRR and GPR are chosen on the fitted nuclei, the best of the"
                    + " grid outside on the predicted ones: what could be had, not a prediction.";

    static final String EDITIONS_NOTE =
            "Nuclei by the edition that first knew their mass well, fitted to those of the first, with the masses of the newest"
                    + " edition; leave-one-out in the first set. RBF, KRR, GPR and \"chosen in the first set\" never saw the other"
                    + " sets; the best of the grid did, and the theory may have.";

    private KernelReport() {}

    /**
     * Reads {@code run.json} and the CSV files beside it and writes the page and {@code figures/*.svg}.
     *
     * @throws ReportException when a file is missing or malformed
     * @throws gputrain.file.OutputException when a file cannot be written
     */
    public static void write(Path runDirectory, Path html) {
        Json run = Json.read(runDirectory.resolve("run.json"));
        List<Figure> figures = KernelFigures.of(runDirectory);
        Markup page = new Markup();
        Report.head(page, run.get("title").textOr("kernel models"));
        page.open("body").open("main").newLine();
        header(page, run);
        minima(page, run);
        scores(page, "Cross-validation on all nuclei", run.get("crossValidation"), VALIDATION_NOTE);
        scores(page, "Extrapolation", run.get("extrapolation"), EXTRAPOLATION_NOTE);
        scores(page, "Historical split", run.get("editions"), EDITIONS_NOTE);
        page.open("section")
                .element("h2", "Figures")
                .open("div", "class", "figures")
                .newLine();
        figures.forEach(figure -> PageFigures.write(page, figure));
        page.close().close().newLine();
        importance(page, run);
        provenance(page, run);
        page.close().close().close();
        figures.forEach(figure -> AtomicFiles.writeText(
                runDirectory.resolve(Report.FIGURES).resolve(figure.fileName()),
                figure.svg().standalone()));
        AtomicFiles.writeText(html, "<!DOCTYPE html>\n" + page.finish() + "\n");
    }

    private static void header(Markup page, Json run) {
        page.open("header").element("p", run.get("experiment").textOr(""), "class", "eyebrow");
        page.element("h1", run.get("title").textOr("kernel models"));
        run.get("description").text().ifPresent(text -> page.element("p", text, "class", "lead"));
        page.element(
                "p",
                run.get("selection").textOr("") + ": "
                        + run.get("sets").get("all").flat() + " nuclei that "
                        + run.get("theory").textOr("the theory") + " has ("
                        + run.get("sets").get("notInTheory").flat() + " it has not).");
        page.close().newLine();
    }

    private static void minima(Markup page, Json run) {
        List<Json> minima = run.get("gridMinima").items();
        if (minima.isEmpty()) {
            return;
        }
        page.open("section").element("h2", "Best of the grid for each R");
        page.open("table").open("thead").open("tr");
        for (String name : List.of("R", "L", "δ", "rms deviation (MeV)")) {
            page.element("th", name, "class", "n");
        }
        page.close().close().open("tbody");
        for (Json point : minima) {
            page.open("tr");
            page.element("td", point.get("redundant").flat(), "class", "n");
            page.element("td", point.get("length").flat(), "class", "n");
            page.element("td", point.get("noise").flat(), "class", "n");
            page.element("td", Numbers.fixed(point.get("rmsdMeV").number(), 4), "class", "n strong");
            page.element(
                    "td",
                    point.get("atEdge").textOr("").equals("true") ? "at the edge of the grid" : "",
                    "class",
                    "note");
            page.close();
        }
        page.close().close().close().newLine();
    }

    /** A line per model, a column per set: the deviation and, in small print, the coverages. */
    static void scores(Markup page, String title, Json scores, String note) {
        if (scores.items().isEmpty()) {
            return;
        }
        Set<String> sets = new LinkedHashSet<>();
        Map<String, Map<String, Json>> models = new LinkedHashMap<>();
        for (Json score : scores.items()) {
            sets.add(score.get("set").textOr(""));
            models.computeIfAbsent(score.get("model").textOr(""), m -> new LinkedHashMap<>())
                    .put(score.get("set").textOr(""), score);
        }
        page.open("section").element("h2", title);
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "rms deviation (MeV); share within 1 sd, 2 sd");
        for (String set : sets) {
            int nuclei = scores.items().stream()
                    .filter(score -> score.get("set").textOr("").equals(set))
                    .mapToInt(score -> (int) score.get("count").number())
                    .findFirst()
                    .orElse(0);
            page.open("th", "class", "n").text(set).empty("br");
            page.element("span", nuclei + " nuclei", "class", "note").close();
        }
        page.close().close().open("tbody");
        models.forEach((model, of) -> {
            String settings = of.values().iterator().next().get("settings").textOr("");
            page.open("tr", "class", "first").open("td", "class", "name").text(model);
            if (!settings.isEmpty()) {
                page.empty("br").element("span", settings, "class", "note");
            }
            page.close();
            for (String set : sets) {
                page.open("td", "class", "n");
                Json score = of.get(set);
                if (score != null) {
                    page.element("b", Numbers.energy(score.get("rmsdMeV").number()));
                    double one = score.get("coverage68").number();
                    if (Double.isFinite(one)) {
                        page.empty("br");
                        page.element(
                                "span",
                                percent(one) + ", "
                                        + percent(score.get("coverage95").number()),
                                "class",
                                "note");
                    }
                }
                page.close();
            }
            page.close();
        });
        page.close().close().close();
        if (!note.isEmpty()) {
            page.element("p", note, "class", "note");
        }
        page.close().newLine();
    }

    private static String percent(double share) {
        return Numbers.fixed(100 * share, 0) + " %";
    }

    private static void importance(Markup page, Json run) {
        List<Json> components = run.get("fit").get("components").items().stream()
                .sorted(Comparator.comparingDouble(
                        one -> -one.get("importanceMeV").number()))
                .limit(MOST_COMPONENTS)
                .toList();
        page.open("section").element("h2", "Size of the component functions");
        page.open("table").open("thead").open("tr");
        page.element("th", "coordinate").element("th", "standard deviation of f over the nuclei (MeV)", "class", "n");
        page.close().close().open("tbody");
        for (Json component : components) {
            page.open("tr").element("td", component.get("coordinate").textOr(""));
            page.element("td", Numbers.energy(component.get("importanceMeV").number()), "class", "n");
            page.close();
        }
        page.close().close();
        page.element(
                "p",
                "Z and N scaled to [0, 1] before the sum. Where coordinates are sums of others their functions cancel: a size says how much"
                        + " a coordinate is used, not how much the masses depend on it. The prior standard deviation of the correction is "
                        + Numbers.energy(run.get("fit").get("priorMeV").number()) + " MeV, that of the noise "
                        + Numbers.energy(run.get("fit").get("noiseMeV").number()) + " MeV.",
                "class",
                "note");
        page.close().newLine();
    }

    private static void provenance(Markup page, Json run) {
        boolean deviates = !run.get("deviations").texts().isEmpty();
        page.open("section").element("h2", deviates ? "Deviations from the paper, and provenance" : "Provenance");
        page.open("ul");
        run.get("deviations").texts().forEach(text -> page.element("li", text));
        page.close();
        page.open("table", "class", "facts").open("tbody");
        if (run.get("paper").get("citation").text().isPresent()) {
            fact(
                    page,
                    "paper",
                    run.get("paper").get("citation").textOr("") + "; "
                            + run.get("paper").get("table").textOr(""));
        }
        run.get("settings").members().forEach((name, value) -> fact(page, name, value.flat()));
        for (Json table : run.get("data").items()) {
            fact(
                    page,
                    "table " + table.get("id").textOr(""),
                    table.get("title").textOr("") + ", SHA-256 "
                            + table.get("sha256").textOr(""));
        }
        fact(
                page,
                "engine",
                run.get("engine").get("name").textOr("") + ", "
                        + run.get("engine").get("device").textOr("") + ", "
                        + run.get("engine").get("details").textOr("") + "; "
                        + run.get("fit").get("method").textOr(""));
        fact(page, "seconds", run.get("timing").flat());
        Json environment = run.get("environment");
        fact(
                page,
                "program",
                environment.get("version").textOr("") + ", commit "
                        + environment.get("commit").textOr("") + ", Java "
                        + environment.get("java").textOr("") + ", "
                        + environment.get("os").textOr(""));
        fact(
                page,
                "run",
                run.get("started").textOr("") + " to " + run.get("finished").textOr(""));
        page.close().close().close().newLine();
    }

    private static void fact(Markup page, String name, String value) {
        page.open("tr").element("th", name).element("td", value).close();
    }
}
