package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against networks that really did not train on a row, and against the matrices of the definitions. */
class LaplacePosteriorTest {
    private static final int ROWS = 24;
    private static final double DECAY = 3e-3;
    private static final Loss SQUARES = new Loss.MeanSquared();

    private static PlanBuilder builder(Network network, Loss loss, double decay, int rows) {
        return PlanBuilder.plan()
                .network(network)
                .loss(loss)
                .optimizer(new Optimizer.LevenbergMarquardt(1e-3, 25, 1e-13))
                .rows(rows, 5)
                .every(100_000)
                .replica(3, decay, 1);
    }

    /** Parameters at the minimum of F for some of the rows; m stays that of all rows, so that their weights do. */
    private static double[] trained(PlanBuilder builder, int[] rows, double decay, double @Nullable [] initial) {
        TrainingPlan whole = builder.build(Precision.FLOAT64);
        double share = (double) whole.replicas().get(0).trainingRows().length / rows.length;
        TrainingPlan plan = new TrainingPlan(
                whole.network(),
                whole.loss(),
                whole.optimizer(),
                whole.learningRate(),
                whole.stop(),
                0,
                false,
                whole.monitor(),
                Precision.FLOAT64,
                List.of(new Replica(
                        3, List.of(rows, whole.replicas().get(0).rowSets().get(1)), decay * share, 1, initial)));
        return Runs.train(Runs.oracle(), plan, builder.data(), 1000)
                .states()
                .get(0)
                .parameters();
    }

    private static LaplacePosterior posterior(
            Session session, Network network, Loss loss, DataSet data, double[] p, double... decay) {
        return LaplacePosterior.at(
                PlainLinearisation.source(session),
                network,
                loss,
                data,
                IntStream.range(0, ROWS).toArray(),
                p,
                decay);
    }

