package gputrain.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names of the files of a run directory, and what is in it already. {@code settings.json} is written first and says which
 * run the directory belongs to, {@code run.json} last and says that it is finished.
 */
public record RunDirectory(Path path) {
    static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Identity of the run: experiment file, seeds, protocols, initial parameters. */
    public Path settings() {
        return path.resolve("settings.json");
    }

    /** The run record, there when the run is finished. */
    public Path record() {
        return path.resolve("run.json");
    }

    /** The experiment file that was run. */
    public Path experiment() {
        return path.resolve("experiment.toml");
    }

    public Path report() {
        return path.resolve("report.html");
    }

    public Path metrics(Protocol protocol) {
        return path.resolve(protocol.directory()).resolve("metrics.csv");
    }

    public Path predictions(Protocol protocol) {
        return path.resolve(protocol.directory()).resolve("predictions.csv");
    }

    /** What leaving out a nucleus would change, of runs whose networks have a posterior. */
    public Path influence(Protocol protocol) {
        return path.resolve(protocol.directory()).resolve("influence.csv");
    }

    /** Coverage of the predicted intervals, of runs whose networks have a posterior. */
    public Path calibration(Protocol protocol) {
        return path.resolve(protocol.directory()).resolve("calibration.csv");
    }

    public Path parameters(Protocol protocol) {
        return path.resolve(protocol.directory()).resolve("model.safetensors");
    }

    /** Features, scalers and targets of the model, for other programs. */
    public Path model() {
        return path.resolve("model.json");
    }

    /** Reads a JSON file of a run. */
    static JsonNode read(Path file) {
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (!node.isObject()) {
                throw new ExperimentException(file + ": not a JSON object; the file is damaged");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ExperimentException(
                    file + ":" + e.getLocation().getLineNr() + ": not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            String cause = Files.exists(file) ? String.valueOf(e.getMessage()) : "no such file";
            throw new ExperimentException(file + ": cannot be read: " + cause, e);
        }
    }

    static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
