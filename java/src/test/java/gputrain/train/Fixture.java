package gputrain.train;

import gputrain.engine.DataSet;
import gputrain.engine.EdgePenalty;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.GridUpdates;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.SplineNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Small plans that use every part of a state, and exact comparison of outcomes. */
final class Fixture {
    static final int ROWS = 40;
    static final DenseNetwork NETWORK = new DenseNetwork(List.of(3, 6, 2), Activation.GELU);
    static final DataSet DATA = data();

    private Fixture() {}

    /** Full batches in double: Adam, a plateau rule, best parameters, patience; replica 2 starts from given values. */
    static TrainingPlan fullBatch(long epochs) {
        return new TrainingPlan(
                NETWORK,
                new Loss.Huber(1),
                Optimizer.Adam.DEFAULT,
                new LearningRateRule.ReduceOnPlateau(0.02, 0.5, 3, 1e-3, 1e-5),
                new StopRule(epochs, 0, epochs),
                0,
                false,
                new Monitor(7, List.of(1.0, 0.5), 1),
                Precision.FLOAT64,
                replicas());
    }

    /** Shuffled mini-batches in float: momentum and a latched table by loss. */
    static TrainingPlan miniBatch(long epochs) {
        return new TrainingPlan(
                NETWORK,
                new Loss.MeanSquared(),
                new Optimizer.Sgd(0.9),
                new LearningRateRule.ByTrainingLoss(
                        List.of(new LearningRateRule.Line(0.3, 0.01), new LearningRateRule.Line(0, 0.002)), true),
                StopRule.epochs(epochs),
                9,
                true,
                new Monitor(5, List.of(0.0, 1.0), -1),
                Precision.FLOAT32,
                replicas());
    }

    /** Splines in double: L-BFGS and knots that follow the inputs at epochs 0, 4, 8 and 12. */
    static TrainingPlan splines(long epochs) {
        SplineNetwork network = new SplineNetwork(List.of(3, 4, 2), 4, 3, 1);
        return new TrainingPlan(
                network,
                new Loss.MeanSquared(),
                new Optimizer.Lbfgs(4, 20, 0),
                new LearningRateRule.Constant(1),
                StopRule.epochs(epochs),
                0,
                false,
                new Monitor(5, List.of(1.0, 0.5), -1),
                Precision.FLOAT64,
                List.of(
                        new Replica(1, List.of(rows(0, 30), rows(30, 40)), 1e-2, 1, null),
                        new Replica(2, List.of(rows(10, 40), rows(0, 10)), 1e-3, 1, null)),
                0,
                new EdgePenalty(1e-3, 0),
                new GridUpdates(4, 13, 0.3));
    }

    /** A dense network in double with Levenberg-Marquardt. */
    static TrainingPlan secondOrder(long epochs) {
        return new TrainingPlan(
                NETWORK,
                new Loss.Huber(1),
                new Optimizer.LevenbergMarquardt(0.1, 10, 0),
                new LearningRateRule.Constant(1),
                StopRule.epochs(epochs),
                0,
                false,
                new Monitor(5, List.of(1.0, 0.5), -1),
                Precision.FLOAT64,
                replicas());
    }

    private static List<Replica> replicas() {
        double[] start = new double[NETWORK.parameterCount()];
        Arrays.setAll(start, i -> Math.sin(i) * 0.5);
        return List.of(
                new Replica(1, List.of(rows(0, 30), rows(30, 40)), 0, 1, null),
                new Replica(2, List.of(rows(10, 40), rows(0, 10)), 1e-4, 0.5, null),
                new Replica(3, List.of(rows(5, 35), rows(0, 5)), 0, 2, start));
    }

    static int[] rows(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    private static DataSet data() {
        SplittableRandom random = new SplittableRandom(7);
        double[] inputs = random.doubles(ROWS * 3L).toArray();
        double[] targets = new double[ROWS * 2];
        for (int row = 0; row < ROWS; row++) {
            targets[2 * row] = Math.sin(3 * inputs[3 * row]) + inputs[3 * row + 1];
            targets[2 * row + 1] = inputs[3 * row + 1] * inputs[3 * row + 2] - 0.5;
        }
        return new DataSet(ROWS, 3, 2, inputs, targets);
    }

    /** The engines that run here. */
    static Stream<Engine> engines() {
        return Engines.all().stream().filter(engine -> engine.unavailable().isEmpty());
    }

    /** Trains without stopping and without checkpoints. */
    static TrainingOutcome unbroken(Engine engine, TrainingPlan plan) {
        return run(engine, plan, null, TrainingListener.NONE, new StopRequest());
    }

    static TrainingOutcome run(
            Engine engine,
            TrainingPlan plan,
            @Nullable Checkpoints checkpoints,
            TrainingListener listener,
            StopRequest stop) {
        return Trainer.run(engine, plan, DATA, new EngineOptions(0, 1), checkpoints, listener, stop);
    }

    /** The states and samples as bytes, so that equal means equal bits. */
    static byte[] bits(TrainingOutcome outcome) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CheckpointFormat.write(
                    new Checkpoint(new Fingerprint(Map.of()), "", 0, outcome.samples(), outcome.states()), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
