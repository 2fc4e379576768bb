package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.data.TheoryEntry;
import gputrain.engine.EngineException;
import gputrain.experiment.ExperimentException;
import gputrain.experiment.KernelData;
import gputrain.experiment.Prediction;
import gputrain.experiment.Protocol;
import gputrain.experiment.SavedKernelRun;
import gputrain.experiment.SavedRun;
import gputrain.experiment.TrainedModel;
import gputrain.experiment.UsageException;
import gputrain.file.AtomicFiles;
import gputrain.nuclide.Constants;
import gputrain.nuclide.Elements;
import gputrain.nuclide.InputException;
import gputrain.nuclide.Nuclide;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "predict",
        sortOptions = false,
        description =
                "Predicts masses with a finished run: mean and spread (standard deviation) of its networks, with an"
                        + " uncertainty where they have a posterior, or mean and standard deviation of a kernel model.")
final class PredictCommand implements Callable<Integer> {
    private static final String CHART = "ws4";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Run directory.")
    private Path run = Path.of(".");

    @Option(
            names = "--nuclides",
            paramLabel = "NUCLIDE",
            split = ",",
            arity = "1..*",
            description =
                    "Nuclides such as 132Sn, Sn-132 or Z50N82, separated by commas (default: the whole chart of the"
                            + " " + CHART + " table, for a kernel model that of its theory).")
    private List<String> nuclides = List.of();

    @Option(
            names = "--protocol",
            paramLabel = "paper|leak-free",
            description = "Which protocol's networks (default: leak-free if the run has it).")
    private @Nullable String protocol;

    @Option(
            names = "--extrapolation",
            description =
                    "Kernel models: take the hyperparameters for extrapolation instead of those for interpolation.")
    private boolean extrapolation;

    @Option(names = "--out", paramLabel = "FILE", description = "Write there instead of to the terminal.")
    private @Nullable Path out;

    @Mixin
    private TablesOption tables = new TablesOption();

    @Option(names = "--json", description = "Print JSON instead of CSV.")
    private boolean json;

    @Mixin
    private EngineChoice engineChoice = new EngineChoice();

    @Override
    public Integer call() {
        DataLibrary library = tables.library();
        if (SavedKernelRun.isThere(run)) {
            return predictKernel(SavedKernelRun.load(run), library);
        }
        if (extrapolation) {
            throw new UsageException("--extrapolation is for runs of kernel models; " + run + " is one of networks");
        }
        SavedRun saved = SavedRun.load(run);
        Protocol chosenProtocol = chosenProtocol(saved);
        TrainedModel model = saved.model(chosenProtocol);
        saved.requireSame(model.encoder().features().stream()
                .flatMap(feature -> feature.theoryTables().stream())
                .distinct()
                .map(library::info)
                .toList());
        List<Nuclide> wanted = nuclides.isEmpty()
                ? library.theory(CHART).entries().stream()
                        .map(TheoryEntry::nuclide)
                        .toList()
                : nuclides.stream().map(Elements::parse).toList();
        EngineChoice.Chosen chosen = engineChoice.choose(model.inferencePlan());
        List<String> skipped = new ArrayList<>();
        List<Prediction> predictions =
                model.predict(wanted, library, chosen.choice().engine(), chosen.options(), skipped);
        return print(uncertain(saved, chosenProtocol, predictions, library, chosen), wanted.size(), skipped);
    }

    /** With uncertainties where the run has some and they can be computed again; says so where they cannot. */
    private List<Prediction> uncertain(
            SavedRun saved,
            Protocol of,
            List<Prediction> predictions,
            DataLibrary library,
            EngineChoice.Chosen chosen) {
        if (!saved.hasPosterior(of)) {
            return predictions;
        }
        try {
            return saved.uncertain(of, predictions, library, chosen.choice().engine(), chosen.options());
        } catch (ExperimentException | InputException | EngineException e) {
            spec.commandLine().getErr().println("no uncertainties, only the spread of the networks: " + e.getMessage());
            return predictions;
        }
    }

