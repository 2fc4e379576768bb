package gputrain.report;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of the page that say how the run was made: training, deviations, features, provenance. */
final class RunSections {
    private final Markup page;
    private final Json run;
    private final List<Protocol> protocols;

    RunSections(Markup page, Json run, List<Protocol> protocols) {
        this.page = page;
        this.run = run;
        this.protocols = protocols;
    }

    /** Settings, engine and time. */
    void training() {
        page.open("section").element("h2", "How it was trained");
        page.open("div", "class", "columns");
        page.open("div").element("h3", "Settings");
        Map<String, String> settings = new LinkedHashMap<>();
        run.get("settings").members().forEach((name, value) -> settings.put(name, value.flat()));
        productUnits(settings);
        definitions(settings);
        page.close();
        page.open("div").element("h3", "Engine");
        engine();
        page.close().close();
        timings();
        page.close().newLine();
    }

    /** How every replica ended. */
    void seeds() {
        page.open("section").element("h2", "Every seed");
        if (protocols.stream().allMatch(p -> p.json().get("replicas").items().isEmpty())) {
            page.element("p", "The run record lists no replicas.", "class", "note");
        }
        protocols.forEach(this::replicas);
        page.close().newLine();
    }

    /** What is not as in the paper. */
    void deviations() {
        page.open("section").element("h2", "Deviations from the paper");
        List<String> common = run.get("deviations").texts();
        boolean any = !common.isEmpty();
        if (any) {
            list(common);
        }
        for (Protocol protocol : protocols) {
            List<String> own = protocol.json().get("deviations").texts();
            if (!own.isEmpty()) {
                any = true;
                page.element("h3", protocol.title());
                list(own);
            }
        }
        if (!any) {
            page.element("p", "The run record lists none.", "class", "note");
        }
        page.close().newLine();
    }

    /** Inputs and targets with their equations. */
    void features() {
        page.open("section").element("h2", "Features and targets");
        List<Json> features = run.get("features").items();
        if (features.isEmpty()) {
            page.element("p", "The run record lists no features.", "class", "note");
        } else {
            page.open("div", "class", "scroll").open("table").open("thead").open("tr");
            page.element("th", "Feature")
                    .element("th", "Unit")
                    .element("th", "Equation")
                    .element("th", "Source");
            page.close().close().open("tbody");
            for (Json feature : features) {
                boolean named = feature.node().isObject();
                page.open("tr");
                page.element("td", named ? feature.get("name").textOr("") : feature.textOr(""));
                page.element("td", named ? feature.get("unit").textOr("") : "");
                page.element("td", named ? feature.get("equation").textOr("") : "", "class", "equation");
                page.element("td", named ? feature.get("source").textOr("") : "");
                page.close();
            }
            page.close().close().close();
        }
        List<Json> targets = run.get("targets").items();
        if (!targets.isEmpty()) {
            page.element(
                    "p",
                    "Targets: "
                            + String.join("; ", targets.stream().map(Json::flat).toList()) + ".");
        }
        page.close().newLine();
    }

    /** Everything needed to make the run again. */
    void provenance() {
        page.open("section").element("h2", "Provenance");
        page.open("div", "class", "scroll").open("table", "class", "facts").open("tbody");
        for (Json data : run.get("data").items()) {
            fact(
                    "Data " + data.get("id").textOr(""),
                    data.get("title").textOr(""),
                    data.get("sha256").text().map(sum -> "SHA-256 " + sum).orElse(""));
        }
        fact("Selection", run.get("selection").textOr(""), "");
        fact("Split", run.get("split").textOr(""), "");
        fact("Seeds", seedList(run.get("seeds").texts()), "");
        Json environment = run.get("environment");
        String commit =
                environment.get("commit").text().map(c -> ", commit " + c).orElse("");
        fact("gpu-train", (environment.get("version").textOr("") + commit), "");
        fact("Java", environment.get("java").textOr(""), "");
        fact("System", environment.get("os").textOr(""), "");
        fact("Processor", environment.get("cpu").textOr(""), "");
        fact("Started", run.get("started").textOr(""), "");
        fact("Finished", run.get("finished").textOr("") + wallTime(), "");
        page.close().close().close().close().newLine();
    }

    private void engine() {
        page.open("table", "class", "facts").open("tbody");
        engine("", run.get("engine"));
        if (run.get("polishEngine").present()) {
            engine("polish, ", run.get("polishEngine"));
        }
        for (Protocol protocol : protocols) {
            String method = protocol.json().get("method").textOr("");
            if (!method.isEmpty()) {
                fact(protocol.title(), method, "");
            }
        }
        page.close().close();
    }

    private void engine(String stage, Json engine) {
        fact(stage + "engine", engine.get("name").textOr(""), "");
        fact(stage + "device", engine.get("device").textOr(""), "");
        fact(stage + "details", engine.get("details").textOr(""), "");
        fact(stage + "threads", engine.get("threads").textOr(""), "");
        for (Json rejected : engine.get("rejected").items()) {
            fact(
                    stage + "not used: " + rejected.get("engine").textOr("?"),
                    rejected.get("cause").textOr(""),
                    "");
        }
    }

