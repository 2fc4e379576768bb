package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.Linearisation;
import gputrain.engine.cuda.CudaLinearisations.Form;
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
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of a GPU's systems against dense matrices made of the same derivatives. */
final class CudaLinearisationTest {
    private static final int ROWS = 40;
    private static final int OTHERS = 5;

    @BeforeEach
    void there() {
        assumeTrue(new CudaEngine().unavailable().isEmpty());
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                        new DenseNetwork(List.of(3, 5, 2), Activation.GELU),
                        new ProductUnitNetwork(false, 3, 3, 2, 1e-6, 0.5),
                        new ProductUnitNetwork(true, 3, 2, 2, 1e-6, 0.5),
                        new SplineNetwork(List.of(2, 2, 2), 3, 2, 1))
                .flatMap(network -> Arrays.stream(Form.values())
                        .filter(form -> form != Form.FACTORS
                                || !new LinearisedNetwork(network).factors().isEmpty())
                        .flatMap(form -> Stream.of(ParameterGroups.one(network), ParameterGroups.layers(network))
                                .map(groups -> Arguments.of(network, form, groups))));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void solvesAndTracesAsDenseMatricesDo(Network network, Form form, ParameterGroups groups) {
        Random random = new Random(4);
        double[] parameters = InitialValues.draw(network, 3);
        DataSet data = data(network, ROWS + OTHERS, random);
        int outputs = network.outputs();
        int m = ROWS * outputs;
        int n = groups.trained().length;
        double[] scale = random.doubles(m, 0.5, 1).toArray();
        double[] shift = random.doubles(groups.count(), 0.1, 1).toArray();
        double[] u = random.doubles(m, -1, 1).toArray();
        double[] t = random.doubles(n, -1, 1).toArray();
        LinearisedNetwork linearised = new LinearisedNetwork(network);
        try (CudaLinearisations source = new CudaLinearisations(List.of(0));
                Linearisation one =
                        source.open(linearised, data, IntStream.range(0, ROWS).toArray(), groups, form);
                Linearisation beside = source.open(
                        linearised, data, IntStream.range(ROWS, ROWS + OTHERS).toArray(), groups, Form.DUAL)) {
            DMatrixRMaj b = matrix(one, parameters, scale, n);
            // What is tried and not taken changes nothing.
            one.outputs(InitialValues.draw(network, 8));
            DMatrixRMaj a = new DMatrixRMaj(n, n);
            CommonOps_DDRM.multInner(b, a);
            for (int k = 0; k < n; k++) {
                a.add(k, k, shift[groups.groups()[k]]);
            }
            DMatrixRMaj inverse = new DMatrixRMaj(n, n);
            assertThat(CommonOps_DDRM.invert(a, inverse)).isTrue();
            double[] projected = product(transposed(b), u);
            assertClose(one.solve(shift, u, new double[n]), product(inverse, projected));
            for (int k = 0; k < n; k++) {
                projected[k] += t[k];
            }
            assertClose(one.solve(shift, u, t), product(inverse, projected));
            assertClose(one.times(t), product(b, t));

            Linearisation.Fit fit = Objects.requireNonNull(one.fit(shift));
            double[] effective = new double[groups.count()];
            for (int k = 0; k < n; k++) {
                int c = groups.groups()[k];
                effective[c] += 1 - shift[c] * inverse.get(k, k);
            }
            assertClose(fit.effective(), effective);
            assertClose(fit.leverages(), squares(b, inverse));
            assertThat(fit.logDeterminant()).isCloseTo(Math.log(CommonOps_DDRM.det(a)), within(1e-8 * n));

            double[] ones = new double[OTHERS * outputs];
            Arrays.fill(ones, 1);
            DMatrixRMaj j = matrix(beside, parameters, ones, n);
            double[] weights = random.doubles(outputs, -1, 1).toArray();
            DMatrixRMaj g = new DMatrixRMaj(OTHERS, n);
            for (int i = 0; i < OTHERS * outputs; i++) {
                for (int k = 0; k < n; k++) {
                    g.add(i / outputs, k, weights[i % outputs] * j.get(i, k));
                }
            }
            double[] inputs =
                    Arrays.copyOfRange(data.inputs(), ROWS * network.inputs(), (ROWS + OTHERS) * network.inputs());
            assertClose(one.variances(shift, inputs, OTHERS, weights), squares(g, inverse));
        }
    }

