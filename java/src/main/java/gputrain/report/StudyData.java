package gputrain.report;

import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.data.TheoryEntry;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.evaluation.Masses;
import gputrain.evaluation.Sensitivity;
import gputrain.experiment.Prepared;
import gputrain.experiment.SavedRun;
import gputrain.experiment.Study;
import gputrain.experiment.Subsets;
import gputrain.experiment.TrainedModel;
import gputrain.experiment.Unpredicted;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the figures of a study are drawn from; every number is read or computed once. */
final class StudyData {
    /** The table whose nuclei are predicted where a figure leaves the measured ones. */
    static final String CHART = "ws4";

    private static final String NEWEST = "ame2020";

    private final Map<String, SavedRun> runs;
    private final DataLibrary library;
    private final Function<TrainingPlan, StudyReport.Inference> engines;
    private final Map<String, Protocol> protocols = new HashMap<>();
    private final Map<String, Masses> predictions = new HashMap<>();

    StudyData(Map<String, SavedRun> runs, DataLibrary library, Function<TrainingPlan, StudyReport.Inference> engines) {
        this.runs = runs;
        this.library = library;
        this.engines = engines;
    }

    /** Metrics, curves and predictions of a run's first protocol: the paper's, when it was trained. */
    Protocol protocol(Study.Model model) {
        return protocols.computeIfAbsent(model.experiment(), name -> {
            SavedRun run = run(name);
            Json record = Json.read(run.directory().record());
            Protocol protocol = Protocol.readAll(run.directory().path(), record).get(0);
            requireComplete(run, record, protocol);
            if (protocol.traces().isEmpty()) {
                throw new ReportException(
                        run.directory().path() + ": metrics.csv is empty or missing; restore the file, or train again");
            }
            return protocol;
        });
    }

    /** A file cut at the end of a line still reads well, and would change every figure without a word. */
    private static void requireComplete(SavedRun run, Json record, Protocol protocol) {
        if (protocol.dividedBySeed()) {
            requireDivided(run, record, protocol);
            return;
        }
        record.get("sets").members().forEach((set, size) -> {
            long there = protocol.predictions().stream()
                    .filter(p -> p.set().equals(set) && Double.isFinite(p.predictedMeV()))
                    .count();
            boolean whole = set.equals("train") || set.equals("test");
            // A network that overflows leaves cells empty, which is no damage to the file.
            boolean predicted =
                    Unpredicted.count(protocol.json().get("metrics").get(set).node()) == 0;
            if (whole && predicted && there != Math.round(size.number())) {
                throw new ReportException(
                        run.directory().path() + ": predictions.csv has " + there + " nuclei of the set " + set
                                + ", the run has " + Math.round(size.number()) + "; restore the file, or train again");
            }
        });
    }

    /** Its nuclei belong to another set for every network. */
    private static void requireDivided(SavedRun run, Json record, Protocol protocol) {
        double size = record.get("sets").get("train").number()
                + record.get("sets").get("test").number();
        long there = protocol.predictions().stream()
                .filter(p -> p.isHeldOut() || p.set().equals("all"))
                .count();
        if (there != Math.round(size)) {
            throw new ReportException(run.directory().path() + ": predictions.csv has " + there
                    + " nuclei of training and test sets, the run has " + Math.round(size)
                    + "; restore the file, or train again");
        }
    }

    /** Mean predictions of the networks for every nucleus of the newest edition and of the {@link #CHART} table. */
    Masses masses(Study.Model model) {
        return predictions.computeIfAbsent(model.experiment(), name -> {
            TrainedModel trained = trained(name);
            Set<Nuclide> nuclides = new LinkedHashSet<>();
            library.experimental(NEWEST).entries().stream()
                    .map(MassEntry::nuclide)
                    .forEach(nuclides::add);
            library.theory(CHART).entries().stream().map(TheoryEntry::nuclide).forEach(nuclides::add);
            StudyReport.Inference inference = engines.apply(trained.inferencePlan());
            Map<Nuclide, Masses.Mass> masses = new HashMap<>();
            trained.predict(List.copyOf(nuclides), library, inference.engine(), inference.options(), new ArrayList<>())
                    .forEach(one ->
                            masses.put(one.nuclide(), new Masses.Mass(one.massExcessMeV(), one.spreadMeV(), false)));
            return Masses.of(model.label(), Masses.Kind.PREDICTION, masses);
        });
    }

    /** The nuclei of the parts of a run's extra set, by the names of the parts; none where it has no parts. */
    Map<String, List<Nuclide>> parts(Study.Model model, String extra) {
        SavedRun run = run(model.experiment());
        boolean any = run.experiment().data().subsets().stream()
                .anyMatch(subset -> subset.of().equals(extra));
        if (!any) {
            return Map.of();
        }
        Prepared prepared = Prepared.of(run.experiment(), library);
        run.requireSame(prepared.sources());
        return Subsets.of(prepared, extra);
    }

    /** Shares of each input, one array per network, over all nuclei with an experimental value (training and test). */
    List<double[]> sensitivities(Study.Model model) {
        TrainedModel trained = trained(model.experiment());
        List<Nuclide> nuclides =
                protocol(model).compared().stream().map(Prediction::nuclide).toList();
        double[] inputs = trained.encoder().inputs(nuclides, library);
        double[] weights = new double[trained.network().outputs()];
        weights[trained.encoder().mass()] = 1;
        StudyReport.Inference inference = engines.apply(trained.inferencePlan());
        List<double[]> shares = new ArrayList<>();
        try (Session session =
                inference.engine().open(trained.inferencePlan(), trained.oneRow(), inference.options())) {
            for (double[] parameters : trained.parameters()) {
                shares.add(Sensitivity.shares(
                        session.inputGradient(parameters, inputs, nuclides.size(), weights),
                        trained.network().inputs()));
            }
        }
        return shares;
    }

    List<String> features(Study.Model model) {
        return trained(model.experiment()).encoder().features().stream()
                .map(gputrain.features.Feature::name)
                .toList();
    }

    /** The title of the theory that a run's networks correct. */
    Optional<String> corrected(Study.Model model) {
        return Json.read(run(model.experiment()).directory().record())
                .get("corrected")
                .get("title")
                .text();
    }

    /** The rms deviation of a theory alone on all nuclei of a run; NaN where it is not among the run's baselines. */
    double bareRmsdMeV(Study.Model model, String theory) {
        return Json.read(run(model.experiment()).directory().record()).get("baselines").items().stream()
                .filter(one -> one.get("name").textOr("").equals(theory))
                .mapToDouble(one -> one.get("metrics").get("all").get("rmsdMeV").number())
                .findFirst()
                .orElse(Double.NaN);
    }

    Masses experiment() {
        return Masses.experiment("AME2020", library.experimental(NEWEST).entries());
    }

    Masses theory(String id) {
        return Masses.theory(library.theory(id));
    }

    /** The networks of a run's first protocol. */
    TrainedModel trained(Study.Model model) {
        return trained(model.experiment());
    }

    private TrainedModel trained(String name) {
        SavedRun run = run(name);
        return run.model(run.protocols().get(0));
    }

    private SavedRun run(String name) {
        SavedRun run = runs.get(name);
        if (run == null) {
            throw new IllegalArgumentException("no run of " + name);
        }
        return run;
    }
}
