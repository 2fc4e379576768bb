package gputrain.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import gputrain.train.AtomicFiles;
import gputrain.train.OutputException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

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

    public Path parameters(Protocol protocol) {
        return path.resolve(protocol.directory()).resolve("model.safetensors");
    }

    /** Features, scalers and targets of the model, for other programs. */
    public Path model() {
        return path.resolve("model.json");
    }

    /**
     * Claims the directory for a run: makes it, or checks that what is there belongs to the same run.
     *
     * @param wanted the run's identity
     * @param fresh whether to delete what is there of a gpu-train run
     * @return the finished run's record when there is nothing left to do
     * @throws UsageException when it belongs to another run
     * @throws OutputException when it cannot be written
     */
    Optional<JsonNode> claim(JsonNode wanted, boolean fresh) {
        if (Files.exists(settings())) {
            if (fresh) {
                clear();
            } else {
                JsonNode found = read(settings());
                // Compared as text: a number read back may be of another node type.
                if (!write(found).equals(write(wanted))) {
                    throw new UsageException(path + " holds another run (different "
                            + String.join(", ", differences(found, wanted))
                            + "); choose another --out, or --fresh to replace it");
                }
            }
        } else if (isForeign()) {
            throw new UsageException(path + " is not empty and holds no run of this program; choose another --out");
        }
        if (Files.exists(record())) {
            return Optional.of(read(record()));
        }
        AtomicFiles.writeText(settings(), write(wanted));
        return Optional.empty();
    }

    /** Reads a JSON file of a run. */
    static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
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

    private static java.util.List<String> differences(JsonNode found, JsonNode wanted) {
        java.util.List<String> names = new java.util.ArrayList<>();
        wanted.fieldNames().forEachRemaining(name -> {
            if (!wanted.get(name).toString().equals(String.valueOf(found.get(name)))) {
                names.add(name);
            }
        });
        return names;
    }

    private boolean isForeign() {
        if (!Files.exists(path)) {
            return false;
        }
        try (var entries = Files.list(path)) {
            return entries.findAny().isPresent();
        } catch (IOException e) {
            throw new OutputException(path + " cannot be used as a run directory: " + e.getMessage(), e);
        }
    }

    /** Deletes the files of a run; the directory was checked to be one. */
    private void clear() {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, java.io.IOException error)
                        throws IOException {
                    if (error != null) {
                        throw error;
                    }
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new OutputException("cannot clear " + path + ": " + e.getMessage(), e);
        }
    }
}
