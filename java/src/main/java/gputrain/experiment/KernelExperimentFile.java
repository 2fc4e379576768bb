package gputrain.experiment;

import gputrain.data.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads files of kernel models. Every key is documented in {@code data/experiments/README.md}. */
final class KernelExperimentFile {
    /** What tells such a file from one of a network. */
    static final String SECTION = "kernel-model";

    private static final int MOST_REDUNDANT = 1000;
    private static final int MOST_POINTS = 100_000;
    private static final double LEAST = 1e-10;
    private static final double MOST = 1e10;

    private KernelExperimentFile() {}

    /**
     * Reads a kernel experiment.
     *
     * @throws ExperimentException naming file, line, key and what was expected
     */
    static KernelExperiment read(String name, String file, String text, TomlSection top) {
        TomlSection data = top.section("data");
        Selection selection = ExperimentFile.selection(data, data.string("table"));
        String theory = data.string("theory");
        data.finish();
        Experiment.Paper paper = new Experiment.Paper("", "", "");
        if (top.has("paper")) {
            TomlSection section = top.section("paper");
            paper = ExperimentFile.paper(section);
            section.finish();
        }
        TomlSection model = top.section(SECTION);
        KernelSettings inside = settings(model);
        KernelSettings outside = inside;
        if (model.has("extrapolation")) {
            TomlSection section = model.section("extrapolation");
            outside = inside.with(above(section, "length"), above(section, "noise"));
            section.finish();
        }
        model.finish();
        int folds = 10;
        long seed = 1;
        if (top.has("cross-validation")) {
            TomlSection section = top.section("cross-validation");
            folds = section.integer("folds");
            if (folds < 2) {
                throw section.error("folds", "must be at least 2: " + folds);
            }
            seed = section.whole("random-state", 1);
            if (seed < 0 || seed > 0xffffffffL) {
                throw section.error("random-state", "must be from 0 to 4294967295: " + seed);
            }
            section.finish();
        }
        Optional<KernelExperiment.Grid> grid =
                top.has("grid") ? Optional.of(grid(top.section("grid"))) : Optional.empty();
        int neutronRich = 0;
        if (top.has("extrapolation")) {
            TomlSection section = top.section("extrapolation");
            neutronRich = section.integer("neutron-rich");
            if (neutronRich < 1 || neutronRich > 50) {
                throw section.error("neutron-rich", "must be from 1 to 50: " + neutronRich);
            }
            section.finish();
        }
        List<String> editions = List.of();
        double limit = 100;
        if (top.has("editions")) {
            TomlSection section = top.section("editions");
            editions = section.strings("tables");
            if (editions.isEmpty()) {
                throw section.error("tables", "at least one is needed");
            }
            if (editions.stream().distinct().count() < editions.size() || editions.contains(selection.tableId())) {
                throw section.error(
                        "tables", "older editions than " + selection.tableId() + ", each once: " + editions);
            }
            limit = section.number("uncertainty-at-most-keV", limit);
            if (!(limit > 0)) {
                throw section.error("uncertainty-at-most-keV", "must be above 0: " + limit);
            }
            section.finish();
        }
        KernelExperiment experiment = new KernelExperiment(
                name,
                file,
                top.string("title"),
                top.string("description", ""),
                text,
                paper,
                top.has("deviations") ? top.strings("deviations") : List.of(),
                selection,
                theory,
                inside,
                outside,
                folds,
                seed,
                grid,
                neutronRich,
                editions,
                limit,
                top.has("comparators") ? comparators(top) : List.of());
        top.finish();
        return experiment;
    }

    private static KernelSettings settings(TomlSection model) {
        int redundant = model.integer("redundant");
        requireRedundant(model, redundant);
        boolean all =
                model.oneOf("scaled-on", "training", List.of("training", "all")).equals("all");
        boolean divide = model.bool("divided-by-coordinates", false);
        return new KernelSettings(
                KernelSettings.Form.GPR_NN,
                redundant,
                above(model, "length"),
                above(model, "noise"),
                1,
                0,
                all,
                divide);
    }

    private static void requireRedundant(TomlSection section, int redundant) {
        if (redundant < 0 || redundant > MOST_REDUNDANT) {
            throw section.error("redundant", "must be from 0 to " + MOST_REDUNDANT + ": " + redundant);
        }
    }

    /** A hyperparameter; the limits are far outside what makes sense and inside what float64 can compute with. */
    private static double above(TomlSection section, String key) {
        return checked(section, key, section.number(key));
    }

    private static double checked(TomlSection section, String key, double value) {
        if (!(value > 0)) {
            throw section.error(key, "must be above 0: " + value);
        }
        if (value < LEAST || value > MOST) {
            throw section.error(key, "must be from " + LEAST + " to " + MOST + ": " + value);
        }
        return value;
    }

    private static KernelExperiment.Grid grid(TomlSection section) {
        List<Integer> redundant = section.wholes("redundant");
        redundant.forEach(one -> requireRedundant(section, one));
        List<Double> lengths = ascending(section, "lengths");
        List<Double> noises = ascending(section, "noises");
        if (redundant.isEmpty()) {
            throw section.error("redundant", "at least one is needed");
        }
        if (redundant.stream().distinct().count() < redundant.size()) {
            throw section.error("redundant", "a number is there twice: " + redundant);
        }
        if ((long) redundant.size() * lengths.size() * noises.size() > MOST_POINTS) {
            throw section.error("lengths", "the grid has more than " + MOST_POINTS + " points");
        }
        section.finish();
        return new KernelExperiment.Grid(redundant, lengths, noises);
    }

    private static List<Double> ascending(TomlSection section, String key) {
        List<Double> values = section.numbers(key);
        if (values.isEmpty()) {
            throw section.error(key, "at least one is needed");
        }
        for (int i = 0; i < values.size(); i++) {
            checked(section, key, values.get(i));
            if (i > 0 && !(values.get(i) > values.get(i - 1))) {
                throw section.error(key, "must be ascending: " + values);
            }
        }
        return values;
    }

    private static List<KernelSettings.Form> comparators(TomlSection top) {
        List<KernelSettings.Form> forms = new ArrayList<>();
        List<String> known = List.of("gpr", "krr", "krr-odd-even", "rbf");
        for (String name : top.strings("comparators")) {
            if (!known.contains(name)) {
                throw top.error("comparators", "\"" + name + "\" is not one of " + String.join(", ", known));
            }
            KernelSettings.Form form =
                    KernelSettings.Form.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
            if (forms.contains(form)) {
                throw top.error("comparators", "\"" + name + "\" is there twice");
            }
            forms.add(form);
        }
        return List.copyOf(forms);
    }
}
