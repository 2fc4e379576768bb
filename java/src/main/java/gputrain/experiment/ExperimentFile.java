package gputrain.experiment;

import gputrain.data.Selection;
import gputrain.engine.Loss;
import gputrain.features.Feature;
import gputrain.features.FeatureCatalogue;
import gputrain.features.FeatureException;
import gputrain.features.Target;
import gputrain.train.Checkpoints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlPosition;

/** Reads experiment files. Every key is documented in {@code data/experiments/README.md}. */
final class ExperimentFile {
    private static final List<String> SETS = List.of("train", "test", "all");

    private ExperimentFile() {}

    /**
     * Reads an experiment.
     *
     * @param name its name in results
     * @param file what error messages call it
     * @param text TOML
     * @throws ExperimentException naming file, line, key and what was expected
     */
    static Experiment parse(String name, String file, String text) {
        return read(name, file, text, TomlFiles.parse(file, text));
    }

    /** The same of a file whose TOML is read already. */
    static Experiment read(String name, String file, String text, TomlSection top) {
        String title = top.string("title");
        String description = top.string("description", "");
        List<String> deviations = top.has("deviations") ? top.strings("deviations") : List.of();
        Experiment.Data data = data(top.section("data"));
        Experiment.Paper paper = new Experiment.Paper("", "", "");
        Map<String, Experiment.Published> published = Map.of();
        if (top.has("paper")) {
            TomlSection section = top.section("paper");
            paper = paper(section);
            published = section.has("published") ? published(section.section("published"), data) : Map.of();
            section.finish();
        }
        Experiment.Inputs inputs = inputs(top.section("inputs"));
        Experiment.Outputs outputs = outputs(top.section("outputs"));
        TomlSection network = top.section("network");
        Experiment.Shape shape = TrainingSections.shape(network);
        requireBuildable(network, inputs, outputs, shape);
        TomlSection section = top.section("training");
        Experiment.Training training = TrainingSections.training(section, shape);
        if (training.loss() instanceof Loss.ComplexSquared
                && !(shape instanceof Experiment.Shape.ProductUnits units && units.complex())) {
            throw section.error("loss", "\"complex-mse\" is for a network with complex = true");
        }
        Optional<Experiment.LeakFree> leakFree = TrainingSections.leakFree(top, training);
        if (leakFree.isEmpty() && training.keepBestOnTest()) {
            throw section.error("keep", "\"best-on-test\" needs a [leak-free] section beside it");
        }
        if (leakFree.isPresent() && !training.refinements().isEmpty()) {
            throw section.error("refine", "and a [leak-free] section exclude each other");
        }
        List<Experiment.Threshold> thresholds = thresholds(top, data, network, shape);
        top.finish();
        return new Experiment(
                name,
                file,
                title,
                description,
                text,
                paper,
                published,
                deviations,
                data,
                inputs,
                outputs,
                shape,
                training,
                leakFree,
                thresholds);
    }

    static Experiment.Paper paper(TomlSection section) {
        return new Experiment.Paper(section.string("citation"), section.string("doi", ""), section.string("where", ""));
    }

    private static void requireBuildable(
            TomlSection network, Experiment.Inputs inputs, Experiment.Outputs outputs, Experiment.Shape shape) {
        boolean units = shape instanceof Experiment.Shape.ProductUnits;
        if (units && outputs.targets().size() != 1) {
            throw network.error(
                    "kind",
                    "product units have one target, not " + outputs.targets().size());
        }
        String width = shape instanceof Experiment.Shape.ProductUnits products
                ? products.linearUnits() > products.productUnits() ? "linear-units" : "product-units"
                : "hidden";
        try {
            int parameters = Experiment.network(shape, inputs, outputs).parameterCount();
            tooLarge(parameters, parameters, 1).ifPresent(reason -> {
                throw network.error(width, reason);
            });
        } catch (IllegalArgumentException e) {
            throw network.error(width, String.valueOf(e.getMessage()));
        }
    }

