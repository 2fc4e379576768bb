package gputrain.report;

import gputrain.evaluation.MassDifference;
import gputrain.evaluation.Masses;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Neutron separation energies of chains of isotopes.
 *
 * <p>Both masses of a difference are experimental, or both are predicted; never one of each.
 */
final class SeparationEnergies {
    /** The chains that a reader expects to see, when they have enough data. */
    private static final List<Integer> PREFERRED = List.of(28, 50, 82, 92);

    private static final int ENOUGH = 5;

    private SeparationEnergies() {}

    /**
     * A separation energy; NaN where one of its two masses is missing.
     *
     * @param uncertaintyMeV of the experimental value, the two masses taken as independent
     * @param test whether one of the two nuclides is in the test set
     */
    record Point(int N, double experimentMeV, double uncertaintyMeV, double predictedMeV, boolean test) {
        boolean measured() {
            return Double.isFinite(experimentMeV);
        }
    }

    /** The points of each proton number, by neutron number. */
    static Map<Integer, List<Point>> chains(List<Prediction> predictions) {
        Map<Nuclide, Masses.Mass> measured = new HashMap<>();
        Map<Nuclide, Masses.Mass> predicted = new HashMap<>();
        Set<Nuclide> test = new HashSet<>();
        for (Prediction p : predictions) {
            measured.put(p.nuclide(), new Masses.Mass(p.experimentMeV(), p.uncertaintyMeV(), false));
            predicted.put(p.nuclide(), new Masses.Mass(p.predictedMeV(), p.spreadMeV(), false));
            if (p.isTest()) {
                test.add(p.nuclide());
            }
        }
        Masses experiment = Masses.of("measured", Masses.Kind.EXPERIMENT, measured);
        Masses model = Masses.of("predicted", Masses.Kind.PREDICTION, predicted);
        Map<Integer, List<Point>> chains = new TreeMap<>();
        for (Nuclide nuclide : predicted.keySet()) {
            MassDifference.S_N.of(model, nuclide).ifPresent(value -> {
                MassDifference.Value known =
                        MassDifference.S_N.of(experiment, nuclide).orElseThrow();
                boolean tested = test.contains(nuclide) || test.contains(new Nuclide(nuclide.Z(), nuclide.N() - 1));
                chains.computeIfAbsent(nuclide.Z(), z -> new ArrayList<>())
                        .add(new Point(
                                nuclide.N(), known.energyMeV(), known.uncertaintyMeV(), value.energyMeV(), tested));
            });
        }
        chains.values().forEach(chain -> chain.sort(Comparator.comparingInt(Point::N)));
        return chains;
    }

    /** Proton numbers to draw: the preferred chains with enough measured points, then the longest others. */
    static List<Integer> choose(Map<Integer, List<Point>> chains, int count) {
        Comparator<Integer> order = Comparator.<Integer, Boolean>comparing(z -> !PREFERRED.contains(z))
                .thenComparing(z -> -measured(chains.get(z)))
                .thenComparing(z -> z);
        return chains.keySet().stream()
                .filter(z -> measured(chains.get(z)) >= ENOUGH)
                .sorted(order)
                .limit(count)
                .sorted()
                .toList();
    }

    private static long measured(List<Point> chain) {
        return chain.stream().filter(Point::measured).count();
    }
}
