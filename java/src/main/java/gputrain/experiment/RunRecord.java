package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.data.TheoryEntry;
import gputrain.data.TheoryTable;
import gputrain.engine.Optimizer;
import gputrain.engine.ReplicaState;
import gputrain.evaluation.Deviation;
import gputrain.evaluation.SetMetrics;
import gputrain.evaluation.Spread;
import gputrain.features.Feature;
import gputrain.model.DenseNetwork;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Builds {@code run.json}: everything that the figures of a run can be traced to. */
final class RunRecord {
    private final Prepared prepared;
    private final Experiment experiment;
    private final ObjectNode root = RunDirectory.JSON.createObjectNode();

    RunRecord(Prepared prepared) {
        this.prepared = prepared;
        this.experiment = prepared.experiment();
    }

    /** The whole record. */
    ObjectNode build(
            List<Long> seeds,
            List<ProtocolResult> results,
            Surroundings surroundings,
            DataLibrary library,
            String started,
            String finished) {
        root.put("format", 1);
        root.put("experiment", experiment.name());
        root.put("title", experiment.title());
        root.put("description", experiment.description());
        ObjectNode paper = root.putObject("paper");
        paper.put("citation", experiment.paper().citation());
        paper.put("doi", experiment.paper().doi());
        paper.put("table", experiment.paper().where());
        strings(root.putArray("deviations"), experiment.deviations());
        data(library);
        network();
        RunSettings.write(root.putObject("settings"), experiment);
        seeds.forEach(root.putArray("seeds")::add);
        surroundings.describe(root);
        root.put("started", started);
        root.put("finished", finished);
        ArrayNode protocols = root.putArray("protocols");
        results.forEach(result -> protocols.add(protocol(result)));
        baselines(library);
        // The first protocol's figures again at the top, where scripts look for them.
        ObjectNode first = (ObjectNode) protocols.get(0);
        root.set("metrics", first.get("metrics"));
        root.set("published", first.get("published"));
        root.set("timing", first.get("timing"));
        for (String key : List.of("importance", "suggestions")) {
            if (first.has(key)) {
                root.set(key, first.get(key));
            }
        }
        return root;
    }

    private void data(DataLibrary library) {
        ArrayNode data = root.putArray("data");
        prepared.sources().forEach(table -> {
            ObjectNode node = data.addObject();
            node.put("id", table.id());
            node.put("title", table.title());
            node.put("sha256", table.sha256());
        });
        root.put(
                "selection",
                experiment.data().selection()
                        + experiment
                                .data()
                                .supplement()
                                .map(theory -> "; and " + prepared.supplement().size()
                                        + " nuclei with the values of a theory, " + theory.selection())
                                .orElse("")
                        + experiment.data().extras().stream()
                                .map(extra -> "; " + extra.name() + ": " + extra.selection())
                                .collect(Collectors.joining()));
        root.put("split", describeSplit());
        root.put("dividedBySeed", prepared.dividedBySeed());
        prepared.corrected().ifPresent(id -> {
            ObjectNode corrected = root.putObject("corrected");
            corrected.put("id", id);
            corrected.put("title", library.info(id).title());
        });
        ObjectNode sets = root.putObject("sets");
        List<int[]> divided = prepared.rowSets(Protocol.PAPER, 0);
        sets.put("train", divided.get(0).length);
        sets.put("test", divided.get(1).length);
        prepared.extraRows().forEach((name, rows) -> sets.put(name, rows.length));
        for (Experiment.Subset subset : experiment.data().subsets()) {
            if (isOneSet(subset)) {
                sets.put(subset.name(), prepared.part(subset, prepared.rowsOf(subset.of())).length);
            }
        }
    }

    /** Whether a subset has the same nuclei for every network. */
    private boolean isOneSet(Experiment.Subset subset) {
        return !(prepared.dividedBySeed() && List.of("train", "test").contains(subset.of()));
    }

