package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.data.UnknownTableException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds a study's file against the files of its experiments before anything is trained: sets, thresholds, baselines and
 * tables that rows and figures name, and what kinds of figures need.
 */
final class StudyCheck {
    private final Map<String, Experiment> experiments;
    private final DataLibrary library;
    private final Set<String> leakFreeOnly = new HashSet<>();

    private StudyCheck(Map<String, Experiment> experiments, DataLibrary library) {
        this.experiments = experiments;
        this.library = library;
    }

    /**
     * Checks the rows and figures of the experiments that are given.
     *
     * @param top the study's file
     * @throws ExperimentException naming file, line, key and what is known
     */
    static void check(TomlSection top, Map<String, Experiment> experiments, DataLibrary library) {
        StudyCheck check = new StudyCheck(experiments, library);
        top.sections("experiments").forEach(check::protocol);
        if (top.has("tables")) {
            top.sections("tables").forEach(table -> table.sections("rows").forEach(check::row));
        }
        if (top.has("figures")) {
            top.sections("figures").forEach(check::figure);
        }
    }

    private void protocol(TomlSection section) {
        Experiment experiment = experiments.get(section.string("name"));
        boolean only = section.string("protocol", "both").equals(Protocol.LEAK_FREE.id());
        if (experiment == null || !only) {
            return;
        }
        if (experiment.leakFree().isEmpty()) {
            throw section.error("protocol", experiment.name() + " has no [leak-free] section");
        }
        leakFreeOnly.add(section.string("name"));
    }

    private void row(TomlSection row) {
        Experiment experiment = experiments.get(row.string("experiment"));
        if (experiment == null) {
            return;
        }
        if (row.has("baseline")) {
            baseline(row, experiment);
        }
        if (!row.has("sets")) {
            return;
        }
        boolean networks = !row.has("baseline");
        boolean thresholds = networks && complex(experiment);
        List<String> known = networks ? sets(row.string("experiment"), experiment) : ofTheories(experiment.data());
        for (String set : row.strings("sets")) {
            if (!known.contains(set) && !(thresholds && threshold(experiment, known, set))) {
                throw row.error(
                        "sets",
                        noSuchSet(experiment, set, known)
                                + (thresholds
                                        ? "; and of each what a threshold leaves: \"test, |Im y| < 0.1 MeV\" with one of "
                                                + numbers(ThresholdLine.CURVE) + named(experiment)
                                        : ""));
            }
        }
    }

    /** The sets that bare theories have deviations on: those that are the same for every network. */
    private static List<String> ofTheories(Experiment.Data data) {
        List<String> sets = new ArrayList<>(ExperimentFile.sets(data));
        if (data.split() instanceof Experiment.Split.RandomBySeed) {
            List<String> ownOfEach = List.of("train", "test");
            sets.removeAll(ownOfEach);
            data.subsets().stream()
                    .filter(subset -> ownOfEach.contains(subset.of()))
                    .forEach(subset -> sets.remove(subset.name()));
        }
        return sets;
    }

    private void baseline(TomlSection row, Experiment experiment) {
        String wanted = row.string("baseline");
        List<String> titles = experiment.data().baselines().stream()
                .map(id -> library.info(id).title())
                .toList();
        if (!titles.contains(wanted)) {
            throw row.error(
                    "baseline",
                    experiment.name() + " has no baseline \"" + wanted + "\"; "
                            + (titles.isEmpty() ? "it has none" : "known: " + String.join(", ", titles)));
        }
    }

    private void figure(TomlSection figure) {
        for (TomlSection model : figure.sections("models")) {
            String name = model.string("experiment");
            Experiment experiment = experiments.get(name);
            if (experiment != null) {
                figure(figure, name, experiment);
            }
        }
        if (figure.has("theories")) {
            figure.strings("theories").forEach(id -> requireTheory(figure, "theories", id));
        }
        if (figure.has("reference")) {
            requireTheory(figure, "reference", figure.string("reference"));
        }
    }

