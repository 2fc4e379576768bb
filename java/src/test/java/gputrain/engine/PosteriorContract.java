package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Laplace's approximation, of every engine that trains by Levenberg-Marquardt. */
abstract class PosteriorContract implements EngineUnderTest {

    /** Networks of every family; with few rows, more parameters than residuals, and with many, fewer. */
    static Stream<Arguments> problems() {
        return Stream.of(
                        new DenseNetwork(List.of(3, 4, 1), Activation.GELU),
                        new DenseNetwork(List.of(3, 5, 4, 2), Activation.TANH),
                        new DenseNetwork(List.of(2, 1), Activation.IDENTITY),
                        new ProductUnitNetwork(false, 3, 3, 2, 0.05, 0.5),
                        new ProductUnitNetwork(true, 3, 2, 2, 1e-6, 0.5),
                        new ProductUnitNetwork(true, 3, 0, 2, 1e-6, 0.5),
                        new SplineNetwork(List.of(2, 2, 2), 3, 2, 1))
                .flatMap(network -> Stream.of(1, 6, 60).map(rows -> Arguments.of(network, rows.intValue())));
    }

    /** What the parameters say of noise, evidence and every row, beside the oracle's. */
    @ParameterizedTest
    @MethodSource("problems")
    void posteriorsAreTheOracles(Network network, int rows) {
        PlanBuilder builder = PlanBuilder.plan()
                .network(network)
                .rate(1)
                .optimizer(new Optimizer.LevenbergMarquardt(1e-2, 12, 0))
                .rows(rows, 3)
                .loss(network.complex() ? new Loss.ComplexSquared() : new Loss.MeanSquared())
                .replica(5, 0.1, 1);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.positiveData();
        double[] point = plan.initialParameters(plan.replicas().get(0));
        double[][] found = new double[2][];
        List<Engine> engines = List.of(engine(), Runs.oracle());
        for (int k = 0; k < 2; k++) {
            try (Session session = engines.get(k).open(plan, data, EngineOptions.DEFAULT);
                    LaplacePosterior posterior = session.posterior(0, point, new double[] {0.1})) {
                double[] variances = posterior.variances(data.inputs(), data.rows(), 0);
                found[k] = DoubleStream.concat(
                                DoubleStream.of(posterior.logEvidence(), posterior.noiseVariance(0)),
                                Arrays.stream(variances))
                        .toArray();
            } catch (EngineException e) {
                // A row or two leave no degree of freedom, to every engine.
                assertThat(e).hasMessageContaining("no posterior");
                assertThat(rows).isEqualTo(1);
                found[k] = new double[0];
            }
        }
        assertThat(found[0]).hasSameSizeAs(found[1]);
        for (int i = 0; i < found[1].length; i++) {
            assertThat(found[0][i]).isCloseTo(found[1][i], within(1e-7 * (1 + Math.abs(found[1][i]))));
        }
    }
}
