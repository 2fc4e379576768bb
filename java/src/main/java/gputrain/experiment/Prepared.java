package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.data.MassTable;
import gputrain.data.RandomSplit;
import gputrain.data.Split;
import gputrain.data.TableInfo;
import gputrain.data.TheoryTable;
import gputrain.data.UnknownTableException;
import gputrain.engine.DataSet;
import gputrain.engine.TrainingPlan;
import gputrain.model.Network;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An experiment with its data: the selected nuclei, their division, scaled inputs and targets, and the plans that train
 * it.
 */
public final class Prepared {
    private final Experiment experiment;
    private final DataLibrary library;
    private final List<MassTable> tables;
    private final List<MassEntry> rows;
    private final Set<Nuclide> supplement;
    private final int[] trainingRows;
    private final int[] testRows;
    private final Map<String, int[]> extraRows;
    private final Encoder encoder;
    private final DataSet data;
    private final List<TableInfo> sources;

    private Prepared(
            Experiment experiment,
            DataLibrary library,
            List<MassTable> tables,
            List<MassEntry> rows,
            Set<Nuclide> supplement,
            int[] trainingRows,
            int[] testRows,
            Map<String, int[]> extraRows) {
        this.experiment = experiment;
        this.library = library;
        this.tables = tables;
        this.rows = rows;
        this.supplement = supplement;
        this.trainingRows = trainingRows;
        this.testRows = testRows;
        this.extraRows = extraRows;
        this.encoder = Encoder.fit(experiment, library, rows, trainingRows);
        this.data = encoder.dataSet(rows, experiment.network(), library);
        this.sources = sources(experiment, library, tables);
    }

    /**
     * Selects, divides and scales.
     *
     * @throws ExperimentException when a table is not known or the selection leaves nothing to train or test on
     * @throws gputrain.features.FeatureException when a nucleus lacks a feature
     */
    public static Prepared of(Experiment experiment, DataLibrary library) {
        MassTable table =
                named(experiment, "data.table", experiment.data().selection().tableId(), library::experimental);
        // Needed only when the run record is written; after hours of training it is too late for a slip.
        experiment.data().baselines().forEach(id -> named(experiment, "data.baselines", id, library::theory));
        List<MassEntry> rows = new ArrayList<>(experiment.data().selection().select(table));
        List<MassEntry> added = supplement(experiment, library, rows);
        rows.addAll(added);
        List<MassTable> tables = new ArrayList<>(List.of(table));
        int[] training;
        int[] test;
        if (experiment.data().split() instanceof Experiment.Split.NewerEdition newer) {
            MassTable newerTable = named(experiment, "data.split", newer.table(), library::experimental);
            tables.add(newerTable);
            int first = rows.size();
            List<MassEntry> older = List.copyOf(rows);
            newer.selection().select(newerTable).stream()
                    .filter(entry ->
                            older.stream().noneMatch(old -> old.nuclide().equals(entry.nuclide())))
                    .forEach(rows::add);
            training = IntStream.range(0, first).toArray();
            test = IntStream.range(first, rows.size()).toArray();
        } else if (experiment.data().split() instanceof Experiment.Split.InEdition other) {
            MassTable edition = named(experiment, "data.split", other.table(), library::experimental);
            tables.add(0, edition);
            training = rowsWhere(rows, entry -> edition.get(entry.nuclide()).isPresent());
            test = rowsWhere(rows, entry -> edition.get(entry.nuclide()).isEmpty());
        } else if (experiment.data().split() instanceof Experiment.Split.Random random) {
            Split split = random(experiment, random.testSize(), random.randomState(), rows.size());
            training = split.train();
            test = split.test();
        } else {
            // Every network has sets of its own; what is the same for all is their size.
            Experiment.Split.RandomBySeed random =
                    (Experiment.Split.RandomBySeed) experiment.data().split();
            random(experiment, random.testSize(), 0, rows.size());
            training = IntStream.range(0, rows.size()).toArray();
            test = new int[0];
        }
        boolean bySeed = experiment.data().split() instanceof Experiment.Split.RandomBySeed;
        requireRows(experiment, bySeed ? training.length : Math.min(training.length, test.length));
        experiment.leakFree().ifPresent(leakFree -> {
            if (leakFree.parts() > training.length) {
                throw ExperimentFile.error(
                        experiment,
                        "leak-free.parts",
                        leakFree.parts() + " parts of " + training.length + " training nuclei");
            }
        });
        Map<String, int[]> extras = extras(experiment, library, tables, rows);
        Subsets.require(experiment, rows, training, test, extras);
        Set<Nuclide> supplement = added.stream().map(MassEntry::nuclide).collect(Collectors.toUnmodifiableSet());
        return new Prepared(
                experiment, library, List.copyOf(tables), List.copyOf(rows), supplement, training, test, extras);
    }

