package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.data.FirstEditionSplit;
import gputrain.data.KFold;
import gputrain.data.MassEntry;
import gputrain.data.MassTable;
import gputrain.data.Split;
import gputrain.data.TableInfo;
import gputrain.data.TheoryEntry;
import gputrain.data.UnknownTableException;
import gputrain.features.LiquidDrop;
import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The nuclei of a kernel experiment and what its models learn: experimental mass excess minus the theory's, MeV.
 *
 * @param entries the selected nuclei that the theory has, in the order of the experimental table
 * @param residualMeV what is learned, one per entry
 * @param theoryMeV the theory's mass excess of every nuclide that it has
 * @param left selected nuclei that the theory lacks
 * @param sources every table used
 */
public record KernelData(
        KernelExperiment experiment,
        List<MassEntry> entries,
        double[] residualMeV,
        Map<Nuclide, Double> theoryMeV,
        int left,
        List<TableInfo> sources,
        List<MassTable> editions) {

    /** Nuclei that a model is fitted to, at least. */
    private static final int FEWEST = 4;

    /** The liquid drop has a value for any nuclide: its chart is that of this table. */
    private static final String CHART = "ws4";

    /**
     * Selects nuclei and subtracts the theory.
     *
     * @throws ExperimentException when a table is not known, or too few nuclei are left
     * @throws gputrain.nuclide.InputException when the theory's table is one that we do not have
     */
    public static KernelData of(KernelExperiment experiment, DataLibrary library) {
        MassTable table = named(
                experiment,
                "data.table",
                () -> library.experimental(experiment.selection().tableId()));
        Map<Nuclide, Double> theory = named(experiment, "data.theory", () -> theory(experiment, library));
        List<MassTable> editions = experiment.editions().stream()
                .map(id -> named(experiment, "editions.tables", () -> library.experimental(id)))
                .toList();
        List<MassEntry> selected = experiment.selection().select(table);
        List<MassEntry> entries = selected.stream()
                .filter(entry -> theory.containsKey(entry.nuclide()))
                .toList();
        if (entries.size() < 2L * experiment.folds()) {
            throw ExperimentFile.error(
                    experiment.file(),
                    experiment.text(),
                    "data",
                    "the selection \"" + experiment.selection() + "\" and " + experiment.theory() + " have "
                            + entries.size() + " nuclei in common; " + experiment.folds()
                            + " folds need at least twice as many");
        }
        double[] residuals = entries.stream()
                .mapToDouble(entry -> entry.massExcessMeV() - theory.get(entry.nuclide()))
                .toArray();
        Set<String> ids = new LinkedHashSet<>(List.of(table.id()));
        ids.add(experiment.theory().equals(KernelExperiment.LIQUID_DROP) ? CHART : experiment.theory());
        ids.addAll(experiment.editions());
        KernelData data = new KernelData(
                experiment,
                entries,
                residuals,
                theory,
                selected.size() - entries.size(),
                ids.stream().map(library::info).toList(),
                editions);
        data.requireSets();
        return data;
    }

    /** Every set that is fitted to has a few nuclei, and something is left to predict. */
    private void requireSets() {
        if (experiment.neutronRich() > 0) {
            List<int[]> parts = byDistance(allRows(), experiment.neutronRich());
            requireFitted("extrapolation", parts.get(0).length, parts.get(1).length);
        }
        if (!editions.isEmpty()) {
            List<int[]> parts = byEdition();
            requireFitted("editions", parts.get(0).length, rows() - parts.get(0).length);
        }
    }

    private void requireFitted(String key, int fitted, int predicted) {
        if (fitted < FEWEST || predicted < 1) {
            throw ExperimentFile.error(
                    experiment.file(),
                    experiment.text(),
                    key,
                    fitted + " nuclei to fit to and " + predicted + " to predict; at least " + FEWEST
                            + " and one are needed");
        }
    }

    private static Map<Nuclide, Double> theory(KernelExperiment experiment, DataLibrary library) {
        boolean drop = experiment.theory().equals(KernelExperiment.LIQUID_DROP);
        Map<Nuclide, Double> masses = new HashMap<>();
        for (TheoryEntry entry :
                library.theory(drop ? CHART : experiment.theory()).entries()) {
            Nuclide nuclide = entry.nuclide();
            masses.put(
                    nuclide,
                    drop
                            ? Constants.constituentMassExcessMeV(nuclide) + LiquidDrop.WS4.energyMeV(nuclide)
                            : entry.massExcessMeV());
        }
        return masses;
    }

    private static <T> T named(KernelExperiment experiment, String key, Supplier<T> table) {
        try {
            return table.get();
        } catch (UnknownTableException e) {
            throw ExperimentFile.error(experiment.file(), experiment.text(), key, String.valueOf(e.getMessage()));
        }
    }

    int rows() {
        return entries.size();
    }

    /** The nuclides of some rows. */
    List<Nuclide> nuclides(int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> entries.get(row).nuclide()).toList();
    }

    /** The residuals of some rows. */
    double[] residuals(int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> residualMeV[row]).toArray();
    }

    int[] allRows() {
        return IntStream.range(0, rows()).toArray();
    }

    /** The fold of each row. */
    int[] folds() {
        int[] folds = new int[rows()];
        List<Split> splits = new KFold(experiment.folds(), experiment.foldSeed()).split(rows());
        for (int fold = 0; fold < splits.size(); fold++) {
            for (int row : splits.get(fold).test()) {
                folds[row] = fold;
            }
        }
        return folds;
    }

    /**
     * Rows by distance from what is left: the most neutron-rich {@code most} nuclei of each isotopic chain that has more,
     * nearest first. Part 0 is what is left, part k is at distance k.
     */
    List<int[]> byDistance(int[] among, int most) {
        Map<Integer, List<Integer>> chains = new HashMap<>();
        for (int row : among) {
            chains.computeIfAbsent(entries.get(row).nuclide().Z(), z -> new ArrayList<>())
                    .add(row);
        }
        int[] distance = new int[rows()];
        for (List<Integer> chain : chains.values()) {
            chain.sort(Comparator.comparingInt(row -> entries.get(row).nuclide().N()));
            for (int k = 1; k <= most && chain.size() > most; k++) {
                distance[chain.get(chain.size() - most - 1 + k)] = k;
            }
        }
        List<int[]> parts = new ArrayList<>();
        for (int part = 0; part <= most; part++) {
            int wanted = part;
            parts.add(
                    Arrays.stream(among).filter(row -> distance[row] == wanted).toArray());
        }
        return parts;
    }

    /** Rows by the edition that first had them well measured; the last part is what no edition had. */
    List<int[]> byEdition() {
        return new FirstEditionSplit(editions, experiment.editionLimitKeV()).parts(entries);
    }
}