    /** B, a line for each output, by unit vectors. */
    private static DMatrixRMaj matrix(Linearisation of, double[] parameters, double[] scale, int n) {
        of.outputs(parameters);
        assertThat(of.differentiate(parameters, scale)).isTrue();
        DMatrixRMaj b = new DMatrixRMaj(scale.length, n);
        for (int i = 0; i < scale.length; i++) {
            double[] unit = new double[scale.length];
            unit[i] = 1;
            System.arraycopy(of.transposedTimes(unit), 0, b.data, i * n, n);
        }
        return b;
    }

    private static DMatrixRMaj transposed(DMatrixRMaj of) {
        return CommonOps_DDRM.transpose(of, null);
    }

    private static double[] product(DMatrixRMaj matrix, double[] vector) {
        DMatrixRMaj result = new DMatrixRMaj(matrix.numRows, 1);
        CommonOps_DDRM.mult(matrix, new DMatrixRMaj(vector), result);
        return result.data;
    }

    /** Of each line g, g A g^T. */
    private static double[] squares(DMatrixRMaj lines, DMatrixRMaj matrix) {
        double[] sums = new double[lines.numRows];
        for (int i = 0; i < sums.length; i++) {
            double[] line = Arrays.copyOfRange(lines.data, i * lines.numCols, (i + 1) * lines.numCols);
            double[] turned = product(matrix, line);
            for (int k = 0; k < line.length; k++) {
                sums[i] += line[k] * turned[k];
            }
        }
        return sums;
    }

    private static void assertClose(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-9 * (1 + Math.abs(expected[i]))));
        }
    }

    private static DataSet data(Network network, int rows, Random random) {
        return new DataSet(
                rows,
                network.inputs(),
                network.outputs(),
                random.doubles((long) rows * network.inputs(), 0.1, 0.9).toArray(),
                new double[rows * network.outputs()]);
    }

    @Test
    void aSecondScaleAtTheSamePointIsTakenAsWell() {
        DenseNetwork network = new DenseNetwork(List.of(2, 3, 1), Activation.TANH);
        DataSet data = data(network, 4, new Random(1));
        ParameterGroups groups = ParameterGroups.one(network);
        double[] parameters = InitialValues.draw(network, 2);
        double[] unit = {1, 1, 1, 1};
        double[] twice = {2, 2, 2, 2};
        try (CudaLinearisations source = new CudaLinearisations(List.of(0));
                Linearisation one = source.open(network, data, new int[] {0, 1, 2, 3}, groups)) {
            one.outputs(parameters);
            assertThat(one.differentiate(parameters, unit)).isTrue();
            double[] before = one.transposedTimes(unit);
            assertThat(one.differentiate(parameters, twice)).isTrue();
            double[] after = one.transposedTimes(unit);
            for (int k = 0; k < before.length; k++) {
                assertThat(after[k]).isEqualTo(2 * before[k]);
            }
        }
    }

    @Test
    void aFullGpuSaysSoAndLeavesNothingBehind() {
        assumeTrue(Device.properties(0).memoryBytes() <= 1L << 30, "a GPU with more memory takes it");
        DenseNetwork network = new DenseNetwork(List.of(1, 60, 60, 1), Activation.GELU);
        int rows = 20_000;
        DataSet data = data(network, rows, new Random(1));
        ParameterGroups groups = ParameterGroups.one(network);
        int[] all = IntStream.range(0, rows).toArray();
        try (CudaLinearisations source = new CudaLinearisations(List.of(0))) {
            LinearisedNetwork linearised = new LinearisedNetwork(network);
            assertThatThrownBy(() -> source.open(linearised, data, all, groups, Form.FACTORS))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("the GPU's memory is full");
        }
    }
}
