package gputrain.experiment;

import gputrain.evaluation.MassDifference;
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
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Reads study files. Every key is documented in {@code data/studies/README.md}. */
public final class StudyFile {
    private static final String ROOT = "/gputrain/data/studies/";

    /** The studies packed with the program. */
    public static final List<String> NAMES = List.of("huang", "zeng");

    private static final List<String> KEYS = List.of("A", "|N-Z|");

    private final List<Study.Part> parts;

    private StudyFile(List<Study.Part> parts) {
        this.parts = parts;
    }

    /**
     * The study of a name, or of a path when {@code nameOrPath} ends in {@code .toml}.
     *
     * @throws UsageException when there is none
     * @throws ExperimentException naming file, line, key and what was expected
     */
    public static Study load(String nameOrPath) {
        if (NAMES.contains(nameOrPath)) {
            return parse(nameOrPath, nameOrPath + ".toml", packed(nameOrPath + ".toml"));
        }
        if (!nameOrPath.endsWith(".toml")) {
            throw new UsageException("unknown study \"" + nameOrPath + "\"; known: " + String.join(", ", NAMES)
                    + "; a file of your own must end in .toml");
        }
        Path path = Path.of(nameOrPath);
        String file = String.valueOf(path.getFileName());
        try {
            return parse(
                    file.substring(0, file.length() - ".toml".length()),
                    nameOrPath,
                    Files.readString(path, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ExperimentException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static String packed(String name) {
        try (@Nullable InputStream stream = StudyFile.class.getResourceAsStream(ROOT + name)) {
            if (stream == null) {
                throw new IllegalStateException("not packed with the program: " + ROOT + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Study parse(String name, String file, String text) {
        TomlParseResult result = Toml.parse(text);
        if (result.hasErrors()) {
            TomlParseError first = result.errors().get(0);
            throw new ExperimentException(file + ":" + first.position().line() + ":"
                    + first.position().column() + ": not valid TOML: " + first.getMessage());
        }
        TomlSection top = new TomlSection(file, result);
        List<Study.Part> parts = parts(top);
        StudyFile reader = new StudyFile(parts);
        Study study = new Study(
                name,
                top.string("title"),
                top.string("citation", ""),
                top.string("doi", ""),
                top.string("description", ""),
                top.has("notes") ? top.strings("notes") : List.of(),
                parts,
                top.has("tables") ? reader.tables(top) : List.of(),
                top.has("figures") ? reader.figures(top) : List.of());
        top.finish();
        return study;
    }

    private static List<Study.Part> parts(TomlSection top) {
        List<Study.Part> parts = new ArrayList<>();
        for (TomlSection section : top.sections("experiments")) {
            String name = section.string("name");
            if (parts.stream().anyMatch(part -> part.experiment().equals(name))) {
                throw section.error("name", "\"" + name + "\" is there twice");
            }
            int seeds = section.integer("seeds");
            if (seeds < 1) {
                throw section.error("seeds", "must be at least 1: " + seeds);
            }
            String protocol = section.oneOf("protocol", "both", List.of("both", "paper", "leak-free"));
            List<Protocol> protocols = List.of(Protocol.values()).stream()
                    .filter(one -> protocol.equals("both") || one.id().equals(protocol))
                    .toList();
            section.finish();
            parts.add(new Study.Part(name, seeds, protocols));
        }
        return List.copyOf(parts);
    }

    private List<Study.Table> tables(TomlSection top) {
        List<Study.Table> tables = new ArrayList<>();
        for (TomlSection section : top.sections("tables")) {
            List<Study.Row> rows = new ArrayList<>();
            for (TomlSection row : section.sections("rows")) {
                rows.add(new Study.Row(
                        row.string("label"),
                        experiment(row, "experiment", row.string("experiment")),
                        row.has("sets") ? row.strings("sets") : List.of(),
                        row.has("baseline") ? Optional.of(row.string("baseline")) : Optional.empty(),
                        row.has("published-rmsd-MeV") ? numbers(row.section("published-rmsd-MeV")) : Map.of()));
                row.finish();
            }
            tables.add(new Study.Table(section.string("title"), section.string("note", ""), List.copyOf(rows)));
            section.finish();
        }
        return List.copyOf(tables);
    }

    private static Map<String, Double> numbers(TomlSection section) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String key : section.keys()) {
            numbers.put(key, section.number(key));
        }
        return numbers;
    }

    private String experiment(TomlSection section, String key, String name) {
        if (parts.stream().noneMatch(part -> part.experiment().equals(name))) {
            throw section.error(key, "\"" + name + "\" is not among this study's experiments");
        }
        return name;
    }

    private List<Study.Figure> figures(TomlSection top) {
        List<Study.Figure> figures = new ArrayList<>();
        for (TomlSection section : top.sections("figures")) {
            figures.add(figure(section));
            section.finish();
        }
        return List.copyOf(figures);
    }

    private Study.Figure figure(TomlSection section) {
        String title = section.string("title");
        List<Study.Model> models = new ArrayList<>();
        for (TomlSection model : section.sections("models")) {
            models.add(new Study.Model(
                    model.string("label"), experiment(model, "experiment", model.string("experiment"))));
            model.finish();
        }
        List<Study.Model> all = List.copyOf(models);
        String kind = section.string("kind");
        return switch (kind) {
            case "sensitivity" -> new Study.SensitivityFigure(title, all);
            case "stopping-loss" ->
                new Study.StoppingLossFigure(
                        title,
                        all,
                        section.number("from"),
                        section.number("to"),
                        section.number("paper-loss"),
                        section.number("paper-rmsd-MeV"),
                        section.integer("degree"));
            case "error-map" -> new Study.ErrorMapFigure(title, all);
            case "residuals" -> new Study.ResidualFigure(title, all, section.string("set", "test"));
            case "binned" ->
                new Study.BinnedFigure(
                        title,
                        all,
                        section.string("set", "test"),
                        section.oneOf("key", "A", KEYS),
                        section.number("width"));
            case "chains" ->
                new Study.ChainFigure(
                        title,
                        all,
                        quantity(section, "quantity", section.string("quantity")),
                        section.wholes("chains"),
                        section.has("theories") ? section.strings("theories") : List.of(),
                        section.has("reference") ? Optional.of(section.string("reference")) : Optional.empty());
            case "landscape" ->
                new Study.LandscapeFigure(
                        title,
                        all,
                        section.strings("quantities").stream()
                                .map(symbol -> quantity(section, "quantities", symbol))
                                .toList());
            case "histogram" ->
                new Study.HistogramFigure(
                        title,
                        all,
                        section.string("set", "test"),
                        section.number("limit-MeV"),
                        section.integer("bins"));
            default ->
                throw section.error(
                        "kind",
                        "\"" + kind
                                + "\" is not one of sensitivity, stopping-loss, error-map, residuals, binned, chains,"
                                + " landscape, histogram");
        };
    }

    private static String quantity(TomlSection section, String key, String symbol) {
        if (!symbol.equals(Study.MASS_EXCESS)) {
            try {
                MassDifference.of(symbol);
            } catch (IllegalArgumentException e) {
                throw section.error(key, String.valueOf(e.getMessage()));
            }
        }
        return symbol;
    }
}
