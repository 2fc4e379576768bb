package gputrain.report;

import gputrain.experiment.SavedRun;
import gputrain.experiment.TrainedModel;
import gputrain.file.AtomicFiles;
import gputrain.file.OutputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the report of a finished run: one HTML file that needs nothing else, and its figures as SVG files.
 *
 * <p>Deterministic: the same run directory gives the same bytes.
 */
public final class Report {
    /** Folder of the figures inside a run directory. */
    public static final String FIGURES = "figures";

    private Report() {}

    /**
     * Reads {@code run.json}, and {@code metrics.csv} and {@code predictions.csv} of every protocol where they are
     * there, and writes the page and {@code figures/*.svg} inside the run directory. Existing files are replaced whole.
     *
     * @param runDirectory holds {@code run.json}
     * @param html the page to write; its folder is made when it is not there
     * @throws ReportException when a file is missing or malformed; names file, place and remedy
     * @throws OutputException when a file cannot be written; what was there before is untouched
     */
    public static void write(Path runDirectory, Path html) {
        Json run = Json.read(runDirectory.resolve("run.json"));
        List<Protocol> protocols = Protocol.readAll(runDirectory, run);
        Map<Protocol, List<PageFigures.Group>> figures = new LinkedHashMap<>();
        protocols.forEach(protocol -> {
            List<PageFigures.Group> groups = new ArrayList<>(PageFigures.of(protocol));
            List<Figure> exponents = exponents(runDirectory, run, protocol);
            if (!exponents.isEmpty()) {
                groups.add(new PageFigures.Group("Exponents of the product units", exponents));
            }
            List<Figure> network = network(runDirectory, protocol);
            if (!network.isEmpty()) {
                groups.add(new PageFigures.Group("The first network", network));
            }
            List<Figure> chains = run.get("corrected")
                    .get("title")
                    .text()
                    .map(theory -> ResidualChains.of(protocol, theory))
                    .orElse(List.of());
            if (!chains.isEmpty()) {
                groups.add(new PageFigures.Group("Chains of magic numbers", chains));
            }
            List<Figure> posterior = PosteriorFigures.of(runDirectory, protocol);
            if (!posterior.isEmpty()) {
                groups.add(new PageFigures.Group(PosteriorFigures.TITLE, posterior));
            }
            figures.put(protocol, groups);
        });
        String page = page(runDirectory, run, protocols, figures);
        Path folder = runDirectory.resolve(FIGURES);
        SeedChart.of(protocols).forEach(figure -> write(folder, figure));
        protocols.forEach(protocol ->
                Importance.of(protocol).ifPresent(one -> write(folder, one.figure(SplineSections.chart(protocol)))));
        figures.values().stream()
                .flatMap(List::stream)
                .flatMap(group -> group.figures().stream())
                .forEach(figure -> write(folder, figure));
        AtomicFiles.writeText(html, page);
    }

    /** Of product units that can be drawn and whose parameters are there. */
    private static List<Figure> exponents(Path runDirectory, Json run, Protocol protocol) {
        if (!run.get("network").get("kind").textOr("").equals("product-units")) {
            return List.of();
        }
        return model(runDirectory, protocol)
                .filter(ExponentChart::drawable)
                .map(model -> ExponentChart.of(protocol.fileStem() + "-exponents", protocol.title(), model))
                .orElse(List.of());
    }

    /** Of splines whose parameters are there. */
    private static List<Figure> network(Path runDirectory, Protocol protocol) {
        if (!protocol.json().get("firstNetwork").present()) {
            return List.of();
        }
        return model(runDirectory, protocol)
                .map(model -> EdgeFunctions.of(protocol, model))
                .map(network -> {
                    List<Figure> figures = new ArrayList<>();
                    String stem = protocol.fileStem();
                    figures.add(NetworkDrawing.of(stem + "-network.svg", protocol.title(), network));
                    figures.addAll(EdgeGallery.of(stem + "-edges", protocol.title(), network));
                    return figures;
                })
                .orElse(List.of());
    }

    private static Optional<TrainedModel> model(Path runDirectory, Protocol protocol) {
        SavedRun saved = SavedRun.load(runDirectory);
        return saved.protocols().stream()
                .filter(one -> one.id().equals(protocol.name()))
                .filter(one -> Files.exists(saved.directory().parameters(one)))
                .map(saved::model)
                .findFirst();
    }

    private static void write(Path folder, Figure figure) {
        AtomicFiles.writeText(folder.resolve(figure.fileName()), figure.svg().standalone());
    }

    private static String page(
            Path runDirectory, Json run, List<Protocol> protocols, Map<Protocol, List<PageFigures.Group>> figures) {
        Markup page = new Markup();
        head(page, ResultSections.title(run));
        page.open("body").open("main").newLine();
        ResultSections results = new ResultSections(page, run, protocols);
        RunSections details = new RunSections(page, run, protocols);
        results.headline();
        results.table();
        ThresholdTable.write(page, protocols);
        results.baselines();
        protocols.forEach(protocol -> new SplineSections(page, protocol).importance());
        protocols.forEach(protocol -> new PosteriorSections(page, protocol).write(runDirectory));
        details.training();
        details.deviations();
        figures.forEach((protocol, groups) -> new PageFigures(page, protocol).write(groups));
        protocols.forEach(protocol -> new SplineSections(page, protocol).suggestions());
        details.features();
        details.seeds();
        details.provenance();
        page.close().close().close();
        return "<!DOCTYPE html>\n" + page.finish() + "\n";
    }

    /** Opens the page, with everything up to its body. */
    static void head(Markup page, String title) {
        page.open("html", "lang", "en").open("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty("meta", "name", "color-scheme", "content", "light dark");
        page.element("title", title + " – gpu-train");
        page.open("style").raw(Ink.styleSheet()).raw(styleSheet()).close();
        page.close().newLine();
    }

    private static String styleSheet() {
        try (InputStream css = Report.class.getResourceAsStream("report.css")) {
            if (css == null) {
                throw new IllegalStateException("report.css is not in the jar");
            }
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
