package gputrain.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Texts of experiment and study files, those packed with the program and a user's own. */
final class TomlFiles {
    static final String SUFFIX = ".toml";

    private static final String ROOT = "/gputrain/data/";

    private TomlFiles() {}

    /** A file packed with the program, by its path below {@code data/}. */
    static String packed(String name) {
        try (@Nullable InputStream stream = TomlFiles.class.getResourceAsStream(ROOT + name)) {
            if (stream == null) {
                throw new IllegalStateException("not packed with the program: " + ROOT + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UsageException when the text cannot be a path */
    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("not a file name: " + e.getMessage());
        }
    }

    /** The name of a {@code .toml} file without its folder and suffix. */
    static String nameOf(Path path) {
        String file = String.valueOf(path.getFileName());
        return file.substring(0, file.length() - SUFFIX.length());
    }

    /** @throws ExperimentException when the file is not there, or not text */
    static String read(Path path) {
        try {
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new ExperimentException(path + ": not a text file in UTF-8", e);
        } catch (IOException e) {
            String cause = Files.exists(path) ? "cannot be read: " + e.getMessage() : "no such file";
            throw new ExperimentException(path + ": " + cause, e);
        }
    }

    /**
     * The top of a file.
     *
     * @param file what error messages call it
     * @throws ExperimentException when it is not TOML, naming line and column
     */
    static TomlSection parse(String file, String text) {
        TomlParseResult result = Toml.parse(text);
        if (result.hasErrors()) {
            TomlParseError first = result.errors().get(0);
            throw new ExperimentException(file + ":" + first.position().line() + ":"
                    + first.position().column() + ": not valid TOML: " + first.getMessage());
        }
        return new TomlSection(file, result);
    }
}
