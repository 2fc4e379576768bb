package gputrain.cli;

import gputrain.data.DataLibrary;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.KernelData;
import gputrain.experiment.KernelExperiment;
import gputrain.experiment.KernelStudy;
import gputrain.experiment.UsageException;
import gputrain.report.KernelStudyReport;
import gputrain.train.StopRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Computes every experiment of a paper on kernel models and writes its report. */
final class KernelReproduction {
    private final CommandSpec spec;
    private final Training training;
    private final Path directory;
    private final boolean fresh;

    KernelReproduction(CommandSpec spec, Training training, Path directory, boolean fresh) {
        this.spec = spec;
        this.training = training;
        this.directory = directory;
        this.fresh = fresh;
    }

    /** Computes what is not there yet; returns the exit code. */
    int run(KernelStudy study, List<String> only, DataLibrary library, boolean json) {
        for (String name : only) {
            if (!study.experiments().contains(name)) {
                throw new UsageException("--only " + name + ": the experiments of " + study.name() + " are "
                        + String.join(", ", study.experiments()));
            }
        }
        // All files and tables are read before the first is computed with.
        Map<String, KernelData> all = new LinkedHashMap<>();
        for (String name : only.isEmpty() ? study.experiments() : only) {
            if (!(ExperimentCatalogue.find(name) instanceof KernelExperiment experiment)) {
                throw new UsageException(name + " is no experiment of kernel models");
            }
            all.put(name, KernelData.of(experiment, library));
        }
        PrintWriter err = spec.commandLine().getErr();
        Map<String, Path> runs = new LinkedHashMap<>();
        try (StopRequest stop = StopRequest.onSignals()) {
            for (Map.Entry<String, KernelData> one : all.entrySet()) {
                Path run = directory.resolve(KernelStudy.folder(one.getKey()));
                runs.put(one.getKey(), run);
                if (!training.quiet()) {
                    err.println("[" + runs.size() + " of " + all.size() + "] " + run);
                }
                if (new KernelTraining(spec, training)
                        .run(one.getValue(), run, fresh, stop)
                        .isEmpty()) {
                    stop.acknowledge();
                    return ExitCode.STOPPED;
                }
            }
        }
        if (only.isEmpty()) {
            Path report = directory.resolve("report.html");
            KernelStudyReport results = new KernelStudyReport(study, runs);
            String where = "";
            if (training.reports()) {
                results.write(report);
                where = "\nReport: " + report;
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(json ? results.json() : results.text() + where);
            out.flush();
        }
        return ExitCode.OK;
    }
}
