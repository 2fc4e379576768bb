package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.evaluation.Calibration;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Laplace posteriors in the run record. */
final class PosteriorRecord {
    private PosteriorRecord() {}

    /** Of a protocol: groups of parameters and coverage on what was held out; or why there is none. */
    static void write(ObjectNode protocol, Posteriors.Outcome outcome) {
        protocol.remove("posterior");
        if (!outcome.failure().isEmpty()) {
            protocol.putObject("posterior").put("failure", outcome.failure());
        }
        outcome.posteriors().ifPresent(posteriors -> {
            ObjectNode node = protocol.putObject("posterior");
            posteriors.groups().forEach(node.putArray("groups")::add);
            ObjectNode sets = node.putObject("coverage");
            for (HeldOutErrors heldOut : outcome.heldOut()) {
                ObjectNode set = sets.putObject(heldOut.set());
                set.put("ensembleCount", heldOut.ensemble().errorsMeV().length);
                coverage(
                        set.putObject("networks"),
                        figure -> heldOut.networks().stream()
                                .mapToDouble(figure)
                                .average()
                                .orElse(Double.NaN));
                coverage(set.putObject("ensemble"), figure -> figure.applyAsDouble(heldOut.ensemble()));
            }
        });
    }

    /** Takes the value of a figure over one or several networks. */
    private interface Summary {
        double of(ToDoubleFunction<HeldOutErrors.Errors> figure);
    }

    private static void coverage(ObjectNode node, Summary summary) {
        number(node, "coverage68", summary.of(errors -> errors.coverage(Calibration.ONE_SIGMA)));
        number(node, "coverage95", summary.of(errors -> errors.coverage(Calibration.TWO_SIGMA)));
        number(node, "meanSquare", summary.of(HeldOutErrors.Errors::meanSquare));
    }

    /** Of a network. */
    static void write(ObjectNode replica, NetworkPosterior posterior) {
        array(replica.putArray("effectiveParameters"), posterior.effectiveParameters());
        number(replica, "noiseMeV", posterior.noiseMeV());
        number(replica, "logEvidence", posterior.logEvidence());
        number(replica, "gcvMeV", posterior.gcvMeV());
        number(replica, "leaveOneOutMeV", posterior.leaveOneOutMeV());
    }

    /** Weight decays, by group. */
    static void array(ArrayNode array, double[] values) {
        Arrays.stream(values).forEach(array::add);
    }

    private static void number(ObjectNode node, String key, double value) {
        node.put(key, Double.isFinite(value) ? value : null);
    }
}