    private String describeSplit() {
        if (experiment.data().split() instanceof Experiment.Split.NewerEdition newer) {
            return "train on the selection, test on the nuclei that " + newer.selection() + " adds";
        }
        if (experiment.data().split() instanceof Experiment.Split.InEdition other) {
            return "train on the selected nuclei that " + other.table() + " has too, test on the others";
        }
        if (experiment.data().split() instanceof Experiment.Split.RandomBySeed random) {
            return "random for every network, test fraction or number " + random.testSize()
                    + ", random_state = the network's seed (scikit-learn's train_test_split), rows in the order of the AME"
                    + " file; a test figure of the ensemble is of the mean of those networks that did not train on the"
                    + " nucleus";
        }
        Experiment.Split.Random random =
                (Experiment.Split.Random) experiment.data().split();
        return "random, "
                + (random.testSize() < 1 ? "test fraction " + random.testSize() : (long) random.testSize() + " to test")
                + ", random_state " + random.randomState()
                + " (scikit-learn's train_test_split), rows in the order of the AME file";
    }

    private void network() {
        ObjectNode network = root.putObject("network");
        network.put("shape", prepared.network().text());
        if (prepared.network() instanceof DenseNetwork dense) {
            dense.widths().forEach(network.putArray("widths")::add);
            network.put("activation", dense.activation().name().toLowerCase(java.util.Locale.ROOT));
        } else if (prepared.network() instanceof ProductUnitNetwork units) {
            network.put("kind", "product-units");
            network.put("complex", units.complex());
            network.put("guard", units.guard());
            network.put("initialExponents", units.initialExponents());
        }
        if (prepared.network() instanceof SplineNetwork splines) {
            network.put("kind", "splines");
            splines.widths().forEach(network.putArray("widths")::add);
            network.put("intervals", splines.intervals());
            network.put("order", splines.order());
            network.put("initialNoise", splines.initialNoise());
        }
        network.put("parameters", prepared.network().parameterCount());
        ArrayNode features = root.putArray("features");
        for (Feature feature : experiment.inputs().features()) {
            ObjectNode node = features.addObject();
            node.put("name", feature.name());
            node.put("unit", feature.unit());
            node.put("equation", feature.equation());
            node.put("source", feature.source());
        }
        ArrayNode targets = root.putArray("targets");
        experiment.outputs().targets().forEach(target -> targets.add(target.name()));
    }

    private ObjectNode protocol(ProtocolResult result) {
        ObjectNode node = RunDirectory.JSON.createObjectNode();
        Protocol protocol = result.protocol();
        node.put("name", protocol.id());
        node.put("title", protocol.title());
        node.put("description", describe(result) + describeStart(protocol, result));
        node.put("directory", protocol.directory());
        if (!result.outcome().method().isEmpty()) {
            node.put("method", result.outcome().method());
        }
        ObjectNode metrics = node.putObject("metrics");
        List<Long> seeds = result.members().stream()
                .map(i -> result.plan().replicas().get(i).seed())
                .toList();
        result.metrics().forEach((set, figures) -> metrics.set(set, metrics(figures, seeds)));
        ObjectNode published = node.putObject("published");
        experiment.published().forEach((set, figures) -> {
            ObjectNode entry = published.putObject(set);
            figures.rmsdMeV().ifPresent(value -> entry.put("rmsdMeV", value));
            figures.maeMeV().ifPresent(value -> entry.put("maeMeV", value));
        });
        if (!result.thresholds().isEmpty()) {
            thresholds(node.putArray("thresholds"), result.thresholds(), experiment);
        }
        if (prepared.network() instanceof SplineNetwork splines) {
            SplineRecord.write(node, prepared, splines, result);
        }
        PosteriorRecord.write(node, result.posterior());
        ArrayNode replicas = node.putArray("replicas");
        for (int i = 0; i < result.outcome().states().size(); i++) {
            ReplicaState state = result.outcome().states().get(i);
            ObjectNode entry = replicas.addObject();
            entry.put("seed", result.plan().replicas().get(i).seed());
            entry.put("epochs", state.epoch());
            result.evaluations(i).ifPresent(count -> entry.put("evaluations", count));
            entry.put("status", state.status().name());
            number(entry, "loss", state.loss());
            if (result.plan().monitor().watched() >= 0) {
                entry.put("bestEpoch", state.bestEpoch());
            }
            if (result.plan().optimizer() instanceof Optimizer.LevenbergMarquardt) {
                PosteriorRecord.array(entry.putArray("weightDecay"), result.weightDecay(i));
            }
            int member = result.members().indexOf(i);
            result.posterior()
                    .posteriors()
                    .filter(posteriors -> member >= 0)
                    .ifPresent(posteriors ->
                            PosteriorRecord.write(entry, posteriors.networks().get(member)));
        }
        ObjectNode timing = node.putObject("timing");
        timing.put("trainingSeconds", result.outcome().trainingSeconds());
        timing.put("epochs", result.epochs());
        timing.put("microsecondsPerEpoch", result.microsecondsPerEpoch());
        if (result.stages().size() > 1) {
            StageRecord.write(timing.putArray("stages"), result.stages());
        }
        return node;
    }

