package gputrain.report;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Neutron separation energies S_n(Z, N) = B(Z, N) - B(Z, N-1) = M(Z, N-1) - M(Z, N) + M_n, with M the mass excess.
 *
 * <p>Both masses of a difference are experimental, or both are predicted; never one of each.
 */
final class SeparationEnergies {
    /** The chains that a reader expects to see, when they have enough data. */
    private static final List<Integer> PREFERRED = List.of(28, 50, 82, 92);

    private static final double NEUTRON_MEV = Constants.NEUTRON_MASS_EXCESS_KEV / 1000;
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
        Map<Nuclide, Prediction> byNuclide = new HashMap<>();
        predictions.forEach(p -> byNuclide.put(p.nuclide(), p));
        Map<Integer, List<Point>> chains = new TreeMap<>();
        for (Prediction heavy : predictions) {
            Nuclide nuclide = heavy.nuclide();
            if (nuclide.N() < 1 || nuclide.A() < 2) {
                continue;
            }
            Prediction light = byNuclide.get(new Nuclide(nuclide.Z(), nuclide.N() - 1));
            if (light != null) {
                chains.computeIfAbsent(nuclide.Z(), z -> new ArrayList<>()).add(point(light, heavy));
            }
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

    private static Point point(Prediction light, Prediction heavy) {
        return new Point(
                heavy.nuclide().N(),
                light.experimentMeV() - heavy.experimentMeV() + NEUTRON_MEV,
                Math.hypot(light.uncertaintyMeV(), heavy.uncertaintyMeV()),
                light.predictedMeV() - heavy.predictedMeV() + NEUTRON_MEV,
                light.isTest() || heavy.isTest());
    }

    private static long measured(List<Point> chain) {
        return chain.stream().filter(Point::measured).count();
    }
}
