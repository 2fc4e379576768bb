package gputrain.experiment;

import gputrain.engine.EdgePenalty;
import gputrain.engine.GridUpdates;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.model.Activation;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/** The sections of an experiment file that say what is trained and how. */
final class TrainingSections {
    private TrainingSections() {}

    /** {@code [network]}. */
    static Experiment.Shape shape(TomlSection section) {
        Experiment.Shape shape = switch (section.oneOf("kind", "dense", List.of("dense", "product-units", "splines"))) {
            case "dense" -> dense(section);
            case "splines" -> splines(section);
            default -> productUnits(section);
        };
        section.finish();
        return shape;
    }

    private static Experiment.Shape dense(TomlSection section) {
        List<Integer> hidden = hidden(section);
        String activation = section.oneOf("activation", "gelu", List.of("gelu", "relu", "tanh", "identity"));
        return new Experiment.Shape.Dense(hidden, Activation.valueOf(activation.toUpperCase(Locale.ROOT)));
    }

    private static List<Integer> hidden(TomlSection section) {
        List<Integer> hidden = section.wholes("hidden");
        if (hidden.stream().anyMatch(width -> width < 1)) {
            throw section.error("hidden", "widths must be at least 1: " + hidden);
        }
        return hidden;
    }

    private static Experiment.Shape splines(TomlSection section) {
        int order = atLeast(section, "order", 1, 3);
        if (order > SplineNetwork.HIGHEST_ORDER) {
            throw section.error("order", "must be at most " + SplineNetwork.HIGHEST_ORDER + ": " + order);
        }
        return new Experiment.Shape.Splines(
                hidden(section), atLeast(section, "intervals", 1, 0), order, section.magnitude("initial-noise", 0.3));
    }

    private static Experiment.Shape productUnits(TomlSection section) {
        return new Experiment.Shape.ProductUnits(
                section.bool("complex", false),
                atLeast(section, "linear-units", 0, 0),
                atLeast(section, "product-units", 1, 0),
                checked(section, "guard", ProductUnitNetwork.DEFAULT_GUARD, ProductUnitNetwork::requireGuard),
                checked(section, "initial-exponents", 1, ProductUnitNetwork::requireInitialExponents));
    }

    /** A number that the network takes; otherwise its reason under the key. */
    private static double checked(TomlSection section, String key, double otherwise, DoubleConsumer require) {
        double value = section.number(key, otherwise);
        try {
            require.accept(value);
        } catch (IllegalArgumentException e) {
            throw section.error(key, String.valueOf(e.getMessage()));
        }
        return value;
    }

    /** {@code [leak-free]}, where there is one. */
    static Optional<Experiment.LeakFree> leakFree(TomlSection top, Experiment.Training training) {
        if (!top.has("leak-free")) {
            return Optional.empty();
        }
        TomlSection leak = top.section("leak-free");
        Experiment.LeakFree leakFree = new Experiment.LeakFree(
                atLeast(leak, "parts", 2, 10),
                atLeast(leak, "patience", 0, 0L),
                atLeast(leak, "epochs", 1, training.epochs()),
                leak.magnitude("weight-decay", training.weightDecay()));
        requireStart(leak, training.optimizer(), leakFree.weightDecay());
        leak.finish();
        return Optional.of(leakFree);
    }

