package gputrain.experiment;

import gputrain.data.Selection;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.features.Feature;
import gputrain.features.FeatureCatalogue;
import gputrain.features.FeatureException;
import gputrain.features.Target;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
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

    private static Experiment read(String name, String file, String text, TomlSection top) {
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
        List<Integer> hidden = network.wholes("hidden");
        if (hidden.stream().anyMatch(width -> width < 1)) {
            throw network.error("hidden", "widths must be at least 1: " + hidden);
        }
        Activation activation =
                Activation.valueOf(network.oneOf("activation", "gelu", List.of("gelu", "relu", "tanh", "identity"))
                        .toUpperCase(Locale.ROOT));
        network.finish();
        Experiment.Training training = training(top.section("training"));
        TomlSection leak = top.section("leak-free");
        Experiment.LeakFree leakFree = new Experiment.LeakFree(
                atLeast(leak, "parts", 2, 10),
                atLeast(leak, "patience", 0, 0L),
                atLeast(leak, "epochs", 1, training.epochs()),
                leak.magnitude("weight-decay", training.weightDecay()));
        leak.finish();
        top.finish();
        requireBuildable(network, inputs, outputs, hidden, activation);
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
                hidden,
                activation,
                training,
                leakFree);
    }

    static Experiment.Paper paper(TomlSection section) {
        return new Experiment.Paper(section.string("citation"), section.string("doi", ""), section.string("where", ""));
    }

    private static void requireBuildable(
            TomlSection network,
            Experiment.Inputs inputs,
            Experiment.Outputs outputs,
            List<Integer> hidden,
            Activation activation) {
        try {
            new DenseNetwork(Experiment.widths(inputs, hidden, outputs), activation);
        } catch (IllegalArgumentException e) {
            throw network.error("hidden", String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Experiment.Published> published(TomlSection section, Experiment.Data data) {
        Map<String, Experiment.Published> map = new LinkedHashMap<>();
        List<String> sets = new ArrayList<>(SETS);
        data.subsets().forEach(subset -> sets.add(subset.name()));
        for (String set : sets) {
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
        return section.has(key) ? Optional.of(section.number(key)) : Optional.empty();
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
            double fraction = split.number("test-fraction");
            if (!(fraction > 0 && fraction < 1)) {
                throw split.error("test-fraction", "must be between 0 and 1: " + fraction);
            }
            parsed = new Experiment.Split.Random(fraction, atLeast(split, "random-state", 0, 42L));
        } else if (kind.equals("in-edition")) {
            parsed = new Experiment.Split.InEdition(split.string("table"));
        } else {
            String newer = split.string("table");
            parsed = new Experiment.Split.NewerEdition(newer, selection(section, newer));
        }
        split.finish();
        List<String> baselines = section.has("baselines") ? section.strings("baselines") : List.of();
        List<Experiment.Subset> subsets = section.has("subsets") ? subsets(section) : List.of();
        section.finish();
        return new Experiment.Data(selection, supplement, parsed, subsets, baselines);
    }

    private static List<Experiment.Subset> subsets(TomlSection data) {
        List<Experiment.Subset> subsets = new ArrayList<>();
        Set<String> names = new HashSet<>(SETS);
        names.add("validation");
        for (TomlSection section : data.sections("subsets")) {
            String name = section.string("name");
            if (!names.add(name)) {
                throw section.error("name", "\"" + name + "\" is there twice");
            }
            String of = section.oneOf("of", "test", SETS);
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
        String scaling = section.oneOf("scaling", "min-max", List.of("min-max", "standard", "unit", "none"));
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
        String scaling = section.oneOf("scaling", "standard", List.of("standard", "unit"));
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

    private static Experiment.Training training(TomlSection section) {
        Loss loss = loss(section);
        Optimizer optimizer = optimizer(section);
        LearningRateRule rate = new LearningRateFile(section).read();
        double weightDecay = section.magnitude("weight-decay", 0);
        int batch = atLeast(section, "batch-size", 0, 0);
        boolean shuffle = section.bool("shuffle", true);
        Precision precision = section.oneOf("precision", "float32", List.of("float32", "float64"))
                        .equals("float32")
                ? Precision.FLOAT32
                : Precision.FLOAT64;
        long epochs = atLeast(section, "epochs", 1, 0L);
        double stop = section.magnitude("stop-below-loss", 0);
        long every = atLeast(section, "sample-every", 1, 100L);
        boolean best =
                section.oneOf("keep", "last", List.of("last", "best-on-test")).equals("best-on-test");
        section.finish();
        return new Experiment.Training(
                loss, optimizer, rate, weightDecay, batch, shuffle, precision, epochs, stop, every, best);
    }

    private static Loss loss(TomlSection section) {
        String kind = section.oneOf("loss", "huber", List.of("huber", "mae", "mse"));
        if (!kind.equals("huber")) {
            return kind.equals("mae") ? new Loss.MeanAbsolute() : new Loss.MeanSquared();
        }
        try {
            return new Loss.Huber(section.number("huber-delta", 1));
        } catch (IllegalArgumentException e) {
            throw section.error("huber-delta", String.valueOf(e.getMessage()));
        }
    }

    private static Optimizer optimizer(TomlSection section) {
        String kind = section.oneOf("optimizer", "adam", List.of("adam", "sgd"));
        try {
            return kind.equals("adam")
                    ? new Optimizer.Adam(
                            section.number("beta1", 0.9),
                            section.number("beta2", 0.999),
                            section.number("epsilon", 1e-8))
                    : new Optimizer.Sgd(section.number("momentum", 0));
        } catch (IllegalArgumentException e) {
            throw section.error("optimizer", String.valueOf(e.getMessage()));
        }
    }

    private static long atLeast(TomlSection section, String key, long minimum, long otherwise) {
        long value = section.has(key) || otherwise < minimum ? section.whole(key) : otherwise;
        if (value < minimum) {
            throw section.error(key, "must be at least " + minimum + ": " + value);
        }
        return value;
    }

    private static int atLeast(TomlSection section, String key, int minimum, int otherwise) {
        long value = atLeast(section, key, (long) minimum, (long) otherwise);
        return section.has(key) ? section.integer(key) : (int) value;
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
