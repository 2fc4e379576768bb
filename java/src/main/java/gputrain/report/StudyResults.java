package gputrain.report;

import gputrain.experiment.Study;
import gputrain.experiment.StudyLine;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A study's table: the paper's figures beside ours, without the columns that none of its lines fills. */
final class StudyResults {
    private final Markup page;
    private final List<StudyLine> lines;
    private final boolean thresholds;
    private final boolean leakFree;
    private final boolean publishedErrors;

    private StudyResults(Markup page, List<StudyLine> lines) {
        this.page = page;
        this.lines = lines;
        thresholds =
                lines.stream().anyMatch(line -> Double.isFinite(line.nuclei().published()));
        leakFree = lines.stream().anyMatch(line -> line.leakFree().isPresent());
        publishedErrors =
                lines.stream().anyMatch(line -> Double.isFinite(line.published().maeMeV()));
    }

    /** A section with the table and what its columns mean. */
    static void write(Markup page, Study.Table table, List<StudyLine> lines) {
        page.open("section").element("h2", table.title());
        StudyResults results = new StudyResults(page, lines);
        results.table();
        results.note();
        lines.stream()
                .flatMap(line -> line.remarks().stream())
                .distinct()
                .forEach(text -> page.element("p", text, "class", "note"));
        if (!table.note().isBlank()) {
            page.element("p", table.note(), "class", "note");
        }
        page.close().newLine();
    }

    private void table() {
        page.open("div", "class", "scroll").open("table").open("thead");
        head();
        page.close().open("tbody");
        String label = "";
        for (StudyLine line : lines) {
            row(line, line.label().equals(label) ? "" : line.label());
            label = line.label();
        }
        page.close().close().close();
    }

    private void head() {
        page.open("tr");
        for (String name : List.of("Model", "Set")) {
            page.element("th", name, "rowspan", 2);
        }
        if (thresholds) {
            page.element("th", "nuclei", "colspan", 3, "class", "group");
        } else {
            page.element("th", "Nuclei", "rowspan", 2, "class", "n");
        }
        page.element("th", "rms deviation (MeV)", "colspan", leakFree ? 6 : 4, "class", "group");
        page.element("th", "mean absolute error (MeV)", "colspan", publishedErrors ? 2 : 1, "class", "group");
        page.close().open("tr");
        String ours = "ours: mean ± sd";
        Stream.of(
                        thresholds ? List.of("paper", "ours", "ensemble") : List.<String>of(),
                        List.of("paper", ours, "difference", "ensemble"),
                        leakFree ? List.of("leak-free: mean ± sd", "ensemble") : List.<String>of(),
                        publishedErrors ? List.of("paper", ours) : List.of(ours))
                .flatMap(List::stream)
                .forEach(name -> page.element("th", name, "class", "n"));
        page.close();
    }

    private void note() {
        page.element(
                "p",
                "sd: standard deviation over the networks; ensemble: deviation of their mean prediction; difference:"
                        + " ours minus the paper's, negative where ours is better."
                        + (leakFree
                                ? " Leak-free: the stopping point is chosen on a part of the training set; the test set"
                                        + " is only reported."
                                : "")
                        + (thresholds
                                ? " |Im y| < τ: what is left of a set when each network keeps the nuclei whose |Im y| is"
                                        + " below τ, the ensemble those whose mean |Im y| is; a network that has none has no"
                                        + " deviation there, and a figure of the others says of how many."
                                : ""),
                "class",
                "note");
    }

    private void row(StudyLine line, String label) {
        page.open("tr", "class", label.isEmpty() ? null : "first");
        page.element("td", label, "class", "name").element("td", line.set(), "class", "name");
        nuclei(line.nuclei());
        Metric ours = metric(line.paper());
        double published = line.published().rmsdMeV();
        page.element("td", Numbers.energy(published), "class", "n");
        page.element("td", ours.text() + share(line.paper()), "class", "n strong");
        page.element(
                "td",
                Numbers.signedEnergy(Verdict.difference(ours, published)),
                "class",
                ("n " + Verdict.cssClass(ours, published)).strip());
        page.element("td", Numbers.energy(ours.ensemble()), "class", "n");
        if (leakFree) {
            page.element("td", metric(line.leakFree()).text() + share(line.leakFree()), "class", "n strong");
            page.element("td", Numbers.energy(metric(line.leakFree()).ensemble()), "class", "n");
        }
        if (publishedErrors) {
            page.element("td", Numbers.energy(line.published().maeMeV()), "class", "n");
        }
        page.element(
                "td",
                line.paper()
                        .map(one -> Numbers.energy(one.maeMeV(), one.maeSpreadMeV()))
                        .orElse(Numbers.NONE),
                "class",
                "n");
        page.close();
    }

    private void nuclei(StudyLine.Nuclei nuclei) {
        String ours = Numbers.nuclei(nuclei.count(), nuclei.spread());
        if (thresholds) {
            page.element("td", Numbers.fixed(nuclei.published(), 0), "class", "n");
            page.element("td", ours, "class", "n strong");
            page.element("td", Numbers.fixed(nuclei.ensemble(), 0), "class", "n");
        } else {
            page.element("td", ours, "class", "n");
        }
    }

    private static String share(Optional<StudyLine.Measure> measure) {
        return measure.map(StudyLine.Measure::share)
                .filter(text -> !text.isEmpty())
                .map(text -> " (" + text + ")")
                .orElse("");
    }

    private static Metric metric(Optional<StudyLine.Measure> measure) {
        return measure.map(one -> new Metric(one.rmsdMeV(), one.rmsdSpreadMeV(), List.of(), one.ensembleRmsdMeV()))
                .orElse(Metric.NONE);
    }
}