    private int predictKernel(SavedKernelRun saved, DataLibrary library) {
        if (protocol != null) {
            throw new UsageException("--protocol is for runs of networks; " + run + " is one of kernel models");
        }
        KernelData data = saved.data(library);
        List<Nuclide> wanted = nuclides.isEmpty()
                ? data.theoryMeV().keySet().stream().sorted().toList()
                : nuclides.stream().map(Elements::parse).toList();
        EngineChoice.Chosen chosen = engineChoice.chooseForKernels();
        List<String> skipped = new ArrayList<>();
        List<Prediction> predictions =
                saved.predict(data, wanted, extrapolation, chosen.choice().engine(), chosen.options(), skipped);
        int code = print(predictions, wanted.size(), skipped);
        Set<Nuclide> fitted = data.entries().stream().map(MassEntry::nuclide).collect(Collectors.toSet());
        long beyond = predictions.stream()
                .filter(prediction -> !fitted.contains(prediction.nuclide()))
                .count();
        if (beyond > 0 && !extrapolation && saved.experiment().extrapolates()) {
            spec.commandLine()
                    .getErr()
                    .println(beyond + " of " + predictions.size()
                            + " nuclides are not among those fitted; far from them the"
                            + " hyperparameters for interpolation fail: --extrapolation takes the others");
        }
        return code;
    }

    private int print(List<Prediction> predictions, int wanted, List<String> skipped) {
        if (!nuclides.isEmpty() && !skipped.isEmpty()) {
            throw new UsageException("cannot predict: " + String.join("; ", skipped));
        }
        String text = json ? json(predictions) : csv(predictions);
        if (out != null) {
            AtomicFiles.writeText(out, text);
        } else {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        }
        if (!skipped.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(skipped.size() + " of " + wanted + " nuclides left out, such as: " + skipped.get(0));
        }
        return ExitCode.OK;
    }

    private Protocol chosenProtocol(SavedRun saved) {
        List<Protocol> trained = saved.protocols();
        if (protocol == null) {
            return trained.contains(Protocol.LEAK_FREE) ? Protocol.LEAK_FREE : trained.get(0);
        }
        return trained.stream()
                .filter(one -> one.id().equals(protocol))
                .findFirst()
                .orElseThrow(() -> new UsageException("the run has no protocol \"" + protocol + "\", only "
                        + String.join(", ", trained.stream().map(Protocol::id).toList())));
    }

    private static String csv(List<Prediction> predictions) {
        boolean complex = predictions.stream().anyMatch(one -> Double.isFinite(one.imaginaryMeV()));
        StringBuilder text = new StringBuilder("Z,N,A,symbol,massExcessMeV,bindingEnergyMeV,spreadMeV");
        text.append(complex ? ",imaginaryMeV" : "");
        boolean uncertain = predictions.stream().anyMatch(one -> Double.isFinite(one.uncertaintyMeV()));
        text.append(uncertain ? ",uncertaintyMeV\n" : "\n");
        for (Prediction prediction : predictions) {
            Nuclide nuclide = prediction.nuclide();
            text.append(String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%s,%.4f,%.4f,%s%s%s\n",
                    nuclide.Z(),
                    nuclide.N(),
                    nuclide.A(),
                    Elements.symbol(nuclide.Z()),
                    prediction.massExcessMeV(),
                    bindingMeV(prediction),
                    optional(prediction.spreadMeV()),
                    complex ? String.format(Locale.ROOT, ",%.4f", prediction.imaginaryMeV()) : "",
                    uncertain ? "," + optional(prediction.uncertaintyMeV()) : ""));
        }
        return text.toString();
    }

    private static String optional(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "";
    }

    private static String json(List<Prediction> predictions) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (Prediction prediction : predictions) {
            ObjectNode node = array.addObject();
            node.put("Z", prediction.nuclide().Z());
            node.put("N", prediction.nuclide().N());
            node.put("symbol", Elements.symbol(prediction.nuclide().Z()));
            node.put("massExcessMeV", prediction.massExcessMeV());
            node.put("bindingEnergyMeV", bindingMeV(prediction));
            if (Double.isFinite(prediction.spreadMeV())) {
                node.put("spreadMeV", prediction.spreadMeV());
            }
            if (Double.isFinite(prediction.imaginaryMeV())) {
                node.put("imaginaryMeV", prediction.imaginaryMeV());
            }
            if (Double.isFinite(prediction.uncertaintyMeV())) {
                node.put("uncertaintyMeV", prediction.uncertaintyMeV());
            }
        }
        return array.toPrettyString() + "\n";
    }

    private static double bindingMeV(Prediction prediction) {
        return Constants.constituentMassExcessMeV(prediction.nuclide()) - prediction.massExcessMeV();
    }
}
