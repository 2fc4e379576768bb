package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import gputrain.data.DataLibrary;
import gputrain.engine.TrainingPlan;
import gputrain.experiment.Experiment;
import gputrain.experiment.ExperimentCatalogue;
import gputrain.experiment.ExperimentRun;
import gputrain.experiment.Prepared;
import gputrain.experiment.Protocol;
import gputrain.experiment.RunDirectory;
import gputrain.experiment.RunOptions;
import gputrain.experiment.Surroundings;
import gputrain.experiment.UsageException;
import gputrain.report.Report;
import gputrain.train.ModelFile;
import gputrain.train.ProgressPrinter;
import gputrain.train.StopRequest;
import gputrain.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
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

    /** A year, in seconds. */
    private static final double LONGEST_INTERVAL = 366 * 86_400.0;

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

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "Seconds between checkpoints (default: ${DEFAULT-VALUE}).")
    private double checkpointSeconds;

    @Option(names = "--no-report", description = "Do not write report.html.")
    private boolean noReport;

    @Option(names = "--quiet", description = "Print results only.")
    private boolean quiet;

    @Option(names = "--json", description = "Print the run records as a JSON array instead of tables.")
    private boolean json;

    @Mixin
    private EngineChoice engineChoice = new EngineChoice();

    @Override
    public Integer call() {
        if (seeds < 1) {
            throw new UsageException("--seeds must be at least 1: " + seeds);
        }
        if (firstSeed > Long.MAX_VALUE - seeds) {
            throw new UsageException("--first-seed is too large: " + firstSeed);
        }
        if (!(checkpointSeconds >= 0 && checkpointSeconds <= LONGEST_INTERVAL)) {
            throw new UsageException(
                    "--checkpoint-seconds must be from 0 to %.0f: %s".formatted(LONGEST_INTERVAL, checkpointSeconds));
        }
        // All files are read before the first is trained: a slip in the last one should not cost hours.
        Set<String> names = new LinkedHashSet<>(experiments.isEmpty() ? List.of(DEFAULT_EXPERIMENT) : experiments);
        List<Experiment> all = names.stream().map(ExperimentCatalogue::load).toList();
        DataLibrary library = tables.library();
        ArrayNode records = new ObjectMapper().createArrayNode();
        try (StopRequest stop = StopRequest.onSignals()) {
            for (Experiment experiment : all) {
                Optional<JsonNode> record = train(experiment, library, stop);
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
        PrintWriter err = spec.commandLine().getErr();
        Prepared prepared = Prepared.of(experiment, library);
        RunOptions options = new RunOptions(
                protocols(),
                LongStream.range(firstSeed, firstSeed + seeds).boxed().toList(),
                directory(experiment),
                init == null
                        ? null
                        : ModelFile.readInitial(
                                init, prepared.network(), experiment.training().precision()),
                fresh,
                Duration.ofMillis((long) (checkpointSeconds * 1000)));
        EngineChoice.Chosen chosen =
                engineChoice.choose(prepared.plan(Protocol.PAPER, options.seeds(), options.initial()));
        if (!quiet) {
            err.println(experiment.name() + ": " + experiment.title());
            err.println("  " + experiment.data().selection() + ": " + prepared.trainingRows().length + " to train, "
                    + prepared.testRows().length + " to test; network " + experiment.widths() + ", "
                    + prepared.network().parameterCount() + " parameters, " + seeds
                    + (seeds == 1 ? " seed" : " seeds"));
            chosen.remarks().forEach(remark -> err.println("  " + remark));
        } else if (chosen.remarks().size() > 1) {
            err.println(chosen.remarks().get(0));
        }
        Surroundings surroundings =
                new Surroundings(chosen.choice(), chosen.options(), BuildInfo.version(), BuildInfo.commit());
        ExperimentRun run = new ExperimentRun(prepared, library, options, surroundings);
        Optional<JsonNode> record = run.run((p, plan) -> listener(p, plan, prepared.massScaleMeV()), stop);
        if (record.isEmpty()) {
            err.println("stopped; the checkpoint is in " + options.out() + ", the same command goes on from there");
            return record;
        }
        RunDirectory directory = new RunDirectory(options.out());
        if (!noReport) {
            Report.write(directory.path(), directory.report());
        }
        if (!json) {
            new ResultTable(record.get()).print(spec.commandLine().getOut());
            String where = noReport
                    ? directory.record().toString()
                    : directory.report().toString();
            spec.commandLine().getOut().println("Report: " + where);
        }
        return record;
    }

    private TrainingListener listener(Protocol p, TrainingPlan plan, double scaleMeV) {
        if (!quiet) {
            spec.commandLine()
                    .getErr()
                    .println("  " + p.title() + ": " + plan.replicas().size() + " x at most "
                            + plan.stop().maxEpochs() + " epochs");
        }
        return new ProgressPrinter(System.err, Terminal.isError(), quiet, p.sets(), scaleMeV);
    }

    private List<Protocol> protocols() {
        if (protocol.equals("both")) {
            return List.of(Protocol.values());
        }
        for (Protocol one : Protocol.values()) {
            if (one.id().equals(protocol)) {
                return List.of(one);
            }
        }
        throw new UsageException("--protocol must be paper, leak-free or both: " + protocol);
    }

    private Path directory(Experiment experiment) {
        Path parent = out == null ? Path.of("runs") : out;
        boolean several = Set.copyOf(experiments).size() > 1;
        return out != null && !several ? parent : parent.resolve(experiment.name());
    }
}
