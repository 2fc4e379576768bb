package gputrain.engine;

import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Small plans and data sets for the tests. Data are drawn from a fixed seed and rounded to float32, so that engines of
 * both precisions start from the same numbers.
 */
final class PlanBuilder {
    private List<Integer> widths = List.of(5, 7, 2);
    private Activation activation = Activation.GELU;
    private @Nullable Network network;
    private long averageLast;
    private EdgePenalty penalty = EdgePenalty.NONE;
    private Loss loss = new Loss.Huber(1);
    private Optimizer optimizer = Optimizer.Adam.DEFAULT;
    private LearningRateRule rule = new LearningRateRule.Constant(1e-2);
    private StopRule stop = StopRule.epochs(1000);
    private int batch;
    private boolean shuffle;
    private long every = 1;
    private int watched = -1;
    private int rows = 33;
    private int heldOut = 9;
    private final List<Replica> replicas = new ArrayList<>();

    static PlanBuilder plan() {
        return new PlanBuilder();
    }

    PlanBuilder widths(List<Integer> value) {
        widths = value;
        return this;
    }

    /** Any network, instead of widths and activation. */
    PlanBuilder network(Network value) {
        network = value;
        return this;
    }

    PlanBuilder penalty(double l1, double entropy) {
        penalty = new EdgePenalty(l1, entropy);
        return this;
    }

    PlanBuilder averageLast(long epochs) {
        averageLast = epochs;
        return this;
    }

    PlanBuilder activation(Activation value) {
        activation = value;
        return this;
    }

    PlanBuilder loss(Loss value) {
        loss = value;
        return this;
    }

    PlanBuilder optimizer(Optimizer value) {
        optimizer = value;
        return this;
    }

    PlanBuilder rate(LearningRateRule value) {
        rule = value;
        return this;
    }

    PlanBuilder rate(double value) {
        return rate(new LearningRateRule.Constant(value));
    }

    PlanBuilder stop(StopRule value) {
        stop = value;
        return this;
    }

    PlanBuilder batch(int size, boolean shuffled) {
        batch = size;
        shuffle = shuffled;
        return this;
    }

    PlanBuilder every(long epochs) {
        every = epochs;
        return this;
    }

    PlanBuilder watched(int set) {
        watched = set;
        return this;
    }

    /** Rows to train on, and rows after them that are only measured. */
    PlanBuilder rows(int training, int measured) {
        rows = training;
        heldOut = measured;
        return this;
    }

    /** Adds a replica on the standard rows. */
    PlanBuilder replica(long seed, double weightDecay, double rateFactor) {
        return replica(seed, weightDecay, rateFactor, null);
    }

    PlanBuilder replica(long seed, double weightDecay, double rateFactor, double @Nullable [] initial) {
        replicas.add(new Replica(seed, rowSets(), weightDecay, rateFactor, initial));
        return this;
    }

    /** Adds a replica on rows of its own. */
    PlanBuilder replicaOn(long seed, List<int[]> rowSets) {
        replicas.add(new Replica(seed, rowSets, 0, 1, null));
        return this;
    }

    private List<int[]> rowSets() {
        return List.of(
                IntStream.range(0, rows).toArray(),
                IntStream.range(rows, rows + heldOut).toArray());
    }

    Network network() {
        return network != null ? network : new DenseNetwork(widths, activation);
    }

    /** The plan; with a replica of seed 7 and no decay when none was added. */
    TrainingPlan build(Precision precision) {
        int outputs = network().outputs();
        return new TrainingPlan(
                network(),
                loss,
                optimizer,
                rule,
                stop,
                batch,
                shuffle,
                new Monitor(every, Collections.nCopies(outputs, 1.0 / outputs), watched),
                precision,
                replicas.isEmpty() ? List.of(new Replica(7, rowSets(), 0, 1, null)) : replicas,
                averageLast,
                penalty,
                GridUpdates.NEVER);
    }

    /** The data with inputs uniform in (0.1, 1.1), for product units without a linear layer. */
    DataSet positiveData() {
        DataSet data = data();
        double[] inputs = data.inputs().clone();
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) (0.6 + inputs[i] / 2);
        }
        return new DataSet(data.rows(), data.inputWidth(), data.targetWidth(), inputs, data.targets());
    }

    /** Inputs uniform in (-1, 1); targets a smooth function of them, of order 1, with a little noise. */
    DataSet data() {
        int total = rows + heldOut;
        int inputs = network().inputs();
        int outputs = network().outputs();
        SplittableRandom random = new SplittableRandom(20201);
        double[] x = new double[total * inputs];
        double[] y = new double[total * outputs];
        for (int row = 0; row < total; row++) {
            double sum = 0;
            for (int k = 0; k < inputs; k++) {
                x[row * inputs + k] = (float) random.nextDouble(-1, 1);
                sum += x[row * inputs + k] / Math.sqrt(inputs);
            }
            for (int k = 0; k < outputs; k++) {
                y[row * outputs + k] = (float) (Math.sin(2 * sum + k) + random.nextDouble(-0.1, 0.1));
            }
        }
        return new DataSet(total, inputs, outputs, x, y);
    }

    /** The data with the targets of the measured rows turned round, so that training soon makes their rms worse. */
    DataSet opposedData() {
        DataSet data = data();
        double[] targets = data.targets().clone();
        for (int i = rows * data.targetWidth(); i < targets.length; i++) {
            targets[i] = -targets[i];
        }
        return new DataSet(data.rows(), data.inputWidth(), data.targetWidth(), data.inputs(), targets);
    }
}
