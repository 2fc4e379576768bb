package gputrain.experiment;

/** What an experiment file describes. */
public sealed interface Trainable permits Experiment, KernelExperiment {

    /** {@code <first author>/<model>-<case>}, or made from the file's name. */
    String name();

    String title();

    /** Where it comes from. */
    Experiment.Paper paper();

    /** The file itself. */
    String text();
}
