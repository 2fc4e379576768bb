package gputrain.experiment;

import gputrain.data.EditDistance;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The experiments packed with the program, and a user's own files. */
public final class ExperimentCatalogue {
    private static final String ROOT = "experiments/";
    private static final String SEPARATOR = " | ";

    private ExperimentCatalogue() {}

    /**
     * What the index says of a packed experiment, so that a list of all need not read every file.
     *
     * @param citation of the paper
     * @param theory the theory table that kernel models correct; empty where there is none to be read
     */
    public record Entry(String name, String title, String citation, Optional<String> theory) {

        /** What the index has to say of an experiment. */
        static Entry of(Trainable experiment) {
            Optional<String> theory = experiment instanceof KernelExperiment kernels
                    ? Optional.of(kernels.theory()).filter(id -> !id.equals(KernelExperiment.LIQUID_DROP))
                    : Optional.empty();
            return new Entry(
                    experiment.name(), experiment.title(), experiment.paper().citation(), theory);
        }

        private static Entry parse(String line) {
            String[] cells = line.split(Pattern.quote(SEPARATOR), -1);
            return new Entry(cells[0], cells[1], cells[2], cells.length > 3 ? Optional.of(cells[3]) : Optional.empty());
        }

        /** Its line of the index. */
        String line() {
            return name
                    + SEPARATOR
                    + title
                    + SEPARATOR
                    + citation
                    + theory.map(id -> SEPARATOR + id).orElse("");
        }
    }

    /** The packed experiments, in the order of the papers. */
    public static List<Entry> entries() {
        return TomlFiles.packed(ROOT + "index.txt")
                .lines()
                .filter(line -> !line.isBlank())
                .map(Entry::parse)
                .toList();
    }

    /** Names of the packed experiments, in the order of the papers. */
    public static List<String> names() {
        return entries().stream().map(Entry::name).toList();
    }

    /**
     * The experiment of a name, or of a path when {@code nameOrPath} ends in {@code .toml}.
     *
     * @throws UsageException when there is none
     * @throws ExperimentException when its file is wrong
     */
    public static Trainable find(String nameOrPath) {
        if (names().contains(nameOrPath)) {
            return parse(nameOrPath, nameOrPath + TomlFiles.SUFFIX, packed(nameOrPath));
        }
        if (nameOrPath.endsWith(TomlFiles.SUFFIX)) {
            Path path = TomlFiles.path(nameOrPath);
            return parse("local/" + TomlFiles.nameOf(path), nameOrPath, TomlFiles.read(path));
        }
        throw new UsageException("unknown experiment \"" + nameOrPath + "\"" + closest(nameOrPath)
                + "; `gpu-train list` shows all, a file of your own must end in .toml");
    }

    /**
     * The file of the experiment that {@link #find} finds; a user's own is checked.
     *
     * @throws UsageException when there is none
     * @throws ExperimentException when its file is wrong
     */
    public static String text(String nameOrPath) {
        return names().contains(nameOrPath)
                ? packed(nameOrPath)
                : find(nameOrPath).text();
    }

    private static String packed(String name) {
        return TomlFiles.packed(ROOT + name + TomlFiles.SUFFIX);
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
        // Not has(): a file of networks that misspells a key is not told of a section it cannot have.
        return top.keys().contains(KernelExperimentFile.SECTION)
                ? KernelExperimentFile.read(name, file, text, top)
                : ExperimentFile.read(name, file, text, top);
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
