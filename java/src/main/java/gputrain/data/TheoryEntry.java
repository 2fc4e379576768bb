package gputrain.data;

import gputrain.nuclide.Nuclide;
import java.util.OptionalDouble;

/**
 * One nuclide of a theory table.
 *
 * @param nuclide which one
 * @param massExcessMeV atomic mass excess
 * @param bindingEnergyMeV atomic binding energy, positive for a bound nuclide
 * @param beta2 quadrupole deformation, absent where the table gives none
 * @param beta4 hexadecapole deformation, absent where the table gives none
 * @param beta6 hexacontatetrapole deformation, absent where the table gives none
 */
public record TheoryEntry(
        Nuclide nuclide,
        double massExcessMeV,
        double bindingEnergyMeV,
        OptionalDouble beta2,
        OptionalDouble beta4,
        OptionalDouble beta6) {}
