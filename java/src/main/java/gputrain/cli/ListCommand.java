package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.KernelExperiment;
import gputrain.experiment.Trainable;
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
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (String name : ExperimentCatalogue.names()) {
            Trainable experiment = ExperimentCatalogue.find(name);
            if (json) {
                ObjectNode node = array.addObject();
                node.put("name", name);
                node.put("title", experiment.title());
                node.put("citation", experiment.paper().citation());
            } else {
                out.printf(
                        "%-42s %s%s%n",
                        name, experiment.title(), isMissing(experiment) ? " (needs a table to be imported)" : "");
            }
        }
        if (json) {
            out.println(array.toPrettyString());
        } else {
            out.println();
            out.println("`gpu-train show NAME` prints an experiment's file, `gpu-train NAME` trains it.");
        }
        return ExitCode.OK;
    }

    /** Whether it corrects a theory whose table is not in the program. */
    private static boolean isMissing(Trainable experiment) {
        return experiment instanceof KernelExperiment kernels
                && !kernels.theory().equals(KernelExperiment.LIQUID_DROP)
                && !DataLibrary.bundled().info(kernels.theory()).available();
    }
}
