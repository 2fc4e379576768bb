package gputrain.train;

import gputrain.file.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Directory of a run's checkpoints: the last two, {@code checkpoint-<number>.bin} with rising numbers. A file appears
 * whole or not at all, and the one before it goes only when two newer ones are there. One run at a time, by a lock on the
 * file {@code lock}.
 */
public final class Checkpoints {
    /**
     * The largest checkpoint, bytes. Three of them are on disk while one is written, every ten seconds as a rule: larger
     * ones would keep a run busy with them, and a slip in an experiment file would fill a disk.
     */
    public static final long LARGEST = 1L << 31;

    /** Parameters, the best parameters and their sum in a checkpoint, beside two moments. */
    private static final int OTHER_ARRAYS = 3;

    private static final String PREFIX = "checkpoint-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})\\.bin");
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Path directory;
    private final Duration interval;
    private final AtomicFiles.Opener opener;
    private @Nullable Path lastGood;

    /** Checkpoints every ten seconds in a directory that is made when missing. */
    public Checkpoints(Path directory) {
        this(directory, INTERVAL);
    }

    /**
     * Checkpoints at another interval.
     *
     * @param interval wall time from one to the next; an epoch longer than that is waited for
     */
    public Checkpoints(Path directory, Duration interval) {
        this(directory, interval, AtomicFiles.Opener.FILE);
    }

    Checkpoints(Path directory, Duration interval, AtomicFiles.Opener opener) {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("the interval of checkpoints must not be negative: " + interval);
        }
        this.directory = directory;
        this.interval = interval;
        this.opener = opener;
    }

    /**
     * At most how many bytes a checkpoint of replicas has, but for the samples.
     *
     * @param parameters of all replicas together
     * @param moments length of each of the optimiser's two moments, of all replicas together
     */
    public static long bytes(long parameters, long moments) {
        return Double.BYTES * (OTHER_ARRAYS * parameters + 2 * moments);
    }

    /** Where the files are. */
    public Path directory() {
        return directory;
    }

    /** Whether there is a checkpoint to go on from: found by {@link #newest} or written since. */
    boolean hasGood() {
        return lastGood != null;
    }

    /** Wall time from one checkpoint to the next. */
    public Duration interval() {
        return interval;
    }

    /**
     * Prepares the directory and keeps other runs out until the lock is closed.
     *
     * @throws CheckpointException when the directory cannot be used or another run is using it
     */
    DirectoryLock claim() {
        prepare();
        return DirectoryLock.of(directory);
    }

    /**
     * Makes the directory, proves that files can be made in it, and clears up what a killed process left.
     *
     * @throws CheckpointException when the directory cannot be used
     */
    void prepare() {
        Path probe = directory.resolve(AtomicFiles.temporaryPrefix(PREFIX + "probe"));
        try {
            Files.createDirectories(directory);
            try (DirectoryStream<Path> left =
                    Files.newDirectoryStream(directory, AtomicFiles.temporaryPrefix(PREFIX + "*") + "*")) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(Files.createFile(probe));
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot keep checkpoints in " + directory + ": " + AtomicFiles.explain(probe, e), e);
        }
    }

    /**
     * The newest good checkpoint, if any.
     *
     * @param warning hears of each damaged file that is passed over
     * @throws CheckpointException when there are files and none is good, or when it belongs to another run
     */
    Optional<Checkpoint> newest(Fingerprint fingerprint, Consumer<String> warning) {
        List<String> damaged = new ArrayList<>();
        for (Path file : files().descendingMap().values()) {
            try {
                Checkpoint checkpoint = CheckpointFormat.read(file);
                requireSame(file, checkpoint.fingerprint(), fingerprint);
                damaged.forEach(reason -> warning.accept("passed over a damaged checkpoint: " + reason));
                lastGood = file;
                return Optional.of(checkpoint);
            } catch (IOException e) {
                damaged.add(file + " (" + e.getMessage() + ")");
            }
        }
        if (!damaged.isEmpty()) {
            throw new CheckpointException("no checkpoint can be read: " + String.join(", ", damaged)
                    + "; delete the directory to start anew, or choose another --out");
        }
        return Optional.empty();
    }

    private void requireSame(Path file, Fingerprint found, Fingerprint wanted) {
        List<String> differences = found.differences(wanted);
        if (!differences.isEmpty()) {
            throw new CheckpointException("checkpoint " + file + " belongs to another run: different "
                    + String.join(", ", differences) + "; choose another --out, or delete " + directory
                    + " to start anew");
        }
    }

    /**
     * Adds a checkpoint and drops all but it and the last good one before it.
     *
     * @throws IOException when it cannot be written; those already there are untouched
     */
    void write(Checkpoint checkpoint) throws IOException {
        NavigableMap<Long, Path> present = files();
        long number = present.isEmpty() ? 1 : present.lastKey() + 1;
        Path file = directory.resolve(PREFIX + number + ".bin");
        AtomicFiles.write(file, out -> CheckpointFormat.write(checkpoint, out), opener);
        Set<Path> keep = new HashSet<>();
        keep.add(file);
        if (lastGood != null) {
            keep.add(lastGood);
        }
        lastGood = file;
        for (Path old : present.values()) {
            if (!keep.contains(old)) {
                Files.deleteIfExists(old);
            }
        }
    }

    private NavigableMap<Long, Path> files() {
        NavigableMap<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, PREFIX + "*.bin")) {
            for (Path file : stream) {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    found.put(Long.parseLong(name.group(1)), file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new CheckpointException("cannot list " + directory + ": " + e.getMessage(), e);
        }
        return found;
    }
}