    static void thresholds(ArrayNode array, List<ThresholdLine> lines, Experiment experiment) {
        for (int i = 0; i < lines.size(); i++) {
            ThresholdLine line = lines.get(i);
            ObjectNode entry = array.addObject();
            entry.put("set", line.set());
            entry.put("tauMeV", line.tauMeV());
            entry.set("count", spread(line.count()));
            entry.set("rmsdMeV", spread(line.rmsdMeV()));
            if (i < experiment.thresholds().size()) {
                Experiment.Threshold threshold = experiment.thresholds().get(i);
                ObjectNode published = entry.putObject("published");
                threshold.count().ifPresent(count -> published.put("count", count));
                threshold.rmsdMeV().ifPresent(rmsd -> published.put("rmsdMeV", rmsd));
            }
        }
    }

    private String describe(ProtocolResult result) {
        Experiment.Training training = experiment.training();
        if (result.protocol() == Protocol.LEAK_FREE) {
            return "Each replica keeps one of "
                    + experiment.leakFree().orElseThrow().parts()
                    + " parts of the training set aside and keeps the parameters with the smallest rms deviation there"
                    + (training.polish().isPresent()
                            ? ", of training and polish; the polish begins with those of training;"
                            : ";")
                    + " the test set is never looked at while training.";
        }
        String stop = training.stopBelowLoss() > 0
                ? "Trained until the training loss falls below " + PlanText.number(training.stopBelowLoss())
                        + " (at most " + training.epochs() + " epochs)"
                : "Trained for " + training.epochs() + " epochs";
        return stop
                + training.polish()
                        .map(polish -> ", then polished for at most " + polish.epochs() + " steps of "
                                + polish.optimizer().text())
                        .orElse("")
                + (training.keepBestOnTest()
                        ? "; the parameters kept are those with the smallest rms deviation on the test set along the way,"
                                + " so the test figure is optimistic."
                        : training.averageLast() > 0
                                ? "; the parameters kept are the mean of those after each of "
                                        + PlanText.averaged(training.epochs(), training.averageLast()) + "."
                                        + stoppedEarly(result)
                                : "; the parameters kept are the last ones.");
    }

    /** What a network keeps that falls below the loss before the last epoch; the epochs averaged count from there. */
    private static String stoppedEarly(ProtocolResult result) {
        long first = result.plan().stop().maxEpochs() - result.plan().averageLast() + 1;
        int before = 0;
        int among = 0;
        for (ReplicaState state : result.outcome().states()) {
            if (state.status() == ReplicaState.Status.REACHED_LOSS) {
                before += state.epoch() < first ? 1 : 0;
                among += state.epoch() >= first ? 1 : 0;
            }
        }
        int all = result.outcome().states().size();
        return (before == 0
                        ? ""
                        : " Stopped before these epochs, with the last parameters: " + before + " of " + all + ".")
                + (among == 0 ? "" : " Stopped among them, with the mean up to there: " + among + " of " + all + ".");
    }

