package gputrain.experiment;

import gputrain.data.EditDistance;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The experiments packed with the program, and a user's own files. */
public final class ExperimentCatalogue {
    private static final String ROOT = "/gputrain/data/experiments/";

    private ExperimentCatalogue() {}

    /** Names of the packed experiments, in the order of the papers. */
    public static List<String> names() {
        return resource("index.txt").lines().filter(line -> !line.isBlank()).toList();
    }

    /**
     * The experiment of a name, or of a path when {@code nameOrPath} ends in {@code .toml}.
     *
     * @throws UsageException when there is none
     * @throws ExperimentException when its file is wrong
     */
    public static Experiment load(String nameOrPath) {
        if (names().contains(nameOrPath)) {
            return ExperimentFile.parse(nameOrPath, nameOrPath + ".toml", resource(nameOrPath + ".toml"));
        }
        if (nameOrPath.endsWith(".toml")) {
            Path path = path(nameOrPath);
            return ExperimentFile.parse(nameOf(path), nameOrPath, read(path));
        }
        throw new UsageException("unknown experiment \"" + nameOrPath + "\"" + closest(nameOrPath)
                + "; `gpu-train list` shows all, a file of your own must end in .toml");
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("not a file name: " + e.getMessage());
        }
    }

    private static String nameOf(Path path) {
        String file = String.valueOf(path.getFileName());
        return "local/" + file.substring(0, file.length() - ".toml".length());
    }

    private static String read(Path path) {
        try {
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new ExperimentException(path + ": not a text file in UTF-8", e);
        } catch (IOException e) {
            String cause = Files.exists(path) ? "cannot be read: " + e.getMessage() : "no such file";
            throw new ExperimentException(path + ": " + cause, e);
        }
    }

    private static String closest(String wanted) {
        String best = null;
        int distance = Integer.MAX_VALUE;
        for (String name : names()) {
            int d = EditDistance.between(wanted, name);
            if (d < distance) {
                distance = d;
                best = name;
            }
        }
        return best != null && distance <= wanted.length() / 2 + 1 ? ", did you mean \"" + best + "\"" : "";
    }

    private static String resource(String name) {
        try (@Nullable InputStream stream = ExperimentCatalogue.class.getResourceAsStream(ROOT + name)) {
            if (stream == null) {
                throw new IllegalStateException("not packed with the program: " + ROOT + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
