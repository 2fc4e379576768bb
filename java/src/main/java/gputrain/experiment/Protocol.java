package gputrain.experiment;

import java.util.List;

/** How the stopping point is chosen; every result is printed under one of these names. */
public enum Protocol {
    /** As the paper did it. */
    PAPER("paper", "The paper's protocol", "", List.of("train", "test")),

    /** Stopping point chosen on a part of the training set; the test set is only reported. */
    LEAK_FREE("leak-free", "Leak-free protocol", "leak-free", List.of("train", "validation", "test"));

    private final String id;
    private final String title;
    private final String directory;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> sets;

    Protocol(String id, String title, String directory, List<String> sets) {
        this.id = id;
        this.title = title;
        this.directory = directory;
        this.sets = sets;
    }

    /** Name in files and on the command line. */
    public String id() {
        return id;
    }

    /** Name in a report. */
    public String title() {
        return title;
    }

    /** Directory of its files inside the run directory; empty for the run directory itself. */
    public String directory() {
        return directory;
    }

    /** Names of a replica's row sets, in order. */
    public List<String> sets() {
        return sets;
    }
}
