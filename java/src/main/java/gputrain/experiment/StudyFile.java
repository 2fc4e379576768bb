package gputrain.experiment;

import gputrain.evaluation.MassDifference;
import gputrain.nuclide.Elements;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads study files. Every key is documented in {@code data/studies/README.md}. */
public final class StudyFile {
    private static final String ROOT = "studies/";

    /** The studies packed with the program. */
    public static final List<String> NAMES = List.of("huang", "zeng", "liu", "dellen", "lu", "second-order");

    private static final List<String> SETS = List.of("train", "test", "all");

    /** What a study itself writes beside the run directories. */
    private static final List<String> TAKEN =
            List.of(".", "..", "figures", "report.html", "results.csv", "comparison.csv");

    private static final List<String> KEYS = List.of("A", "|N-Z|");

    private final List<Study.Part> parts;
    private final Set<String> absent;

    private StudyFile(List<Study.Part> parts, Set<String> absent) {
        this.parts = parts;
        this.absent = absent;
    }

    /**
     * The study of a name, or of a path when {@code nameOrPath} ends in {@code .toml}.
     *
     * @throws UsageException when there is none
     * @throws ExperimentException naming file, line, key and what was expected
     */
    public static Reproducible find(String nameOrPath) {
        if (NAMES.contains(nameOrPath)) {
            return read(
                    nameOrPath, nameOrPath + TomlFiles.SUFFIX, TomlFiles.packed(ROOT + nameOrPath + TomlFiles.SUFFIX));
        }
        if (!nameOrPath.endsWith(TomlFiles.SUFFIX)) {
            throw new UsageException("unknown study \"" + nameOrPath + "\"; known: " + String.join(", ", NAMES)
                    + "; a file of your own must end in .toml");
        }
        Path path = TomlFiles.path(nameOrPath);
        return read(TomlFiles.nameOf(path), nameOrPath, TomlFiles.read(path));
    }

    /**
     * The same for a study of networks.
     *
     * @throws UsageException when it is one of kernel models, too
     */
    public static Study load(String nameOrPath) {
        if (find(nameOrPath) instanceof Study study) {
            return study;
        }
        throw new UsageException(nameOrPath + " is a study of kernel models; this needs one of networks");
    }

    private static Reproducible read(String name, String file, String text) {
        TomlSection top = TomlFiles.parse(file, text);
        return top.has(KernelStudy.KEY) ? KernelStudy.read(name, top) : parse(name, file, text);
    }

    static Study parse(String name, String file, String text) {
        return parse(name, file, text, Map.of());
    }

