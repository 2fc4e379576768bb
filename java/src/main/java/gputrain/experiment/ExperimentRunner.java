package gputrain.experiment;

import gputrain.data.MassEntry;
import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.ReplicaState;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.evaluation.SetMetrics;
import gputrain.nuclide.Nuclide;
import gputrain.train.Checkpoints;
import gputrain.train.StopRequest;
import gputrain.train.Trainer;
import gputrain.train.TrainingListener;
import gputrain.train.TrainingOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Trains a prepared experiment by a protocol and measures the result. */
public final class ExperimentRunner {
    private final Prepared prepared;
    private final Computer training;
    private final Computer last;

    /**
     * A runner.
     *
     * @param training what trains, up to the polish
     * @param last what polishes where there is a polish, and predicts
     */
    public ExperimentRunner(Prepared prepared, Computer training, Computer last) {
        this.prepared = prepared;
        this.training = training;
        this.last = last;
    }

    /** An engine with its options. */
    public record Computer(Engine engine, EngineOptions options) {}

    /**
     * Trains and evaluates.
     *
     * @param listeners the listener of a protocol's training, from the protocol and its plan
     * @return the result, or nothing when {@code stop} was requested before the end
     * @throws ExperimentException when every replica's loss became non-finite
     */
    public Optional<ProtocolResult> run(
            Protocol protocol,
            RunOptions options,
            BiFunction<Protocol, TrainingPlan, TrainingListener> listeners,
            StopRequest stop) {
        Stages stages = new Stages(prepared, protocol);
        Training one = new Training(protocol, stages, options, listeners, stop);
        List<ProtocolResult.Stage> done = new ArrayList<>();
        done.add(train(one, 0, stages.first(options.seeds(), options.initial())));
        TrainingOutcome outcome = done.get(0).outcome();
        for (int k = 1; k < stages.count() && !outcome.interrupted(); k++) {
            ProtocolResult.Stage stage =
                    train(one, k, stages.next(k, done.get(k - 1).plan(), outcome));
            done.add(stage);
            outcome = outcome.then(stage.outcome());
        }
        return outcome.interrupted()
                ? Optional.empty()
                : Optional.of(evaluate(protocol, done.get(done.size() - 1).plan(), outcome, done));
    }

    /** What the stages of a protocol's training share. */
    private record Training(
            Protocol protocol,
            Stages stages,
            RunOptions options,
            BiFunction<Protocol, TrainingPlan, TrainingListener> listeners,
            StopRequest stop) {}

    private ProtocolResult.Stage train(Training one, int stage, TrainingPlan plan) {
        Computer computer = one.stages.isPolish(stage) ? last : training;
        Checkpoints checkpoints = new Checkpoints(
                one.options.out().resolve(one.protocol.directory()).resolve(one.stages.checkpoints(stage)),
                one.options.checkpointInterval());
        TrainingOutcome outcome = Trainer.run(
                computer.engine(),
                plan,
                prepared.data(),
                computer.options(),
                checkpoints,
                one.listeners.apply(one.protocol, plan),
                one.stop);
        return new ProtocolResult.Stage(
                one.stages.name(stage), computer.engine().name(), plan, outcome);
    }

    private ProtocolResult evaluate(
            Protocol protocol, TrainingPlan plan, TrainingOutcome outcome, List<ProtocolResult.Stage> stages) {
        List<Integer> members = IntStream.range(0, outcome.states().size())
                .filter(i -> outcome.states().get(i).status() != ReplicaState.Status.NON_FINITE)
                .boxed()
                .toList();
        if (members.isEmpty()) {
            throw new ExperimentException(prepared.experiment().name() + ", " + protocol.id()
                    + ": the loss of every replica became non-finite; try a smaller learning-rate");
        }
        List<double[]> parameters = members.stream()
                .map(i -> Stages.kept(plan, outcome.states().get(i)))
                .toList();
        List<double[]> imaginary = new ArrayList<>();
        List<double[]> predictions = predict(plan, parameters, imaginary);
        return new ProtocolResult(
                protocol,
                plan,
                outcome,
                stages,
                members,
                parameters,
                predictions,
                metrics(protocol, plan, members, predictions),
                below(protocol, plan, members, predictions, imaginary),
                Posteriors.Outcome.NONE);
    }

    /**
     * Mass excess of each row in MeV, one array per set of parameters.
     *
     * @param imaginary receives the absolute imaginary parts in MeV, where there are some
     */
    List<double[]> predict(TrainingPlan plan, List<double[]> parameters, List<double[]> imaginary) {
        List<Nuclide> nuclides =
                prepared.rows().stream().map(MassEntry::nuclide).toList();
        List<double[]> predictions = new ArrayList<>();
        try (Session session = last.engine().open(plan, prepared.data(), last.options())) {
            for (double[] p : parameters) {
                double[] outputs = session.predict(p, prepared.data().inputs(), nuclides.size());
                predictions.add(prepared.massExcessMeV(outputs));
                imaginary.add(prepared.encoder().imaginaryMeV(plan.network(), outputs));
            }
        }
        return predictions;
    }

