package gputrain.features;

import gputrain.data.DataLibrary;
import gputrain.data.TheoryEntry;
import gputrain.features.Feature.Formula;
import gputrain.nuclide.MagicNumbers;
import gputrain.nuclide.Nuclide;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Every feature that an experiment file can name. */
public final class FeatureCatalogue {
    private static final String HUANG = "Huang et al., Table I";
    /** The table whose deformations enter the features. */
    private static final String DEFORMATIONS = "ws4";

    private static final String ZENG = "Zeng et al., Table I";

    /** Closed shells of Huang et al., below Eq. 5. */
    private static final MagicNumbers HUANG_Z = MagicNumbers.of(20, 28, 50, 82, 114, 120);

    private static final MagicNumbers HUANG_N = MagicNumbers.of(20, 28, 50, 82, 126, 184, 198);

    /** Closed shells of Zeng et al., for protons and neutrons. */
    private static final MagicNumbers ZENG_BOTH = MagicNumbers.of(8, 20, 28, 50, 82, 126, 184);

    private static final String DELLEN = "Dellen et al., Section 3.1";

    /** Closed shells of Dellen et al. */
    private static final MagicNumbers DELLEN_Z = MagicNumbers.of(2, 8, 20, 28, 50, 82, 126, 164);

    private static final MagicNumbers DELLEN_N = MagicNumbers.of(2, 8, 20, 28, 50, 82, 126, 184, 196);

    private static final String LU = "Lu et al.";

    /** Closed shells of Lu et al., below Eq. 4. */
    private static final MagicNumbers LU_Z = MagicNumbers.of(8, 20, 28, 50, 82, 126);

    private static final MagicNumbers LU_N = MagicNumbers.of(8, 20, 28, 50, 82, 126, 184);

    private static final Map<String, Feature> ALL = build();

    private FeatureCatalogue() {}

    /** All features, in the order in which a person would read them. */
    public static Collection<Feature> all() {
        return ALL.values();
    }

    /**
     * The feature of a name.
     *
     * @throws FeatureException when there is none; the message lists those there are
     */
    public static Feature get(String name) {
        Feature feature = ALL.get(name);
        if (feature == null) {
            throw new FeatureException("unknown feature \"" + name + "\"; known: " + String.join(", ", ALL.keySet()));
        }
        return feature;
    }

