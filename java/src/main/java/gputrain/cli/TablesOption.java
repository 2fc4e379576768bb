package gputrain.cli;

import gputrain.data.DataLibrary;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that adds tables of a person's own to the packed ones. */
final class TablesOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Directory with tables of your own (CSV, see `gpu-train data`), taken before the packed ones.")
    private List<Path> directories = List.of();

    /** The packed tables, with those of the directories before them. */
    DataLibrary library() {
        DataLibrary library = DataLibrary.bundled();
        for (Path directory : directories) {
            library = library.withDirectory(directory);
        }
        return library;
    }
}
