package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole paper: the experiments that make it up, its tables and its figures.
 *
 * @param name as on the command line, or a file's name
 * @param file what error messages call its file
 * @param text the file itself
 * @param notes what a reader should know of all of it
 */
public record Study(
        String name,
        String file,
        String text,
        String title,
        String citation,
        String doi,
        String description,
        List<String> notes,
        List<Part> parts,
        List<Table> tables,
        List<Figure> figures,
        List<Comparison> comparisons)
        implements Reproducible {

    /** The mass excess itself, where a quantity is asked for. */
    public static final String MASS_EXCESS = "M";

    /**
     * Checks what its tables and figures name against its experiments, so that a slip is an error before they are trained.
     *
     * @param experiments by name; rows and figures of others are not looked at
     * @throws ExperimentException naming file, line, key and what is known
     */
    public void check(Map<String, Experiment> experiments, DataLibrary library) {
        StudyCheck.check(TomlFiles.parse(file, text), experiments, library);
    }

    /**
     * The experiments that lack a table that nobody has imported, with what the table is and how to import it; only those
     * that the study can do without.
     *
     * @throws ExperimentException when an experiment's file cannot be read
     */
    public Map<String, String> missing(DataLibrary library) {
        return MissingTables.of(this, library);
    }

    /**
     * This study without some experiments, their rows and what figures show of them; its notes say so.
     *
     * @param reasons by the name of the experiment
     */
    public Study without(Map<String, String> reasons) {
        return reasons.isEmpty() ? this : StudyFile.parse(name, file, text, reasons);
    }

    /**
     * An experiment with the number of networks that are trained for it.
     *
     * @param ifImported whether the study does without it when a table that it needs is not there
     */
    public record Part(String experiment, int seeds, List<Protocol> protocols, boolean ifImported) {

        /** Its run directory's name inside the study's: {@code huang/method-1-case-a} is {@code method-1-case-a}. */
        public String folder() {
            String name = experiment.substring(experiment.replace('\\', '/').lastIndexOf('/') + 1);
            return name.endsWith(TomlFiles.SUFFIX)
                    ? name.substring(0, name.length() - TomlFiles.SUFFIX.length())
                    : name;
        }
    }

    /** Results beside the paper's. */
    public record Table(String title, String note, List<Row> rows) {}

    /**
     * The results of one experiment.
     *
     * @param sets the sets to show, or what thresholds of |Im y| leave of them, such as {@code test, |Im y| < 0.1 MeV}; all when
     *     empty
     * @param baseline a theory table whose bare deviations are shown instead of the networks'
     * @param published the paper's figures of a baseline, by set; those of an experiment are in its own file
     */
    public record Row(
            String label,
            String experiment,
            List<String> sets,
            Optional<String> baseline,
            Map<String, Double> published) {}

    /**
     * Ways of training side by side, on the same nuclei.
     *
     * @param first what the first experiments of the pairs have in common, as a column's name
     * @param second the same for the second ones
     */
    public record Comparison(String title, String note, String first, String second, List<Pair> pairs) {}

    /** A line of a comparison: the two experiments. */
    public record Pair(String label, String first, String second) {}

    /** An experiment under the name that a legend gives it. */
    public record Model(String label, String experiment) {}

    /** What is drawn; each kind names its data only. */
    public sealed interface Figure {
        /** The paper's number and what it shows. */
        String title();

        /** The experiments that it needs. */
        List<Model> models();
    }

    /** Normalised sensitivities to the inputs (Huang et al., Eq. 2). */
    public record SensitivityFigure(String title, List<Model> models) implements Figure {}

    /**
     * Test rms against the training loss at which training stops, points of each network, the mean of their polynomials and its standard error.
     *
     * @param from smallest stopping loss
     * @param to largest stopping loss
     * @param paperLoss the paper's choice
     */
    public record StoppingLossFigure(
            String title, List<Model> models, double from, double to, double paperLoss, double paperRmsdMeV, int degree)
            implements Figure {}

    /** Residuals on the chart of nuclides. */
    public record ErrorMapFigure(String title, List<Model> models) implements Figure {}

    /** Residuals of the nuclei of one set, nucleus by nucleus. */
    public record ResidualFigure(String title, List<Model> models, String set) implements Figure {}

    /**
     * Rms deviation in bins.
     *
     * @param key {@code A} or {@code |N-Z|}
     */
    public record BinnedFigure(String title, List<Model> models, String set, String key, double width)
            implements Figure {}

    /**
     * A quantity along chains of isotopes.
     *
     * @param quantity a symbol of {@link gputrain.evaluation.MassDifference}, or {@link #MASS_EXCESS}
     * @param chains proton numbers
     * @param theories tables drawn beside
     * @param reference a theory table whose values are subtracted
     */
    public record ChainFigure(
            String title,
            List<Model> models,
            String quantity,
            List<Integer> chains,
            List<String> theories,
            Optional<String> reference)
            implements Figure {}

    /**
     * Nuclei of one number of protons or of neutrons.
     *
     * @param ofIsotopes whether the number is of protons
     */
    public record Chain(boolean ofIsotopes, int number) {
        private static final Pattern TEXT = Pattern.compile("([ZN]) = (\\d{1,3})");

        /** All of one Z. */
        public static Chain isotopes(int Z) {
            return new Chain(true, Z);
        }

        /** All of one N. */
        public static Chain isotones(int N) {
            return new Chain(false, N);
        }

        /**
         * {@code "Z = 50"} or {@code "N = 82"}.
         *
         * @throws IllegalArgumentException when it is neither, or there is no such element
         */
        static Chain parse(String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("expected \"Z = 50\" or \"N = 82\": " + text);
            }
            Chain chain = new Chain(matcher.group(1).equals("Z"), Integer.parseInt(matcher.group(2)));
            if (chain.ofIsotopes && chain.number > Elements.LARGEST_Z) {
                throw new IllegalArgumentException("not a proton number: " + chain.number);
            }
            return chain;
        }

        /** Whether a nuclide is a member. */
        public boolean contains(Nuclide nuclide) {
            return (ofIsotopes ? nuclide.Z() : nuclide.N()) == number;
        }
    }

    /** What a theory misses along chains, before and after its correction (Lu et al., Fig. 3). */
    public record ResidualChainFigure(String title, List<Model> models, List<Chain> chains, double bandMeV)
            implements Figure {}

    /** Rms deviations of theories before and after their correction, beside the paper's (Lu et al., Table 1). */
    public record CorrectionFigure(String title, List<Model> models) implements Figure {}

    /**
     * Importance of the inputs of spline networks (Lu et al., Fig. 4b).
     *
     * @param paperOrder the paper's inputs, the most important first; empty when there is none
     */
    public record ImportanceFigure(String title, List<Model> models, List<String> paperOrder) implements Figure {}

    /** The first network of splines, drawn (Lu et al., Fig. 4a). */
    public record NetworkFigure(String title, List<Model> models) implements Figure {}

    /** Quantities of all nuclei of a table, as predicted. */
    public record LandscapeFigure(String title, List<Model> models, List<String> quantities) implements Figure {}

    /** Histogram of the deviations with a fitted normal curve. */
    public record HistogramFigure(String title, List<Model> models, String set, double limitMeV, int bins)
            implements Figure {}

    /** Rms deviation and number of the nuclei of a set below thresholds of |Im y| (Dellen et al., Fig. 4). */
    public record ThresholdFigure(String title, List<Model> models, String set) implements Figure {}

    /** Residuals, |Im y| and experimental uncertainties of a set on the chart of nuclides (Dellen et al., Fig. 5a to c). */
    public record UncertaintyMapFigure(String title, List<Model> models, String set) implements Figure {}

    /** The sets of nuclei on the chart of nuclides (Dellen et al., Fig. 5d). */
    public record SetsMapFigure(String title, List<Model> models) implements Figure {}

    /** Product units in the plane of their two exponents (Dellen et al., Fig. 2). */
    public record ExponentFigure(String title, List<Model> models) implements Figure {}
}
