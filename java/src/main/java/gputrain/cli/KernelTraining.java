package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.experiment.KernelData;
import gputrain.experiment.KernelExperiment;
import gputrain.experiment.KernelRun;
import gputrain.experiment.RunDirectory;
import gputrain.experiment.Surroundings;
import gputrain.report.KernelReport;
import gputrain.train.StopRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** A run of kernel models with the options of {@link Training}. */
final class KernelTraining {
    private final CommandSpec spec;
    private final Training training;

    KernelTraining(CommandSpec spec, Training training) {
        this.spec = spec;
        this.training = training;
    }

    /**
     * Computes what is not there yet, and writes the run directory and its report.
     *
     * @return the run record, or nothing when {@code stop} was requested before the end
     */
    Optional<JsonNode> run(KernelData data, Path out, boolean fresh, StopRequest stop) {
        PrintWriter err = spec.commandLine().getErr();
        KernelExperiment experiment = data.experiment();
        EngineChoice.Chosen chosen = training.engineChoice().chooseForKernels();
        if (!training.quiet()) {
            err.println(experiment.name() + ": " + experiment.title());
            err.println("  " + experiment.selection() + ": " + data.entries().size() + " nuclei with "
                    + experiment.theory() + " (" + data.left() + " are not in it); "
                    + experiment.inside().text() + "; outside "
                    + experiment.outside().text());
            chosen.remarks().forEach(remark -> err.println("  " + remark));
        } else if (chosen.remarks().size() > 1) {
            err.println(chosen.remarks().get(0));
        }
        Surroundings surroundings = new Surroundings(
                chosen.choice(), chosen.options(), Optional.empty(), BuildInfo.version(), BuildInfo.commit());
        StageProgress progress = new StageProgress(System.err, Terminal.isError(), training.quiet());
        Optional<JsonNode> record = new KernelRun(data, out, fresh, surroundings, progress, stop).run();
        progress.close();
        if (record.isEmpty()) {
            err.println("stopped; what is computed is in " + out + ", the same command goes on from there");
            return record;
        }
        if (training.reports()) {
            RunDirectory directory = new RunDirectory(out);
            KernelReport.write(directory.path(), directory.report());
        }
        return record;
    }
}
