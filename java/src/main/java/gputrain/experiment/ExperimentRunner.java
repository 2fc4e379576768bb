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
    private final Engine engine;
    private final EngineOptions engineOptions;

    public ExperimentRunner(Prepared prepared, Engine engine, EngineOptions engineOptions) {
        this.prepared = prepared;
        this.engine = engine;
        this.engineOptions = engineOptions;
    }

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
        TrainingPlan plan = stages.first(options.seeds(), options.initial());
        TrainingOutcome outcome = train(protocol, plan, "checkpoint", options, listeners, stop);
        for (int k = 1; k < stages.count() && !outcome.interrupted(); k++) {
            plan = stages.refined(k - 1, plan, outcome);
            outcome = outcome.then(train(protocol, plan, "checkpoint-refined-" + k, options, listeners, stop));
        }
        return outcome.interrupted() ? Optional.empty() : Optional.of(evaluate(protocol, plan, outcome));
    }

    private TrainingOutcome train(
            Protocol protocol,
            TrainingPlan plan,
            String directory,
            RunOptions options,
            BiFunction<Protocol, TrainingPlan, TrainingListener> listeners,
            StopRequest stop) {
        Checkpoints checkpoints = new Checkpoints(
                options.out().resolve(protocol.directory()).resolve(directory), options.checkpointInterval());
        return Trainer.run(
                engine, plan, prepared.data(), engineOptions, checkpoints, listeners.apply(protocol, plan), stop);
    }

    private ProtocolResult evaluate(Protocol protocol, TrainingPlan plan, TrainingOutcome outcome) {
        List<Integer> members = IntStream.range(0, outcome.states().size())
                .filter(i -> outcome.states().get(i).status() != ReplicaState.Status.NON_FINITE)
                .boxed()
                .toList();
        if (members.isEmpty()) {
            throw new ExperimentException(prepared.experiment().name() + ", " + protocol.id()
                    + ": the loss of every replica became non-finite; try a smaller learning-rate");
        }
        List<double[]> parameters =
                members.stream().map(i -> kept(plan, outcome.states().get(i))).toList();
        List<double[]> imaginary = new ArrayList<>();
        List<double[]> predictions = predict(plan, parameters, imaginary);
        return new ProtocolResult(
                protocol,
                plan,
                outcome,
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
        try (Session session = engine.open(plan, prepared.data(), engineOptions)) {
            for (double[] p : parameters) {
                double[] outputs = session.predict(p, prepared.data().inputs(), nuclides.size());
                predictions.add(prepared.massExcessMeV(outputs));
                imaginary.add(prepared.encoder().imaginaryMeV(plan.network(), outputs));
            }
        }
        return predictions;
    }

    /** The watched set's best parameters when one is watched, otherwise the last ones. */
    private static double[] kept(TrainingPlan plan, ReplicaState state) {
        return plan.monitor().watched() >= 0 && state.bestEpoch() > 0
                ? state.bestParameters()
                : plan.finalParameters(state);
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
            posteriors =
                    Posteriors.of(prepared, plan, members, parameters, weightDecays, nuclides, engine, engineOptions);
        } catch (EngineException e) {
            return Posteriors.Outcome.failed(e);
        }
        double[] experiment = prepared.experimentMeV();
        List<HeldOutErrors> heldOut = new ArrayList<>();
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
