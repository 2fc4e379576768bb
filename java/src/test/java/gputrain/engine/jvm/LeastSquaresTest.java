package gputrain.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.engine.DataSet;
import gputrain.engine.DenseAlgebra;
import gputrain.engine.Linearisation;
import gputrain.engine.jvm.HostLinearisation.Form;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.InitialValues;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
            int[] trained = ParameterGroups.one(network).trained();
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
        return jacobians(network, rows, ParameterGroups.one(network));
    }

    private List<Jacobian> jacobians(Network network, int[] rows, ParameterGroups groups) {
        double[] inputs = inputs(network, rows);
        Jacobian matrix =
                new RowJacobian(network, groups, inputs, algebra, RowDerivatives::new, new Workspaces.Workspace());
        return network instanceof DenseNetwork dense
                ? List.of(matrix, new LayerJacobian(dense, groups, inputs, algebra))
                : List.of(matrix);
    }

    private static double[] inputs(Network network, int[] rows) {
        double[] all = data(network).inputs();
        return IntStream.of(rows)
                .flatMap(row -> IntStream.range(row * INPUTS, (row + 1) * INPUTS))
                .mapToDouble(at -> all[at])
                .toArray();
    }

    /** More rows than fit in one tile. */
    @ParameterizedTest
    @MethodSource("networks")
    void theJacobianOfLayersIsTheMatrix(Network network) {
        int[] rows = IntStream.range(0, TOTAL).toArray();
        double[] point = InitialValues.draw(network, 4);
        ParameterGroups groups = ParameterGroups.layers(network);
        int m = TOTAL * network.outputs();
        int n = groups.trained().length;
        SplittableRandom random = new SplittableRandom(8);
        double[] scale = random.doubles(m, 0.5, 2).toArray();
        double[] x = random.doubles(n, -1, 1).toArray();
        double[] u = random.doubles(m, -1, 1).toArray();
        List<Jacobian> jacobians = jacobians(network, rows, groups);
        for (Jacobian jacobian : jacobians) {
            jacobian.outputs(point);
            jacobian.differentiate(point, scale);
            double[][] outer = new double[groups.count()][m * m];
            jacobian.outer(outer);
            // B_c B_c^T y = B (B^T y restricted to the group)
            double[] whole = jacobian.transposedTimes(u);
            for (int c = 0; c < groups.count(); c++) {
                double[] part = whole.clone();
                for (int k = 0; k < n; k++) {
                    part[k] = groups.groups()[k] == c ? part[k] : 0;
                }
                double[] expected = jacobian.times(part);
                for (int i = 0; i < m; i++) {
                    double sum = 0;
                    for (int j = 0; j < m; j++) {
                        sum += outer[c][Math.max(i, j) * m + Math.min(i, j)] * u[j];
                    }
                    assertThat(sum).isCloseTo(expected[i], within(1e-10 * (1 + Math.abs(expected[i]))));
                }
            }
            assertThat(jacobian.times(x)).containsExactly(jacobians.get(0).times(x), within(1e-11));
            assertThat(whole).containsExactly(jacobians.get(0).transposedTimes(u), within(1e-11));
        }
    }

    /** Against A as a matrix, its inverse by Gauss and Jordan. */
    @ParameterizedTest
    @MethodSource("networks")
    void everySystemIsThatOfItsEquation(Network network) {
        double[] point = InitialValues.draw(network, 4);
        for (int count : new int[] {1, 9, 100}) {
            int[] rows = IntStream.range(3, 3 + count).toArray();
            for (ParameterGroups groups : List.of(ParameterGroups.one(network), ParameterGroups.layers(network))) {
                double[] shift = IntStream.range(0, groups.count())
                        .mapToDouble(c -> 0.02 * (1 + c))
                        .toArray();
                for (Form form : Form.values()) {
                    if (form != Form.LAYERS || network instanceof DenseNetwork) {
                        String what = network + ", " + count + " rows, " + form + ", " + groups.count();
                        compare(what, network, rows, groups, shift, form, point);
                    }
                }
            }
        }
    }

    private void compare(
            String what,
            Network network,
            int[] rows,
            ParameterGroups groups,
            double[] shift,
            Form form,
            double[] point) {
        int m = rows.length * network.outputs();
        int n = groups.trained().length;
        SplittableRandom random = new SplittableRandom(9);
        double[] scale = random.doubles(m, 0.5, 2).toArray();
        double[] u = random.doubles(m, -1, 1).toArray();
        double[] t = random.doubles(n, -1, 1).toArray();
        double[][] b = matrix(network, inputs(network, rows), rows.length, scale, point);
        double[][] a = new double[n][n];
        double[] right = t.clone();
        for (int k = 0; k < n; k++) {
            for (int i = 0; i < m; i++) {
                right[k] += b[i][k] * u[i];
                for (int l = 0; l < n; l++) {
                    a[k][l] += b[i][k] * b[i][l];
                }
            }
            a[k][k] += shift[groups.groups()[k]];
        }
        double[] logDeterminant = new double[1];
        double[][] inverse = inverse(a, logDeterminant);
        HostLinearisation.Source source = new HostLinearisation.Source(algebra, RowDerivatives::new, "");
        try (HostLinearisation linearisation = source.open(network, data(network), rows, groups, form)) {
            linearisation.outputs(point);
            assertThat(linearisation.differentiate(point, scale)).isTrue();
            double[] solution = times(inverse, right);
            double tolerance =
                    1e-8 * (1 + Arrays.stream(solution).map(Math::abs).max().orElseThrow());
            assertThat(linearisation.solve(shift, u, t)).as(what).containsExactly(solution, within(tolerance));
            Linearisation.Fit fit = Objects.requireNonNull(linearisation.fit(shift));
            double[] effective = new double[groups.count()];
            for (int k = 0; k < n; k++) {
                effective[groups.groups()[k]] += 1 - shift[groups.groups()[k]] * inverse[k][k];
            }
            assertThat(fit.effective()).as(what).containsExactly(effective, within(1e-8));
            assertThat(fit.logDeterminant()).as(what).isCloseTo(logDeterminant[0], within(1e-7));
            double[] leverages = new double[m];
            for (int i = 0; i < m; i++) {
                leverages[i] = dot(b[i], times(inverse, b[i]));
            }
            assertThat(fit.leverages()).as(what).containsExactly(leverages, within(1e-8));
            double[] others = random.doubles(700L * INPUTS, 0.2, 1).toArray();
            double[] weights = random.doubles(network.outputs(), -1, 1).toArray();
            double[] expected = new double[700];
            double[] ones = new double[700 * network.outputs()];
            Arrays.fill(ones, 1);
            double[][] each = matrix(network, others, 700, ones, point);
            for (int r = 0; r < 700; r++) {
                double[] g = new double[n];
                for (int k = 0; k < n; k++) {
                    for (int o = 0; o < weights.length; o++) {
                        g[k] += weights[o] * each[r * weights.length + o][k];
                    }
                }
                expected[r] = dot(g, times(inverse, g));
            }
            double largest = Arrays.stream(expected).max().orElseThrow();
            assertThat(linearisation.variances(shift, others, 700, weights))
                    .as(what)
                    .containsExactly(expected, within(1e-7 * (1 + largest)));
        }
    }

    private static double[][] matrix(Network network, double[] inputs, int rows, double[] scale, double[] point) {
        int[] trained = ParameterGroups.one(network).trained();
        double[] flat = new double[rows * network.outputs() * trained.length];
        new RowDerivatives(network, trained).derivatives(point, inputs, 0, rows, scale, flat);
        double[][] matrix = new double[rows * network.outputs()][];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = Arrays.copyOfRange(flat, i * trained.length, (i + 1) * trained.length);
        }
        return matrix;
    }

    private static double[] times(double[][] matrix, double[] x) {
        return Arrays.stream(matrix).mapToDouble(line -> dot(line, x)).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Of a positive definite matrix, which needs no pivots. */
    private static double[][] inverse(double[][] matrix, double[] logDeterminant) {
        int n = matrix.length;
        double[][] a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = Arrays.copyOf(matrix[i], 2 * n);
            a[i][n + i] = 1;
        }
        for (int c = 0; c < n; c++) {
            double pivot = a[c][c];
            logDeterminant[0] += Math.log(pivot);
            for (int k = c; k < 2 * n; k++) {
                a[c][k] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = a[i][c];
                for (int k = c; i != c && k < 2 * n; k++) {
                    a[i][k] -= factor * a[c][k];
                }
            }
        }
        return Arrays.stream(a).map(line -> Arrays.copyOfRange(line, n, 2 * n)).toArray(double[][]::new);
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