    /** {@code [training]} of a network of this shape. */
    static Experiment.Training training(TomlSection section, Experiment.Shape shape) {
        boolean splines = shape instanceof Experiment.Shape.Splines;
        Loss loss = loss(section);
        Optimizer optimizer = optimizer(section);
        LearningRateRule rate = optimizer instanceof Optimizer.LevenbergMarquardt
                ? new LearningRateRule.Constant(1)
                : new LearningRateFile(section).read();
        double weightDecay = section.magnitude("weight-decay", 0);
        requireStart(section, optimizer, weightDecay);
        int batch = atLeast(section, "batch-size", 0, 0);
        boolean shuffle = section.bool("shuffle", true);
        Precision precision = precision(section, splines, optimizer);
        if (optimizer.iterates() && batch != 0) {
            throw section.error("batch-size", optimizer.text() + " takes all rows in one step: leave it out");
        }
        long epochs = atLeast(section, "epochs", 1, 0L);
        double stop = section.magnitude("stop-below-loss", 0);
        long every = atLeast(section, "sample-every", 1, 100L);
        boolean best =
                section.oneOf("keep", "last", List.of("last", "best-on-test")).equals("best-on-test");
        long average = atLeast(section, "average-last", 0, 0L);
        if (average > epochs) {
            throw section.error("average-last", average + " epochs of " + epochs);
        }
        if (average > 0 && best) {
            throw section.error("average-last", "averaged parameters and keep = \"best-on-test\" exclude each other");
        }
        // Penalties are not squares of residuals.
        EdgePenalty penalty = splines && !(optimizer instanceof Optimizer.LevenbergMarquardt)
                ? new EdgePenalty(section.magnitude("penalty-l1", 0), section.magnitude("penalty-entropy", 0))
                : EdgePenalty.NONE;
        GridUpdates updates = splines && section.has("grid-updates")
                ? gridUpdates(section.section("grid-updates"))
                : GridUpdates.NEVER;
        List<Experiment.Refinement> refinements = splines && section.has("refine") ? refinements(section) : List.of();
        if (!refinements.isEmpty() && (best || average > 0)) {
            throw section.error(
                    best ? "keep" : "average-last",
                    "what is refined afterwards keeps its last parameters: leave it out");
        }
        Optional<Experiment.Polish> polish = polish(section, optimizer, weightDecay);
        if (polish.isPresent() && (best || average > 0)) {
            throw section.error(
                    best ? "keep" : "average-last",
                    "what is polished afterwards keeps its last parameters: leave it out");
        }
        section.finish();
        return new Experiment.Training(
                loss,
                optimizer,
                rate,
                weightDecay,
                batch,
                shuffle,
                precision,
                epochs,
                stop,
                every,
                best,
                average,
                penalty,
                updates,
                refinements,
                polish);
    }

    /** {@code [training.polish]}, where there is one. */
    private static Optional<Experiment.Polish> polish(TomlSection training, Optimizer before, double weightDecay) {
        if (!training.has("polish")) {
            return Optional.empty();
        }
        if (before instanceof Optimizer.LevenbergMarquardt) {
            throw training.error("polish", "the optimizer is Levenberg-Marquardt already: leave it out");
        }
        TomlSection section = training.section("polish");
        Experiment.Polish polish = new Experiment.Polish(
                levenbergMarquardt(section),
                section.magnitude("weight-decay", weightDecay),
                atLeast(section, "epochs", 1, 0L),
                atLeast(section, "sample-every", 1, 10L));
        requireStart(section, polish.optimizer(), polish.weightDecay());
        section.finish();
        return Optional.of(polish);
    }

    private static void requireStart(TomlSection section, Optimizer optimizer, double weightDecay) {
        if (optimizer instanceof Optimizer.LevenbergMarquardt second
                && second.evidence().wanted()
                && !(weightDecay > 0)) {
            throw section.error("weight-decay", "the evidence needs one to start from, above 0");
        }
    }

    /** Splines and optimisers that iterate are in float64, and a file need not say so. */
    private static Precision precision(TomlSection section, boolean splines, Optimizer optimizer) {
        boolean needed = splines || optimizer.iterates();
        boolean single = section.oneOf("precision", needed ? "float64" : "float32", List.of("float32", "float64"))
                .equals("float32");
        if (needed && single) {
            throw section.error(
                    "precision", (splines ? "splines are" : optimizer.text() + " is") + " computed in float64");
        }
        return single ? Precision.FLOAT32 : Precision.FLOAT64;
    }

