package gputrain.cli;

import gputrain.experiment.RunDirectory;
import gputrain.experiment.SavedKernelRun;
import gputrain.experiment.SavedRun;
import gputrain.report.KernelReport;
import gputrain.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "report", description = "Writes report.html of finished runs again.")
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run directories.")
    private List<Path> runs = List.of();

    @Override
    public Integer call() {
        for (Path run : runs) {
            RunDirectory directory;
            if (SavedKernelRun.isThere(run)) {
                directory = SavedKernelRun.load(run).directory();
                KernelReport.write(directory.path(), directory.report());
            } else {
                directory = SavedRun.load(run).directory();
                Report.write(directory.path(), directory.report());
            }
            spec.commandLine().getOut().println(directory.report());
        }
        return ExitCode.OK;
    }
}
