package gputrain.evaluation;

import gputrain.data.MassEntry;
import gputrain.data.TheoryEntry;
import gputrain.data.TheoryTable;
import gputrain.nuclide.Nuclide;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Atomic mass excesses of one source.
 *
 * <p>Differences of masses are taken within one {@code Masses}, so that an experimental mass never meets a predicted one
 * in a separation energy.
 */
public final class Masses {
    private final String name;
    private final Kind kind;
    private final Map<Nuclide, Mass> masses;

    private Masses(String name, Kind kind, Map<Nuclide, Mass> masses) {
        this.name = name;
        this.kind = kind;
        this.masses = Map.copyOf(masses);
    }

    /** What stands behind the numbers. */
    public enum Kind {
        EXPERIMENT,
        THEORY,
        PREDICTION
    }

    /**
     * A mass excess.
     *
     * @param excessMeV atomic mass excess
     * @param uncertaintyMeV standard uncertainty, or the spread of the networks; NaN where there is none
     * @param estimated whether an experimental table has it from trends ({@code #})
     */
    public record Mass(double excessMeV, double uncertaintyMeV, boolean estimated) {}

    /** The entries of an experimental table, estimated ones among them. */
    public static Masses experiment(String name, Collection<MassEntry> entries) {
        Map<Nuclide, Mass> masses = new HashMap<>();
        for (MassEntry entry : entries) {
            masses.put(
                    entry.nuclide(),
                    new Mass(entry.massExcessMeV(), entry.massExcessUncertaintyKeV() / 1000, entry.estimated()));
        }
        return new Masses(name, Kind.EXPERIMENT, masses);
    }

    /** All of a theory table. */
    public static Masses theory(TheoryTable table) {
        Map<Nuclide, Mass> masses = new HashMap<>();
        for (TheoryEntry entry : table.entries()) {
            masses.put(entry.nuclide(), new Mass(entry.massExcessMeV(), Double.NaN, false));
        }
        return new Masses(table.title(), Kind.THEORY, masses);
    }

    /** Masses that are in no table: predictions of a model, or those of a run's files. */
    public static Masses of(String name, Kind kind, Map<Nuclide, Mass> masses) {
        return new Masses(name, kind, masses);
    }

    /** Name for a legend. */
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    public Optional<Mass> find(Nuclide nuclide) {
        return Optional.ofNullable(masses.get(nuclide));
    }

    public Set<Nuclide> nuclides() {
        return masses.keySet();
    }
}
