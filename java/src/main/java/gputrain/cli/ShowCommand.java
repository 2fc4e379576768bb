package gputrain.cli;

import gputrain.experiment.ExperimentCatalogue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        description = "Prints an experiment's file; redirect it to a .toml file of your own, edit and train that.")
final class ShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "EXPERIMENT", description = "Name from `gpu-train list`, or a .toml file to check.")
    private String experiment = "";

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(ExperimentCatalogue.text(experiment));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
