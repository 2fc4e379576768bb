package gputrain.experiment;

import gputrain.data.Selection;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.features.Feature;
import gputrain.features.Target;
import gputrain.model.Activation;
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
        List<Integer> hidden,
        Activation activation,
        Training training,
        LeakFree leakFree)
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
     * @param baselines ids of theory tables whose bare deviations are printed beside
     */
    public record Data(
            Selection selection,
            Optional<Supplement> supplement,
            Split split,
            List<Subset> subsets,
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

    /** Division into training and test set. */
    public sealed interface Split {
        /** scikit-learn's {@code train_test_split(test_size, random_state)}. */
        record Random(double testFraction, long randomState) implements Split {}

        /** Train on the selection; test on the nuclei that the same selection of a newer table adds. */
        record NewerEdition(String table, Selection selection) implements Split {}

        /** Train on the selected nuclei that another edition has too, with the selection's values; test on the others. */
        record InEdition(String table) implements Split {}
    }

    /**
     * What the network sees.
     *
     * @param scaling fitted on the training set: {@code min-max}, {@code standard}, {@code unit} (centred and divided by
     *     {@code unit}) or {@code none}
     */
    public record Inputs(List<Feature> features, String scaling, double unit) {}

    /**
     * What the network says.
     *
     * @param mass index of the target that the mass is computed from
     * @param scaling {@code standard}, or {@code unit}: centred and divided by {@code unitMeV}
     */
    public record Outputs(List<Target> targets, int mass, String scaling, double unitMeV) {}

    /**
     * The paper's training recipe.
     *
     * @param stopBelowLoss 0 for none
     * @param sampleEvery epochs between samples of the rms
     * @param keepBestOnTest whether the parameters kept are those of the sample with the smallest test rms, as the paper
     *     chose its stopping point; otherwise the last ones
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
            boolean keepBestOnTest) {}

    /**
     * The leak-free recipe: each replica keeps one part of the training set aside and keeps the parameters with the
     * smallest rms there.
     *
     * @param parts the training set is cut into this many parts; a replica keeps part (seed modulo parts) aside
     * @param patience epochs without improvement after which a replica stops; 0 for never
     */
    public record LeakFree(int parts, long patience, long epochs, double weightDecay) {}

    /** All widths of the network. */
    public List<Integer> widths() {
        return widths(inputs, hidden, outputs);
    }

    static List<Integer> widths(Inputs inputs, List<Integer> hidden, Outputs outputs) {
        List<Integer> widths = new java.util.ArrayList<>();
        widths.add(inputs.features().size());
        widths.addAll(hidden);
        widths.add(outputs.targets().size());
        return List.copyOf(widths);
    }
}
