package gputrain.experiment;

import java.util.List;

/**
 * A paper on kernel models: the same study with several theories.
 *
 * @param notes what a reader of the report should know
 * @param experiments names of kernel experiments
 */
public record KernelStudy(
        String name,
        String title,
        String citation,
        String doi,
        String description,
        List<String> notes,
        List<String> experiments)
        implements Reproducible {

    /** What tells such a file from a study of networks. */
    static final String KEY = "kernel-experiments";

    static KernelStudy read(String name, TomlSection top) {
        List<String> experiments = top.strings(KEY);
        if (experiments.isEmpty()) {
            throw top.error(KEY, "at least one is needed");
        }
        if (experiments.stream().map(KernelStudy::folder).distinct().count() < experiments.size()) {
            throw top.error(KEY, "two experiments would have the same run directory: " + experiments);
        }
        KernelStudy study = new KernelStudy(
                name,
                top.string("title"),
                top.string("citation", ""),
                top.string("doi", ""),
                top.string("description", ""),
                top.has("notes") ? top.strings("notes") : List.of(),
                experiments);
        top.finish();
        return study;
    }

    /** The run directory of an experiment inside the study's. */
    public static String folder(String experiment) {
        String last = experiment.substring(experiment.lastIndexOf('/') + 1);
        return last.endsWith(TomlFiles.SUFFIX) ? last.substring(0, last.length() - TomlFiles.SUFFIX.length()) : last;
    }
}
