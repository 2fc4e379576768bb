package gputrain.engine.cpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gputrain.engine.DataSet;
import gputrain.engine.HostTraining;
import gputrain.engine.JacobianMatrix;
import gputrain.engine.LayerRows;
import gputrain.engine.Linearisation;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The library's derivatives beside the reference's, of networks of every family. */
class NativeJacobianTest {
    private static final double TOLERANCE = 1e-13;
    private final CppEngine engine = new CppEngine();

    @BeforeEach
    void theLibrariesAreHere() {
        assumeTrue(
                engine.kernelsUnsupported().isEmpty(),
                () -> engine.kernelsUnsupported().orElse(""));
    }

    static Stream<Network> networks() {
        return Stream.of(
                new DenseNetwork(List.of(3, 5, 4, 2), Activation.GELU),
                new DenseNetwork(List.of(4, 9, 1), Activation.TANH),
                new DenseNetwork(List.of(2, 6, 3), Activation.RELU),
                new DenseNetwork(List.of(11, 3, 2, 1), Activation.IDENTITY),
                new DenseNetwork(List.of(3, 2), Activation.GELU),
                new ProductUnitNetwork(false, 3, 3, 9, 0.02, 0.5),
                new ProductUnitNetwork(false, 2, 0, 3, 0.3, 0.5),
                new ProductUnitNetwork(true, 3, 2, 5, 1e-6, 0.5),
                new ProductUnitNetwork(true, 9, 0, 2, 0.3, 0.5),
                new SplineNetwork(List.of(2, 3, 2), 3, 2, 1),
                new SplineNetwork(List.of(4, 8, 1), 5, 3, 1),
                new SplineNetwork(List.of(1, 2, 1), 2, 7, 1));
    }

    private static double[] random(int n, double low, double high, long seed) {
        return new SplittableRandom(seed).doubles(n, low, high).toArray();
    }

    /** Every fifth edge of a spline network is switched off. */
    private static double[] parameters(Network network) {
        double[] p = random(network.parameterCount(), -1, 1, 5);
        if (network instanceof SplineNetwork splines) {
            splines.tensors().stream().filter(tensor -> !tensor.trained()).forEach(tensor -> {
                for (int i = 0; i < tensor.size(); i++) {
                    double knot = 2.4 * ((i % splines.knots()) - splines.order()) / splines.intervals() - 1.2;
                    p[tensor.offset() + i] = tensor.name().endsWith("mask") ? (i % 5 == 3 ? 0 : 1) : knot;
                }
            });
        }
        return p;
    }

    /** Enough rows for a system in the parameters: the reference then keeps the derivatives as a matrix. */
    private static int rows(Network network) {
        return 2 * network.parameterCount() + 5;
    }

