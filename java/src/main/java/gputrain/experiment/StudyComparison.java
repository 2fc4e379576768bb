package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.evaluation.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a study's comparison: two ways of training the same model, from their finished runs.
 *
 * @param first empty when it has not been trained
 * @param second empty when it has not been trained
 */
public record StudyComparison(String label, Optional<Side> first, Optional<Side> second) {
    /** Standard errors of a difference from which on it counts. */
    private static final double ERRORS = 2;

    /**
     * One way of training.
     *
     * @param protocol whose figures they are: the paper's, unless that chooses by the test set and the other one is there
     * @param chosenOnTest whether the stopping point was chosen on the test set all the same
     * @param train of the sets that the networks were fitted to
     * @param test with every network's own in {@code testMeV}
     * @param seconds wall time of training, a network's share of that of all, which are trained side by side
     * @param evaluations passes over the training rows, forward and backward or forward alone, mean of the networks; NaN
     *     where the run does not say
     * @param engine its name, or of a polished run both
     */
    public record Side(
            String experiment,
            Protocol protocol,
            boolean chosenOnTest,
            StudyLine.Measure train,
            StudyLine.Measure test,
            List<Double> testMeV,
            double seconds,
            double evaluations,
            String engine) {
        public Side {
            testMeV = List.copyOf(testMeV);
        }
    }

    /** How the second side's mean test deviation stands beside the first's. */
    public enum Outcome {
        /** Smaller by more than two standard errors of the difference. */
        WINS("better"),
        /** Larger by more than that. */
        LOSES("loses"),
        /** Neither. */
        UNDECIDED("no difference"),
        /** One of the two is missing, or of one network. */
        UNKNOWN("");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        /** In a word or two; empty where there is nothing to say. */
        public String text() {
            return text;
        }
    }

    /** The lines of a comparison; runs that are not there leave their side empty. */
    public static List<StudyComparison> of(Study.Comparison comparison, Map<String, SavedRun> runs) {
        return comparison.pairs().stream()
                .map(pair -> new StudyComparison(
                        pair.label(),
                        Optional.ofNullable(runs.get(pair.first())).map(StudyComparison::side),
                        Optional.ofNullable(runs.get(pair.second())).map(StudyComparison::side)))
                .toList();
    }

    /** The second beside the first. */
    public Outcome outcome() {
        if (first.isEmpty() || second.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        StudyLine.Measure one = first.get().test();
        StudyLine.Measure other = second.get().test();
        double error = Math.hypot(error(one), error(other));
        double difference = other.rmsdMeV() - one.rmsdMeV();
        if (!Double.isFinite(error) || !Double.isFinite(difference)) {
            return Outcome.UNKNOWN;
        }
        if (Math.abs(difference) <= ERRORS * error) {
            return Outcome.UNDECIDED;
        }
        return difference < 0 ? Outcome.WINS : Outcome.LOSES;
    }

    /** Standard error of the mean over the networks; NaN for one. */
    private static double error(StudyLine.Measure measure) {
        return measure.rmsdSpreadMeV() / Math.sqrt(measure.networks());
    }

    private static Side side(SavedRun run) {
        boolean choosing = run.experiment().training().keepBestOnTest();
        Protocol wanted = choosing ? Protocol.LEAK_FREE : Protocol.PAPER;
        Protocol protocol =
                run.protocols().contains(wanted) ? wanted : run.protocols().get(0);
        JsonNode node = protocol(run, protocol);
        List<Double> test = new ArrayList<>();
        node.path("metrics").path("test").path("rmsdMeV").path("replicas").forEach(one -> {
            if (one.isNumber()) {
                test.add(one.asDouble());
            }
        });
        return new Side(
                run.record().path("experiment").asText(),
                protocol,
                choosing && protocol == Protocol.PAPER,
                measure(run, protocol, "train"),
                measure(run, protocol, "test"),
                test,
                node.path("timing").path("trainingSeconds").asDouble()
                        / node.path("replicas").size(),
                evaluations(run.experiment(), node),
                engine(run.record()));
    }

    private static StudyLine.Measure measure(SavedRun run, Protocol protocol, String set) {
        return StudyLine.measure(run, protocol, set)
                .orElseThrow(() -> new ExperimentException(
                        run.directory().record() + ": no deviations of the set \"" + set + "\""));
    }

    private static JsonNode protocol(SavedRun run, Protocol protocol) {
        for (JsonNode node : run.record().path("protocols")) {
            if (node.path("name").asText().equals(protocol.id())) {
                return node;
            }
        }
        throw new ExperimentException(run.directory().record() + ": no protocol " + protocol.id());
    }

    /** As the record says; in one from before it did, an epoch of a first-order optimiser is one pass over the rows. */
    private static double evaluations(Experiment experiment, JsonNode protocol) {
        boolean first = !experiment.training().optimizer().iterates()
                && experiment.training().polish().isEmpty();
        List<Double> counts = new ArrayList<>();
        for (JsonNode replica : protocol.path("replicas")) {
            JsonNode count = replica.path(first && !replica.has("evaluations") ? "epochs" : "evaluations");
            counts.add(count.isNumber() ? count.asDouble() : Double.NaN);
        }
        return Spread.of(counts, Double.NaN).mean();
    }

    private static String engine(JsonNode record) {
        String name = record.path("engine").path("name").asText();
        String polish = record.path("polishEngine").path("name").asText(name);
        return polish.equals(name) ? name : name + ", " + polish;
    }
}
