package gputrain.experiment;

import gputrain.data.EditDistance;
import java.nio.file.Path;
import java.util.List;

/** The experiments packed with the program, and a user's own files. */
public final class ExperimentCatalogue {
    private static final String ROOT = "experiments/";

    private ExperimentCatalogue() {}

    /** Names of the packed experiments, in the order of the papers. */
    public static List<String> names() {
        return TomlFiles.packed(ROOT + "index.txt")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /**
     * The experiment of a name, or of a path when {@code nameOrPath} ends in {@code .toml}.
     *
     * @throws UsageException when there is none
     * @throws ExperimentException when its file is wrong
     */
    public static Trainable find(String nameOrPath) {
        if (names().contains(nameOrPath)) {
            return parse(
                    nameOrPath, nameOrPath + TomlFiles.SUFFIX, TomlFiles.packed(ROOT + nameOrPath + TomlFiles.SUFFIX));
        }
        if (nameOrPath.endsWith(TomlFiles.SUFFIX)) {
            Path path = TomlFiles.path(nameOrPath);
            return parse("local/" + TomlFiles.nameOf(path), nameOrPath, TomlFiles.read(path));
        }
        throw new UsageException("unknown experiment \"" + nameOrPath + "\"" + closest(nameOrPath)
                + "; `gpu-train list` shows all, a file of your own must end in .toml");
    }

    /**
     * The same for an experiment that trains networks.
     *
     * @throws UsageException when it is one of kernel models, too
     */
    public static Experiment load(String nameOrPath) {
        if (find(nameOrPath) instanceof Experiment experiment) {
            return experiment;
        }
        throw new UsageException(nameOrPath + " is an experiment of kernel models; this needs one of networks");
    }

    /** A file of either kind. */
    static Trainable parse(String name, String file, String text) {
        TomlSection top = TomlFiles.parse(file, text);
        return top.has(KernelExperimentFile.SECTION)
                ? KernelExperimentFile.read(name, file, text, top)
                : ExperimentFile.parse(name, file, text);
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
}