    /** Row by row: residual of the output that did not train on it, and how far the others move. */
    private static double[][] reallyLeftOut(PlanBuilder builder, Session session, double[] p, int output) {
        DataSet data = builder.data();
        int outputs = data.targetWidth();
        double[] inputs = Arrays.copyOf(data.inputs(), ROWS * data.inputWidth());
        double[] before = session.predict(p, inputs, ROWS);
        double[][] result = new double[2][ROWS];
        for (int row = 0; row < ROWS; row++) {
            int left = row;
            int[] others = IntStream.range(0, ROWS).filter(i -> i != left).toArray();
            double[] after = session.predict(trained(builder, others, DECAY, p), inputs, ROWS);
            result[0][row] = after[row * outputs + output] - data.targets()[row * outputs + output];
            double squares = 0;
            for (int other : others) {
                squares += Math.pow(after[other * outputs + output] - before[other * outputs + output], 2);
            }
            result[1][row] = Math.sqrt(squares / (ROWS - 1));
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void leavingARowOutOfALinearNetworkIsExact(int outputs) {
        DenseNetwork network = new DenseNetwork(List.of(4, outputs), Activation.IDENTITY);
        PlanBuilder builder = builder(network, SQUARES, DECAY, ROWS);
        double[] p = trained(builder, IntStream.range(0, ROWS).toArray(), DECAY, null);
        try (Session session = open(builder);
                LaplacePosterior posterior = posterior(session, network, SQUARES, builder.data(), p, DECAY)) {
            for (int output = 0; output < outputs; output++) {
                LaplacePosterior.LeftOut leftOut = posterior.leftOut(output);
                double[][] expected = reallyLeftOut(builder, session, p, output);
                for (int row = 0; row < ROWS; row++) {
                    assertThat(leftOut.leftOutResiduals()[row]).isCloseTo(expected[0][row], within(1e-8));
                    assertThat(leftOut.influences()[row])
                            .isCloseTo(expected[1][row], within(1e-5 * expected[1][row] + 1e-7));
                }
            }
        }
    }

    /** With hidden layers it is one Newton step: most of what leaving it out does. */
    @Test
    void leavingARowOutOfAConvergedNetworkIsClose() {
        DenseNetwork network = new DenseNetwork(List.of(2, 3, 1), Activation.TANH);
        PlanBuilder builder = builder(network, SQUARES, DECAY, ROWS);
        double[] p = trained(builder, IntStream.range(0, ROWS).toArray(), DECAY, null);
        try (Session session = open(builder);
                LaplacePosterior posterior = posterior(session, network, SQUARES, builder.data(), p, DECAY)) {
            LaplacePosterior.LeftOut leftOut = posterior.leftOut(0);
            double[][] expected = reallyLeftOut(builder, session, p, 0);
            assertThat(distance(leftOut.leftOutResiduals(), expected[0]))
                    .isLessThan(0.25 * distance(leftOut.residuals(), expected[0]));
            assertThat(distance(leftOut.influences(), expected[1]))
                    .isLessThan(0.25 * distance(new double[ROWS], expected[1]));
        }
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum / a.length);
    }

    /** Targets of a network that is linear in its parameters are normally distributed: their density is the evidence. */
    @Test
    void evidenceOfALinearNetworkIsTheDensityOfTheTargets() {
        DenseNetwork network = new DenseNetwork(List.of(4, 1), Activation.IDENTITY);
        PlanBuilder builder = builder(network, SQUARES, DECAY, ROWS);
        DataSet data = builder.data();
        double[] p = trained(builder, IntStream.range(0, ROWS).toArray(), DECAY, null);
        try (Session session = open(builder);
                LaplacePosterior posterior = posterior(session, network, SQUARES, data, p, DECAY)) {
            double dispersion = posterior.dispersion();
            double[][] covariance = new double[ROWS][ROWS];
            double[] targets = new double[ROWS];
            for (int i = 0; i < ROWS; i++) {
                targets[i] = data.targets()[i];
                for (int j = 0; j < ROWS; j++) {
                    double product = 1;
                    for (int k = 0; k < 4; k++) {
                        product += data.inputs()[i * 4 + k] * data.inputs()[j * 4 + k];
                    }
                    // Prior variance s^2 / (m d), noise s^2 / W with the squared loss's W = 2.
                    covariance[i][j] = product * dispersion / (ROWS * DECAY) + (i == j ? dispersion / 2 : 0);
                }
            }
            double[][] inverse = PlainMatrices.inverse(covariance);
            double quadratic = 0;
            for (int i = 0; i < ROWS; i++) {
                for (int j = 0; j < ROWS; j++) {
                    quadratic += targets[i] * inverse[i][j] * targets[j];
                }
            }
            double density =
                    -quadratic / 2 - PlainMatrices.logDeterminant(covariance) / 2 - ROWS / 2.0 * Math.log(2 * Math.PI);
            assertThat(posterior.logEvidence() + ROWS / 2.0 * Math.log(2 / (2 * Math.PI)))
                    .isCloseTo(density, within(1e-6));
            // The posterior of a linear function: prior minus what the targets say.
            double[] at = {0.3, -0.2, 0.9, 0.1};
            double[] with = new double[ROWS];
            double prior = 1;
            for (int k = 0; k < 4; k++) {
                prior += at[k] * at[k];
            }
            double said = 0;
            for (int i = 0; i < ROWS; i++) {
                with[i] = 1;
                for (int k = 0; k < 4; k++) {
                    with[i] += at[k] * data.inputs()[i * 4 + k];
                }
                with[i] *= dispersion / (ROWS * DECAY);
            }
            for (int i = 0; i < ROWS; i++) {
                for (int j = 0; j < ROWS; j++) {
                    said += with[i] * inverse[i][j] * with[j];
                }
            }
            assertThat(posterior.variances(at, 1, 0)[0])
                    .isCloseTo(prior * dispersion / (ROWS * DECAY) - said, within(1e-9));
        }
    }

    /** The same problem in other units of the loss: Huber's within its delta is half the squared one, a quarter of the complex one. */
    @Test
    void theUnitOfTheLossDoesNotMatter() {
        Network dense = new DenseNetwork(List.of(2, 3, 1), Activation.TANH);
        Network complex = new ProductUnitNetwork(true, 2, 2, 2, 1e-6, 0.5);
        double factor = 1;
        for (Loss loss : List.of(SQUARES, new Loss.ComplexSquared())) {
            factor *= 2;
            Network network = loss.equals(SQUARES) ? dense : complex;
            PlanBuilder builder = builder(network, loss, DECAY, ROWS);
            DataSet data = network.complex() ? builder.positiveData() : builder.data();
            TrainingPlan plan = builder.build(Precision.FLOAT64);
            double[] p = plan.initialParameters(plan.replicas().get(0));
            try (Session session = Runs.oracle().open(plan, data, EngineOptions.DEFAULT);
                    LaplacePosterior ours = posterior(session, network, loss, data, p, factor * DECAY);
                    LaplacePosterior half = posterior(session, network, new Loss.Huber(1e3), data, p, DECAY)) {
                int m = ROWS * network.outputs();
                assertThat(ours.noiseVariance(0)).isCloseTo(half.noiseVariance(0), within(1e-9));
                assertThat(ours.dispersion()).isCloseTo(factor * half.dispersion(), within(1e-9));
                assertThat(ours.logEvidence() + m / 2.0 * Math.log(factor)).isCloseTo(half.logEvidence(), within(1e-6));
                assertThat(ours.variances(Arrays.copyOf(data.inputs(), 3 * data.inputWidth()), 3, 0))
                        .containsExactly(
                                half.variances(Arrays.copyOf(data.inputs(), 3 * data.inputWidth()), 3, 0),
                                within(1e-9));
                assertThat(ours.leftOut(0).leftOutResiduals())
                        .containsExactly(half.leftOut(0).leftOutResiduals(), within(1e-8));
                assertThat(ours.leftOut(0).influences())
                        .containsExactly(half.leftOut(0).influences(), within(1e-6));
                if (network.outputs() == 1) {
                    assertThat(ours.noiseVariance(0)).isCloseTo(ours.dispersion() / factor, within(1e-12));
                    double gamma = Arrays.stream(ours.effectiveParameters()).sum();
                    assertThat(ours.crossValidation(0))
                            .isCloseTo(ours.noiseVariance(0) * m / (m - gamma), within(1e-12));
                }
            }
        }
    }

    /** A network that cannot fit noise finds its size, within what so many rows allow. */
    @Test
    void noiseIsFound() {
        DenseNetwork network = new DenseNetwork(List.of(2, 6, 1), Activation.TANH);
        int rows = 300;
        PlanBuilder builder = builder(network, SQUARES, 1e-5, rows);
        double[] p = trained(builder, IntStream.range(0, rows).toArray(), 1e-5, null);
        try (Session session = open(builder);
                LaplacePosterior posterior = LaplacePosterior.at(
                        PlainLinearisation.source(session),
                        network,
                        SQUARES,
                        builder.data(),
                        IntStream.range(0, rows).toArray(),
                        p,
                        new double[] {1e-5, 1e-5})) {
            assertThat(posterior.groups().names()).containsExactly("layer.0", "layer.1");
            assertThat(posterior.effectiveParameters()).hasSize(2);
            // Uniform within 0.1: a standard deviation of 0.1 / sqrt(3).
            assertThat(Math.sqrt(posterior.noiseVariance(0))).isCloseTo(0.1 / Math.sqrt(3), within(0.006));
        }
    }

    /** Networks of every family, with more residuals than parameters and with fewer. */
    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(new DenseNetwork(List.of(2, 3, 1), Activation.TANH), 1),
                Arguments.of(new DenseNetwork(List.of(3, 6, 5, 2), Activation.GELU), 3),
                Arguments.of(new ProductUnitNetwork(false, 3, 3, 2, 1e-6, 0.5), 3),
                Arguments.of(new ProductUnitNetwork(true, 3, 2, 2, 1e-6, 0.5), 1),
                Arguments.of(new SplineNetwork(List.of(2, 3, 1), 4, 2, 1), 2));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theOneOfASessionIsThatOfTheDefinition(Network network, int groups) {
        Loss loss = network.complex() ? new Loss.ComplexSquared() : new Loss.Huber(0.2);
        PlanBuilder builder = builder(network, loss, DECAY, ROWS);
        TrainingPlan plan = builder.build(Precision.FLOAT64);
        double[] decay = new double[groups];
        Arrays.setAll(decay, c -> DECAY * (c + 1));
        DataSet data = builder.positiveData();
        try (Session session = Runs.oracle().open(plan, data, EngineOptions.DEFAULT)) {
            // Far enough from the start to have structure, and not where a complex logarithm jumps within a difference.
            session.advance(3);
            double[] p = session.state().get(0).parameters();
            double[] at = Arrays.copyOf(data.inputs(), 7 * data.inputWidth());
            try (LaplacePosterior expected = posterior(session, network, loss, data, p, decay);
                    LaplacePosterior actual = session.posterior(0, p, decay)) {
                assertThat(actual.dispersion()).isCloseTo(expected.dispersion(), relative(expected.dispersion()));
                assertThat(actual.logEvidence()).isCloseTo(expected.logEvidence(), within(1e-3));
                assertThat(actual.effectiveParameters()).containsExactly(expected.effectiveParameters(), within(1e-4));
                for (int output = 0; output < network.outputs(); output++) {
                    assertThat(actual.noiseVariance(output))
                            .isCloseTo(expected.noiseVariance(output), relative(expected.noiseVariance(output)));
                    assertClose(actual.variances(at, 7, output), expected.variances(at, 7, output));
                    LaplacePosterior.LeftOut ours = actual.leftOut(output);
                    LaplacePosterior.LeftOut theirs = expected.leftOut(output);
                    assertClose(ours.residuals(), theirs.residuals());
                    assertClose(ours.leftOutResiduals(), theirs.leftOutResiduals());
                    assertClose(ours.leverages(), theirs.leverages());
                    assertClose(ours.influences(), theirs.influences());
                    // The influences have left the linearisation where it was.
                    assertClose(actual.variances(at, 7, output), expected.variances(at, 7, output));
                }
            }
        }
    }