    /** Why so many networks with so many parameters, and moments, each cannot be trained together; nothing when they can. */
    static Optional<String> tooLarge(int parameters, long moments, int networks) {
        long bytes = Checkpoints.bytes((long) parameters * networks, moments * networks);
        String what = networks == 1
                ? String.format(Locale.ROOT, "network too large: %,d parameters make", parameters)
                : String.format(Locale.ROOT, "%,d networks of %,d parameters each make", networks, parameters);
        return bytes <= Checkpoints.LARGEST
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%s checkpoints of %.1f GB; the most is %.1f GB%s",
                        what,
                        bytes / 1e9,
                        Checkpoints.LARGEST / 1e9,
                        networks == 1 ? "" : ", so train fewer seeds at a time"));
    }

    private static List<Experiment.Threshold> thresholds(
            TomlSection top, Experiment.Data data, TomlSection network, Experiment.Shape shape) {
        List<Experiment.Threshold> thresholds = new ArrayList<>();
        if (!top.has("thresholds")) {
            return thresholds;
        }
        if (!(shape instanceof Experiment.Shape.ProductUnits units && units.complex())) {
            throw network.error("kind", "[[thresholds]] are for complex networks");
        }
        for (TomlSection section : top.sections("thresholds")) {
            double tau = section.number("tau-MeV");
            if (!(tau > 0)) {
                throw section.error("tau-MeV", "must be above 0: " + tau);
            }
            String set = section.oneOf("set", "test", sets(data));
            if (thresholds.stream().anyMatch(one -> one.set().equals(set) && one.tauMeV() == tau)) {
                throw section.error("tau-MeV", tau + " of the set \"" + set + "\" is there twice");
            }
            Optional<Integer> count = Optional.empty();
            if (section.has("published-count")) {
                count = Optional.of(section.integer("published-count"));
                if (count.get() < 0) {
                    throw section.error("published-count", "must not be negative: " + count.get());
                }
            }
            thresholds.add(new Experiment.Threshold(set, tau, count, optional(section, "published-rmsd-MeV")));
            section.finish();
        }
        return List.copyOf(thresholds);
    }

    /** Every set that figures are printed for. */
    static List<String> sets(Experiment.Data data) {
        List<String> sets = new ArrayList<>(SETS);
        data.extras().forEach(extra -> sets.add(extra.name()));
        data.subsets().forEach(subset -> sets.add(subset.name()));
        return sets;
    }

    private static Map<String, Experiment.Published> published(TomlSection section, Experiment.Data data) {
        Map<String, Experiment.Published> map = new LinkedHashMap<>();
        for (String set : sets(data)) {
            if (section.has(set)) {
                TomlSection figures = section.section(set);
                map.put(set, new Experiment.Published(optional(figures, "rmsd-MeV"), optional(figures, "mae-MeV")));
                figures.finish();
            }
        }
        section.finish();
        return map;
    }

    private static Optional<Double> optional(TomlSection section, String key) {
        return section.has(key) ? Optional.of(section.magnitude(key, 0)) : Optional.empty();
    }

    private static Experiment.Data data(TomlSection section) {
        Selection selection = selection(section, section.string("table"));
        Optional<Experiment.Supplement> supplement = Optional.empty();
        if (section.has("supplement")) {
            TomlSection theory = section.section("supplement");
            String table = theory.string("table");
            supplement = Optional.of(new Experiment.Supplement(table, selection(theory, table)));
            theory.finish();
        }
        TomlSection split = section.section("split");
        String kind = split.oneOf("kind", "random", List.of("random", "newer-edition", "in-edition"));
        Experiment.Split parsed;
        if (kind.equals("random")) {
            boolean counted = split.has("test-count");
            double test = split.number(counted ? "test-count" : "test-fraction");
            if (counted ? !(test >= 1 && test == Math.rint(test)) : !(test > 0 && test < 1)) {
                throw counted
                        ? split.error("test-count", "must be a whole number, at least 1: " + test)
                        : split.error("test-fraction", "must be between 0 and 1: " + test);
            }
            parsed = split.bool("by-seed", false)
                    ? new Experiment.Split.RandomBySeed(test)
                    : new Experiment.Split.Random(test, TrainingSections.atLeast(split, "random-state", 0, 42L));
        } else if (kind.equals("in-edition")) {
            parsed = new Experiment.Split.InEdition(split.string("table"));
        } else {
            String newer = split.string("table");
            parsed = new Experiment.Split.NewerEdition(newer, selection(section, newer));
        }
        split.finish();
        List<String> baselines = section.has("baselines") ? section.strings("baselines") : List.of();
        List<Experiment.Extra> extras = section.has("extra") ? extras(section) : List.of();
        List<Experiment.Subset> subsets = section.has("subsets") ? subsets(section, extras) : List.of();
        section.finish();
        return new Experiment.Data(selection, supplement, parsed, subsets, extras, baselines);
    }

    private static List<Experiment.Extra> extras(TomlSection data) {
        List<Experiment.Extra> extras = new ArrayList<>();
        Set<String> names = reserved();
        // What predictions.csv says of nuclei that are in no set.
        names.add("none");
        for (TomlSection section : data.sections("extra")) {
            String name = setName(section);
            if (!names.add(name)) {
                throw section.error("name", "\"" + name + "\" is there twice, or the name of another set");
            }
            extras.add(new Experiment.Extra(name, selection(section, section.string("table"))));
            section.finish();
        }
        return List.copyOf(extras);
    }

    /** A name that fits a line of a table. */
    private static String setName(TomlSection section) {
        String name = section.string("name");
        if (name.isBlank() || !name.strip().equals(name) || name.codePoints().anyMatch(Character::isISOControl)) {
            throw section.error(
                    "name",
                    "must be a name on one line, without blanks around it: \"" + name.replaceAll("\\R", "\\\\n")
                            + "\"");
        }
        return name;
    }

    private static Set<String> reserved() {
        Set<String> names = new HashSet<>(SETS);
        names.add("validation");
        return names;
    }

    private static List<Experiment.Subset> subsets(TomlSection data, List<Experiment.Extra> extras) {
        List<Experiment.Subset> subsets = new ArrayList<>();
        List<String> whole = new ArrayList<>(SETS);
        extras.forEach(extra -> whole.add(extra.name()));
        Set<String> names = reserved();
        names.addAll(whole);
        for (TomlSection section : data.sections("subsets")) {
            String name = setName(section);
            if (!names.add(name)) {
                throw section.error("name", "\"" + name + "\" is there twice");
            }
            String of = section.oneOf("of", "test", whole);
            subsets.add(new Experiment.Subset(name, of, selection(section, of)));
            section.finish();
        }
        return List.copyOf(subsets);
    }

    /** The conditions on nuclei that a section gives. */
    static Selection selection(TomlSection section, String table) {
        Selection selection = Selection.from(table);
        if (section.has("Z-above")) {
            selection = selection.zAbove(section.integer("Z-above"));
        }
        if (section.has("N-above")) {
            selection = selection.nAbove(section.integer("N-above"));
        }
        if (section.has("Z-at-least")) {
            selection = selection.minZ(section.integer("Z-at-least"));
        }
        if (section.has("N-at-least")) {
            selection = selection.minN(section.integer("N-at-least"));
        }
        if (section.has("Z-at-most")) {
            selection = selection.maxZ(section.integer("Z-at-most"));
        }
        if (section.has("N-at-most")) {
            selection = selection.maxN(section.integer("N-at-most"));
        }
        if (section.has("A-at-least")) {
            selection = selection.minA(section.integer("A-at-least"));
        }
        if (section.bool("measured", false)) {
            selection = selection.measuredOnly();
        }
        if (section.bool("estimated", false)) {
            selection = selection.estimatedOnly();
        }
        if (section.has("uncertainty-below-keV")) {
            selection = selection.uncertaintyBelow(section.number("uncertainty-below-keV"));
        }
        if (section.has("uncertainty-at-most-keV")) {
            selection = selection.uncertaintyAtMost(section.number("uncertainty-at-most-keV"));
        }
        return selection;
    }

    private static Experiment.Inputs inputs(TomlSection section) {
        List<Feature> features = new ArrayList<>();
        for (String name : section.strings("features")) {
            try {
                features.add(FeatureCatalogue.get(name));
            } catch (FeatureException e) {
                throw section.error("features", String.valueOf(e.getMessage()));
            }
        }
        requireDifferent(
                section, "features", features.stream().map(Feature::name).toList());
        if (features.isEmpty()) {
            throw section.error("features", "at least one feature is needed");
        }
        String scaling = section.oneOf(
                "scaling", "min-max", List.of("min-max", "symmetric", "standard", "unit", "divided", "none"));
        double unit = section.number("unit", 1);
        if (!(unit > 0)) {
            throw section.error("unit", "must be above 0: " + unit);
        }
        section.finish();
        return new Experiment.Inputs(List.copyOf(features), scaling, unit);
    }

    private static void requireDifferent(TomlSection section, String key, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw section.error(key, "\"" + name + "\" is there twice");
            }
        }
    }

    private static Experiment.Outputs outputs(TomlSection section) {
        List<Target> targets = new ArrayList<>();
        for (String name : section.strings("targets")) {
            targets.add(target(section, "targets", name));
        }
        requireDifferent(section, "targets", targets.stream().map(Target::name).toList());
        Target mass = target(section, "mass", section.string("mass"));
        int index = targets.stream().map(Target::name).toList().indexOf(mass.name());
        if (index < 0) {
            throw section.error("mass", "\"" + mass + "\" is not among the targets");
        }
        if (!mass.givesEnergy()) {
            throw section.error("mass", "no mass follows from \"" + mass + "\"");
        }
        String scaling = section.oneOf("scaling", "standard", List.of("standard", "unit", "divided"));
        double unit = section.number("unit-MeV", 1);
        if (!(unit > 0)) {
            throw section.error("unit-MeV", "must be above 0: " + unit);
        }
        section.finish();
        return new Experiment.Outputs(List.copyOf(targets), index, scaling, unit);
    }

    private static Target target(TomlSection section, String key, String name) {
        try {
            return Target.parse(name);
        } catch (FeatureException e) {
            throw section.error(key, String.valueOf(e.getMessage()));
        }
    }

    /** An error in a value that turned out wrong only when the data was there. */
    static ExperimentException error(Experiment experiment, String key, String message) {
        return error(experiment.file(), experiment.text(), key, message);
    }

    /** The same for a file and its text. */
    static ExperimentException error(String file, String text, String key, String message) {
        TomlPosition position = Toml.parse(text).inputPositionOf(key);
        String where = position == null ? "" : ":" + position.line() + ":" + position.column();
        return new ExperimentException(file + where + ": " + key + ": " + message);
    }
}