    private static GridUpdates gridUpdates(TomlSection section) {
        double share = section.number("uniform-share", 0.02);
        if (!(share > 0 && share <= 1)) {
            throw section.error("uniform-share", "must be above 0 and at most 1: " + share);
        }
        GridUpdates updates =
                new GridUpdates(atLeast(section, "every", 1, 0L), atLeast(section, "until", 1, 0L), share);
        section.finish();
        return updates;
    }

    private static List<Experiment.Refinement> refinements(TomlSection training) {
        List<Experiment.Refinement> refinements = new ArrayList<>();
        for (TomlSection section : training.sections("refine")) {
            int intervals = section.has("intervals") ? atLeast(section, "intervals", 1, 1) : 0;
            double prune = section.magnitude("prune-below", 0);
            if (prune > 1) {
                throw section.error("prune-below", "must be at most 1: " + prune);
            }
            refinements.add(new Experiment.Refinement(intervals, prune, atLeast(section, "epochs", 1, 0L)));
            section.finish();
        }
        return List.copyOf(refinements);
    }

    private static Loss loss(TomlSection section) {
        String kind = section.oneOf("loss", "huber", List.of("huber", "mae", "mse", "complex-mse"));
        if (!kind.equals("huber")) {
            return kind.equals("mae")
                    ? new Loss.MeanAbsolute()
                    : kind.equals("mse") ? new Loss.MeanSquared() : new Loss.ComplexSquared();
        }
        try {
            return new Loss.Huber(section.number("huber-delta", 1));
        } catch (IllegalArgumentException e) {
            throw section.error("huber-delta", String.valueOf(e.getMessage()));
        }
    }

    private static Optimizer optimizer(TomlSection section) {
        String kind = section.oneOf("optimizer", "adam", List.of("adam", "sgd", "lbfgs", "levenberg-marquardt"));
        if (kind.equals("levenberg-marquardt")) {
            return levenbergMarquardt(section);
        }
        if (kind.equals("lbfgs")) {
            return new Optimizer.Lbfgs(
                    atLeast(section, "history", 1, 10),
                    atLeast(section, "evaluations", 1, 25),
                    section.magnitude("tolerance", 1e-9));
        }
        try {
            return kind.equals("adam")
                    ? new Optimizer.Adam(
                            section.number("beta1", 0.9),
                            section.number("beta2", 0.999),
                            section.number("epsilon", 1e-8))
                    : new Optimizer.Sgd(section.number("momentum", 0));
        } catch (IllegalArgumentException e) {
            throw section.error("optimizer", String.valueOf(e.getMessage()));
        }
    }

    private static Optimizer.LevenbergMarquardt levenbergMarquardt(TomlSection section) {
        double damping = section.number("initial-damping", 1e-2);
        if (!(damping > 0 && damping < Double.POSITIVE_INFINITY)) {
            throw section.error("initial-damping", "must be above 0: " + damping);
        }
        return new Optimizer.LevenbergMarquardt(
                damping,
                atLeast(section, "trials", 1, 16),
                section.magnitude("tolerance", 1e-9),
                section.magnitude("acceleration", 0),
                evidence(section));
    }

    private static Optimizer.Evidence evidence(TomlSection section) {
        if (section.oneOf("regularisation", "fixed", List.of("fixed", "evidence"))
                .equals("fixed")) {
            return Optimizer.Evidence.NONE;
        }
        boolean byLayer = section.oneOf("evidence-groups", "one", List.of("one", "layers"))
                .equals("layers");
        return new Optimizer.Evidence(byLayer, atLeast(section, "evidence-every", 1, 5));
    }

    static long atLeast(TomlSection section, String key, long minimum, long otherwise) {
        long value = section.has(key) || otherwise < minimum ? section.whole(key) : otherwise;
        if (value < minimum) {
            throw section.error(key, "must be at least " + minimum + ": " + value);
        }
        return value;
    }

    private static int atLeast(TomlSection section, String key, int minimum, int otherwise) {
        long value = atLeast(section, key, (long) minimum, (long) otherwise);
        return section.has(key) ? section.integer(key) : (int) value;
    }
}
