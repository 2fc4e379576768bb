package gputrain.features;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a model's output stands for, in MeV. Energies E are minus the binding energy: negative for bound nuclei, the sign
 * convention of Huang et al. (Table I).
 */
public final class Target {
    private static final String ENERGY = "E";
    private static final String MASS_EXCESS = "M";
    private static final List<LiquidDrop> DROPS = List.of(LiquidDrop.WS_STAR, LiquidDrop.WS4);

    private final String name;
    private final boolean energyIncluded;
    private final @Nullable ToDoubleFunction<Nuclide> theory;
    private final double theorySign;

    private Target(String name, boolean energyIncluded, @Nullable ToDoubleFunction<Nuclide> theory, double theorySign) {
        this.name = name;
        this.energyIncluded = energyIncluded;
        this.theory = theory;
        this.theorySign = theorySign;
    }

    /**
     * The target of a name: {@code E}, the mass excess {@code M}, {@code E_LD(drop)} or {@code E - E_LD(drop)} with drop {@code ws-star} or
     * {@code ws4}.
     *
     * @throws FeatureException when there is no such target; the message lists those there are
     */
    public static Target parse(String name) {
        if (name.equals(ENERGY)) {
            return new Target(name, true, null, 0);
        }
        if (name.equals(MASS_EXCESS)) {
            return new Target(name, true, Constants::constituentMassExcessMeV, 1);
        }
        for (LiquidDrop drop : DROPS) {
            String macroscopic = "E_LD(" + drop.name() + ")";
            if (name.equals(macroscopic)) {
                return new Target(name, false, drop::energyMeV, 1);
            }
            if (name.equals("E - " + macroscopic)) {
                return new Target(name, true, drop::energyMeV, -1);
            }
        }
        throw new FeatureException("unknown target \"" + name
                + "\"; known: E, M, E_LD(ws-star), E_LD(ws4), E - E_LD(ws-star), E - E_LD(ws4)");
    }

    /** As experiment files write it. */
    public String name() {
        return name;
    }

    /** Whether an energy follows from this target: whether E enters it. */
    public boolean givesEnergy() {
        return energyIncluded;
    }

    /** The target's value in MeV for a nuclide of energy {@code energyMeV}. */
    public double value(Nuclide nuclide, double energyMeV) {
        return (energyIncluded ? energyMeV : 0)
                + theorySign * theoryEnergy(nuclide).orElse(0.0);
    }

    /**
     * The energy in MeV that a value of this target stands for.
     *
     * @throws IllegalStateException when E does not enter this target
     */
    public double energyMeV(Nuclide nuclide, double value) {
        if (!energyIncluded) {
            throw new IllegalStateException("no energy follows from " + name);
        }
        return value - theorySign * theoryEnergy(nuclide).orElse(0.0);
    }

    private Optional<Double> theoryEnergy(Nuclide nuclide) {
        ToDoubleFunction<Nuclide> function = theory;
        return function == null ? Optional.empty() : Optional.of(function.applyAsDouble(nuclide));
    }

    @Override
    public String toString() {
        return name;
    }
}
