package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.model.Activation;
import gputrain.model.InitialValues;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions, their gradients, and the figures that a monitor draws from them. */
interface PredictionContract extends EngineUnderTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 1000})
    default void predictsAsTheOracle(int rows) {
        PlanBuilder builder = PlanBuilder.plan().widths(List.of(13, 33, 17, 3));
        double[] parameters = InitialValues.draw(builder.network(), 3);
        double[] inputs = inputs(rows * 13);
        double[] expected = predict(Runs.oracle(), Precision.FLOAT64, builder, parameters, inputs, rows);
        double[] actual = predict(engine(), precision(), builder, parameters, inputs, rows);
        assertThat(actual).containsExactly(expected, within(Tolerances.prediction(precision())));
    }

    /** Activations far out, where an approximation must not overflow or drift. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    default void activationsHoldOverTheWholeLine(Activation activation) {
        PlanBuilder builder = PlanBuilder.plan().widths(List.of(1, 1, 1)).activation(activation);
        double[] parameters = {1, 0, 1, 0};
        double[] inputs = new double[4001];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) (0.01 * (i - 2000));
        }
        inputs[0] = -1e4;
        inputs[4000] = 1e4;
        double[] expected = predict(Runs.oracle(), Precision.FLOAT64, builder, parameters, inputs, 4001);
        double[] actual = predict(engine(), precision(), builder, parameters, inputs, 4001);
        for (int i = 0; i < inputs.length; i++) {
            double tolerance = Tolerances.activation(precision()) * Math.max(1, Math.abs(expected[i]));
            assertThat(actual[i]).as("f(%s)", inputs[i]).isCloseTo(expected[i], within(tolerance));
        }
        double[] slopes = inputGradient(engine(), precision(), builder, parameters, inputs, 4001);
        double[] exact = inputGradient(Runs.oracle(), Precision.FLOAT64, builder, parameters, inputs, 4001);
        for (int i = 0; i < inputs.length; i++) {
            assertThat(slopes[i])
                    .as("f'(%s)", inputs[i])
                    .isCloseTo(exact[i], within(Tolerances.activation(precision())));
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    default void inputGradientsMatchCentralDifferences(Activation activation) {
        PlanBuilder builder = PlanBuilder.plan().widths(List.of(5, 17, 8, 2)).activation(activation);
        double[] parameters = InitialValues.draw(builder.network(), 8);
        double[] weights = {0.75, -1.5};
        int rows = 35;
        double[] inputs = inputs(rows * 5);
        double[] actual;
        try (Session session = engine().open(builder.build(precision()), builder.data(), EngineOptions.DEFAULT)) {
            actual = session.inputGradient(parameters, inputs, rows, weights);
        }
        double h = 1e-6;
        for (int k = 0; k < 5; k++) {
            double[] above = shifted(inputs, k, h);
            double[] below = shifted(inputs, k, -h);
            double[] up = predict(Runs.oracle(), Precision.FLOAT64, builder, parameters, above, rows);
            double[] down = predict(Runs.oracle(), Precision.FLOAT64, builder, parameters, below, rows);
            for (int row = 0; row < rows; row++) {
                double slope = (weights[0] * (up[2 * row] - down[2 * row])
                                + weights[1] * (up[2 * row + 1] - down[2 * row + 1]))
                        / (2 * h);
                assertThat(actual[row * 5 + k])
                        .as("%s row %d input %d", activation, row, k)
                        .isCloseTo(slope, within(Tolerances.centralDifference(precision())));
            }
        }
    }

    @Test
    default void aSampleMeasuresTheParametersOfItsEpoch() {
        PlanBuilder builder = PlanBuilder.plan().every(9);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.data();
        try (Session session = engine().open(plan, data, EngineOptions.DEFAULT)) {
            Sample sample = session.advance(9).get(0);
            double[] parameters = session.state().get(0).parameters();
            double[] predictions = session.predict(parameters, data.inputs(), data.rows());
            for (int set = 0; set < 2; set++) {
                double expected = rms(plan.replicas().get(0).rowSets().get(set), predictions, data);
                Runs.assertRms("set " + set, sample.rms().get(set), expected, precision());
            }
        }
    }

    @Test
    default void theLossIsThatOfTheParametersBeforeTheUpdate() {
        PlanBuilder builder = PlanBuilder.plan().loss(new Loss.MeanSquared()).rows(42, 0);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.data();
        try (Session session = engine().open(plan, data, EngineOptions.DEFAULT)) {
            double[] before = session.predict(session.state().get(0).parameters(), data.inputs(), data.rows());
            double sum = 0;
            for (int i = 0; i < before.length; i++) {
                sum += (before[i] - data.targets()[i]) * (before[i] - data.targets()[i]);
            }
            double loss = session.advance(1).get(0).loss();
            Runs.assertRelative("loss", loss, sum / before.length, Tolerances.lossCurve(precision()));
            assertThat(session.state().get(0).loss()).isEqualTo(loss);
        }
    }

    @Test
    default void theBestParametersAreThoseOfTheBestSample() {
        PlanBuilder builder = PlanBuilder.plan()
                .optimizer(new Optimizer.Sgd(0.95))
                .loss(new Loss.MeanSquared())
                .rate(0.1)
                .every(2)
                .watched(0);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.data();
        try (Session session = engine().open(plan, data, EngineOptions.DEFAULT)) {
            List<Sample> samples = session.advance(60);
            ReplicaState state = session.state().get(0);
            Sample best = samples.stream()
                    .filter(one -> one.epoch() == state.bestEpoch())
                    .findFirst()
                    .orElseThrow();
            assertThat(samples).allMatch(one -> one.rms().get(0) >= state.bestRms());
            assertThat(best.rms().get(0)).isEqualTo(state.bestRms());
            assertThat(state.bestEpoch())
                    .as("neither the first sample nor the last")
                    .isBetween(3L, 59L);
            double[] predictions = session.predict(state.bestParameters(), data.inputs(), data.rows());
            double expected = rms(plan.replicas().get(0).rowSets().get(0), predictions, data);
            Runs.assertRms("best", state.bestRms(), expected, precision());
        }
    }

    @Test
    default void withoutAWatchedSetTheBestParametersStayTheInitialOnes() {
        PlanBuilder builder = PlanBuilder.plan();
        ReplicaState end = Runs.train(engine(), builder.build(precision()), builder.data(), 4)
                .states()
                .get(0);
        assertThat(end.bestParameters()).isEqualTo(InitialValues.draw(builder.network(), 7));
        assertThat(end.bestEpoch()).isZero();
        assertThat(end.bestRms()).isInfinite();
    }

    private static double rms(int[] rows, double[] predictions, DataSet data) {
        double sum = 0;
        for (int row : rows) {
            double e = 0;
            for (int k = 0; k < data.targetWidth(); k++) {
                int i = row * data.targetWidth() + k;
                e += (predictions[i] - data.targets()[i]) / data.targetWidth();
            }
            sum += e * e;
        }
        return Math.sqrt(sum / rows.length);
    }

    private static double[] predict(
            Engine engine, Precision precision, PlanBuilder builder, double[] parameters, double[] inputs, int rows) {
        try (Session session = engine.open(builder.build(precision), builder.data(), EngineOptions.DEFAULT)) {
            return session.predict(parameters, inputs, rows);
        }
    }

    private static double[] inputGradient(
            Engine engine, Precision precision, PlanBuilder builder, double[] parameters, double[] inputs, int rows) {
        try (Session session = engine.open(builder.build(precision), builder.data(), EngineOptions.DEFAULT)) {
            return session.inputGradient(parameters, inputs, rows, new double[] {1});
        }
    }

    /** Every row's input {@code k} moved by {@code by}; rows have five inputs. */
    private static double[] shifted(double[] inputs, int k, double by) {
        double[] moved = Arrays.copyOf(inputs, inputs.length);
        for (int i = k; i < moved.length; i += 5) {
            moved[i] += by;
        }
        return moved;
    }

    private static double[] inputs(int count) {
        SplittableRandom random = new SplittableRandom(77);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-2, 2);
        }
        return values;
    }
}
