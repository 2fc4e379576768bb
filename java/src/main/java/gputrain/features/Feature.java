package gputrain.features;

import gputrain.data.DataLibrary;
import gputrain.nuclide.Nuclide;
import java.util.List;

/**
 * A number that describes a nuclide to a model.
 *
 * @param name as experiment files write it
 * @param equation its definition
 * @param unit MeV, or 1 for a pure number
 * @param source the paper and equation it was taken from
 * @param theoryTables ids of the tables that the formula looks into
 * @param formula computes it
 */
public record Feature(
        String name, String equation, String unit, String source, List<String> theoryTables, Formula formula) {

    public Feature {
        theoryTables = List.copyOf(theoryTables);
    }

    /** Definition of a feature. */
    @FunctionalInterface
    public interface Formula {
        /**
         * The feature's value.
         *
         * @param library where a feature that needs a theory table finds it
         * @throws FeatureException when the nuclide has no such value
         */
        double value(Nuclide nuclide, DataLibrary library);
    }

    /**
     * The feature's value, always finite.
     *
     * @throws FeatureException when the nuclide has no such value
     */
    public double value(Nuclide nuclide, DataLibrary library) {
        double value = formula.value(nuclide, library);
        if (!Double.isFinite(value)) {
            throw new FeatureException("feature " + name + " of " + nuclide + " is " + value);
        }
        return value;
    }
}
