package gputrain.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.DataSet;
import gputrain.engine.EdgePenalty;
import gputrain.engine.EngineOptions;
import gputrain.engine.GridUpdates;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.InitialValues;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle's gradients against central differences of its own loss. */
class GradientTest {
    private static final int ROWS = 9;
    private static final double STEP = 1e-5;
    private static final double DECAY = 0.02;

    static Stream<Arguments> cases() {
        List<Loss> losses =
                List.of(new Loss.Huber(1), new Loss.Huber(0.1), new Loss.MeanSquared(), new Loss.MeanAbsolute());
        return Stream.of(Activation.values())
                .flatMap(activation -> losses.stream().map(loss -> Arguments.of(activation, loss)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesCentralDifferences(Activation activation, Loss loss) {
        DenseNetwork network = new DenseNetwork(List.of(3, 7, 5, 2), activation);
        DataSet data = data();
        double[] start = new TrainingPlanOf(network, loss, 0, null).plan().initialParameters(replica(0, null));
        double[] gradient = gradient(network, loss, 0, start, data);
        for (int i = 0; i < start.length; i++) {
            double[] shifted = start.clone();
            shifted[i] = start[i] + STEP;
            double above = loss(network, loss, shifted, data);
            shifted[i] = start[i] - STEP;
            double below = loss(network, loss, shifted, data);
            assertThat(gradient[i])
                    .as("%s %s parameter %d", activation, loss, i)
                    .isCloseTo((above - below) / (2 * STEP), within(1e-8));
        }
    }

    static Stream<Arguments> productUnits() {
        return Stream.of(
                        new ProductUnitNetwork(false, 3, 7, 5, 0.05, 1),
                        new ProductUnitNetwork(true, 3, 7, 5, 1e-6, 1),
                        new ProductUnitNetwork(false, 3, 0, 5, 0.05, 1),
                        new ProductUnitNetwork(true, 3, 0, 5, 1e-6, 1))
                .flatMap(network -> Stream.of(
                                new Loss.Huber(0.3),
                                new Loss.MeanSquared(),
                                network.complex() ? new Loss.ComplexSquared() : new Loss.Huber(5))
                        .map(loss -> Arguments.of(network, loss)));
    }

    @ParameterizedTest
    @MethodSource("productUnits")
    void productUnitsMatchCentralDifferences(ProductUnitNetwork network, Loss loss) {
        DataSet data = positive(network.outputs());
        double[] start = InitialValues.draw(network, 11);
        double[] gradient = gradient(network, loss, 0, start, data);
        for (int i = 0; i < start.length; i++) {
            double[] shifted = start.clone();
            shifted[i] = start[i] + STEP;
            double above = loss(network, loss, shifted, data);
            shifted[i] = start[i] - STEP;
            double below = loss(network, loss, shifted, data);
            double difference = (above - below) / (2 * STEP);
            assertThat(gradient[i])
                    .as("%s %s parameter %d", network, loss, i)
                    .isCloseTo(difference, within(3e-8 * (1 + Math.abs(difference))));
        }
        double[] weights = network.complex() ? new double[] {0.6, -1.3} : new double[] {0.6};
        try (Session session = open(network, loss, 0, start, data)) {
            double[] by = session.inputGradient(start, data.inputs(), ROWS, weights);
            for (int i = 0; i < by.length; i++) {
                double[] shifted = data.inputs().clone();
                shifted[i] += STEP;
                double above = dot(session.predict(start, shifted, ROWS), weights);
                shifted[i] -= 2 * STEP;
                double below = dot(session.predict(start, shifted, ROWS), weights);
                assertThat(by[i]).isCloseTo((above - below) / (2 * STEP), within(3e-8 * (1 + Math.abs(by[i]))));
            }
        }
    }

    static Stream<Arguments> splines() {
        return Stream.of(
                        new SplineNetwork(List.of(3, 4, 2), 4, 3, 2),
                        new SplineNetwork(List.of(3, 2), 2, 1, 2),
                        new SplineNetwork(List.of(3, 5, 2, 2), 7, 5, 2))
                .flatMap(network -> Stream.of(EdgePenalty.NONE, new EdgePenalty(0.3, 0), new EdgePenalty(0.05, 0.2))
                        .map(penalty -> Arguments.of(network, penalty)));
    }

    /** Loss, penalty and decay together: a step of plain gradient descent at rate 1 is the gradient of their sum. */
    @ParameterizedTest
    @MethodSource("splines")
    void splinesMatchCentralDifferences(SplineNetwork network, EdgePenalty penalty) {
        DataSet data = data();
        double[] start = InitialValues.draw(network, 11);
        double[] gradient = new double[start.length];
        try (Session session = new JvmEngine().open(penalised(network, penalty, start), data, EngineOptions.DEFAULT)) {
            session.advance(1);
            double[] after = session.state().get(0).parameters();
            for (int i = 0; i < start.length; i++) {
                gradient[i] = start[i] - after[i];
            }
        }
        boolean[] trained = network.trained();
        for (int i = 0; i < start.length; i++) {
            double[] shifted = start.clone();
            shifted[i] = start[i] + STEP;
            double above = objective(network, penalty, shifted, data);
            shifted[i] = start[i] - STEP;
            double below = objective(network, penalty, shifted, data);
            double difference = trained[i] ? (above - below) / (2 * STEP) : 0;
            assertThat(gradient[i])
                    .as("%s %s parameter %d", network, penalty, i)
                    .isCloseTo(difference, within(1e-7 * (1 + Math.abs(difference))));
        }
        double[] weights = {0.6, -1.3};
        SplineEdges edges = new SplineEdges(network);
        for (int row = 0; row < ROWS; row++) {
            edges.forward(start, data.inputs(), 3 * row);
            double[] by = edges.inputGradient(start, weights);
            for (int i = 0; i < by.length; i++) {
                double[] shifted = data.inputs().clone();
                shifted[3 * row + i] += STEP;
                double above = dot(edges.forward(start, shifted, 3 * row), weights);
                shifted[3 * row + i] -= 2 * STEP;
                double below = dot(edges.forward(start, shifted, 3 * row), weights);
                assertThat(by[i]).isCloseTo((above - below) / (2 * STEP), within(1e-7 * (1 + Math.abs(by[i]))));
            }
        }
    }

    private static TrainingPlan penalised(SplineNetwork network, EdgePenalty penalty, double[] start) {
        return new TrainingPlan(
                network,
                new Loss.MeanSquared(),
                new Optimizer.Sgd(0),
                new LearningRateRule.Constant(1),
                StopRule.epochs(1),
                0,
                false,
                new Monitor(1, List.of(0.5, 0.5), -1),
                Precision.FLOAT64,
                List.of(replica(DECAY, start)),
                0,
                penalty,
                GridUpdates.NEVER);
    }

    /** The objective by its definition, from the values of the edges alone. */
    private static double objective(SplineNetwork network, EdgePenalty penalty, double[] point, DataSet data) {
        SplineEdges edges = new SplineEdges(network);
        double[][] sizes = new double[network.layers()][];
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            double[] y = edges.forward(point, data.inputs(), 3 * row);
            for (int k = 0; k < 2; k++) {
                sum += Math.pow(y[k] - data.targets()[2 * row + k], 2) / (2 * ROWS);
            }
            for (int l = 0; l < sizes.length; l++) {
                sizes[l] = sizes[l] == null ? new double[edges.phi(l).length] : sizes[l];
                for (int e = 0; e < sizes[l].length; e++) {
                    sizes[l][e] += Math.abs(edges.phi(l)[e]) / ROWS;
                }
            }
        }
        for (double[] layer : sizes) {
            double all = DoubleStream.of(layer).sum();
            sum += penalty.l1() * all;
            for (double size : layer) {
                sum -= penalty.entropy() * size / all * Math.log(size / all);
            }
        }
        boolean[] trained = network.trained();
        for (int i = 0; i < point.length; i++) {
            sum += trained[i] ? DECAY / 2 * point[i] * point[i] : 0;
        }
        return sum;
    }

    private static double dot(double[] outputs, double[] weights) {
        double sum = 0;
        for (int i = 0; i < outputs.length; i++) {
            sum += outputs[i] * weights[i % weights.length];
        }
        return sum;
    }

    /** Away from 0, where max(guard, x) has a kink. */
    private static DataSet positive(int outputs) {
        SplittableRandom random = new SplittableRandom(6);
        double[] inputs = random.doubles(ROWS * 3L, 0.2, 1).toArray();
        double[] targets = random.doubles((long) ROWS * outputs, -2, 2).toArray();
        return new DataSet(ROWS, 3, outputs, inputs, targets);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightDecayAddsAMultipleOfTheParameter(Activation activation, Loss loss) {
        DenseNetwork network = new DenseNetwork(List.of(3, 4, 2), activation);
        DataSet data = data();
        double[] start = new TrainingPlanOf(network, loss, 0, null).plan().initialParameters(replica(0, null));
        double[] plain = gradient(network, loss, 0, start, data);
        double[] decayed = gradient(network, loss, 0.25, start, data);
        for (int i = 0; i < start.length; i++) {
            assertThat(decayed[i]).isCloseTo(plain[i] + 0.25 * start[i], within(1e-14));
        }
    }

    /** A step of plain gradient descent at rate 1 is the gradient. */
    private static double[] gradient(Network network, Loss loss, double weightDecay, double[] start, DataSet data) {
        double[] gradient = new double[start.length];
        try (Session session = open(network, loss, weightDecay, start, data)) {
            session.advance(1);
            double[] after = session.state().get(0).parameters();
            for (int i = 0; i < start.length; i++) {
                gradient[i] = start[i] - after[i];
            }
        }
        return gradient;
    }

    private static double loss(Network network, Loss loss, double[] parameters, DataSet data) {
        try (Session session = open(network, loss, 0, parameters, data)) {
            return session.advance(1).get(0).loss();
        }
    }

    private static Session open(Network network, Loss loss, double weightDecay, double[] start, DataSet data) {
        return new JvmEngine()
                .open(new TrainingPlanOf(network, loss, weightDecay, start).plan(), data, EngineOptions.DEFAULT);
    }

    private static Replica replica(double weightDecay, double[] initial) {
        return new Replica(11, List.of(IntStream.range(0, ROWS).toArray()), weightDecay, 1, initial);
    }

    private record TrainingPlanOf(Network network, Loss loss, double weightDecay, double[] initial) {
        TrainingPlan plan() {
            return new TrainingPlan(
                    network,
                    loss,
                    new Optimizer.Sgd(0),
                    new LearningRateRule.Constant(1),
                    StopRule.epochs(1),
                    0,
                    false,
                    new Monitor(1, java.util.Collections.nCopies(network.outputs(), 0.5), -1),
                    Precision.FLOAT64,
                    List.of(replica(weightDecay, initial)));
        }
    }

    private static DataSet data() {
        SplittableRandom random = new SplittableRandom(5);
        double[] inputs = random.doubles(ROWS * 3L, -1, 1).toArray();
        double[] targets = random.doubles(ROWS * 2L, -2, 2).toArray();
        return new DataSet(ROWS, 3, 2, inputs, targets);
    }
}
