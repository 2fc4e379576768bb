package gputrain.report;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a file whole or not at all: to a temporary name in the same folder, then renamed. */
final class AtomicFiles {
    private AtomicFiles() {}

    /** @throws ReportException when the file cannot be written; an older file of that name is then still whole */
    static void write(Path file, String text) {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = folder.resolve(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.createDirectories(folder);
            Files.writeString(temporary, text);
            move(temporary, file);
        } catch (IOException e) {
            throw new ReportException(
                    file + ": cannot be written (" + e + "); check the free space and your rights on the folder", e);
        } finally {
            temporary.toFile().delete();
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
