package gputrain.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The sets of nuclei that a run is judged by. */
final class Sets {
    /** The nuclei of runs divided anew for every network, judged by the networks that did not train on them. */
    static final String HELD_OUT = "held out";

    private static final List<String> USUAL = List.of("train", "validation", "test", HELD_OUT, "all");

    private Sets() {}

    /** Whether a set is one that every experiment may have. */
    static boolean usual(String set) {
        return USUAL.contains(set);
    }

    /** Members by name of the set: the usual ones as a reader expects them, then the others as they come. */
    static <T> List<Map.Entry<String, T>> inOrder(Map<String, T> members) {
        return members.entrySet().stream()
                .sorted(Comparator.comparingInt(
                        entry -> USUAL.contains(entry.getKey()) ? USUAL.indexOf(entry.getKey()) : USUAL.size()))
                .toList();
    }
}
