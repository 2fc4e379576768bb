package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.evaluation.Calibration;
import gputrain.evaluation.Deviation;
import java.util.List;
import java.util.Map;

/** Builds the {@code run.json} of kernel models. */
final class KernelRecord {
    private final KernelData data;
    private final KernelExperiment experiment;
    private final Surroundings surroundings;
    private final String started;
    private final ObjectNode fit = RunDirectory.JSON.createObjectNode();

    KernelRecord(KernelData data, Surroundings surroundings, String started) {
        this.data = data;
        this.experiment = data.experiment();
        this.surroundings = surroundings;
        this.started = started;
    }

    /** What the model fitted to all nuclei is like. */
    void fitted(KernelFit model, KernelComponents components, int charted) {
        fit.put("method", model.method());
        fit.put("amplitudeMeV", Math.sqrt(model.amplitude()));
        double diagonal = model.settings().kernel().diagonal(components.importance().length);
        fit.put("priorMeV", Math.sqrt(model.amplitude() * diagonal));
        fit.put("noiseMeV", Math.sqrt(model.noiseVariance()));
        fit.put("predictedNuclides", charted);
        ArrayNode list = fit.putArray("components");
        for (int n = 0; n < components.importance().length; n++) {
            ObjectNode node = list.addObject();
            node.put("coordinate", components.name(n));
            node.put("importanceMeV", components.importance()[n]);
        }
    }

    ObjectNode build(
            KernelGrid grid,
            List<KernelScore> validated,
            List<KernelScore> extrapolated,
            List<KernelScore> editions,
            Map<String, Double> seconds,
            String finished) {
        ObjectNode root = RunDirectory.JSON.createObjectNode();
        root.put("format", 1);
        root.put("kind", "kernel");
        root.put("experiment", experiment.name());
        root.put("title", experiment.title());
        root.put("description", experiment.description());
        ObjectNode paper = root.putObject("paper");
        paper.put("citation", experiment.paper().citation());
        paper.put("doi", experiment.paper().doi());
        paper.put("table", experiment.paper().where());
        experiment.deviations().forEach(root.putArray("deviations")::add);
        ArrayNode tables = root.putArray("data");
        data.sources().forEach(table -> {
            ObjectNode node = tables.addObject();
            node.put("id", table.id());
            node.put("title", table.title());
            node.put("sha256", table.sha256());
        });
        root.put("selection", experiment.selection().toString());
        root.put("theory", experiment.theory());
        ObjectNode sets = root.putObject("sets");
        sets.put("all", data.rows());
        sets.put("notInTheory", data.left());
        ObjectNode settings = root.putObject("settings");
        settings.put("interpolation", experiment.inside().text());
        settings.put("extrapolation", experiment.outside().text());
        settings.put("coordinates scaled on", experiment.inside().scaleOnAll() ? "all nuclei" : "fitted nuclei");
        settings.put(
                "kernel",
                experiment.inside().divide() ? "mean over the coordinates" : "sum over the coordinates (Eq. 4)");
        settings.put("folds", experiment.folds() + ", random_state " + experiment.foldSeed());
        surroundings.describe(root);
        root.put("started", started);
        root.put("finished", finished);
        ArrayNode minima = root.putArray("gridMinima");
        experiment
                .grid()
                .ifPresent(searched -> searched.redundant()
                        .forEach(r -> grid.best(r).ifPresent(point -> {
                            ObjectNode node = minima.addObject();
                            node.put("redundant", point.redundant());
                            node.put("length", point.length());
                            node.put("noise", point.noise());
                            node.put("rmsdMeV", point.rmsdMeV());
                            node.put("atEdge", searched.atEdge(point.length(), point.noise()));
                        })));
        scores(root.putArray("crossValidation"), validated);
        scores(root.putArray("extrapolation"), extrapolated);
        scores(root.putArray("editions"), editions);
        root.set("fit", fit);
        root.set("metrics", metrics(validated));
        ObjectNode timing = root.putObject("timing");
        seconds.forEach((stage, value) -> timing.put(stage + "Seconds", Math.rint(value * 10) / 10));
        return root;
    }

    /** The interpolation model's cross-validation, where scripts look for a run's figures. */
    private static ObjectNode metrics(List<KernelScore> validated) {
        ObjectNode metrics = RunDirectory.JSON.createObjectNode();
        for (KernelScore score : validated) {
            if (score.model().equals(KernelStages.INSIDE)) {
                Deviation deviation = score.deviation();
                ObjectNode set = metrics.putObject(score.set());
                set.putObject("rmsdMeV").put("mean", deviation.rmsdMeV());
                set.putObject("maeMeV").put("mean", deviation.maeMeV());
                set.put("count", score.count());
            }
        }
        return metrics;
    }

    private static void scores(ArrayNode array, List<KernelScore> scores) {
        for (KernelScore score : scores) {
            ObjectNode node = array.addObject();
            node.put("model", score.model());
            node.put("settings", score.settings());
            node.put("set", score.set());
            node.put("count", score.count());
            Deviation deviation = score.deviation();
            number(node, "rmsdMeV", deviation.rmsdMeV());
            number(node, "maeMeV", deviation.maeMeV());
            number(node, "coverage68", score.coverage(Calibration.ONE_SIGMA));
            number(node, "coverage95", score.coverage(Calibration.TWO_SIGMA));
        }
    }

    /** JSON has no NaN: what is not finite is null. */
    private static void number(ObjectNode node, String key, double value) {
        node.put(key, Double.isFinite(value) ? value : null);
    }
}