    /** @param absent experiments that are left out, with the reason */
    static Study parse(String name, String file, String text, Map<String, String> absent) {
        TomlSection top = TomlFiles.parse(file, text);
        List<Study.Part> parts = parts(top);
        StudyFile reader = new StudyFile(parts, absent.keySet());
        List<String> notes = new ArrayList<>(top.has("notes") ? top.strings("notes") : List.of());
        absent.forEach((experiment, reason) -> notes.add("Left out: " + experiment + ": " + reason + "."));
        Study study = new Study(
                name,
                file,
                text,
                top.string("title"),
                top.string("citation", ""),
                top.string("doi", ""),
                top.string("description", ""),
                List.copyOf(notes),
                parts.stream()
                        .filter(part -> !absent.containsKey(part.experiment()))
                        .toList(),
                top.has("tables") ? reader.tables(top) : List.of(),
                top.has("figures") ? reader.figures(top) : List.of(),
                top.has("comparisons") ? reader.comparisons(top) : List.of());
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
            boolean ifImported = section.bool("if-imported", false);
            section.finish();
            Study.Part part = new Study.Part(name, seeds, protocols, ifImported);
            if (part.folder().isBlank() || TAKEN.contains(part.folder())) {
                throw section.error("name", "\"" + part.folder() + "\" cannot be a run directory; rename the file");
            }
            if (parts.stream().anyMatch(other -> other.folder().equalsIgnoreCase(part.folder()))) {
                throw section.error(
                        "name", "another experiment has the run directory \"" + part.folder() + "\", too; rename one");
            }
            parts.add(part);
        }
        if (parts.isEmpty()) {
            throw top.error("experiments", "at least one is needed");
        }
        return List.copyOf(parts);
    }

    private List<Study.Table> tables(TomlSection top) {
        List<Study.Table> tables = new ArrayList<>();
        for (TomlSection section : top.sections("tables")) {
            List<Study.Row> rows = new ArrayList<>();
            for (TomlSection row : section.sections("rows")) {
                if (row.has("published-rmsd-MeV") && !row.has("baseline")) {
                    throw row.error(
                            "published-rmsd-MeV", "is for a baseline; an experiment's figures are in its own file");
                }
                rows.add(new Study.Row(
                        row.string("label"),
                        experiment(row, "experiment", row.string("experiment")),
                        row.has("sets") ? row.strings("sets") : List.of(),
                        row.has("baseline") ? Optional.of(row.string("baseline")) : Optional.empty(),
                        row.has("published-rmsd-MeV") ? numbers(row.section("published-rmsd-MeV")) : Map.of()));
                row.finish();
            }
            rows.removeIf(row -> absent.contains(row.experiment()));
            Study.Table table = new Study.Table(section.string("title"), section.string("note", ""), List.copyOf(rows));
            if (!rows.isEmpty()) {
                tables.add(table);
            }
            section.finish();
        }
        return List.copyOf(tables);
    }

    private List<Study.Comparison> comparisons(TomlSection top) {
        List<Study.Comparison> comparisons = new ArrayList<>();
        for (TomlSection section : top.sections("comparisons")) {
            List<Study.Pair> pairs = new ArrayList<>();
            for (TomlSection pair : section.sections("pairs")) {
                pairs.add(new Study.Pair(
                        pair.string("label"),
                        experiment(pair, "first", pair.string("first")),
                        experiment(pair, "second", pair.string("second"))));
                pair.finish();
            }
            // One of the two is left where the other is not there.
            pairs.removeIf(pair -> absent.contains(pair.first()) && absent.contains(pair.second()));
            Study.Comparison comparison = new Study.Comparison(
                    section.string("title"),
                    section.string("note", ""),
                    section.string("first"),
                    section.string("second"),
                    List.copyOf(pairs));
            if (!pairs.isEmpty()) {
                comparisons.add(comparison);
            }
            section.finish();
        }
        return List.copyOf(comparisons);
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
            List<Study.Model> models = models(section);
            List<Study.Model> there = models.stream()
                    .filter(model -> !absent.contains(model.experiment()))
                    .toList();
            // A figure of nothing is read, too, so that a slip in it is found.
            Study.Figure figure = figure(section, there.isEmpty() ? models : there);
            if (!there.isEmpty()) {
                figures.add(figure);
            }
            section.finish();
        }
        return List.copyOf(figures);
    }

    private List<Study.Model> models(TomlSection section) {
        List<Study.Model> models = new ArrayList<>();
        for (TomlSection model : section.sections("models")) {
            models.add(new Study.Model(
                    model.string("label"), experiment(model, "experiment", model.string("experiment"))));
            model.finish();
        }
        if (models.isEmpty()) {
            throw section.error("models", "at least one is needed");
        }
        List<Study.Model> all = List.copyOf(models);
        // The files of the figures are named by the letters and digits of the labels.
        if (all.stream()
                        .map(model ->
                                model.label().replaceAll("[^\\p{Alnum}]+", "-").toLowerCase(Locale.ROOT))
                        .distinct()
                        .count()
                < all.size()) {
            throw section.error("models", "labels must differ in letters or digits");
        }
        return all;
    }

    private static Study.Figure figure(TomlSection section, List<Study.Model> all) {
        String title = section.string("title");
        String kind = section.string("kind");
        return switch (kind) {
            case "sensitivity" -> new Study.SensitivityFigure(title, all);
            case "stopping-loss" ->
                new Study.StoppingLossFigure(
                        title,
                        all,
                        section.number("from"),
                        above(section, "to", "from"),
                        section.number("paper-loss"),
                        section.number("paper-rmsd-MeV"),
                        count(section, "degree", 0, 9));
            case "error-map" -> new Study.ErrorMapFigure(title, all);
            case "residuals" -> new Study.ResidualFigure(title, all, section.oneOf("set", "test", SETS));
            case "binned" ->
                new Study.BinnedFigure(
                        title,
                        all,
                        section.oneOf("set", "test", SETS),
                        section.oneOf("key", "A", KEYS),
                        count(section, "width", 1, 400));
            case "chains" ->
                new Study.ChainFigure(
                        title,
                        all,
                        quantity(section, "quantity", section.string("quantity")),
                        chains(section),
                        section.has("theories") ? section.strings("theories") : List.of(),
                        section.has("reference") ? Optional.of(section.string("reference")) : Optional.empty());
            case "landscape" ->
                new Study.LandscapeFigure(
                        title,
                        all,
                        section.strings("quantities").stream()
                                .map(symbol -> difference(section, "quantities", symbol))
                                .toList());
            case "histogram" ->
                new Study.HistogramFigure(
                        title,
                        all,
                        section.oneOf("set", "test", SETS),
                        positive(section, "limit-MeV"),
                        count(section, "bins", 1, 1000));
            case "thresholds" -> new Study.ThresholdFigure(title, all, section.string("set"));
            case "uncertainty-map" -> new Study.UncertaintyMapFigure(title, all, section.string("set", "all"));
            case "sets-map" -> new Study.SetsMapFigure(title, all);
            case "exponents" -> new Study.ExponentFigure(title, all);
            case "residual-chains" ->
                new Study.ResidualChainFigure(title, all, residualChains(section), positive(section, "band-MeV"));
            case "corrections" -> new Study.CorrectionFigure(title, all);
            case "importance" ->
                new Study.ImportanceFigure(
                        title, all, section.has("paper-order") ? section.strings("paper-order") : List.of());
            case "network" -> new Study.NetworkFigure(title, all);
            default ->
                throw section.error(
                        "kind",
                        "\"" + kind
                                + "\" is not one of sensitivity, stopping-loss, error-map, residuals, binned, chains,"
                                + " landscape, histogram, thresholds, uncertainty-map, sets-map, exponents,"
                                + " residual-chains, corrections, importance, network");
        };
    }

    private static double positive(TomlSection section, String key) {
        double value = section.number(key);
        if (!(value > 0)) {
            throw section.error(key, "must be above 0: " + value);
        }
        return value;
    }

    private static double above(TomlSection section, String key, String other) {
        double value = section.number(key);
        if (!(value > section.number(other))) {
            throw section.error(key, "must be above " + other + ": " + value);
        }
        return value;
    }

    private static int count(TomlSection section, String key, int least, int most) {
        int value = section.integer(key);
        if (value < least || value > most) {
            throw section.error(key, "must be from " + least + " to " + most + ": " + value);
        }
        return value;
    }

    private static List<Integer> chains(TomlSection section) {
        List<Integer> chains = section.wholes("chains");
        for (int z : chains) {
            if (z < 0 || z > Elements.LARGEST_Z) {
                throw section.error("chains", "not a proton number: " + z);
            }
        }
        if (chains.isEmpty() || chains.stream().distinct().count() < chains.size()) {
            throw section.error("chains", "expected different proton numbers: " + chains);
        }
        return chains;
    }

    private static List<Study.Chain> residualChains(TomlSection section) {
        try {
            List<Study.Chain> chains =
                    section.strings("chains").stream().map(Study.Chain::parse).toList();
            if (chains.isEmpty() || chains.stream().distinct().count() < chains.size()) {
                throw section.error("chains", "expected different chains: " + chains);
            }
            return chains;
        } catch (IllegalArgumentException e) {
            throw section.error("chains", String.valueOf(e.getMessage()));
        }
    }

    private static String quantity(TomlSection section, String key, String symbol) {
        return symbol.equals(Study.MASS_EXCESS) ? symbol : difference(section, key, symbol);
    }

    private static String difference(TomlSection section, String key, String symbol) {
        try {
            MassDifference.of(symbol);
        } catch (IllegalArgumentException e) {
            throw section.error(key, String.valueOf(e.getMessage()));
        }
        return symbol;
    }
}
