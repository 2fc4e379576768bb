package gputrain.report;

import gputrain.experiment.Unpredicted;
import gputrain.report.Protocol.SetMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parts of the page that say how good the result is: headline, table, baselines. */
final class ResultSections {
    private final Markup page;
    private final Json run;
    private final List<Protocol> protocols;

    ResultSections(Markup page, Json run, List<Protocol> protocols) {
        this.page = page;
        this.run = run;
        this.protocols = protocols;
    }

    /** Title, what was trained, and a tile per figure that a reader looks for first. */
    void headline() {
        page.open("header");
        page.element("p", run.get("experiment").textOr("experiment without a name"), "class", "eyebrow");
        page.element("h1", title(run));
        run.get("description").text().ifPresent(text -> page.element("p", text, "class", "lead"));
        page.element("p", whatWasTrained());
        paper();
        page.open("div", "class", "tiles");
        Protocol first = protocols.get(0);
        for (Protocol protocol : protocols) {
            tile(protocol.title() + ": test rms deviation", protocol.test().rmsd(), sentence(protocol));
        }
        Metric ensemble = new Metric(first.test().rmsd().ensemble(), Double.NaN, List.of(), Double.NaN);
        if (ensemble.present()) {
            tile(
                    first.title() + ": ensemble of the seeds, test",
                    ensemble,
                    Verdict.sentence(ensemble, first.test().publishedRmsdMeV()));
        }
        page.close();
        // Beside the figures, because how the stopping point was chosen decides what they are worth.
        protocols.forEach(this::description);
        if (protocols.stream().noneMatch(p -> p.name().equals(Protocol.LEAK_FREE))) {
            // The settings name the leak-free recipe wherever the file has one: without one nothing can look at a test
            // set.
            boolean needed = !run.get("settings").present()
                    || run.get("settings").get(Protocol.LEAK_FREE).present();
            page.element(
                    "p",
                    needed
                            ? "This run has no leak-free protocol: where the paper's chooses by the test set, as said below the figures, they are too good."
                            : "No test set chooses anything in this run, so it needs no leak-free protocol.");
        }
        page.close().newLine();
    }

    /** Ours beside the paper's, for every protocol and set of nuclei. */
    void table() {
        boolean published = protocols.stream().anyMatch(Protocol::hasPublished);
        page.open("section").element("h2", published ? "Results beside the paper's" : "Results");
        SeedChart.of(protocols).forEach(figure -> PageFigures.write(page, figure));
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        for (String name : List.of("Protocol", "Set")) {
            page.element("th", name, "rowspan", 2);
        }
        page.element("th", "Nuclei", "rowspan", 2, "class", "n");
        page.element("th", "rms deviation (MeV)", "colspan", 4, "class", "group");
        page.element("th", "mean absolute error (MeV)", "colspan", 4, "class", "group");
        page.close().open("tr");
        for (int i = 0; i < 2; i++) {
            for (String name : List.of("mean ± sd", "ensemble", "paper", "difference")) {
                page.element("th", name, "class", "n");
            }
        }
        page.close().close().open("tbody");
        for (Protocol protocol : protocols) {
            boolean first = true;
            for (Map.Entry<String, SetMetrics> set : protocol.sets().entrySet()) {
                row(first ? protocol.title() : "", set.getKey(), set.getValue());
                first = false;
            }
        }
        page.close().close().close();
        page.element(
                "p",
                published
                        ? "Mean and standard deviation (sd) over the seeds; " + Protocol.ensemble(protocols)
                                + "; difference: mean minus paper, negative where ours is better."
                        : "The run record holds no published figures for this experiment.",
                "class",
                "note");
        unpredicted();
        page.close().newLine();
    }

    /** Sets without a figure because a network overflows there. */
    private void unpredicted() {
        for (Protocol protocol : protocols) {
            protocol.json()
                    .get("metrics")
                    .members()
                    .forEach((set, metrics) -> Unpredicted.sentence(
                                    protocols.size() > 1 ? protocol.title() + ", " + set : set, metrics.node())
                            .ifPresent(text -> page.element("p", text)));
        }
    }

    /** What the theory alone achieves on the same nuclei. */
    void baselines() {
        page.open("section").element("h2", "The theory alone");
        List<Json> baselines = run.get("baselines").items();
        if (baselines.isEmpty()) {
            page.element("p", "The run record holds no bare-theory baseline.", "class", "note");
        } else {
            page.element("p", "Deviation from experiment without any training, on the same nuclei.");
            page.open("div", "class", "scroll").open("table").open("thead").open("tr");
            page.element("th", "Theory").element("th", "Set");
            for (String name : List.of("Nuclei", "rms deviation (MeV)", "mean absolute error (MeV)")) {
                page.element("th", name, "class", "n");
            }
            page.close().close().open("tbody");
            baselines.forEach(this::baseline);
            page.close().close().close();
        }
        page.close().newLine();
    }

