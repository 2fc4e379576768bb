package gputrain.nuclide;

/**
 * Mass excesses of the two constituents of an atom, for tables that carry none of their own.
 *
 * <p>Source: AME2020, M. Wang et al., Chin. Phys. C 45 (2021) 030003, file mass.mas20. An edition that lists 1H and the
 * neutron is always read with its own values.
 */
public final class Constants {

    /** Atomic mass excess of hydrogen-1, keV; uncertainty 0.000013 keV. */
    public static final double HYDROGEN_MASS_EXCESS_KEV = 7288.971064;

    /** Mass excess of the neutron, keV; uncertainty 0.00044 keV. */
    public static final double NEUTRON_MASS_EXCESS_KEV = 8071.31806;

    /** Atomic mass excess of helium-4 in AME2020, keV; uncertainty 0.00015 keV. */
    public static final double HELIUM_4_MASS_EXCESS_KEV = 2424.91587;

    private Constants() {}

    /**
     * Mass excess of Z free hydrogen atoms and N free neutrons, MeV: the atomic mass excess of a nuclide plus its
     * binding energy.
     */
    public static double constituentMassExcessMeV(Nuclide nuclide) {
        return (nuclide.Z() * HYDROGEN_MASS_EXCESS_KEV + nuclide.N() * NEUTRON_MASS_EXCESS_KEV) / 1000.0;
    }
}
