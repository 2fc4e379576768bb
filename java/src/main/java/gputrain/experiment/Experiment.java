package gputrain.experiment;

import gputrain.data.Selection;
import gputrain.engine.EdgePenalty;
import gputrain.engine.GridUpdates;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.features.Feature;
import gputrain.features.Target;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One trained model of a paper, or of a user, as its file says it.
 *
 * @param name {@code <first author>/<model>-<case>}, or the file's path
 * @param file what error messages call its file
 * @param text the file itself, kept with every run
 * @param deviations where the file knowingly differs from the paper
 * @param published the paper's figures by set: train, test, all
 * @param leakFree the leak-free recipe; empty where the paper's own protocol chooses nothing by a test set
 * @param thresholds of the imaginary part of a complex network's output, below which sets are evaluated again
 */
public record Experiment(
        String name,
        String file,
        String title,
        String description,
        String text,
        Paper paper,
        Map<String, Published> published,
        List<String> deviations,
        Data data,
        Inputs inputs,
        Outputs outputs,
        Shape shape,
        Training training,
        Optional<LeakFree> leakFree,
        List<Threshold> thresholds)
        implements Trainable {

    /** Where the experiment comes from. */
    public record Paper(String citation, String doi, String where) {}

    /** Figures of a paper for one set. */
    public record Published(Optional<Double> rmsdMeV, Optional<Double> maeMeV) {}

    /**
     * Nuclei and their division.
     *
     * @param supplement theory values that join the selected nuclei before the division
     * @param subsets parts of the sets whose deviations are printed too
     * @param extras sets that are only predicted, nuclei of other tables that the selection lacks
     * @param baselines ids of theory tables whose bare deviations are printed beside
     */
    public record Data(
            Selection selection,
            Optional<Supplement> supplement,
            Split split,
            List<Subset> subsets,
            List<Extra> extras,
            List<String> baselines) {}

    /** Nuclei of a theory table, without those that the experimental selection has. */
    public record Supplement(String table, Selection selection) {}

    /**
     * A part of a set.
     *
     * @param of {@code train}, {@code test} or {@code all}
     * @param selection the conditions; its table's name is not looked at
     */
    public record Subset(String name, String of, Selection selection) {}

    /**
     * A set that is only predicted: nuclei of a table that {@link Data#selection} lacks and no earlier extra set has.
     *
     * @param selection the conditions and the table
     */
    public record Extra(String name, Selection selection) {}

    /** What the network is, but for the widths that inputs and outputs give. */
    public sealed interface Shape {
        /** Hidden widths of a dense network. */
        record Dense(List<Integer> hidden, Activation activation) implements Shape {
            public Dense {
                hidden = List.copyOf(hidden);
            }
        }

        /** See {@link ProductUnitNetwork}. */
        record ProductUnits(boolean complex, int linearUnits, int productUnits, double guard, double initialExponents)
                implements Shape {}

        /** Hidden widths of a network of splines; see {@link SplineNetwork}. */
        record Splines(List<Integer> hidden, int intervals, int order, double initialNoise) implements Shape {
            public Splines {
                hidden = List.copyOf(hidden);
            }
        }
    }

    /**
     * A threshold on |Im y| (Dellen et al., Section 3.2) and the paper's figures for the nuclei below it.
     *
     * @param set as in {@link #published}
     * @param count nuclei that the paper has below
     */
    public record Threshold(String set, double tauMeV, Optional<Integer> count, Optional<Double> rmsdMeV) {}

    /** Division into training and test set. */
    public sealed interface Split {
        /** scikit-learn's {@code train_test_split(test_size, random_state)}. */
        record Random(double testSize, long randomState) implements Split {}

        /** The same with each network's seed as the random state: every network has sets of its own. */
        record RandomBySeed(double testSize) implements Split {}

        /** Train on the selection; test on the nuclei that the same selection of a newer table adds. */
        record NewerEdition(String table, Selection selection) implements Split {}

        /** Train on the selected nuclei that another edition has too, with the selection's values; test on the others. */
        record InEdition(String table) implements Split {}
    }

    /**
     * What the network sees.
     *
     * @param scaling fitted on the training set, or on all selected nuclei when every network has sets of its own: {@code min-max},
     *     {@code symmetric}, {@code standard}, {@code unit} (centred and divided by {@code unit}); {@code divided} by
     *     {@code unit} alone, or {@code none}
     */
    public record Inputs(List<Feature> features, String scaling, double unit) {}

    /**
     * What the network says.
     *
     * @param mass index of the target that the mass is computed from
     * @param scaling {@code standard}, {@code unit} (centred and divided by {@code unitMeV}), or {@code divided} by that alone
     */
    public record Outputs(List<Target> targets, int mass, String scaling, double unitMeV) {}

    /**
     * The paper's training recipe.
     *
     * @param stopBelowLoss 0 for none
     * @param sampleEvery epochs between samples of the rms
     * @param keepBestOnTest whether the parameters kept are those of the sample with the smallest test rms, as the paper
     *     chose its stopping point; otherwise the last ones
     * @param averageLast the parameters kept are the mean over the last so many of {@code epochs}, as far as a replica
     *     gets there; 0 for those of the last one alone
     * @param penalty of the edges of a spline network
     * @param gridUpdates of its knots
     * @param refinements what follows, in order: each goes on from where the training before it ended
     * @param polish what follows all of that
     */
    public record Training(
            Loss loss,
            Optimizer optimizer,
            LearningRateRule learningRate,
            double weightDecay,
            int batchSize,
            boolean shuffle,
            Precision precision,
            long epochs,
            double stopBelowLoss,
            long sampleEvery,
            boolean keepBestOnTest,
            long averageLast,
            EdgePenalty penalty,
            GridUpdates gridUpdates,
            List<Refinement> refinements,
            Optional<Polish> polish) {

        /** The precision of the parameters kept. */
        public Precision lastPrecision() {
            return polish.isPresent() ? Precision.FLOAT64 : precision;
        }
    }

    /**
     * More training of a spline network after a change of it.
     *
     * @param intervals the splines get so many; 0 to leave them
     * @param pruneBelow edges are switched off whose mean |phi| is below this share of their layer's largest; 0 for none
     * @param epochs of training afterwards
     */
    public record Refinement(int intervals, double pruneBelow, long epochs) {}

    /**
     * Second-order training of the networks that the training before it left, in float64, with its loss and no penalty.
     *
     * @param weightDecay in either protocol
     * @param epochs at most, a step each
     * @param sampleEvery epochs between samples of the rms
     */
    public record Polish(Optimizer.LevenbergMarquardt optimizer, double weightDecay, long epochs, long sampleEvery) {}

    /**
     * The leak-free recipe: each replica keeps one part of the training set aside and keeps the parameters with the
     * smallest rms there.
     *
     * @param parts the training set is cut into this many parts; a replica keeps part (seed modulo parts) aside
     * @param patience epochs without improvement after which a replica stops; 0 for never
     */
    public record LeakFree(int parts, long patience, long epochs, double weightDecay) {}

    /** The network's shape, after all refinements. */
    public Network network() {
        Network network = initialNetwork();
        for (Refinement refinement : training.refinements()) {
            if (refinement.intervals() > 0) {
                network = ((SplineNetwork) network).withIntervals(refinement.intervals());
            }
        }
        return network;
    }

    /** The network that training begins with, and the one that it ends with where that is another. */
    public String networkText() {
        String first = describe(initialNetwork());
        String last = describe(network());
        int times = training.refinements().size();
        return times == 0
                ? first
                : first + ", refined " + times + (times == 1 ? " time" : " times")
                        + (first.equals(last) ? "" : " (in the end " + last + ")");
    }

    private static String describe(Network network) {
        return network.text() + ", " + network.parameterCount() + " parameters";
    }

    /** The network that training begins with. */
    Network initialNetwork() {
        return network(shape, inputs, outputs);
    }

    /**
     * Checks that so many networks can be trained side by side.
     *
     * @throws ExperimentException when their checkpoints would be larger than {@link gputrain.train.Checkpoints#LARGEST}
     */
    public void requireStorable(int networks) {
        int parameters = network().parameterCount();
        long moments = training.optimizer().momentSize(network());
        ExperimentFile.tooLarge(parameters, moments, networks).ifPresent(reason -> {
            throw ExperimentFile.error(this, "network", reason);
        });
    }

    static Network network(Shape shape, Inputs inputs, Outputs outputs) {
        int width = inputs.features().size();
        if (shape instanceof Shape.ProductUnits units) {
            return new ProductUnitNetwork(
                    units.complex(),
                    width,
                    units.linearUnits(),
                    units.productUnits(),
                    units.guard(),
                    units.initialExponents());
        }
        List<Integer> widths = new ArrayList<>();
        widths.add(width);
        if (shape instanceof Shape.Splines splines) {
            widths.addAll(splines.hidden());
            widths.add(outputs.targets().size());
            return new SplineNetwork(widths, splines.intervals(), splines.order(), splines.initialNoise());
        }
        Shape.Dense dense = (Shape.Dense) shape;
        widths.addAll(dense.hidden());
        widths.add(outputs.targets().size());
        return new DenseNetwork(widths, dense.activation());
    }
}