    private void figure(TomlSection figure, String name, Experiment experiment) {
        switch (figure.string("kind")) {
            case "thresholds" -> {
                requireComplex(figure, experiment);
                requireSet(figure, experiment, sets(name, experiment));
            }
            case "uncertainty-map" -> {
                requireComplex(figure, experiment);
                List<String> whole = new ArrayList<>(List.of("train", "test", "all"));
                experiment.data().extras().forEach(extra -> whole.add(extra.name()));
                requireSet(figure, experiment, whole);
            }
            case "importance", "network" -> {
                if (!(experiment.shape() instanceof Experiment.Shape.Splines)) {
                    throw figure.error("kind", experiment.name() + " has no network of kind \"splines\"");
                }
            }
            case "residual-chains", "corrections" -> requireCorrection(figure, experiment);
            case "exponents" -> {
                if (!(experiment.shape() instanceof Experiment.Shape.ProductUnits units
                        && !units.complex()
                        && units.linearUnits() == 0
                        && experiment.inputs().features().size() == 2)) {
                    throw figure.error(
                            "kind",
                            experiment.name() + " has no exponents in a plane: that needs a real network of product"
                                    + " units without linear units, with two inputs");
                }
            }
            default -> {
                // The other kinds draw what every run has.
            }
        }
    }

    private static void requireCorrection(TomlSection figure, Experiment experiment) {
        Optional<String> table =
                experiment.outputs().targets().get(experiment.outputs().mass()).table();
        if (table.isEmpty()) {
            throw figure.error("kind", experiment.name() + " corrects no theory: its mass is not from E - E(TABLE)");
        }
        if (figure.string("kind").equals("corrections")
                && !experiment.data().baselines().contains(table.get())) {
            throw figure.error("kind", experiment.name() + " has not \"" + table.get() + "\" among its baselines");
        }
    }

    private void requireTheory(TomlSection figure, String key, String id) {
        try {
            library.theory(id);
        } catch (UnknownTableException e) {
            throw figure.error(key, String.valueOf(e.getMessage()));
        }
    }

    private static void requireComplex(TomlSection figure, Experiment experiment) {
        if (!complex(experiment)) {
            throw figure.error("kind", experiment.name() + " has no |Im y|: that needs a network with complex = true");
        }
    }

    private static void requireSet(TomlSection figure, Experiment experiment, List<String> known) {
        String set = figure.string("set", "all");
        if (!known.contains(set)) {
            throw figure.error("set", noSuchSet(experiment, set, known));
        }
    }

    private static String noSuchSet(Experiment experiment, String set, List<String> known) {
        return experiment.name() + " has no set \"" + set + "\"; known: " + String.join(", ", known);
    }

    private static boolean complex(Experiment experiment) {
        return experiment.shape() instanceof Experiment.Shape.ProductUnits units && units.complex();
    }

    /** Every set with deviations; the first protocol's, which tables and figures show. */
    private List<String> sets(String name, Experiment experiment) {
        List<String> sets = new ArrayList<>(ExperimentFile.sets(experiment.data()));
        if (leakFreeOnly.contains(name)) {
            sets.add("validation");
        }
        return sets;
    }

    private static boolean threshold(Experiment experiment, List<String> sets, String name) {
        boolean named = experiment.thresholds().stream()
                .anyMatch(one -> ThresholdLine.name(one.set(), one.tauMeV()).equals(name));
        return named
                || sets.stream()
                        .anyMatch(set -> ThresholdLine.CURVE.stream()
                                .anyMatch(tau -> ThresholdLine.name(set, tau).equals(name)));
    }

    private static String named(Experiment experiment) {
        return experiment.thresholds().isEmpty()
                ? ""
                : ", or "
                        + experiment.thresholds().stream()
                                .map(one -> "\"" + ThresholdLine.name(one.set(), one.tauMeV()) + "\"")
                                .collect(Collectors.joining(", "));
    }

    private static String numbers(List<Double> values) {
        return values.stream()
                .map(value -> BigDecimal.valueOf(value).stripTrailingZeros().toPlainString())
                .collect(Collectors.joining(", "));
    }
}
