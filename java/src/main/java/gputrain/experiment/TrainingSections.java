package gputrain.experiment;

import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.model.Activation;
import gputrain.model.ProductUnitNetwork;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/** The sections of an experiment file that say what is trained and how. */
final class TrainingSections {
    private TrainingSections() {}

    /** {@code [network]}. */
    static Experiment.Shape shape(TomlSection section) {
        Experiment.Shape shape = section.oneOf("kind", "dense", List.of("dense", "product-units"))
                        .equals("dense")
                ? dense(section)
                : productUnits(section);
        section.finish();
        return shape;
    }

    private static Experiment.Shape dense(TomlSection section) {
        List<Integer> hidden = section.wholes("hidden");
        if (hidden.stream().anyMatch(width -> width < 1)) {
            throw section.error("hidden", "widths must be at least 1: " + hidden);
        }
        String activation = section.oneOf("activation", "gelu", List.of("gelu", "relu", "tanh", "identity"));
        return new Experiment.Shape.Dense(hidden, Activation.valueOf(activation.toUpperCase(Locale.ROOT)));
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
        leak.finish();
        return Optional.of(leakFree);
    }

    /** {@code [training]}. */
    static Experiment.Training training(TomlSection section) {
        Loss loss = loss(section);
        Optimizer optimizer = optimizer(section);
        LearningRateRule rate = new LearningRateFile(section).read();
        double weightDecay = section.magnitude("weight-decay", 0);
        int batch = atLeast(section, "batch-size", 0, 0);
        boolean shuffle = section.bool("shuffle", true);
        Precision precision = section.oneOf("precision", "float32", List.of("float32", "float64"))
                        .equals("float32")
                ? Precision.FLOAT32
                : Precision.FLOAT64;
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
        section.finish();
        return new Experiment.Training(
                loss, optimizer, rate, weightDecay, batch, shuffle, precision, epochs, stop, every, best, average);
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
        String kind = section.oneOf("optimizer", "adam", List.of("adam", "sgd"));
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