    static String title(Json run) {
        return run.get("title").textOr(run.get("experiment").textOr("Training run"));
    }

    private void description(Protocol protocol) {
        protocol.json()
                .get("description")
                .text()
                .ifPresent(text -> page.open("p")
                        .element("strong", protocol.title() + ". ")
                        .text(text)
                        .close());
    }

    private void baseline(Json baseline) {
        String name = baseline.get("name").textOr("theory");
        for (Map.Entry<String, Json> set : Sets.inOrder(baseline.get("metrics").members())) {
            Json metrics = set.getValue();
            page.open("tr").element("td", name).element("td", set.getKey());
            page.element("td", count(metrics.get("count").number()), "class", "n");
            page.element("td", Metric.of(metrics.get("rmsdMeV")).text(), "class", "n");
            page.element("td", Metric.of(metrics.get("maeMeV")).text(), "class", "n");
            page.close();
            name = "";
        }
    }

    private String whatWasTrained() {
        List<String> parts = new ArrayList<>();
        Json network = run.get("network");
        boolean dense = !network.get("widths").items().isEmpty();
        if (dense || network.get("shape").present()) {
            String widths = dense
                    ? String.join("-", network.get("widths").texts())
                    : network.get("shape").textOr("");
            String activation =
                    network.get("activation").text().map(a -> " " + a).orElse("");
            double parameters = network.get("parameters").number();
            parts.add("Network " + widths + activation
                    + (Double.isFinite(parameters) ? " (" + count(parameters) + " parameters)" : ""));
        }
        List<String> sets = new ArrayList<>();
        run.get("sets").members().forEach((set, size) -> sets.add(count(size.number()) + " " + set));
        if (!sets.isEmpty()) {
            parts.add("nuclei: " + String.join(", ", sets)
                    + (protocols.get(0).dividedBySeed() ? ", divided anew for every network" : ""));
        }
        int seeds = run.get("seeds").items().size();
        if (seeds > 0) {
            parts.add(seeds == 1 ? "one seed" : seeds + " seeds");
        }
        return parts.isEmpty() ? "" : String.join("; ", parts) + ".";
    }

    private void paper() {
        Json paper = run.get("paper");
        if (!paper.present()) {
            return;
        }
        page.open("p").text("Paper: " + paper.get("citation").textOr("not named"));
        paper.get("doi")
                .text()
                .ifPresent(doi -> page.text(", doi ").element("a", doi, "href", "https://doi.org/" + doi));
        paper.get("table").text().ifPresent(table -> page.text(", " + table));
        page.text(".").close();
    }

    private String sentence(Protocol protocol) {
        if (!protocol.test().rmsd().present()) {
            return protocol.sets().containsKey("test")
                    ? "The run record has no finite value."
                    : "Not evaluated on a test set.";
        }
        int seeds = protocol.test().rmsd().replicas().size();
        String of = seeds > 1 ? "Mean ± standard deviation of " + seeds + " seeds. " : seeds == 1 ? "One seed. " : "";
        return of + Verdict.sentence(protocol.test().rmsd(), protocol.test().publishedRmsdMeV());
    }

    private void tile(String name, Metric value, String sentence) {
        page.open("div", "class", "tile").element("div", name, "class", "tile-name");
        page.open("div", "class", "tile-value").text(value.text());
        page.element("span", value.present() ? " MeV" : "", "class", "unit").close();
        page.element("div", sentence, "class", "tile-note").close();
    }

    private void row(String protocol, String set, SetMetrics metrics) {
        page.open("tr", "class", protocol.isEmpty() ? null : "first");
        page.element("td", protocol, "class", "name").element("td", set);
        page.element("td", count(metrics.count()), "class", "n");
        cells(metrics.rmsd(), metrics.publishedRmsdMeV());
        cells(metrics.mae(), metrics.publishedMaeMeV());
        page.close();
    }

    private void cells(Metric ours, double published) {
        page.element("td", ours.text(), "class", "n strong");
        page.element("td", Numbers.energy(ours.ensemble()), "class", "n");
        page.element("td", Numbers.energy(published), "class", "n");
        page.element(
                "td",
                Numbers.signedEnergy(Verdict.difference(ours, published)),
                "class",
                ("n " + Verdict.cssClass(ours, published)).strip());
    }

    private static String count(double value) {
        return Double.isFinite(value) ? Numbers.count(Math.round(value)) : Numbers.NONE;
    }
}