    private static Split random(Experiment experiment, double testSize, long randomState, int rows) {
        requireRows(experiment, rows);
        if (testSize >= rows) {
            throw ExperimentFile.error(
                    experiment,
                    "data.split",
                    "a test set of " + (long) testSize + " of " + rows + " nuclei leaves none to train on");
        }
        return new RandomSplit(testSize, randomState).split(rows);
    }

    /** Appends the nuclei of the extra sets to the rows. */
    private static Map<String, int[]> extras(
            Experiment experiment, DataLibrary library, List<MassTable> tables, List<MassEntry> rows) {
        Map<String, int[]> extras = new LinkedHashMap<>();
        Set<Nuclide> there = rows.stream().map(MassEntry::nuclide).collect(Collectors.toSet());
        for (Experiment.Extra extra : experiment.data().extras()) {
            MassTable table = named(experiment, "data.extra", extra.selection().tableId(), library::experimental);
            if (tables.stream().noneMatch(one -> one.id().equals(table.id()))) {
                tables.add(table);
            }
            int first = rows.size();
            extra.selection().select(table).stream()
                    .filter(entry -> there.add(entry.nuclide()))
                    .forEach(rows::add);
            if (rows.size() == first) {
                throw ExperimentFile.error(
                        experiment, "data.extra", "no nucleus that is not used yet is in \"" + extra.name() + "\"");
            }
            extras.put(extra.name(), IntStream.range(first, rows.size()).toArray());
        }
        return extras;
    }

    /** Theory's values in the form of rows: not measured, without an uncertainty. */
    private static List<MassEntry> supplement(Experiment experiment, DataLibrary library, List<MassEntry> rows) {
        Optional<Experiment.Supplement> wanted = experiment.data().supplement();
        if (wanted.isEmpty()) {
            return List.of();
        }
        TheoryTable theory =
                named(experiment, "data.supplement.table", wanted.get().table(), library::theory);
        Set<Nuclide> there = rows.stream().map(MassEntry::nuclide).collect(Collectors.toSet());
        List<MassEntry> added = theory.entries().stream()
                .map(entry -> new MassEntry(
                        entry.nuclide(),
                        entry.massExcessMeV() * 1000,
                        Double.NaN,
                        entry.bindingEnergyMeV() * 1000,
                        true))
                .filter(entry -> !there.contains(entry.nuclide())
                        && wanted.get().selection().admits(entry))
                .toList();
        if (added.isEmpty()) {
            throw ExperimentFile.error(
                    experiment, "data.supplement", "adds no nuclei; a theory's values count as estimated");
        }
        return added;
    }

    private static int[] rowsWhere(List<MassEntry> rows, Predicate<MassEntry> condition) {
        return IntStream.range(0, rows.size())
                .filter(row -> condition.test(rows.get(row)))
                .toArray();
    }

    private static <T> T named(Experiment experiment, String key, String id, Function<String, T> tables) {
        try {
            return tables.apply(id);
        } catch (UnknownTableException e) {
            throw ExperimentFile.error(experiment, key, String.valueOf(e.getMessage()));
        }
    }

    private static void requireRows(Experiment experiment, int rows) {
        if (rows < 1) {
            throw ExperimentFile.error(
                    experiment,
                    "data",
                    "the selection \"" + experiment.data().selection() + "\" leaves no nuclei to train or to test on");
        }
    }

    /**
     * The plan that a protocol's training begins with.
     *
     * @param seeds one replica each
     * @param initial parameters to start every replica from, or null to draw them
     */
    public TrainingPlan plan(Protocol protocol, List<Long> seeds, double @Nullable [] initial) {
        return new Stages(this, protocol).first(seeds, initial);
    }

    /** The plan whose engine polishes what the training before left, where the experiment has a polish. */
    public Optional<TrainingPlan> polish(Protocol protocol, List<Long> seeds) {
        return experiment.training().polish().map(polish -> new Stages(this, protocol).ofResult(seeds));
    }

    Experiment.LeakFree requireLeakFree() {
        return experiment
                .leakFree()
                .orElseThrow(() -> new UsageException(experiment.name()
                        + " has no leak-free protocol of its own: its protocol chooses nothing by a test set"));
    }

    /** The protocols that the experiment has. */
    public List<Protocol> protocols() {
        return experiment.leakFree().isPresent() ? List.of(Protocol.values()) : List.of(Protocol.PAPER);
    }