    /** Metrics of every set, and of all rows together. */
    Map<String, SetMetrics> metrics(
            Protocol protocol, TrainingPlan plan, List<Integer> members, List<double[]> predictions) {
        Map<String, SetMetrics> metrics = new LinkedHashMap<>();
        double[] experiment = prepared.experimentMeV();
        rows(protocol, plan, members)
                .forEach((set, chosen) -> metrics.put(set, SetMetrics.of(predictions, experiment, chosen)));
        return metrics;
    }

    /**
     * Posteriors of networks and their errors on what they did not train on; none where there is no weight decay.
     *
     * @param weightDecays one array per member
     * @param predictions MeV of each row, one array per member
     * @param nuclides whose variances are wanted, those of the rows first
     */
    Posteriors.Outcome posterior(
            Protocol protocol,
            TrainingPlan plan,
            List<Integer> members,
            List<double[]> parameters,
            List<double[]> weightDecays,
            List<double[]> predictions,
            List<Nuclide> nuclides) {
        if (!Posteriors.defined(plan, weightDecays)) {
            return Posteriors.Outcome.NONE;
        }
        Posteriors posteriors;
        try {
            posteriors = Posteriors.of(
                    prepared, plan, members, parameters, weightDecays, nuclides, last.engine(), last.options());
        } catch (EngineException e) {
            return Posteriors.Outcome.failed(e);
        }
        double[] experiment = prepared.experimentMeV();
        List<HeldOutErrors> heldOut = new ArrayList<>();
        heldOut.add(HeldOutErrors.leftOut(posteriors.networks(), experiment.length));
        rows(protocol, plan, members).forEach((set, rows) -> {
            if (isHeldOut(set) && rows.stream().anyMatch(of -> of.length > 0)) {
                heldOut.add(HeldOutErrors.of(set, posteriors.networks(), predictions, experiment, rows));
            }
        });
        return new Posteriors.Outcome(Optional.of(posteriors), heldOut, "");
    }

    /** Whether no network trained on a nucleus of a set. */
    private boolean isHeldOut(String set) {
        List<String> trained = List.of("train", "all");
        return !trained.contains(set)
                && prepared.experiment().data().subsets().stream()
                        .noneMatch(subset -> subset.name().equals(set) && trained.contains(subset.of()));
    }

    /** The rows of every set, one array per member. */
    private Map<String, List<int[]>> rows(Protocol protocol, TrainingPlan plan, List<Integer> members) {
        List<String> names = protocol.sets();
        Map<String, List<int[]>> rows = new LinkedHashMap<>();
        for (int s = 0; s < names.size(); s++) {
            int set = s;
            rows.put(
                    names.get(s),
                    members.stream()
                            .map(i -> plan.replicas().get(i).rowSets().get(set))
                            .toList());
        }
        int[] all = prepared.rowsOf("all");
        rows.put("all", members.stream().map(i -> all).toList());
        prepared.extraRows()
                .forEach((name, extra) ->
                        rows.put(name, members.stream().map(i -> extra).toList()));
        for (Experiment.Subset subset : prepared.experiment().data().subsets()) {
            rows.put(
                    subset.name(),
                    rows.get(subset.of()).stream()
                            .map(set -> prepared.part(subset, set))
                            .toList());
        }
        return rows;
    }

    /** What is left of each set below thresholds of |Im y|: those of the experiment, and a scale of them for a curve. */
    List<ThresholdLine> below(
            Protocol protocol,
            TrainingPlan plan,
            List<Integer> members,
            List<double[]> predictions,
            List<double[]> imaginary) {
        if (!plan.network().complex()) {
            return List.of();
        }
        double[] experiment = prepared.experimentMeV();
        Map<String, List<int[]>> rows = rows(protocol, plan, members);
        List<ThresholdLine> lines = new ArrayList<>();
        for (Experiment.Threshold threshold : prepared.experiment().thresholds()) {
            lines.add(ThresholdLine.of(
                    threshold.set(),
                    threshold.tauMeV(),
                    predictions,
                    imaginary,
                    experiment,
                    rows.get(threshold.set())));
        }
        rows.forEach((set, chosen) -> {
            for (double tau : ThresholdLine.CURVE) {
                lines.add(ThresholdLine.of(set, tau, predictions, imaginary, experiment, chosen));
            }
        });
        return lines;
    }
}
