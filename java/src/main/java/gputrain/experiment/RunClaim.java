package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.file.AtomicFiles;
import gputrain.file.OutputException;
import gputrain.train.DirectoryLock;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A run directory in the hands of one run: checked to be its own, and locked against other processes until closed. */
final class RunClaim implements AutoCloseable {
    /** What a killed process may leave behind before a directory says which run it belongs to. */
    private static final Pattern UNNAMED = Pattern.compile("lock|\\.settings\\.json\\..*\\.tmp");

    private static final Pattern TEMPORARY =
            Pattern.compile("\\.(settings\\.json|run\\.json|experiment\\.toml|model\\.json"
                    + "|report\\.html|[a-z-]+\\.csv|model\\.safetensors|(paper|leak-free|kernel)-.*\\.svg)\\..*\\.tmp");
    private static final Pattern FIGURE = Pattern.compile("(paper|leak-free|kernel)-.*\\.svg");
    /** Directories of checkpoints; those of what follows the first training have a name more. */
    private static final Pattern CHECKPOINTS = Pattern.compile("checkpoint(-refined-\\d+|-polish)?");

    private static final Pattern CHECKPOINT = Pattern.compile("lock|\\.?checkpoint-.*");

    private final RunDirectory directory;
    private final Optional<JsonNode> finished;
    private @Nullable DirectoryLock lock;

    private RunClaim(RunDirectory directory, Optional<JsonNode> finished) {
        this.directory = directory;
        this.finished = finished;
    }

    /**
     * Claims a directory for a run: makes it, or checks that what is there belongs to the same run. A finished run is
     * neither locked nor written to.
     *
     * @param wanted the run's identity
     * @param fresh whether to delete what is there of a run; files that are not this program's stay
     * @throws UsageException when it belongs to another run, or is not empty and holds none
     * @throws OutputException when it cannot be written
     * @throws gputrain.train.CheckpointException when another process is using it
     */
    static RunClaim of(RunDirectory directory, JsonNode wanted, boolean fresh) {
        if (!fresh) {
            requireSame(directory, wanted);
        }
        requireOurs(directory);
        if (!fresh && Files.exists(directory.settings()) && Files.exists(directory.record())) {
            return new RunClaim(directory, Optional.of(RunDirectory.read(directory.record())));
        }
        RunClaim claim = new RunClaim(directory, Optional.empty());
        claim.lock();
        try {
            if (fresh) {
                claim.clear();
            } else {
                // Another process may have come first since the look above.
                requireSame(directory, wanted);
            }
            AtomicFiles.writeText(directory.settings(), RunDirectory.write(wanted));
        } catch (RuntimeException e) {
            claim.close();
            throw e;
        }
        return claim;
    }

    /** The finished run's record when there is nothing left to do. */
    Optional<JsonNode> finished() {
        return finished;
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    private void lock() {
        try {
            Files.createDirectories(directory.path());
        } catch (IOException e) {
            throw new OutputException(
                    "cannot make the run directory " + directory.path() + " (" + e + "); choose another --out", e);
        }
        lock = DirectoryLock.of(directory.path());
    }

    private static void requireSame(RunDirectory directory, JsonNode wanted) {
        if (!Files.exists(directory.settings())) {
            return;
        }
        JsonNode found = RunDirectory.read(directory.settings());
        // Compared as text: a number read back may be of another node type.
        if (!RunDirectory.write(found).equals(RunDirectory.write(wanted))) {
            throw new UsageException(
                    directory.path() + " holds another run (different " + String.join(", ", differences(found, wanted))
                            + "); choose another --out, or --fresh to replace it");
        }
    }

    private static List<String> differences(JsonNode found, JsonNode wanted) {
        List<String> names = new ArrayList<>();
        wanted.fieldNames().forEachRemaining(name -> {
            if (!wanted.get(name).toString().equals(String.valueOf(found.get(name)))) {
                names.add(name.equals("experimentSha256") ? "experiment file" : name);
            }
        });
        return names;
    }

    private static void requireOurs(RunDirectory directory) {
        Path path = directory.path();
        if (!Files.exists(path) || Files.exists(directory.settings())) {
            return;
        }
        for (Path entry : entries(path)) {
            if (!UNNAMED.matcher(name(entry)).matches()) {
                throw new UsageException(path + " is not empty (" + name(entry)
                        + ") and holds no run of this program; choose another --out");
            }
        }
    }

    /** Deletes what a run writes; the settings, which say whose the directory is, go last. */
    private void clear() {
        delete(directory.record());
        for (Protocol protocol : Protocol.values()) {
            Path home = directory.path().resolve(protocol.directory());
            for (Path folder : Files.isDirectory(home) ? entries(home) : List.<Path>of()) {
                if (CHECKPOINTS.matcher(name(folder)).matches()) {
                    delete(folder, CHECKPOINT);
                    delete(folder);
                }
            }
            delete(directory.metrics(protocol));
            delete(directory.predictions(protocol));
            delete(directory.parameters(protocol));
            delete(directory.influence(protocol));
            delete(directory.calibration(protocol));
        }
        KernelRun.FILES.forEach(name -> delete(directory.path().resolve(name)));
        Path figures = directory.path().resolve("figures");
        Path leakFree = directory.path().resolve(Protocol.LEAK_FREE.directory());
        delete(figures, FIGURE);
        List.of(figures, leakFree, directory.path()).forEach(folder -> delete(folder, TEMPORARY));
        List.of(figures, leakFree, directory.report(), directory.model(), directory.experiment(), directory.settings())
                .forEach(RunClaim::delete);
    }

    private static void delete(Path folder, Pattern names) {
        if (Files.isDirectory(folder)) {
            entries(folder).stream()
                    .filter(file -> names.matcher(name(file)).matches())
                    .forEach(RunClaim::delete);
        }
    }

    /** Deletes a file or an empty directory; one that still holds files of the user stays. */
    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (NoSuchFileException | DirectoryNotEmptyException left) {
            // Nothing to delete, or not ours to delete.
        } catch (IOException e) {
            throw new OutputException("cannot delete " + file + ": " + e + "; choose another --out", e);
        }
    }

    private static List<Path> entries(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            throw new OutputException(
                    folder + " cannot be used as a run directory: " + e + "; choose another --out", e);
        }
        return entries;
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