    private static Offset<Double> relative(double value) {
        return within(1e-4 * Math.abs(value));
    }

    private static void assertClose(double[] actual, double[] expected) {
        double size = distance(expected, new double[expected.length]);
        assertThat(actual).containsExactly(expected, within(1e-4 * size));
    }

    @Test
    void refuses() {
        DenseNetwork network = new DenseNetwork(List.of(2, 3, 1), Activation.TANH);
        PlanBuilder builder = builder(network, SQUARES, 0, ROWS);
        TrainingPlan plan = builder.build(Precision.FLOAT64);
        double[] p = plan.initialParameters(plan.replicas().get(0));
        PlanBuilder adam = PlanBuilder.plan();
        try (Session session = Runs.oracle().open(adam.build(Precision.FLOAT64), adam.data(), EngineOptions.DEFAULT)) {
            double[] start = session.state().get(0).parameters();
            assertThatThrownBy(() -> session.posterior(0, start, new double[] {1}))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("levenberg-marquardt");
        }
        try (Session session = open(builder)) {
            assertThatThrownBy(() -> posterior(session, network, SQUARES, builder.data(), p, 0))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("weight decay above 0");
            assertThatThrownBy(() -> posterior(session, network, SQUARES, builder.data(), p, 1, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layer.0, layer.1");
        }
    }

    private static Session open(PlanBuilder builder) {
        return Runs.oracle().open(builder.build(Precision.FLOAT64), builder.data(), EngineOptions.DEFAULT);
    }
}
