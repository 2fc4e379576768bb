package gputrain.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where each quantity stands in a published AME mass file. Positions are 0-based; {@code end} is exclusive.
 *
 * <p>Source: the Fortran formats in the headers of the files themselves, checked on every line. In all editions N is
 * [5:9], Z is [10:14], A is [14:19], the element is [20:23].
 *
 * @param name what {@code data import --format} calls it
 * @param quantities mass excess, its uncertainty, binding energy, its uncertainty; keV
 * @param betaMark where the two letters "B-" begin, right after the binding energy
 * @param wholeMass the whole part of the atomic mass, u
 * @param massRest the rest of the atomic mass, micro-u
 * @param massRestUncertainty its uncertainty, micro-u
 * @param bindingPerNucleon whether the binding energy is printed per nucleon (from 2003 on) or in total (before)
 * @param isomers whether isomers, mixtures, pions and repeated page titles stand between the ground states (1983)
 */
record AmeLayout(
        String name,
        List<Quantity> quantities,
        int betaMark,
        Span wholeMass,
        Span massRest,
        Span massRestUncertainty,
        boolean bindingPerNucleon,
        boolean isomers) {

    /** A field, 0-based, end exclusive. */
    record Span(int start, int end) {}

    /**
     * One fixed-width number that we keep.
     *
     * @param name its name in our tables
     * @param point where the decimal point, or the '#' in its place, always stands
     */
    record Quantity(String name, int start, int end, int point) {}

    static final AmeLayout AME2020 = new AmeLayout(
            "ame2020",
            quantities("bindingEnergyPerNucleon", new int[][] {{28, 42, 35}, {42, 54, 47}, {54, 67, 61}, {68, 78, 72}}),
            79,
            new Span(106, 109),
            new Span(110, 123),
            new Span(123, 135),
            true,
            false);

    /** 2003, 2012 and 2016 share one layout. */
    static final AmeLayout AME2003 = new AmeLayout(
            "ame2003",
            quantities("bindingEnergyPerNucleon", new int[][] {{28, 41, 35}, {42, 53, 46}, {54, 64, 59}, {65, 72, 68}}),
            73,
            new Span(96, 99),
            new Span(100, 112),
            new Span(112, 123),
            true,
            false);

    /** 1993 and 1995, recommended and experimental. */
    static final AmeLayout AME1993 = total("ame1993", false);

    static final AmeLayout AME1983 = total("ame1983", true);

    static final List<AmeLayout> ALL = List.of(AME2020, AME2003, AME1993, AME1983);

    /**
     * Symbols that the editions print for elements that had no agreed name yet, and Db, Rf, ... in the 1995 edition
     * under the names proposed in 1994.
     */
    private static final Map<Integer, List<String>> EARLIER_SYMBOLS = Map.ofEntries(
            Map.entry(104, List.of("Db")),
            Map.entry(105, List.of("Ha", "Jl")),
            Map.entry(106, List.of("Nh", "Rf")),
            Map.entry(107, List.of("Ns")),
            Map.entry(108, List.of("Uo", "Hn")),
            Map.entry(109, List.of("Ue")),
            Map.entry(110, List.of("Ea", "Xa")),
            Map.entry(111, List.of("Eb", "Xb")),
            Map.entry(112, List.of("Ec")),
            Map.entry(113, List.of("Ed")),
            Map.entry(114, List.of("Ee")),
            Map.entry(115, List.of("Ef")),
            Map.entry(116, List.of("Eg")),
            Map.entry(117, List.of("Eh")),
            Map.entry(118, List.of("Ei")));

    static Optional<AmeLayout> named(String name) {
        return ALL.stream().filter(layout -> layout.name.equals(name)).findFirst();
    }

    /** Whether an edition may print this symbol for an element besides today's. */
    static boolean isEarlierSymbol(int Z, String symbol) {
        return EARLIER_SYMBOLS.getOrDefault(Z, List.of()).contains(symbol);
    }

    /** Our name of the binding energy column. */
    String bindingColumn() {
        return quantities.get(2).name();
    }

    private static AmeLayout total(String name, boolean isomers) {
        int[][] positions = {{28, 39, 35}, {39, 48, 44}, {48, 59, 55}, {59, 69, 64}};
        return new AmeLayout(
                name,
                quantities("bindingEnergy", positions),
                72,
                new Span(96, 99),
                new Span(100, 110),
                new Span(110, 119),
                false,
                isomers);
    }

    private static List<Quantity> quantities(String binding, int[][] p) {
        return List.of(
                new Quantity("massExcessKeV", p[0][0], p[0][1], p[0][2]),
                new Quantity("massExcessUncertaintyKeV", p[1][0], p[1][1], p[1][2]),
                new Quantity(binding + "KeV", p[2][0], p[2][1], p[2][2]),
                new Quantity(binding + "UncertaintyKeV", p[3][0], p[3][1], p[3][2]));
    }
}