    private static JacobianMatrix matrix(Network network) {
        return new NativeJacobian(network, ParameterGroups.one(network).trained());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void isTheReferences(Network network) {
        int rows = rows(network);
        int outputs = network.outputs();
        double[] p = parameters(network);
        // Beyond the knots of splines, and below the guards of logarithms.
        double[] x = random(rows * network.inputs(), -1.4, 1.4, 6);
        double[] scale = random(rows * outputs, -2, 2, 7);
        ParameterGroups groups = ParameterGroups.one(network);
        int n = groups.trained().length;
        double[] values = new double[rows * outputs];
        double[] lines = new double[rows * outputs * n];
        matrix(network).outputs(p, x, 0, rows, values);
        matrix(network).derivatives(p, x, 0, rows, scale, lines);
        DataSet data = new DataSet(rows, network.inputs(), outputs, x, new double[rows * outputs]);
        try (Linearisation reference = HostTraining.get()
                .linearisations(new OpenBlasAlgebra(1), null, "reference")
                .open(network, data, IntStream.range(0, rows).toArray(), groups)) {
            assertClose("outputs", values, reference.outputs(p), 1);
            assertThat(reference.differentiate(p, scale)).isTrue();
            for (int i = 0; i < values.length; i++) {
                double[] one = new double[values.length];
                one[i] = 1;
                double[] expected = reference.transposedTimes(one);
                assertClose("line " + i, Arrays.copyOfRange(lines, i * n, (i + 1) * n), expected, 0);
            }
        }
    }

    /** Within the tolerance of the largest of them, or of {@code least}. */
    private static void assertClose(String what, double[] actual, double[] expected, double least) {
        double largest = DoubleStream.of(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i])
                    .as("%s, %d", what, i)
                    .isCloseTo(expected[i], within(TOLERANCE * Math.max(largest, least)));
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aRowIsTheSameInEveryRange(Network network) {
        int rows = 53;
        int outputs = network.outputs();
        int n = ParameterGroups.one(network).trained().length;
        double[] p = parameters(network);
        double[] x = random(rows * network.inputs(), -1.4, 1.4, 6);
        double[] scale = random(rows * outputs, -2, 2, 7);
        double[] values = new double[rows * outputs];
        double[] lines = new double[rows * outputs * n];
        matrix(network).outputs(p, x, 0, rows, values);
        matrix(network).derivatives(p, x, 0, rows, scale, lines);
        for (int from : new int[] {0, 7, 52}) {
            for (int to : new int[] {from, from + 1, 53}) {
                double[] someValues = new double[rows * outputs];
                double[] someLines = new double[rows * outputs * n];
                Arrays.fill(someValues, -77);
                Arrays.fill(someLines, -77);
                matrix(network).outputs(p, x, from, to, someValues);
                matrix(network).derivatives(p, x, from, to, scale, someLines);
                for (int i = 0; i < someLines.length; i++) {
                    int row = i / n / outputs;
                    assertThat(someLines[i]).isEqualTo(row >= from && row < to ? lines[i] : -77);
                    assertThat(someValues[i / n]).isEqualTo(row >= from && row < to ? values[i / n] : -77);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void productsOfALayerAreThoseOfMatrices(int outputs) {
        int inputs = 7;
        int units = 5;
        int rows = 61;
        double[] h = random(rows * inputs, -1, 1, 1);
        double[] d = random(rows * outputs * units, -1, 1, 2);
        LayerRows a = new LayerRows(h, inputs, d, units, outputs, 3, 50);
        LayerRows b = new LayerRows(h, inputs, d, units, outputs, 20, 33);
        double[] result = random(50 * 33 * outputs * outputs, -1, 1, 3);
        double[] expected = result.clone();
        for (int i = 0; i < 50 * outputs; i++) {
            for (int j = 0; j < 33 * outputs; j++) {
                double hh = dot(h, (3 + i / outputs) * inputs, (20 + j / outputs) * inputs, inputs);
                double dd = dot(d, (3 * outputs + i) * units, (20 * outputs + j) * units, units);
                expected[i * 33 * outputs + j] += (hh + 1) * dd;
            }
        }
        new OpenBlasAlgebra(1).addLayerProducts(a, b, result);
        assertClose("products", result, expected, 1);
        assertThatThrownBy(() -> new OpenBlasAlgebra(1)
                        .addLayerProducts(new LayerRows(h, inputs, d, units, outputs, 12, 50), b, result))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OpenBlasAlgebra(1).addLayerProducts(a, b, new double[5]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static double dot(double[] values, int from, int with, int n) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += values[from + k] * values[with + k];
        }
        return sum;
    }

    @Test
    void anArrayThatDoesNotFitIsAnError() {
        JacobianMatrix matrix = matrix(new DenseNetwork(List.of(2, 1), Activation.IDENTITY));
        double[] p = new double[3];
        double[] six = new double[6];
        assertThatThrownBy(() -> matrix.outputs(new double[4], six, 0, 3, six))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parameters");
        assertThatThrownBy(() -> matrix.outputs(p, six, 0, 4, six)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> matrix.outputs(p, six, -1, 1, six)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> matrix.derivatives(p, six, 0, 3, six, new double[8]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
