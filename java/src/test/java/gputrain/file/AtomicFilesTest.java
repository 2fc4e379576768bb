package gputrain.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path directory;

    @Test
    void writesReplacesAndMakesDirectories() throws IOException {
        Path file = directory.resolve("a").resolve("b").resolve("run.json");
        AtomicFiles.writeText(file, "first");
        AtomicFiles.writeText(file, "µ second");
        assertThat(file).hasContent("µ second");
        assertThat(file.getParent()).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void aFailureHalfWayLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = directory.resolve("run.json");
        AtomicFiles.writeText(file, "old");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("Input/output error");
                }))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("cannot write " + file)
                .hasMessageContaining(directory + ": IOException: Input/output error");
        assertThat(file).hasContent("old");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    /** The kernel's own error of a full disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNamed() throws IOException {
        Path file = directory.resolve("run.json");
        AtomicFiles.writeText(file, "old");
        assertThatThrownBy(() -> AtomicFiles.write(
                        file,
                        out -> out.write(1),
                        path -> FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)))
                .isInstanceOfSatisfying(
                        IOException.class,
                        cause -> assertThat(AtomicFiles.explain(file, cause))
                                .startsWith("no space left in " + directory)
                                .contains("free some or choose another directory"));
        assertThat(file).hasContent("old");
    }

    @Test
    void aFileWhereADirectoryShouldBeIsNamed() throws IOException {
        Path inTheWay = Files.createFile(directory.resolve("results"));
        assertThatThrownBy(() -> AtomicFiles.writeText(inTheWay.resolve("run.json"), "x"))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining(inTheWay + " is not a directory");
        assertThatThrownBy(() -> AtomicFiles.writeText(inTheWay.resolve("below").resolve("run.json"), "x"))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("is not a directory");
    }

    @Test
    void aDirectoryWhereTheFileShouldBeIsNamed() throws IOException {
        Path inTheWay = Files.createDirectory(directory.resolve("run.json"));
        Files.createFile(inTheWay.resolve("full"));
        assertThatThrownBy(() -> AtomicFiles.writeText(inTheWay, "x"))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("a directory of that name is in the way");
    }

    @Test
    void aRefusalIsNamed() {
        Path file = directory.resolve("run.json");
        assertThat(AtomicFiles.explain(file, new AccessDeniedException(file.toString())))
                .startsWith("the directory " + directory + " is not writable");
        assertThat(AtomicFiles.explain(file, new FileSystemException(file.toString(), null, "Read-only file system")))
                .startsWith("the directory " + directory + " is not writable");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anUnwritableDirectoryIsNamed() throws IOException {
        Path locked = Files.createDirectory(directory.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(locked), "this user may write everywhere");
        assertThatThrownBy(() -> AtomicFiles.writeText(locked.resolve("run.json"), "x"))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("the directory " + locked + " is not writable");
    }
}