    private static String describeStart(Protocol protocol, ProtocolResult result) {
        // The plans after the first begin with what that left.
        if (result.stages().get(0).plan().replicas().stream().allMatch(replica -> replica.initial() == null)) {
            return "";
        }
        return " Started from given parameters (--init) instead of drawn ones"
                + (protocol == Protocol.LEAK_FREE
                        ? ": free of leaks only if those were made without the validation and test sets."
                        : ".");
    }

    /** @param seeds of the replicas that the figures are of */
    static ObjectNode metrics(SetMetrics metrics, List<Long> seeds) {
        ObjectNode node = RunDirectory.JSON.createObjectNode();
        node.set("rmsdMeV", spread(metrics.rmsdMeV()));
        node.set("maeMeV", spread(metrics.maeMeV()));
        node.put("count", metrics.count());
        node.put("ensembleCount", metrics.ensembleCount());
        Unpredicted.describe(node, metrics, seeds);
        return node;
    }

    /** JSON has no NaN: what is not finite is null. */
    private static void number(ObjectNode node, String key, double value) {
        node.put(key, Double.isFinite(value) ? value : null);
    }

    private static ObjectNode spread(Spread spread) {
        ObjectNode node = RunDirectory.JSON.createObjectNode();
        number(node, "mean", spread.mean());
        number(node, "standardDeviation", spread.standardDeviation());
        ArrayNode replicas = node.putArray("replicas");
        for (double value : spread.replicas()) {
            if (Double.isFinite(value)) {
                replicas.add(value);
            } else {
                replicas.addNull();
            }
        }
        number(node, "ensemble", spread.ensemble());
        return node;
    }

    /** Bare theory tables on the same nuclei, as far as they cover them. */
    private void baselines(DataLibrary library) {
        ArrayNode baselines = root.putArray("baselines");
        double[] experimentMeV = prepared.experimentMeV();
        for (String id : experiment.data().baselines()) {
            TheoryTable table = library.theory(id);
            ObjectNode node = baselines.addObject();
            node.put("name", table.title());
            ObjectNode metrics = node.putObject("metrics");
            // Where every network has sets of its own, the theory's deviation is that of all of them.
            if (!prepared.dividedBySeed()) {
                metrics.set("train", baseline(table, experimentMeV, prepared.trainingRows()));
                metrics.set("test", baseline(table, experimentMeV, prepared.testRows()));
            }
            metrics.set("all", baseline(table, experimentMeV, prepared.rowsOf("all")));
            prepared.extraRows().forEach((name, rows) -> metrics.set(name, baseline(table, experimentMeV, rows)));
            for (Experiment.Subset subset : experiment.data().subsets()) {
                if (isOneSet(subset)) {
                    int[] part = prepared.part(subset, prepared.rowsOf(subset.of()));
                    metrics.set(subset.name(), baseline(table, experimentMeV, part));
                }
            }
        }
    }

    private ObjectNode baseline(TheoryTable table, double[] experimentMeV, int[] rows) {
        double[] theory = new double[experimentMeV.length];
        int[] covered = IntStream.of(rows)
                .filter(row -> {
                    Nuclide nuclide = prepared.rows().get(row).nuclide();
                    if (prepared.supplement().contains(nuclide)) {
                        return false;
                    }
                    Optional<TheoryEntry> entry = table.find(nuclide);
                    entry.ifPresent(e -> theory[row] = e.massExcessMeV());
                    return entry.isPresent();
                })
                .toArray();
        Deviation deviation = Deviation.of(theory, experimentMeV, covered);
        ObjectNode node = RunDirectory.JSON.createObjectNode();
        number(node, "rmsdMeV", deviation.rmsdMeV());
        number(node, "maeMeV", deviation.maeMeV());
        node.put("count", deviation.count());
        return node;
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
