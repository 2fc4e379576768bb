package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import gputrain.data.DataLibrary;
import gputrain.data.TableInfo;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.train.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished run read back.
 *
 * @param record {@code run.json}
 */
public record SavedRun(RunDirectory directory, JsonNode record, Experiment experiment) {

    /**
     * Reads a run directory.
     *
     * @throws ExperimentException when it holds no finished run
     */
    public static SavedRun load(Path path) {
        RunDirectory directory = new RunDirectory(path);
        if (!Files.exists(directory.record())) {
            throw new ExperimentException(
                    Files.exists(directory.settings())
                            ? path + ": this run is not finished; run its `train` command again to go on"
                            : path + ": not a run directory (it has no run.json)");
        }
        JsonNode record = RunDirectory.read(directory.record());
        if (record.path("kind").asText().equals("kernel")) {
            throw new ExperimentException(path + ": a run of kernel models; this needs one of networks");
        }
        SavedRun run = new SavedRun(directory, record, experiment(directory, record));
        if (run.protocols().isEmpty()) {
            throw new ExperimentException(directory.record() + ": not a run record (it names no protocol)");
        }
        return run;
    }

    private static Experiment experiment(RunDirectory directory, JsonNode record) {
        Path file = directory.experiment();
        try {
            return ExperimentFile.parse(
                    record.path("experiment").asText("unknown"), file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ExperimentException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Checks that tables are those that the run was trained on, as far as it used them.
     *
     * @throws ExperimentException naming the table that differs
     */
    public void requireSame(List<TableInfo> tables) {
        requireSame(record, tables);
    }

    static void requireSame(JsonNode record, List<TableInfo> tables) {
        for (TableInfo table : tables) {
            for (JsonNode node : record.path("data")) {
                String sha256 = node.path("sha256").asText();
                if (node.path("id").asText().equals(table.id()) && !sha256.equals(table.sha256())) {
                    throw new ExperimentException("the run was trained on another table " + table.id() + " (SHA-256 "
                            + sha256 + ", here " + table.sha256() + "); name the directory of that one with --data");
                }
            }
        }
    }

    /** The protocols that were trained. */
    public List<Protocol> protocols() {
        List<Protocol> protocols = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            for (JsonNode node : record.path("protocols")) {
                if (node.path("name").asText().equals(protocol.id())) {
                    protocols.add(protocol);
                }
            }
        }
        return protocols;
    }

    /**
     * Weight decays of a replica, one for all parameters or one for each group; none where the record has none, as of
     * networks that were not trained by Levenberg-Marquardt.
     *
     * @throws ExperimentException when they are no decays of this network, or missing where a posterior is recorded
     */
    double[] weightDecay(Protocol protocol, int replica) {
        JsonNode node = replicas(protocol).path(replica);
        JsonNode array = node.path("weightDecay");
        List<Double> decays = new ArrayList<>();
        array.forEach(decay -> decays.add(decay.asDouble(Double.NaN)));
        int groups = ParameterGroups.layers(experiment.network()).count();
        boolean some = decays.size() == 1 || decays.size() == groups;
        boolean none = array.isMissingNode() && !node.has("noiseMeV");
        if (!none && !(some && decays.stream().allMatch(decay -> decay >= 0 && Double.isFinite(decay)))) {
            throw new ExperimentException(directory.record() + ": protocol " + protocol.id() + ", replicas[" + replica
                    + "].weightDecay: " + (array.isMissingNode() ? "missing" : array)
                    + "; a number for all parameters, or one for each of " + groups + " layers, is needed");
        }
        return decays.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private JsonNode replicas(Protocol protocol) {
        for (JsonNode node : record.path("protocols")) {
            if (node.path("name").asText().equals(protocol.id())) {
                return node.path("replicas");
            }
        }
        return MissingNode.getInstance();
    }

    /** Whether predictions of a protocol's networks have uncertainties. */
    public boolean hasPosterior(Protocol protocol) {
        for (JsonNode replica : replicas(protocol)) {
            if (replica.has("noiseMeV")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Predictions with uncertainties, computed again from the parameters and the tables that the run was trained on.
     *
     * @param predictions of the model of this protocol
     * @throws ExperimentException when a table is another one
     * @throws gputrain.data.UnknownTableException when one is missing
     * @throws gputrain.engine.EngineException when the engine has no posterior
     */
    public List<Prediction> uncertain(
            Protocol protocol,
            List<Prediction> predictions,
            DataLibrary library,
            Engine engine,
            EngineOptions options) {
        Prepared prepared = Prepared.of(experiment, library);
        requireSame(prepared.sources());
        List<Long> seeds = new ArrayList<>();
        List<Integer> members = new ArrayList<>();
        for (JsonNode replica : replicas(protocol)) {
            if (replica.has("noiseMeV")) {
                members.add(seeds.size());
            }
            seeds.add(replica.path("seed").asLong());
        }
        List<double[]> parameters = ModelFile.read(directory.parameters(protocol), prepared.network());
        if (parameters.size() != members.size()) {
            throw new ExperimentException(directory.record() + ": " + members.size() + " replicas of the protocol "
                    + protocol.id() + " have a noiseMeV, " + directory.parameters(protocol) + " has "
                    + parameters.size() + " networks; the two are not of one run");
        }
        return Posteriors.of(
                        prepared,
                        new Stages(prepared, protocol).ofResult(seeds),
                        members,
                        parameters,
                        members.stream().map(i -> weightDecay(protocol, i)).toList(),
                        predictions.stream().map(Prediction::nuclide).toList(),
                        engine,
                        options)
                .uncertain(predictions);
    }

    /** The model of a protocol. */
    public TrainedModel model(Protocol protocol) {
        Encoder encoder = ModelDescription.read(directory.model());
        Network network = experiment.network();
        return new TrainedModel(
                network,
                experiment.training().lastPrecision(),
                encoder,
                ModelFile.read(directory.parameters(protocol), network));
    }
}
