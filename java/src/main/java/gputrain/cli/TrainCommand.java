package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import gputrain.data.DataLibrary;
import gputrain.experiment.Experiment;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.KernelData;
import gputrain.experiment.KernelExperiment;
import gputrain.experiment.Prepared;
import gputrain.experiment.RunDirectory;
import gputrain.experiment.RunOptions;
import gputrain.experiment.Trainable;
import gputrain.experiment.UsageException;
import gputrain.train.ModelFile;
import gputrain.train.StopRequest;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        name = "train",
        sortOptions = false,
        description =
                "Trains experiments, evaluates them and writes a run directory with a report. An interrupted run goes"
                        + " on where it was when the same command is given again.")
final class TrainCommand implements Callable<Integer> {
    static final String DEFAULT_EXPERIMENT = "huang/method-3-case-a";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "EXPERIMENT",
            arity = "0..*",
            description = "Names from `gpu-train list`, or .toml files (default: " + DEFAULT_EXPERIMENT + ").")
    private List<String> experiments = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "K",
            defaultValue = "1",
            description = "Train K networks from different initial values, side by side (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--first-seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "The first seed; the others follow (default: ${DEFAULT-VALUE}).")
    private long firstSeed;

    @Option(
            names = "--protocol",
            paramLabel = "paper|leak-free|both",
            defaultValue = "both",
            description = "How the stopping point is chosen (default: ${DEFAULT-VALUE}).")
    private String protocol = "both";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Run directory (default: runs/EXPERIMENT); with several experiments, their parent.")
    private @Nullable Path out;

    @Option(names = "--fresh", description = "Replace what the run directory holds instead of going on with it.")
    private boolean fresh;

    @Option(
            names = "--init",
            paramLabel = "FILE",
            description = "Start every network from the weights of a .safetensors file instead of drawn ones.")
    private @Nullable Path init;

    @Mixin
    private TablesOption tables = new TablesOption();

    @Option(names = "--json", description = "Print the run records as a JSON array instead of tables.")
    private boolean json;

    @Mixin
    private Training training = new Training();

    @Override
    public Integer call() {
        if (seeds < 1) {
            throw new UsageException("--seeds must be at least 1: " + seeds);
        }
        if (firstSeed > Long.MAX_VALUE - seeds) {
            throw new UsageException("--first-seed is too large: " + firstSeed);
        }
        training.check();
        // All files are read before the first is trained: a slip in the last one should not cost hours.
        Set<String> names = new LinkedHashSet<>(experiments.isEmpty() ? List.of(DEFAULT_EXPERIMENT) : experiments);
        List<Trainable> all = names.stream().map(ExperimentCatalogue::find).toList();
        DataLibrary library = tables.library();
        ArrayNode records = new ObjectMapper().createArrayNode();
        try (StopRequest stop = StopRequest.onSignals()) {
            for (Trainable experiment : all) {
                Optional<JsonNode> record = experiment instanceof KernelExperiment kernels
                        ? compute(kernels, library, stop)
                        : train((Experiment) experiment, library, stop);
                if (record.isEmpty()) {
                    stop.acknowledge();
                    return ExitCode.STOPPED;
                }
                records.add(record.get());
            }
        }
        if (json) {
            spec.commandLine().getOut().println(records.toPrettyString());
        }
        return ExitCode.OK;
    }

    private Optional<JsonNode> train(Experiment experiment, DataLibrary library, StopRequest stop) {
        experiment.requireStorable(seeds);
        Prepared prepared = Prepared.of(experiment, library);
        RunOptions options = new RunOptions(
                Training.protocols(protocol, prepared),
                LongStream.range(firstSeed, firstSeed + seeds).boxed().toList(),
                directory(experiment),
                init == null
                        ? null
                        : ModelFile.readInitial(
                                init, prepared.network(), experiment.training().precision()),
                fresh,
                training.checkpointInterval());
        Optional<JsonNode> record = training.run(spec, prepared, library, options, stop);
        if (record.isPresent() && !json) {
            RunDirectory directory = new RunDirectory(options.out());
            new ResultTable(record.get()).print(spec.commandLine().getOut());
            spec.commandLine().getOut().println(written(directory));
        }
        return record;
    }

    private Optional<JsonNode> compute(KernelExperiment experiment, DataLibrary library, StopRequest stop) {
        if (init != null) {
            throw new UsageException("--init is for networks; " + experiment.name() + " is a kernel model");
        }
        if (seeds != 1 || firstSeed != 1 || !protocol.equals("both")) {
            throw new UsageException("--seeds, --first-seed and --protocol are for networks; " + experiment.name()
                    + " is a kernel model and has neither seeds nor epochs");
        }
        Path directory = directory(experiment);
        Optional<JsonNode> record =
                new KernelTraining(spec, training).run(KernelData.of(experiment, library), directory, fresh, stop);
        if (record.isPresent() && !json) {
            new KernelTable(record.get()).print(spec.commandLine().getOut());
            spec.commandLine().getOut().println(written(new RunDirectory(directory)));
        }
        return record;
    }

    private String written(RunDirectory run) {
        return training.reports() ? "Report: " + run.report() : "Run record: " + run.record();
    }

    private Path directory(Trainable experiment) {
        Path parent = out == null ? Path.of("runs") : out;
        boolean several = Set.copyOf(experiments).size() > 1;
        return out != null && !several ? parent : parent.resolve(experiment.name());
    }
}
