package gputrain.experiment;

/** What a study file describes: a whole paper. */
public sealed interface Reproducible permits Study, KernelStudy {

    /** Its name, and its directory's. */
    String name();

    String title();
}
