package gputrain.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.Philox;
import gputrain.model.ProductUnitNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** A run that PyTorch did in float64, as {@code make_trajectories.py} wrote it down. */
record GoldenTrajectory(String name, JsonNode json) {
    static final List<String> NAMES = List.of(
            "huber-gelu",
            "mae-tanh-decay",
            "mse-relu-sgd",
            "huber-gelu-batches",
            "mse-gelu-plateau",
            "complex-units",
            "complex-units-sgd",
            "real-units");

    private static final long DATA_STREAM = 0x64617461L;

    static GoldenTrajectory read(String name) {
        String resource = "/gputrain/golden/trajectory-" + name + ".json";
        try (InputStream in = Objects.requireNonNull(GoldenTrajectory.class.getResourceAsStream(resource), resource)) {
            return new GoldenTrajectory(name, new ObjectMapper().readTree(in));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    long epochs() {
        return json.get("epochs").asLong();
    }

    double loss(int epoch) {
        return json.get("losses").get(epoch).asDouble();
    }

    double rate(int epoch) {
        return json.get("rates").get(epoch).asDouble();
    }

    TrainingPlan plan(Precision precision) {
        Network network = network();
        int[] rows = IntStream.range(0, json.get("rows").asInt()).toArray();
        Replica replica = new Replica(
                json.get("seed").asLong(),
                List.of(rows),
                json.get("weightDecay").asDouble(),
                1,
                null);
        return new TrainingPlan(
                network,
                lossFunction(json.get("loss")),
                optimizer(json.get("optimizer")),
                rule(json.get("rate")),
                StopRule.epochs(epochs()),
                json.get("batch").asInt(),
                true,
                new Monitor(1, Collections.nCopies(network.outputs(), 1.0), -1),
                precision,
                List.of(replica));
    }

    private Network network() {
        List<Integer> widths = new ArrayList<>();
        json.get("widths").forEach(width -> widths.add(width.asInt()));
        if (json.has("complex")) {
            return new ProductUnitNetwork(
                    json.get("complex").asBoolean(),
                    widths.get(0),
                    widths.get(1),
                    widths.get(2),
                    json.get("guard").asDouble(),
                    1);
        }
        return new DenseNetwork(
                widths, Activation.valueOf(json.get("activation").asText()));
    }

    /**
     * Inputs: Philox bytes over 256. Targets: signed sums of products of two of them, over 4; 0 for the imaginary part of
     * a complex output.
     */
    DataSet data() {
        int rows = json.get("rows").asInt();
        int inputs = network().inputs();
        int outputs = network().outputs();
        double[] x = new double[rows * inputs];
        double[] y = new double[rows * outputs];
        for (int i = 0; i < x.length; i++) {
            x[i] = (Philox.block(json.get("seed").asLong(), i / 4, DATA_STREAM)[i % 4] >>> 24) / 256.0;
        }
        for (int i = 0; i < y.length; i++) {
            int row = i / outputs * inputs;
            int output = i % outputs;
            if (network().complex() && output == 1) {
                continue;
            }
            for (int k = 0; k < inputs; k++) {
                double term = x[row + k] * x[row + (k + output + 1) % inputs] / 4;
                y[i] += (k + output) % 2 == 0 ? term : -term;
            }
        }
        return new DataSet(rows, inputs, outputs, x, y);
    }

    private static Loss lossFunction(JsonNode loss) {
        return switch (loss.get("kind").asText()) {
            case "huber" -> new Loss.Huber(loss.get("delta").asDouble());
            case "mae" -> new Loss.MeanAbsolute();
            case "complex" -> new Loss.ComplexSquared();
            default -> new Loss.MeanSquared();
        };
    }

    private static Optimizer optimizer(JsonNode optimizer) {
        if (optimizer.get("kind").asText().equals("sgd")) {
            return new Optimizer.Sgd(optimizer.get("momentum").asDouble());
        }
        return new Optimizer.Adam(
                optimizer.get("beta1").asDouble(),
                optimizer.get("beta2").asDouble(),
                optimizer.get("epsilon").asDouble());
    }

    private static LearningRateRule rule(JsonNode rule) {
        double rate = rule.get("rate").asDouble();
        return switch (rule.get("kind").asText()) {
            case "step" ->
                new LearningRateRule.Step(
                        rate, rule.get("every").asLong(), rule.get("factor").asDouble());
            case "plateau" ->
                new LearningRateRule.ReduceOnPlateau(
                        rate,
                        rule.get("factor").asDouble(),
                        rule.get("patience").asLong(),
                        rule.get("threshold").asDouble(),
                        rule.get("minimum").asDouble());
            default -> new LearningRateRule.Constant(rate);
        };
    }
}
