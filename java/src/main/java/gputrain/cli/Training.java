package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.DataLibrary;
import gputrain.engine.NoSuchEngineException;
import gputrain.engine.TrainingPlan;
import gputrain.experiment.Experiment;
import gputrain.experiment.ExperimentRun;
import gputrain.experiment.Prepared;
import gputrain.experiment.Protocol;
import gputrain.experiment.RunDirectory;
import gputrain.experiment.RunOptions;
import gputrain.experiment.Surroundings;
import gputrain.experiment.UsageException;
import gputrain.report.Report;
import gputrain.train.ProgressPrinter;
import gputrain.train.StopRequest;
import gputrain.train.TrainingListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every command that trains, and a run with them. */
final class Training {
    /** A year, in seconds. */
    private static final double LONGEST_INTERVAL = 366 * 86_400.0;

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "Seconds between checkpoints (default: ${DEFAULT-VALUE}).")
    private double checkpointSeconds = 10;

    @Option(names = "--no-report", description = "Do not write report.html.")
    private boolean noReport;

    @Option(names = "--quiet", description = "Print results only.")
    private boolean quiet;

    @Mixin
    private EngineChoice engineChoice = new EngineChoice();

    /** @throws UsageException when an option makes no sense */
    void check() {
        if (!(checkpointSeconds >= 0 && checkpointSeconds <= LONGEST_INTERVAL)) {
            throw new UsageException(
                    "--checkpoint-seconds must be from 0 to %.0f: %s".formatted(LONGEST_INTERVAL, checkpointSeconds));
        }
    }

    Duration checkpointInterval() {
        return Duration.ofMillis((long) (checkpointSeconds * 1000));
    }

    boolean reports() {
        return !noReport;
    }

    boolean quiet() {
        return quiet;
    }

    EngineChoice engineChoice() {
        return engineChoice;
    }

    /** The protocols of {@code paper}, {@code leak-free} or {@code both}: those that the experiment has. */
    static List<Protocol> protocols(String name, Prepared prepared) {
        if (name.equals("both")) {
            return prepared.protocols();
        }
        for (Protocol one : Protocol.values()) {
            if (one.id().equals(name)) {
                return List.of(one);
            }
        }
        throw new UsageException("--protocol must be paper, leak-free or both: " + name);
    }

    /**
     * Trains what is not trained yet, and writes the run directory and its report.
     *
     * @return the run record, or nothing when {@code stop} was requested before the end
     */
    Optional<JsonNode> run(
            CommandSpec spec, Prepared prepared, DataLibrary library, RunOptions options, StopRequest stop) {
        PrintWriter err = spec.commandLine().getErr();
        Experiment experiment = prepared.experiment();
        EngineChoice.Chosen chosen =
                engineChoice.choose(prepared.plan(Protocol.PAPER, options.seeds(), options.initial()));
        Optional<EngineChoice.Chosen> polish =
                prepared.polish(Protocol.PAPER, options.seeds()).map(this::chooseForPolish);
        if (!quiet) {
            int seeds = options.seeds().size();
            err.println(experiment.name() + ": " + experiment.title());
            err.println("  " + experiment.data().selection() + ": " + prepared.describeSets() + "; network "
                    + experiment.networkText() + ", " + seeds
                    + (seeds == 1 ? " seed" : " seeds"));
            chosen.remarks().forEach(remark -> err.println("  " + remark));
            polish.ifPresent(one -> one.remarks().forEach(remark -> err.println("  polish: " + remark)));
        } else if (chosen.remarks().size() > 1) {
            err.println(chosen.remarks().get(0));
        }
        Surroundings surroundings = new Surroundings(
                chosen.choice(),
                chosen.options(),
                polish.map(one -> new Surroundings.Computed(one.choice(), one.options())),
                BuildInfo.version(),
                BuildInfo.commit());
        ExperimentRun run = new ExperimentRun(prepared, library, options, surroundings);
        Optional<JsonNode> record =
                run.run((p, plan) -> listener(err, experiment, p, plan, prepared.massScaleMeV()), stop);
        if (record.isEmpty()) {
            err.println("stopped; the checkpoint is in " + options.out() + ", the same command goes on from there");
            return record;
        }
        RunDirectory directory = new RunDirectory(options.out());
        if (!noReport) {
            Report.write(directory.path(), directory.report());
        }
        return record;
    }

    private EngineChoice.Chosen chooseForPolish(TrainingPlan plan) {
        try {
            return engineChoice.choose(plan);
        } catch (NoSuchEngineException e) {
            throw new NoSuchEngineException("the polish with Levenberg-Marquardt: " + e.getMessage());
        }
    }

    private TrainingListener listener(
            PrintWriter err, Experiment experiment, Protocol p, TrainingPlan plan, double scaleMeV) {
        if (!quiet) {
            // A file that polishes trains with another optimiser first.
            boolean polish = experiment
                    .training()
                    .polish()
                    .filter(one -> one.optimizer().equals(plan.optimizer()))
                    .isPresent();
            err.println("  " + p.title()
                    + (polish ? ", polish with " + plan.optimizer().text() : "") + ": "
                    + plan.replicas().size() + " x at most "
                    + plan.stop().maxEpochs() + " epochs"
                    + (plan.averageLast() > 0
                            ? ", parameters averaged from epoch " + (plan.stop().maxEpochs() - plan.averageLast() + 1)
                                    + " on"
                            : ""));
        }
        return new ProgressPrinter(System.err, Terminal.isError(), quiet, p.sets(), scaleMeV);
    }
}
