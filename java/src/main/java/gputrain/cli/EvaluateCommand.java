package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.experiment.ExperimentException;
import gputrain.experiment.KernelCheck;
import gputrain.experiment.RunEvaluation;
import gputrain.experiment.SavedKernelRun;
import gputrain.experiment.SavedRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        description =
                "Computes a finished run's figures again from its saved parameters (kernel models: fits again), prints them, and says whether"
                        + " they are those of the run record.")
final class EvaluateCommand implements Callable<Integer> {
    /** Engines differ by rounding only, which is less. */
    private static final double SAME_MEV = 1e-3;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Run directory.")
    private Path run = Path.of(".");

    @Mixin
    private TablesOption tables = new TablesOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private EngineChoice engineChoice = new EngineChoice();

    @Override
    public Integer call() {
        if (SavedKernelRun.isThere(run)) {
            return evaluateKernel(SavedKernelRun.load(run));
        }
        SavedRun saved = SavedRun.load(run);
        DataLibrary library = tables.library();
        RunEvaluation evaluation = new RunEvaluation(saved, library);
        EngineChoice.Chosen chosen = engineChoice.choose(evaluation.plan());
        ObjectNode record = evaluation.evaluate(chosen.choice().engine(), chosen.options());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().createArrayNode().add(record).toPrettyString());
        } else {
            new ResultTable(record).print(out);
            double difference = record.path("largestDifferenceMeV").asDouble();
            out.printf(Locale.ROOT, "Largest difference from the run record: %.1e MeV%n", difference);
            if (difference > SAME_MEV) {
                out.println("That is more than rounding: the model, the record or a table is not the run's.");
            }
            record.path(RunEvaluation.ONE_SIDED)
                    .forEach(set -> out.println("Not compared: " + set.asText()
                            + " has a finite deviation in only one of the run record and this evaluation"));
        }
        return ExitCode.OK;
    }

    private int evaluateKernel(SavedKernelRun saved) {
        EngineChoice.Chosen chosen = engineChoice.chooseForKernels();
        double difference = new KernelCheck(saved, tables.library())
                .largestDifferenceMeV(chosen.choice().engine(), chosen.options());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode record = (ObjectNode) saved.record();
            record.put("largestDifferenceMeV", difference);
            out.println(mapper.createArrayNode().add(record).toPrettyString());
        } else {
            new KernelTable(saved.record()).print(out);
            out.printf(Locale.ROOT, "Fitted again: largest difference from the run's files: %.1e MeV%n", difference);
        }
        if (!(difference < SAME_MEV)) {
            throw new ExperimentException(run + ": fitting again differs by " + difference
                    + " MeV from what the run says; its files were changed");
        }
        return ExitCode.OK;
    }
}
