package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.TableInfo;
import gputrain.model.Network;
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

    /** The model of a protocol. */
    public TrainedModel model(Protocol protocol) {
        Encoder encoder = ModelDescription.read(directory.model());
        Network network = experiment.network();
        return new TrainedModel(
                network,
                experiment.training().precision(),
                encoder,
                ModelFile.read(directory.parameters(protocol), network));
    }
}
