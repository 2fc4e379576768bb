package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.experiment.ExperimentCatalogue;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists the experiments that can be trained.")
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json().toPrettyString());
            return ExitCode.OK;
        }
        for (ExperimentCatalogue.Entry entry : ExperimentCatalogue.entries()) {
            out.printf(
                    "%-42s %s%s%n",
                    entry.name(), entry.title(), isMissing(entry) ? " (needs a table to be imported)" : "");
        }
        out.println();
        out.println("`gpu-train show NAME` prints an experiment's file, `gpu-train NAME` trains it.");
        return ExitCode.OK;
    }

    private static ArrayNode json() {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (ExperimentCatalogue.Entry entry : ExperimentCatalogue.entries()) {
            ObjectNode node = array.addObject();
            node.put("name", entry.name());
            node.put("title", entry.title());
            node.put("citation", entry.citation());
        }
        return array;
    }

    /** Whether it corrects a theory whose table is not in the program. */
    private static boolean isMissing(ExperimentCatalogue.Entry entry) {
        return entry.theory()
                .filter(theory -> !DataLibrary.bundled().has(theory))
                .isPresent();
    }
}
