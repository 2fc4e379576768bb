package gputrain.features;

import gputrain.data.DataLibrary;
import gputrain.data.UnknownTableException;
import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model's output stands for, in MeV. Energies E are minus the binding energy: negative for bound nuclei, the sign
 * convention of Huang et al. (Table I).
 */
public final class Target {
    private static final String ENERGY = "E";
    private static final String MASS_EXCESS = "M";
    private static final Pattern RESIDUAL = Pattern.compile("E - E\\(([^()]+)\\)");
    private static final List<LiquidDrop> DROPS = List.of(LiquidDrop.WS_STAR, LiquidDrop.WS4);

    private final String name;
    private final boolean energyIncluded;
    private final @Nullable Theory theory;
    private final double theorySign;
    private final Optional<String> table;

    private Target(String name, boolean energyIncluded, @Nullable Theory theory, double theorySign) {
        this(name, energyIncluded, theory, theorySign, Optional.empty());
    }

    private Target(
            String name, boolean energyIncluded, @Nullable Theory theory, double theorySign, Optional<String> table) {
        this.name = name;
        this.energyIncluded = energyIncluded;
        this.theory = theory;
        this.theorySign = theorySign;
        this.table = table;
    }

    /** A theory's energy of a nuclide in MeV. */
    @FunctionalInterface
    private interface Theory {
        double energyMeV(Nuclide nuclide, DataLibrary library);
    }

    /**
     * The target of a name: {@code E}, the mass excess {@code M}, {@code E_LD(drop)} or {@code E - E_LD(drop)} with drop {@code ws-star} or
     * {@code ws4}, {@code E - E(table)} with the id of a theory table: what the table lacks.
     *
     * @throws FeatureException when there is no such target; the message lists those there are
     */
    public static Target parse(String name) {
        if (name.equals(ENERGY)) {
            return new Target(name, true, null, 0);
        }
        if (name.equals(MASS_EXCESS)) {
            return new Target(name, true, (n, library) -> Constants.constituentMassExcessMeV(n), 1);
        }
        for (LiquidDrop drop : DROPS) {
            String macroscopic = "E_LD(" + drop.name() + ")";
            if (name.equals(macroscopic)) {
                return new Target(name, false, (n, library) -> drop.energyMeV(n), 1);
            }
            if (name.equals("E - " + macroscopic)) {
                return new Target(name, true, (n, library) -> drop.energyMeV(n), -1);
            }
        }
        Matcher residual = RESIDUAL.matcher(name);
        if (residual.matches()) {
            String table = residual.group(1);
            return new Target(name, true, (n, library) -> energyMeV(name, table, n, library), -1, Optional.of(table));
        }
        throw new FeatureException("unknown target \"" + name
                + "\"; known: E, M, E_LD(ws-star), E_LD(ws4), E - E_LD(ws-star), E - E_LD(ws4), E - E(TABLE) with the id of"
                + " a theory table");
    }

    private static double energyMeV(String name, String table, Nuclide nuclide, DataLibrary library) {
        try {
            return library.theory(table)
                    .find(nuclide)
                    .map(entry -> entry.massExcessMeV() - Constants.constituentMassExcessMeV(nuclide))
                    .orElseThrow(() -> new FeatureException(
                            "target " + name + " of Z=" + nuclide.Z() + ", N=" + nuclide.N() + ": table " + table
                                    + " has no such nuclide; limit Z and N in [data] to nuclides that it has"));
        } catch (UnknownTableException e) {
            throw new FeatureException("target " + name + ": " + e.getMessage());
        }
    }

    /** Id of the theory table that the target looks into. */
    public Optional<String> table() {
        return table;
    }

    /** As experiment files write it. */
    public String name() {
        return name;
    }

    /** Whether an energy follows from this target: whether E enters it. */
    public boolean givesEnergy() {
        return energyIncluded;
    }

    /**
     * The target's value in MeV for a nuclide of energy {@code energyMeV}.
     *
     * @param library where a target that needs a theory table finds it
     * @throws FeatureException when the theory table has no such nuclide
     */
    public double value(Nuclide nuclide, double energyMeV, DataLibrary library) {
        return (energyIncluded ? energyMeV : 0) + theorySign * theoryEnergyMeV(nuclide, library);
    }

    /**
     * The energy in MeV that a value of this target stands for.
     *
     * @param library where a target that needs a theory table finds it
     * @throws FeatureException when the theory table has no such nuclide
     * @throws IllegalStateException when E does not enter this target
     */
    public double energyMeV(Nuclide nuclide, double value, DataLibrary library) {
        if (!energyIncluded) {
            throw new IllegalStateException("no energy follows from " + name);
        }
        return value - theorySign * theoryEnergyMeV(nuclide, library);
    }

    private double theoryEnergyMeV(Nuclide nuclide, DataLibrary library) {
        Theory function = theory;
        return function == null ? 0 : function.energyMeV(nuclide, library);
    }

    @Override
    public String toString() {
        return name;
    }
}
