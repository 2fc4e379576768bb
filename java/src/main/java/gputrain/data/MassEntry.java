package gputrain.data;

import gputrain.nuclide.Nuclide;

/**
 * One nuclide of an experimental table.
 *
 * @param nuclide which one
 * @param massExcessKeV atomic mass excess, as printed
 * @param massExcessUncertaintyKeV its standard uncertainty, as printed
 * @param bindingEnergyKeV Z Delta(1H) + N Delta(n) - Delta(Z, N), positive for a bound nuclide, with the edition's own
 *     1H and neutron
 * @param estimated whether the edition marks the mass excess or its uncertainty with '#': from trends, not measured
 */
public record MassEntry(
        Nuclide nuclide,
        double massExcessKeV,
        double massExcessUncertaintyKeV,
        double bindingEnergyKeV,
        boolean estimated) {

    /** {@link #massExcessKeV} in MeV. */
    public double massExcessMeV() {
        return massExcessKeV / 1000.0;
    }

    /** {@link #bindingEnergyKeV} in MeV. */
    public double bindingEnergyMeV() {
        return bindingEnergyKeV / 1000.0;
    }
}
