package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.DataLibrary;
import gputrain.experiment.Experiment;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.KernelStudy;
import gputrain.experiment.Prepared;
import gputrain.experiment.RunDirectory;
import gputrain.experiment.RunOptions;
import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.StudyFile;
import gputrain.experiment.UsageException;
import gputrain.report.StudyReport;
import gputrain.train.StopRequest;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "reproduce",
        sortOptions = false,
        description =
                "Trains every experiment of a paper and writes one report: each table beside the paper's, each figure."
                        + " What is trained already is not trained again; an interrupted command goes on when it is given again.")
final class ReproduceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PAPER",
            description = "huang, zeng, liu, dellen, lu, second-order, or a study file (.toml).")
    private String paper = "";

    @Option(
            names = "--only",
            paramLabel = "EXPERIMENT",
            split = ",",
            description =
                    "Train these of its experiments only and write no report of the paper: for the jobs of an array.")
    private List<String> only = List.of();

    @Option(
            names = "--finished",
            description =
                    "Train nothing: report what is there. Experiments without a finished run are left out, and a line that"
                            + " compares two keeps the other.")
    private boolean finishedOnly;

    @Option(
            names = "--seeds",
            paramLabel = "K",
            description = "Networks of each experiment, at most (default: as the study says, ten as a rule).")
    private @Nullable Integer seeds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the report and of all runs (default: reproductions/PAPER).")
    private @Nullable Path out;

    @Option(
            names = "--fresh",
            description = "Replace run directories that hold other seeds or another version of an experiment.")
    private boolean fresh;

    @Option(names = "--json", description = "Print the tables as a JSON array.")
    private boolean json;

    @Mixin
    private TablesOption tables = new TablesOption();

    @Mixin
    private Training training = new Training();

    @Override
    public Integer call() {
        training.check();
        if (seeds != null && seeds < 1) {
            throw new UsageException("--seeds must be at least 1: " + seeds);
        }
        if (finishedOnly && (!only.isEmpty() || fresh || seeds != null)) {
            throw new UsageException("--finished trains nothing: leave out --only, --seeds and --fresh");
        }
        DataLibrary library = tables.library();
        Path directory =
                out == null ? Path.of("reproductions", StudyFile.find(paper).name()) : out;
        if (StudyFile.find(paper) instanceof KernelStudy kernels) {
            if (finishedOnly) {
                throw new UsageException("--finished is for studies of networks; this is one of kernel models");
            }
            return new KernelReproduction(spec, training, directory, fresh).run(kernels, only, library, json);
        }
        Study whole = StudyFile.load(paper);
        Map<String, String> missing = new LinkedHashMap<>(whole.missing(library));
        only.stream().filter(missing::containsKey).forEach(name -> {
            throw new UsageException("--only " + name + ": " + missing.get(name));
        });
        if (finishedOnly) {
            missing.putAll(unfinished(whole, directory));
        }
        Study study = whole.without(missing);
        PrintWriter err = spec.commandLine().getErr();
        missing.forEach((name, reason) -> err.println("left out: " + name + ": " + reason));
        List<Study.Part> parts = chosen(study);
        // All files are read before the first is trained: a slip in the last one should not cost hours.
        Map<Study.Part, Prepared> prepared = new LinkedHashMap<>();
        parts.forEach(part -> prepared.put(part, prepare(part, library)));
        Map<String, Experiment> experiments = new LinkedHashMap<>();
        prepared.forEach((part, one) -> experiments.put(part.experiment(), one.experiment()));
        study.check(experiments, library);
        prepared.forEach((part, one) -> one.experiment().requireStorable(networks(part)));
        Map<String, Path> runs = new LinkedHashMap<>();
        int number = 0;
        try (StopRequest stop = StopRequest.onSignals()) {
            for (Study.Part part : parts) {
                Path run = directory.resolve(part.folder());
                runs.put(part.experiment(), run);
                number++;
                if (finishedOnly) {
                    requireOwn(run, prepared.get(part).experiment());
                    continue;
                }
                if (!training.quiet()) {
                    err.println("[" + number + " of " + parts.size() + "] " + run);
                }
                if (train(part, prepared.get(part), library, run, stop).isEmpty()) {
                    stop.acknowledge();
                    return ExitCode.STOPPED;
                }
            }
        }
        if (only.isEmpty()) {
            Path report = directory.resolve("report.html");
            Map<String, SavedRun> finished = load(runs);
            if (training.reports()) {
                new StudyReport(study, library, plan -> {
                            EngineChoice.Chosen one = training.engineChoice().choose(plan);
                            return new StudyReport.Inference(one.choice().engine(), one.options());
                        })
                        .write(finished, report);
            }
            PrintWriter printer = spec.commandLine().getOut();
            StudyTable table = new StudyTable(study, finished);
            if (json) {
                printer.println(table.json());
            } else {
                table.print(printer);
                if (training.reports()) {
                    printer.println("Report: " + report);
                }
            }
        }
        return ExitCode.OK;
    }

    /** Experiments without a finished run in the directory, and why. */
    private static Map<String, String> unfinished(Study study, Path directory) {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (Study.Part part : study.parts()) {
            RunDirectory run = new RunDirectory(directory.resolve(part.folder()));
            if (!Files.exists(run.record())) {
                reasons.put(part.experiment(), "no finished run in " + run.path());
            }
        }
        if (reasons.size() == study.parts().size()) {
            throw new UsageException(
                    "--finished: no experiment of " + study.name() + " has a finished run in " + directory);
        }
        return reasons;
    }

    /** What trains finds out by itself: that a directory holds another experiment's run. */
    private static void requireOwn(Path run, Experiment experiment) {
        String found = SavedRun.load(run).record().path("experiment").asText();
        if (!found.equals(experiment.name())) {
            throw new UsageException(run + " holds a run of " + found + ", not of " + experiment.name());
        }
    }

    private static Map<String, SavedRun> load(Map<String, Path> runs) {
        Map<String, SavedRun> loaded = new LinkedHashMap<>();
        runs.forEach((name, path) -> loaded.put(name, SavedRun.load(path)));
        return loaded;
    }

    private List<Study.Part> chosen(Study study) {
        List<Study.Part> parts = new ArrayList<>();
        for (String name : only) {
            parts.add(study.parts().stream()
                    .filter(part -> part.experiment().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("--only " + name + ": the experiments of " + study.name()
                            + " are "
                            + String.join(
                                    ", ",
                                    study.parts().stream()
                                            .map(Study.Part::experiment)
                                            .toList()))));
        }
        return parts.isEmpty() ? study.parts() : parts;
    }

    private static Prepared prepare(Study.Part part, DataLibrary library) {
        Experiment experiment = ExperimentCatalogue.load(part.experiment());
        return Prepared.of(experiment, library);
    }

    private int networks(Study.Part part) {
        return seeds == null ? part.seeds() : Math.min(seeds, part.seeds());
    }

    private Optional<JsonNode> train(
            Study.Part part, Prepared prepared, DataLibrary library, Path run, StopRequest stop) {
        RunOptions options = new RunOptions(
                part.protocols().stream().filter(prepared.protocols()::contains).toList(),
                LongStream.rangeClosed(1, networks(part)).boxed().toList(),
                run,
                null,
                fresh,
                training.checkpointInterval());
        return training.run(spec, prepared, library, options, stop);
    }
}
