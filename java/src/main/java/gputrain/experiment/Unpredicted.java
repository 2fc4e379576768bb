package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.evaluation.SetMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Nuclei without a finite prediction, as a run record has them: outside the nuclei that it was trained on a network can
 * overflow, and one such nucleus leaves its whole set without a deviation.
 */
public final class Unpredicted {
    private static final String KEY = "withoutFinitePrediction";

    private Unpredicted() {}

    /** Adds them to the metrics of a set; nothing when there are none. */
    static void describe(ObjectNode node, SetMetrics metrics, List<Long> seeds) {
        if (metrics.ensembleUnpredicted() == 0) {
            return;
        }
        ObjectNode unpredicted = node.putObject(KEY);
        unpredicted.put("nuclei", metrics.ensembleUnpredicted());
        ArrayNode replicas = unpredicted.putArray("replicas");
        for (int i = 0; i < seeds.size(); i++) {
            if (metrics.unpredicted().get(i) > 0) {
                replicas.addObject()
                        .put("seed", seeds.get(i))
                        .put("nuclei", metrics.unpredicted().get(i));
            }
        }
    }

    /** How many nuclei of a set lack a finite prediction in some network. */
    public static int count(JsonNode metrics) {
        return metrics.path(KEY).path("nuclei").asInt();
    }

    /**
     * One sentence about a set; nothing when every network predicts each of its nuclei.
     *
     * @param metrics of the set, from the run record
     */
    public static Optional<String> sentence(String set, JsonNode metrics) {
        int nuclei = count(metrics);
        if (nuclei == 0) {
            return Optional.empty();
        }
        List<String> seeds = new ArrayList<>();
        for (JsonNode replica : metrics.path(KEY).path("replicas")) {
            seeds.add("seed " + replica.path("seed").asLong() + ": "
                    + replica.path("nuclei").asInt());
        }
        return Optional.of(set + ": " + nuclei + (nuclei == 1 ? " nucleus" : " nuclei")
                + " without a finite prediction (" + String.join(", ", seeds)
                + "); so those networks, the mean and the ensemble have no deviation on this set.");
    }
}
