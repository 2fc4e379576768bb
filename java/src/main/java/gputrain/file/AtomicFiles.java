package gputrain.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes files so that a reader, or a machine that lost power, finds the old content or the new, never a part: temporary
 * file in the same directory, fsync, rename, fsync of the directory.
 */
public final class AtomicFiles {
    private static final int BUFFER = 1 << 16;

    private AtomicFiles() {}

    /** Produces the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Opens the temporary file; a test puts a full disk here. */
    @FunctionalInterface
    public interface Opener {
        Opener FILE = path -> FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

        FileChannel open(Path path) throws IOException;
    }

    /**
     * Writes or replaces a file; missing directories are made.
     *
     * @throws OutputException when it cannot; what was there before is untouched
     */
    public static void write(Path file, byte[] bytes) {
        write(file, out -> out.write(bytes));
    }

    /** Writes or replaces a UTF-8 text file, as {@link #write(Path, byte[])}. */
    public static void writeText(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes or replaces a file without holding its content in memory, as {@link #write(Path, byte[])}. */
    public static void write(Path file, Content content) {
        try {
            write(file, content, Opener.FILE);
        } catch (IOException e) {
            throw new OutputException("cannot write " + file + ": " + explain(file, e), e);
        }
    }

    /**
     * As {@link #write(Path, Content)}, with the error as it came.
     *
     * @throws IOException when the file cannot be written; what was there before is untouched
     */
    public static void write(Path file, Content content, Opener opener) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        Files.createDirectories(directory);
        Path temporary = directory.resolve(temporaryName(String.valueOf(absolute.getFileName())));
        try {
            try (FileChannel channel = opener.open(temporary)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceDirectory(directory);
    }

    /** Name of a temporary file beside the file called {@code name}; hidden, and unlike that of any other writer. */
    private static String temporaryName(String name) {
        return temporaryPrefix(name) + UUID.randomUUID() + ".tmp";
    }

    /** What the temporary files of a file called {@code name...} start with, for those who clear up after a kill. */
    public static String temporaryPrefix(String name) {
        return "." + name + ".";
    }

    /** Makes the rename durable where the file system lets a directory be opened; elsewhere it is durable soon after. */
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            // The content is in place and safe against a kill; only a power failure within seconds could undo the
            // rename.
        }
    }

    /** Why writing {@code file} failed and what to do, for the end of a sentence. */
    public static String explain(Path file, IOException cause) {
        Path directory = file.toAbsolutePath().getParent();
        String text = String.valueOf(cause.getMessage());
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota")) {
            return "no space left in " + directory + " (" + text + "); free some or choose another directory";
        }
        if (cause instanceof AccessDeniedException || lower.contains("read-only") || lower.contains("permission")) {
            return "the directory " + directory + " is not writable (" + text + "); choose another one";
        }
        if (cause instanceof NotDirectoryException
                || lower.contains("not a directory")
                || cause instanceof FileAlreadyExistsException) {
            return directory + " is not a directory (" + text + "); choose another one";
        }
        if (Files.isDirectory(file)) {
            return "a directory of that name is in the way";
        }
        return "in directory " + directory + ": " + cause.getClass().getSimpleName() + ": " + text;
    }
}
