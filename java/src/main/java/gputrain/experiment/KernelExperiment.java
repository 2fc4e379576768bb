package gputrain.experiment;

import gputrain.data.Selection;
import java.util.List;
import java.util.Optional;

/**
 * Kernel models of the residuals of a theory, as their file says it: GPR-NN and what it is compared with.
 *
 * @param file what error messages call its file
 * @param inside hyperparameters for interpolation
 * @param outside hyperparameters for extrapolation
 * @param folds of cross-validation, at least 2
 * @param foldSeed scikit-learn's random_state of the folds
 * @param grid the hyperparameters that are searched
 * @param neutronRich how many of the most neutron-rich nuclei of each chain are extrapolated to; 0 for none
 * @param editions tables of the historical split, the oldest first; empty for none
 * @param editionLimitKeV largest uncertainty, in its own table, with which an edition counts as knowing a mass
 * @param comparators other kernel models
 */
public record KernelExperiment(
        String name,
        String file,
        String title,
        String description,
        String text,
        Experiment.Paper paper,
        List<String> deviations,
        Selection selection,
        String theory,
        KernelSettings inside,
        KernelSettings outside,
        int folds,
        long foldSeed,
        Optional<Grid> grid,
        int neutronRich,
        List<String> editions,
        double editionLimitKeV,
        List<KernelSettings.Form> comparators)
        implements Trainable {

    /** Whether extrapolation has hyperparameters of its own. */
    public boolean extrapolates() {
        return !outside.equals(inside);
    }

    /** The name of the theory that is computed, not read. */
    public static final String LIQUID_DROP = "liquid-drop";

    /** Hyperparameters to try: every combination. */
    public record Grid(List<Integer> redundant, List<Double> lengths, List<Double> noises) {

        /** Whether a point is at the border of more than one value: the true best may lie outside. */
        boolean atEdge(double length, double noise) {
            return atEdge(lengths, length) || atEdge(noises, noise);
        }

        private static boolean atEdge(List<Double> values, double value) {
            return values.size() > 1 && (value == values.get(0) || value == values.get(values.size() - 1));
        }
    }
}