    private void timings() {
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Protocol");
        for (String name : List.of("Epochs, all seeds", "Training time", "Time per epoch (µs)")) {
            page.element("th", name, "class", "n");
        }
        page.close().close().open("tbody");
        for (Protocol protocol : protocols) {
            Json timing = protocol.json().get("timing");
            page.open("tr").element("td", protocol.title());
            page.element("td", count(timing.get("epochs").number()), "class", "n");
            page.element("td", Numbers.duration(timing.get("trainingSeconds").number()), "class", "n");
            page.element(
                    "td", Numbers.significant(timing.get("microsecondsPerEpoch").number(), 3), "class", "n");
            page.close();
            for (Json stage : timing.get("stages").items()) {
                timing(stage);
            }
        }
        page.close().close().close();
    }

    private void timing(Json stage) {
        double epochs = stage.get("epochs").number();
        double seconds = stage.get("trainingSeconds").number();
        page.open("tr");
        page.element(
                "td",
                stage.get("name").textOr("") + ": " + stage.get("optimiser").textOr("") + ", engine "
                        + stage.get("engine").textOr(""));
        page.element("td", count(epochs), "class", "n");
        page.element("td", Numbers.duration(seconds), "class", "n");
        page.element("td", epochs > 0 ? Numbers.significant(seconds / epochs * 1e6, 3) : Numbers.NONE, "class", "n");
        page.close();
    }

    private void replicas(Protocol protocol) {
        List<Json> replicas = protocol.json().get("replicas").items();
        if (replicas.isEmpty()) {
            return;
        }
        page.element("h3", protocol.title());
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Seed", "class", "n").element("th", "Epochs", "class", "n");
        page.element("th", "Ended because");
        page.element("th", "Training loss", "class", "n").element("th", "Best epoch", "class", "n");
        page.element("th", "Test rms deviation (MeV)", "class", "n");
        page.close().close().open("tbody");
        // A network whose loss is not finite is not evaluated.
        Iterator<Double> test = protocol.test().rmsd().replicas().iterator();
        for (Json replica : replicas) {
            String status = replica.get("status").textOr("");
            double rmsd = !status.equals("NON_FINITE") && test.hasNext() ? test.next() : Double.NaN;
            page.open("tr").element("td", replica.get("seed").textOr(Numbers.NONE), "class", "n");
            page.element("td", count(replica.get("epochs").number()), "class", "n");
            page.element("td", ending(status));
            page.element("td", Numbers.significant(replica.get("loss").number(), 3), "class", "n");
            page.element("td", count(replica.get("bestEpoch").number()), "class", "n");
            page.element("td", Numbers.energy(rmsd), "class", "n");
            page.close();
        }
        page.close().close().close();
    }

    private void productUnits(Map<String, String> settings) {
        Json network = run.get("network");
        double guard = network.get("guard").number();
        double exponents = network.get("initialExponents").number();
        if (Double.isFinite(guard)) {
            settings.put(
                    "guard",
                    "logarithms of " + (network.get("complex").textOr("").equals("true") ? "absolute values" : "values")
                            + " of at least " + Numbers.plain(guard));
        }
        if (Double.isFinite(exponents)) {
            settings.put(
                    "initial exponents",
                    "uniform within ±" + Numbers.plain(exponents) + " over the square root of a unit's factors");
        }
    }

    private void definitions(Map<String, String> values) {
        if (values.isEmpty()) {
            page.element("p", "The run record lists none.", "class", "note");
            return;
        }
        page.open("table", "class", "facts").open("tbody");
        values.forEach((name, value) -> fact(name, value, ""));
        page.close().close();
    }

    /** A named fact; left out when there is nothing to say. */
    private void fact(String name, String value, String code) {
        if (value.isBlank() && code.isBlank()) {
            return;
        }
        page.open("tr").element("th", name).open("td").text(value);
        if (!code.isBlank()) {
            page.empty("br").element("code", code);
        }
        page.close().close();
    }

    private void list(List<String> texts) {
        page.open("ul");
        texts.forEach(text -> page.element("li", text));
        page.close();
    }

    private String wallTime() {
        try {
            Instant start = Instant.parse(run.get("started").textOr(""));
            Instant end = Instant.parse(run.get("finished").textOr(""));
            return " (" + Numbers.duration(Duration.between(start, end).toMillis() / 1e3) + " in all)";
        } catch (DateTimeParseException e) {
            // A run that was not finished has no end; the times that are there are printed as they are.
            return "";
        }
    }

    /** Seeds in a row are written as the first and the last. */
    static String seedList(List<String> seeds) {
        boolean row = seeds.size() > 2;
        for (int i = 1; row && i < seeds.size(); i++) {
            try {
                row = Long.parseLong(seeds.get(i)) == Long.parseLong(seeds.get(i - 1)) + 1;
            } catch (NumberFormatException e) {
                // A seed that is not a number is no member of a row of numbers.
                row = false;
            }
        }
        return row ? seeds.get(0) + " to " + seeds.get(seeds.size() - 1) : String.join(", ", seeds);
    }

    private static String ending(String status) {
        return switch (status) {
            case "REACHED_LOSS" -> "training loss reached";
            case "CONVERGED" -> "converged";
            case "REACHED_EPOCHS" -> "all epochs done";
            case "OUT_OF_PATIENCE" -> "no improvement within the patience";
            case "NON_FINITE" -> "loss not finite";
            case "RUNNING" -> "not finished";
            default -> status;
        };
    }

    private static String count(double value) {
        return Double.isFinite(value) ? Numbers.count(Math.round(value)) : Numbers.NONE;
    }
}
