package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.engine.EdgePenalty;
import gputrain.engine.GridUpdates;
import java.util.Locale;

/** An experiment's settings as a person would write them. */
final class RunSettings {
    private RunSettings() {}

    /** Adds them to a node of the run record. */
    static void write(ObjectNode settings, Experiment experiment) {
        Experiment.Training training = experiment.training();
        settings.put(
                "input scaling",
                switch (experiment.inputs().scaling()) {
                    case "unit" ->
                        "centred, in units of "
                                + PlanText.number(experiment.inputs().unit());
                    case "divided" ->
                        "divided by " + PlanText.number(experiment.inputs().unit());
                    default -> experiment.inputs().scaling();
                });
        settings.put(
                "output scaling",
                switch (experiment.outputs().scaling()) {
                    case "unit" ->
                        "centred, in units of "
                                + PlanText.number(experiment.outputs().unitMeV()) + " MeV";
                    case "divided" ->
                        "divided by " + PlanText.number(experiment.outputs().unitMeV()) + " MeV";
                    default -> experiment.outputs().scaling();
                });
        settings.put(
                "mass from",
                experiment.outputs().targets().get(experiment.outputs().mass()).name());
        settings.put("loss", PlanText.of(training.loss()));
        settings.put("optimiser", PlanText.of(training.optimizer()));
        settings.put("learning rate", PlanText.of(training.learningRate()));
        settings.put("weight decay", PlanText.number(training.weightDecay()));
        settings.put("batch", training.batchSize() == 0 ? "full" : Integer.toString(training.batchSize()));
        splineSettings(settings, training);
        settings.put("precision", training.precision().name().toLowerCase(Locale.ROOT));
        settings.put("epochs at most", training.epochs());
        training.polish()
                .ifPresent(polish -> settings.put(
                        "polish",
                        PlanText.of(polish.optimizer()) + "; at most " + polish.epochs() + " steps, weight decay "
                                + PlanText.number(polish.weightDecay()) + ", float64"));
        if (training.stopBelowLoss() > 0) {
            settings.put("stop below training loss", PlanText.number(training.stopBelowLoss()));
        }
        if (training.averageLast() > 0) {
            settings.put(
                    "parameters",
                    "mean over " + PlanText.averaged(training.epochs(), training.averageLast())
                            + (experiment.leakFree().isPresent() ? " (the paper's protocol only)" : ""));
        }
        experiment
                .leakFree()
                .ifPresent(leakFree -> settings.put(
                        "leak-free",
                        "1 of " + leakFree.parts() + " parts aside, " + leakFree.epochs() + " epochs at most, "
                                + (leakFree.patience() == 0
                                        ? "no patience limit"
                                        : "patience " + leakFree.patience() + " epochs")
                                + ", weight decay " + PlanText.number(leakFree.weightDecay())));
    }

    private static void splineSettings(ObjectNode settings, Experiment.Training training) {
        if (!training.penalty().equals(EdgePenalty.NONE)) {
            settings.put(
                    "penalty of edges",
                    "L1 " + PlanText.number(training.penalty().l1()) + ", entropy "
                            + PlanText.number(training.penalty().entropy()));
        }
        if (!training.gridUpdates().equals(GridUpdates.NEVER)) {
            settings.put(
                    "knots updated",
                    "every " + training.gridUpdates().every() + " epochs before epoch "
                            + training.gridUpdates().until() + ", "
                            + PlanText.number(training.gridUpdates().uniformShare())
                            + " of them evenly spaced, the others at quantiles");
        }
        int k = 1;
        for (Experiment.Refinement refinement : training.refinements()) {
            settings.put(
                    "refinement " + k++,
                    (refinement.intervals() > 0 ? refinement.intervals() + " intervals, " : "")
                            + (refinement.pruneBelow() > 0
                                    ? "edges below " + PlanText.number(refinement.pruneBelow())
                                            + " of their layer's largest switched off, "
                                    : "")
                            + refinement.epochs() + " more epochs");
        }
    }
}
