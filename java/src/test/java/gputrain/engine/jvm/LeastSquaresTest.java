package gputrain.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.engine.Loss;
import gputrain.engine.jvm.LeastSquares.Form;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.InitialValues;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Jacobians of every family, and the two systems, against each other and against differences. */
class LeastSquaresTest {
    private static final int INPUTS = 3;
    private static final int TOTAL = 250;
    private final DenseAlgebra algebra = new EjmlAlgebra();

    static Stream<Network> networks() {
        return Stream.of(
                new DenseNetwork(List.of(INPUTS, 1), Activation.IDENTITY),
                new DenseNetwork(List.of(INPUTS, 2), Activation.GELU),
                new DenseNetwork(List.of(INPUTS, 7, 1), Activation.GELU),
                new DenseNetwork(List.of(INPUTS, 6, 5, 3), Activation.TANH),
                new DenseNetwork(List.of(INPUTS, 9, 4, 3, 2), Activation.GELU),
                new ProductUnitNetwork(false, INPUTS, 4, 3, 0.05, 1),
                new ProductUnitNetwork(true, INPUTS, 4, 3, 1e-6, 1),
                new ProductUnitNetwork(true, INPUTS, 0, 3, 1e-6, 1),
                new SplineNetwork(List.of(INPUTS, 4, 2), 4, 3, 2));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void jacobiansAreTheOutputsDifferences(Network network) {
        int[] rows = {3, 0, 77, 249, 3};
        double[] point = InitialValues.draw(network, 4);
        for (Jacobian jacobian : jacobians(network, rows)) {
            int m = rows.length * network.outputs();
            double[] scale = IntStream.range(0, m).mapToDouble(i -> 1 + 0.1 * i).toArray();
            jacobian.outputs(point);
            jacobian.differentiate(point, scale);
            int[] trained = RowJacobian.trained(network);
            for (int k = 0; k < trained.length; k++) {
                double[] unit = new double[trained.length];
                unit[k] = 1;
                double[] column = jacobian.times(unit);
                double[] above = shifted(jacobian, point, trained[k], 1e-6);
                double[] below = shifted(jacobian, point, trained[k], -1e-6);
                jacobian.outputs(point);
                for (int i = 0; i < m; i++) {
                    double difference = scale[i] * (above[i] - below[i]) / 2e-6;
                    assertThat(column[i])
                            .as("%s, output %d, parameter %d", network, i, k)
                            .isCloseTo(difference, within(1e-7 * (1 + Math.abs(difference))));
                }
            }
        }
    }

    private static double[] shifted(Jacobian jacobian, double[] point, int parameter, double by) {
        double[] to = point.clone();
        to[parameter] += by;
        return jacobian.outputs(to).clone();
    }

    private List<Jacobian> jacobians(Network network, int[] rows) {
        Jacobian matrix = new RowJacobian(network, data(network), rows, algebra, new Workspaces.Workspace());
        return network instanceof DenseNetwork dense
                ? List.of(matrix, new LayerJacobian(dense, data(network), rows, algebra))
                : List.of(matrix);
    }

    /** More rows than fit in one tile. */
    @ParameterizedTest
    @MethodSource("networks")
    void theJacobianOfLayersIsTheMatrix(Network network) {
        int[] rows = IntStream.range(0, TOTAL).toArray();
        double[] point = InitialValues.draw(network, 4);
        int m = TOTAL * network.outputs();
        int n = RowJacobian.trained(network).length;
        SplittableRandom random = new SplittableRandom(8);
        double[] scale = random.doubles(m, 0.5, 2).toArray();
        double[] x = random.doubles(n, -1, 1).toArray();
        double[] u = random.doubles(m, -1, 1).toArray();
        double[][] outer = new double[2][m * m];
        double[][] others = new double[4][];
        int at = 0;
        for (Jacobian jacobian : jacobians(network, rows)) {
            jacobian.outputs(point);
            jacobian.differentiate(point, scale);
            jacobian.outer(outer[at]);
            others[2 * at] = jacobian.times(x);
            others[2 * at + 1] = jacobian.transposedTimes(u);
            at++;
        }
        for (int i = 0; at == 2 && i < m; i++) {
            for (int j = 0; j <= i; j++) {
                assertThat(outer[1][i * m + j])
                        .isCloseTo(outer[0][i * m + j], within(1e-12 * (1 + Math.abs(outer[0][i * m + j]))));
            }
        }
        for (int k = 0; at == 2 && k < 2; k++) {
            assertThat(others[k + 2]).hasSameSizeAs(others[k]).containsExactly(others[k], within(1e-11));
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void bothSystemsGiveTheSameStep(Network network) {
        double[] point = InitialValues.draw(network, 4);
        for (int count : new int[] {1, 9, 200}) {
            int[] rows = IntStream.range(0, count).toArray();
            for (double decay : new double[] {0, 0.02}) {
                double[] expected = step(network, rows, decay, Form.PRIMAL, point);
                assertThat(step(network, rows, decay, Form.DUAL, point))
                        .as("%s, %d rows", network, count)
                        .containsExactly(expected, within(1e-9));
                if (network instanceof DenseNetwork) {
                    assertThat(step(network, rows, decay, Form.LAYERS, point))
                            .as("%s, %d rows", network, count)
                            .containsExactly(expected, within(1e-9));
                }
            }
        }
    }

    private double[] step(Network network, int[] rows, double decay, Form form, double[] point) {
        Loss loss = network.complex() ? new Loss.ComplexSquared() : new Loss.Huber(0.4);
        LeastSquares objective =
                new LeastSquares(network, loss, data(network), rows, decay, algebra, new Workspaces.Workspace(), form);
        objective.value(point);
        assertThat(objective.model(point)).isTrue();
        return objective.step(1e-3);
    }

    private static DataSet data(Network network) {
        SplittableRandom random = new SplittableRandom(6);
        return new DataSet(
                TOTAL,
                INPUTS,
                network.outputs(),
                random.doubles((long) TOTAL * INPUTS, 0.2, 1).toArray(),
                random.doubles((long) TOTAL * network.outputs(), -2, 2).toArray());
    }
}
