package gputrain.train;

import gputrain.file.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps other processes out of a directory by a lock on a file in it; a process that dies lets go by itself. */
public final class DirectoryLock implements AutoCloseable {
    /** Name of the locked file. It is empty, and stays when the lock is released. */
    public static final String FILE = "lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks an existing directory.
     *
     * @throws CheckpointException when the file cannot be made or another run holds the lock
     */
    public static DirectoryLock of(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isHeldElsewhere(channel)) {
                channel.close();
                throw new CheckpointException(
                        "another run is using " + directory + "; wait for it, stop it, or choose another --out");
            }
            return new DirectoryLock(channel);
        } catch (IOException e) {
            throw new CheckpointException("cannot use " + file + ": " + AtomicFiles.explain(file, e), e);
        }
    }

    private static boolean isHeldElsewhere(FileChannel channel) {
        try {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return true;
        } catch (IOException unsupported) {
            // Some cluster file systems are mounted without locks; training there must work all the same.
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a directory's lock cannot be released", e);
        }
    }
}
