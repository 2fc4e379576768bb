package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.TrainingPlan;
import gputrain.evaluation.SetMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Computes the figures of a finished run again from its saved parameters and the tables. */
public final class RunEvaluation {
    /** Names of a protocol and a set each. */
    public static final String ONE_SIDED = "finiteInOneOnly";

    private final SavedRun run;
    private final Prepared prepared;

    public RunEvaluation(SavedRun run, DataLibrary library) {
        this.run = run;
        this.prepared = Prepared.of(run.experiment(), library);
        run.requireSame(prepared.sources());
    }

    /** The plan whose engine evaluates. */
    public TrainingPlan plan() {
        return new Stages(prepared, Protocol.PAPER)
                .ofResult(seeds(run.record().path("protocols").path(0)));
    }

    /**
     * The run record with its metrics computed anew, {@code largestDifferenceMeV} between those and the recorded ones, and
     * in {@link #ONE_SIDED} the sets that cannot be compared because their deviation is finite in one of them only.
     */
    public ObjectNode evaluate(Engine engine, EngineOptions options) {
        ObjectNode record = run.record().deepCopy();
        ExperimentRunner.Computer computer = new ExperimentRunner.Computer(engine, options);
        ExperimentRunner runner = new ExperimentRunner(prepared, computer, computer);
        double largest = 0;
        List<String> oneSided = new ArrayList<>();
        for (JsonNode node : record.path("protocols")) {
            Protocol protocol = run.protocols().stream()
                    .filter(one -> one.id().equals(node.path("name").asText()))
                    .findFirst()
                    .orElseThrow(() -> new ExperimentException(
                            run.directory().record() + ": unknown protocol " + node.path("name")));
            TrainingPlan plan = new Stages(prepared, protocol).ofResult(seeds(node));
            List<Integer> members = members(node);
            List<double[]> parameters = run.model(protocol).parameters();
            if (parameters.size() != members.size()) {
                throw new ExperimentException(run.directory().parameters(protocol) + ": " + parameters.size()
                        + " networks, the run record has " + members.size());
            }
            List<double[]> imaginary = new ArrayList<>();
            List<double[]> predictions = runner.predict(plan, parameters, imaginary);
            Map<String, SetMetrics> metrics = runner.metrics(protocol, plan, members, predictions);
            ObjectNode target = ((ObjectNode) node).putObject("metrics");
            List<Long> all = seeds(node);
            List<Long> evaluated = members.stream().map(all::get).toList();
            metrics.forEach((set, figures) -> target.set(set, RunRecord.metrics(figures, evaluated)));
            List<double[]> weightDecays =
                    members.stream().map(i -> run.weightDecay(protocol, i)).toList();
            PosteriorRecord.write(
                    (ObjectNode) node,
                    runner.posterior(
                            protocol,
                            plan,
                            members,
                            parameters,
                            weightDecays,
                            predictions,
                            prepared.rows().stream().map(MassEntry::nuclide).toList()));
            ((ObjectNode) node).remove("thresholds");
            List<ThresholdLine> thresholds = runner.below(protocol, plan, members, predictions, imaginary);
            if (!thresholds.isEmpty()) {
                RunRecord.thresholds(((ObjectNode) node).putArray("thresholds"), thresholds, prepared.experiment());
            }
            largest = Math.max(largest, difference(metrics, run.record(), protocol, oneSided));
        }
        record.set("metrics", record.path("protocols").path(0).path("metrics"));
        record.put("largestDifferenceMeV", largest);
        oneSided.forEach(record.putArray(ONE_SIDED)::add);
        return record;
    }

    private static List<Long> seeds(JsonNode protocol) {
        List<Long> seeds = new ArrayList<>();
        protocol.path("replicas")
                .forEach(replica -> seeds.add(replica.path("seed").asLong()));
        return seeds;
    }

    private static List<Integer> members(JsonNode protocol) {
        List<Integer> members = new ArrayList<>();
        int index = 0;
        for (JsonNode replica : protocol.path("replicas")) {
            if (!replica.path("status").asText().equals("NON_FINITE")) {
                members.add(index);
            }
            index++;
        }
        return members;
    }

    /**
     * The largest difference between mean rms deviations.
     *
     * @param oneSided receives the sets that have a figure only here or only in the record
     */
    private static double difference(
            Map<String, SetMetrics> metrics, JsonNode record, Protocol protocol, List<String> oneSided) {
        double largest = 0;
        for (JsonNode node : record.path("protocols")) {
            if (node.path("name").asText().equals(protocol.id())) {
                for (Map.Entry<String, SetMetrics> entry : metrics.entrySet()) {
                    JsonNode recorded = node.path("metrics")
                            .path(entry.getKey())
                            .path("rmsdMeV")
                            .path("mean");
                    double now = entry.getValue().rmsdMeV().mean();
                    if (recorded.isNumber() && Double.isFinite(now)) {
                        largest = Math.max(largest, Math.abs(recorded.asDouble() - now));
                    } else if (recorded.isNumber() || Double.isFinite(now)) {
                        oneSided.add(protocol.id() + ", " + entry.getKey());
                    }
                }
            }
        }
        return largest;
    }
}
