package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.data.MassTable;
import gputrain.engine.TrainingPlan;
import gputrain.file.AtomicFiles;
import gputrain.nuclide.Nuclide;
import gputrain.train.ModelFile;
import gputrain.train.StopRequest;
import gputrain.train.TrainingListener;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** A run of an experiment from an empty, a half-done or a finished run directory to a finished one. */
public final class ExperimentRun {
    private final Prepared prepared;
    private final DataLibrary library;
    private final RunOptions options;
    private final Surroundings surroundings;
    private final RunDirectory directory;

    public ExperimentRun(Prepared prepared, DataLibrary library, RunOptions options, Surroundings surroundings) {
        this.prepared = prepared;
        this.library = library;
        this.options = options;
        this.surroundings = surroundings;
        this.directory = new RunDirectory(options.out());
    }

    /**
     * Trains what is not trained yet and writes the run directory.
     *
     * @return the run record, or nothing when {@code stop} was requested before the end
     * @throws UsageException when the directory belongs to another run
     * @throws gputrain.file.OutputException when it cannot be written
     * @throws gputrain.train.CheckpointException when another process is using it
     */
    public Optional<JsonNode> run(BiFunction<Protocol, TrainingPlan, TrainingListener> listeners, StopRequest stop) {
        try (RunClaim claim = RunClaim.of(directory, identity(), options.fresh())) {
            return claim.finished().isPresent() ? claim.finished() : train(listeners, stop);
        }
    }

    private Optional<JsonNode> train(BiFunction<Protocol, TrainingPlan, TrainingListener> listeners, StopRequest stop) {
        AtomicFiles.writeText(directory.experiment(), prepared.experiment().text());
        AtomicFiles.writeText(directory.model(), RunDirectory.write(ModelDescription.of(prepared.encoder())));
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        ExperimentRunner runner = new ExperimentRunner(prepared, surroundings.training(), surroundings.last());
        List<ProtocolResult> results = new ArrayList<>();
        for (Protocol protocol : options.protocols()) {
            Optional<ProtocolResult> result = runner.run(protocol, options, listeners, stop);
            if (result.isEmpty()) {
                return Optional.empty();
            }
            results.add(write(result.get(), runner));
        }
        String ended = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode record =
                new RunRecord(prepared).build(options.seeds(), results, surroundings, library, started, ended);
        AtomicFiles.writeText(directory.record(), RunDirectory.write(record));
        return Optional.of(record);
    }

    /** Writes a protocol's files and returns the result with the posterior of its networks. */
    private ProtocolResult write(ProtocolResult result, ExperimentRunner runner) {
        Protocol protocol = result.protocol();
        AtomicFiles.writeText(directory.metrics(protocol), RunTables.metrics(result, prepared.massScaleMeV()));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("experiment", prepared.experiment().name());
        metadata.put("protocol", protocol.id());
        metadata.put(
                "seeds",
                String.join(
                        ",",
                        result.members().stream()
                                .map(i -> Long.toString(
                                        result.plan().replicas().get(i).seed()))
                                .toList()));
        ModelFile.write(
                directory.parameters(protocol),
                prepared.network(),
                result.plan().precision(),
                result.parameters(),
                metadata);
        List<Prediction> predictions = predict(result);
        Posteriors.Outcome posterior = runner.posterior(
                protocol,
                result.plan(),
                result.members(),
                result.parameters(),
                result.members().stream().map(result::weightDecay).toList(),
                result.predictionsMeV(),
                predictions.stream().map(Prediction::nuclide).toList());
        if (posterior.posteriors().isPresent()) {
            Posteriors posteriors = posterior.posteriors().get();
            predictions = posteriors.uncertain(predictions);
            AtomicFiles.writeText(
                    directory.influence(protocol), PosteriorTables.influence(posteriors, prepared.rows()));
            AtomicFiles.writeText(directory.calibration(protocol), PosteriorTables.calibration(posterior.heldOut()));
        }
        AtomicFiles.writeText(directory.predictions(protocol), table(result, predictions));
        return result.with(posterior);
    }

    /**
     * Ensemble predictions of every nuclide of the newest table used, measured or not, that has all features; those of the
     * experiment's rows first.
     */
    private List<Prediction> predict(ProtocolResult result) {
        MassTable newest = prepared.tables().get(prepared.tables().size() - 1);
        List<Nuclide> nuclides =
                new ArrayList<>(prepared.rows().stream().map(MassEntry::nuclide).toList());
        Set<Nuclide> known = Set.copyOf(nuclides);
        newest.entries().stream()
                .map(MassEntry::nuclide)
                .filter(nuclide -> !known.contains(nuclide))
                .forEach(nuclides::add);
        TrainedModel model = new TrainedModel(
                prepared.network(), result.plan().precision(), prepared.encoder(), result.parameters());
        ExperimentRunner.Computer last = surroundings.last();
        return model.predict(nuclides, library, last.engine(), last.options(), new ArrayList<>());
    }

    private String table(ProtocolResult result, List<Prediction> predictions) {
        Map<Nuclide, MassEntry> experiments = new HashMap<>();
        prepared.rows().stream()
                .filter(row -> !prepared.supplement().contains(row.nuclide()))
                .forEach(row -> experiments.put(row.nuclide(), row));
        RunTables.Beside beside = new RunTables.Beside(
                prepared.dividedBySeed() ? TestPrediction.of(prepared, result) : Map.of(),
                prepared.corrected().map(library::theory));
        return RunTables.predictions(predictions, experiments, RunTables.sets(prepared), beside);
    }

    private ObjectNode identity() {
        ObjectNode node = RunDirectory.JSON.createObjectNode();
        node.put("experiment", prepared.experiment().name());
        node.put("experimentSha256", sha256(prepared.experiment().text()));
        ObjectNode data = node.putObject("data");
        prepared.sources().forEach(table -> data.put(table.id(), table.sha256()));
        options.seeds().forEach(node.putArray("seeds")::add);
        options.protocols().forEach(protocol -> node.withArray("protocols").add(protocol.id()));
        double[] initial = options.initial();
        node.put("initialParameters", initial == null ? "drawn" : sha256(java.util.Arrays.toString(initial)));
        return node;
    }

    static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