    private static Map<String, Feature> build() {
        Map<String, Feature> map = new LinkedHashMap<>();
        add(map, "Z", "proton number", HUANG, n -> n.Z());
        add(map, "N", "neutron number", ZENG, n -> n.N());
        add(map, "A", "mass number", HUANG, n -> n.A());
        add(map, "A^(2/3)", "A^(2/3)", HUANG, n -> Math.pow(n.A(), 2.0 / 3));
        add(map, "A^(-1/3)", "A^(-1/3)", HUANG, n -> 1 / Math.cbrt(n.A()));
        add(map, "A^(-1/2)", "A^(-1/2)", HUANG, n -> 1 / Math.sqrt(n.A()));
        add(map, "|I|", "|N-Z|/A", HUANG, n -> Math.abs(LiquidDrop.asymmetry(n)));
        add(map, "I^2 A", "(N-Z)^2/A", HUANG, n -> LiquidDrop.asymmetry(n) * LiquidDrop.asymmetry(n) * n.A());
        add(map, "E_C/a_c", "Z^2 A^(-1/3) (1 - Z^(-2/3))", "Huang et al., Eq. 4", n -> LiquidDrop.coulombTerm(n, 1));
        add(
                map,
                "E_C/a_c WS4",
                "Z^2 A^(-1/3) (1 - 0.76 Z^(-2/3))",
                "Huang et al., Eq. 9",
                n -> LiquidDrop.coulombTerm(n, LiquidDrop.WS4.coulombExchange()));
        add(
                map,
                "V_p",
                "Z - largest magic number of " + HUANG_Z.values() + " up to Z",
                "Huang et al., Eq. 5",
                n -> HUANG_Z.valence(n.Z()));
        add(
                map,
                "V_n",
                "N - largest magic number of " + HUANG_N.values() + " up to N",
                "Huang et al., Eq. 5",
                n -> HUANG_N.valence(n.N()));
        add(map, "even-even", "1 if Z and N are even, else 0", "Huang et al., Eq. 6", n -> bothAre(n, 0));
        add(map, "odd-odd", "1 if Z and N are odd, else 0", "Huang et al., Eq. 6", n -> bothAre(n, 1));
        add(
                map,
                "delta_np",
                "2-|I| even-even, |I| odd-odd, 1-|I| or 1 odd A",
                "Huang et al., Eq. 10",
                LiquidDrop::pairing);
        LiquidDrop star = LiquidDrop.WS_STAR;
        add(map, "g1 A^(1/3)", star.g1() + " A^(1/3)", HUANG, n -> star.g1() * Math.cbrt(n.A()));
        add(map, "g2 A^(-1/3)", star.g2() + " A^(-1/3)", HUANG, n -> star.g2() / Math.cbrt(n.A()));
        put(
                map,
                "def",
                "product of (1 + b_k beta_k^2), k = 2, 4, 6, with WS4's b_k and beta_k",
                "Huang et al., Eqs. 7 and 8",
                List.of(DEFORMATIONS),
                (n, library) -> deformationFactor(n, library, 1));
        put(
                map,
                "def without 1+",
                "product of b_k beta_k^2, k = 2, 4, 6, with WS4's b_k and beta_k",
                "Huang et al., Section II C 3",
                List.of(DEFORMATIONS),
                (n, library) -> deformationFactor(n, library, 0));
        add(map, "Z_EO", "1 if Z is odd, else 0", ZENG, n -> n.Z() % 2);
        add(map, "N_EO", "1 if N is odd, else 0", ZENG, n -> n.N() % 2);
        String closest = "distance to the closest of " + ZENG_BOTH.values();
        add(map, "Delta Z", closest, ZENG, n -> ZENG_BOTH.distance(n.Z()));
        add(map, "Delta N", closest, ZENG, n -> ZENG_BOTH.distance(n.N()));
        add(
                map,
                "ASY",
                "[1 - kappa A^(-1/3) + xi (2-|I|)/(2+|I|A)] I^2 A f_s with WS4's parameters",
                "Zeng et al., Eq. 3",
                LiquidDrop.WS4::asymmetryTerm);
        add(map, "d_Z", "distance to the closest of " + DELLEN_Z.values(), DELLEN, n -> DELLEN_Z.distance(n.Z()));
        add(map, "d_N", "distance to the closest of " + DELLEN_N.values(), DELLEN, n -> DELLEN_N.distance(n.N()));
        add(map, "A_EO", "1 if A is odd, else 0", DELLEN, n -> n.A() % 2);
        add(map, "Z even", "1 if Z is even, else 0", DELLEN, n -> 1 - n.Z() % 2);
        add(map, "N even", "1 if N is even, else 0", DELLEN, n -> 1 - n.N() % 2);
        add(map, "A even", "1 if A is even, else 0", DELLEN, n -> 1 - n.A() % 2);
        String shifted = "ours, for RPUN of Dellen et al.";
        add(map, "Z+1", "proton number plus 1, above 0 for every nuclide", shifted, n -> n.Z() + 1);
        add(map, "N+1", "neutron number plus 1, above 0 for every nuclide", shifted, n -> n.N() + 1);
        add(
                map,
                "P",
                "12 A^(-1/2) + 1 even-even, -12 A^(-1/2) - 1 odd-odd, 0 odd A",
                LU + ", Eq. 3",
                n -> (bothAre(n, 0) - bothAre(n, 1)) * (12 / Math.sqrt(n.A()) + 1));
        add(
                map,
                "S",
                "product of the distances of Z and N to the closest of " + LU_Z.values() + " and " + LU_N.values(),
                LU + ", Eq. 4",
                n -> LU_Z.distance(n.Z()) * LU_N.distance(n.N()));
        return Collections.unmodifiableMap(map);
    }

    /** A pure number of Z and N. */
    @FunctionalInterface
    private interface OfNuclide {
        double value(Nuclide nuclide);
    }

    private static void add(Map<String, Feature> map, String name, String equation, String source, OfNuclide of) {
        put(map, name, equation, source, List.of(), (n, library) -> of.value(n));
    }

    private static void put(
            Map<String, Feature> map,
            String name,
            String equation,
            String source,
            List<String> theoryTables,
            Formula formula) {
        map.put(name, new Feature(name, equation, "1", source, theoryTables, (n, library) -> {
            try {
                return formula.value(n, library);
            } catch (IllegalArgumentException e) {
                throw new FeatureException(
                        "feature " + name + " of Z=" + n.Z() + ", N=" + n.N() + ": " + e.getMessage());
            }
        }));
    }

    private static double bothAre(Nuclide nuclide, int remainder) {
        return nuclide.Z() % 2 == remainder && nuclide.N() % 2 == remainder ? 1 : 0;
    }

    private static double deformationFactor(Nuclide nuclide, DataLibrary library, double one) {
        TheoryEntry entry = library.theory(DEFORMATIONS)
                .find(nuclide)
                .orElseThrow(() -> new IllegalArgumentException("table " + DEFORMATIONS + " has no such nuclide"));
        double[] beta = {value(entry.beta2()), value(entry.beta4()), value(entry.beta6())};
        double product = 1;
        for (int j = 0; j < 3; j++) {
            product *= one + LiquidDrop.WS4.curvature(2 * (j + 1), nuclide.A()) * beta[j] * beta[j];
        }
        return product;
    }

    private static double value(OptionalDouble beta) {
        return beta.orElseThrow(
                () -> new IllegalArgumentException("table " + DEFORMATIONS + " has no deformation for it"));
    }
}