    /** Row sets of a replica, in the order of {@link Protocol#sets}. */
    List<int[]> rowSets(Protocol protocol, long seed) {
        int[] training = trainingRows;
        int[] test = testRows;
        if (experiment.data().split() instanceof Experiment.Split.RandomBySeed random) {
            Split split = random(experiment, random.testSize(), seed, trainingRows.length);
            training = split.train();
            test = split.test();
        }
        if (protocol == Protocol.PAPER) {
            return List.of(training, test);
        }
        int[] whole = training;
        int parts = requireLeakFree().parts();
        int part = (int) Math.floorMod(seed, (long) parts);
        int[] fitted = IntStream.range(0, whole.length)
                .filter(i -> i % parts != part)
                .map(i -> whole[i])
                .toArray();
        int[] validation = IntStream.range(0, whole.length)
                .filter(i -> i % parts == part)
                .map(i -> whole[i])
                .toArray();
        return List.of(fitted, validation, test);
    }

    /** Whether every network has training and test nuclei of its own. */
    public boolean dividedBySeed() {
        return experiment.data().split() instanceof Experiment.Split.RandomBySeed;
    }

    /** The id of the theory table that the networks correct: the one that the mass target looks into. */
    public Optional<String> corrected() {
        return experiment.outputs().targets().get(experiment.outputs().mass()).table();
    }

    /** How many nuclei a network trains on and is tested on, in words. */
    public String describeSets() {
        List<int[]> sets = rowSets(Protocol.PAPER, 0);
        return sets.get(0).length + " to train, " + sets.get(1).length + " to test"
                + (dividedBySeed() ? ", divided anew for every network" : "");
    }

    /** The network's shape. */
    public Network network() {
        return experiment.network();
    }

    public Experiment experiment() {
        return experiment;
    }

    private static List<TableInfo> sources(Experiment experiment, DataLibrary library, List<MassTable> tables) {
        Set<String> ids = new LinkedHashSet<>();
        tables.forEach(table -> ids.add(table.id()));
        experiment.inputs().features().forEach(feature -> ids.addAll(feature.theoryTables()));
        experiment.outputs().targets().forEach(target -> target.table().ifPresent(ids::add));
        experiment.data().supplement().ifPresent(theory -> ids.add(theory.table()));
        ids.addAll(experiment.data().baselines());
        return ids.stream().map(library::info).toList();
    }

    /** Every table that a figure of this experiment depends on, experimental ones first. */
    public List<TableInfo> sources() {
        return sources;
    }

    /** The experimental tables that the rows come from. */
    public List<MassTable> tables() {
        return tables;
    }

    /** Training and test nuclei, then those of the extra sets; indices in {@link #trainingRows} and {@link #testRows} refer to this list. */
    public List<MassEntry> rows() {
        return rows;
    }

    /** The rows whose mass is a theory's, not an experiment's. */
    public Set<Nuclide> supplement() {
        return supplement;
    }

    /** The rows of each extra set, by its name. */
    Map<String, int[]> extraRows() {
        return extraRows;
    }

    /** The rows of {@code train}, {@code test}, both as {@code all}, or an extra set. */
    int[] rowsOf(String set) {
        return switch (set) {
            case "train" -> trainingRows();
            case "test" -> testRows();
            case "all" ->
                IntStream.range(0, trainingRows.length + testRows.length).toArray();
            default -> {
                int[] extra = extraRows.get(set);
                if (extra == null) {
                    throw new IllegalArgumentException("no such set: " + set);
                }
                yield extra.clone();
            }
        };
    }

    /** The rows of a set that belong to a subset. */
    int[] part(Experiment.Subset subset, int[] set) {
        return IntStream.of(set)
                .filter(row -> subset.selection().admits(rows.get(row)))
                .toArray();
    }

    /** All nuclei when every network has training nuclei of its own. */
    public int[] trainingRows() {
        return trainingRows.clone();
    }

    /** None when every network has test nuclei of its own. */
    public int[] testRows() {
        return testRows.clone();
    }

    /** Scaled inputs and targets of all rows. */
    public DataSet data() {
        return data;
    }

    /** Turns nuclides into scaled inputs and outputs back into masses. */
    public Encoder encoder() {
        return encoder;
    }

    /** Scaled inputs of nuclides that have all features, {@code [nuclides, features]} row-major. */
    double[] inputs(List<Nuclide> nuclides) {
        return encoder.inputs(nuclides, library);
    }

    /** Mass excess in MeV of each row from a network's scaled outputs, {@code [rows, outputs]} row-major. */
    double[] massExcessMeV(double[] outputs) {
        return encoder.massExcessMeV(rows.stream().map(MassEntry::nuclide).toList(), outputs, library);
    }

    /** MeV per unit of the monitored rms. */
    public double massScaleMeV() {
        return encoder.targetScaler().scale()[experiment.outputs().mass()];
    }

    /** Experimental mass excess of each row in MeV. */
    public double[] experimentMeV() {
        return rows.stream().mapToDouble(MassEntry::massExcessMeV).toArray();
    }
}
