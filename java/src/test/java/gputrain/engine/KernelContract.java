package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.model.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All that an engine promises of kernel models, against direct float64 evaluation and refits by plain elimination. */
abstract class KernelContract {
    private static final List<Kernel> KERNELS = List.of(
            new Kernel.Additive(0.08, 1),
            new Kernel.Additive(0.3, 0.2),
            // So smooth that the CPU engines solve it in few features.
            new Kernel.Additive(2, 0.5),
            new Kernel.Gaussian(0.2),
            new Kernel.GaussianWithClasses(0.2, 0.4, 0.7),
            new Kernel.Distance());

    /** The engine under test. */
    Engine engine() {
        return Runs.named(Objects.requireNonNull(getClass().getAnnotation(TestedEngine.class), "@TestedEngine")
                .name());
    }

    static Stream<Arguments> kernelsAndSizes() {
        return KERNELS.stream().flatMap(kernel -> Stream.of(1, 2, 5, 33, 70).map(rows -> Arguments.of(kernel, rows)));
    }

    static Stream<Kernel> kernels() {
        return KERNELS.stream();
    }

    private static double noise(Kernel kernel) {
        return kernel instanceof Kernel.Distance ? 0 : 0.01;
    }

    /** Points in the unit cube; the last coordinate one of four whole numbers, so that classes have members. */
    private static KernelProblem points(int rows, int columns) {
        Random random = new Random(rows * 31L + columns);
        double[] coordinates = new double[rows * columns];
        double[] targets = new double[rows];
        for (int i = 0; i < rows; i++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                double value = c == columns - 1 ? random.nextInt(4) : random.nextDouble();
                coordinates[i * columns + c] = value;
                sum += Math.sin((c + 3) * value);
            }
            targets[i] = sum + 0.1 * random.nextGaussian();
        }
        return new KernelProblem(rows, columns, coordinates, targets);
    }

    private KernelSession open(KernelProblem problem) {
        return engine().openKernel(problem, EngineOptions.DEFAULT);
    }

    private static KernelProblem without(KernelProblem problem, int[] blocks, int block) {
        int[] kept = IntStream.range(0, problem.rows())
                .filter(i -> blocks[i] != block)
                .toArray();
        double[] coordinates = Arrays.stream(kept)
                .boxed()
                .flatMapToDouble(
                        i -> Arrays.stream(problem.coordinates(), i * problem.columns(), (i + 1) * problem.columns()))
                .toArray();
        double[] targets =
                Arrays.stream(kept).mapToDouble(i -> problem.targets()[i]).toArray();
        return new KernelProblem(kept.length, problem.columns(), coordinates, targets);
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void theMatrixIsTheEquation(Kernel kernel, int rows) {
        KernelProblem problem = points(rows, 4);
        try (KernelSession session = open(problem)) {
            session.assemble(kernel);
            double[] matrix = session.matrix();
            assertThat(matrix).hasSize(rows * rows);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < rows; j++) {
                    assertThat(matrix[i * rows + j])
                            .isCloseTo(DirectKernel.value(kernel, problem, i, problem, j), within(2e-13));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void solvesTheEquation(Kernel kernel, int rows) {
        KernelProblem problem = points(rows, 4);
        try (KernelSession session = open(problem)) {
            session.assemble(kernel);
            if (kernel instanceof Kernel.Distance && rows == 1) {
                assertThatThrownBy(() -> session.factorise(0)).isInstanceOf(NotPositiveDefiniteException.class);
                return;
            }
            session.factorise(noise(kernel));
            double[] expected = DirectKernel.coefficients(kernel, problem, noise(kernel));
            assertThat(session.coefficients()).containsExactly(expected, within(1e-8));
            double[] other =
                    IntStream.range(0, rows).mapToDouble(i -> Math.cos(i)).toArray();
            double[] solved = session.solve(other);
            double[] back = DirectKernel.multiply(kernel, problem, noise(kernel), solved);
            assertThat(back).containsExactly(other, within(1e-8));
            if (!(kernel instanceof Kernel.Distance)) {
                assertThat(session.logDeterminant())
                        .isCloseTo(DirectKernel.logDeterminant(kernel, problem, noise(kernel)), within(1e-8));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void leavingBlocksOutIsFittingAgain(Kernel kernel) {
        KernelProblem problem = points(61, 4);
        int[] blocks =
                IntStream.range(0, 61).map(i -> i % 11 == 10 ? -1 : (i * 7) % 5).toArray();
        boolean variances = !(kernel instanceof Kernel.Distance);
        try (KernelSession session = open(problem)) {
            session.assemble(kernel);
            session.factorise(noise(kernel));
            HeldOut all = session.leaveOut(blocks, variances);
            assertThat(all.variances()).hasSize(variances ? 61 : 0);
            for (int block = 0; block < 5; block++) {
                KernelProblem rest = without(problem, blocks, block);
                for (int i = 0; i < 61; i++) {
                    if (blocks[i] == -1) {
                        assertThat(all.errors()[i]).isNaN();
                    } else if (blocks[i] == block) {
                        DirectKernel.Point refitted = DirectKernel.at(kernel, rest, noise(kernel), problem, i);
                        assertThat(all.errors()[i]).isCloseTo(problem.targets()[i] - refitted.mean(), within(1e-8));
                        if (variances) {
                            assertThat(all.variances()[i]).isCloseTo(refitted.variance() + noise(kernel), within(1e-8));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void leavingOneOutIsFittingAgain(Kernel kernel) {
        KernelProblem problem = points(40, 3);
        int[] single = KernelSession.single(40);
        try (KernelSession session = open(problem)) {
            session.assemble(kernel);
            session.factorise(noise(kernel));
            HeldOut all = session.leaveOut(single, false);
            for (int i = 0; i < 40; i++) {
                KernelProblem rest = without(problem, single, i);
                double mean =
                        DirectKernel.at(kernel, rest, noise(kernel), problem, i).mean();
                assertThat(all.errors()[i]).isCloseTo(problem.targets()[i] - mean, within(1e-8));
            }
        }
    }

    @Test
    void oneMatrixServesEveryNoise() {
        KernelProblem problem = points(60, 3);
        int[] blocks = IntStream.range(0, 60).map(i -> i % 10).toArray();
        double[] noises = {1e-5, 1e-3, 0.2, 3};
        for (Kernel kernel : KERNELS.subList(0, 5)) {
            try (KernelSession session = open(problem)) {
                session.assemble(kernel);
                List<double[]> errors = session.crossValidate(noises, blocks);
                for (int k = 0; k < noises.length; k++) {
                    session.factorise(noises[k]);
                    assertThat(errors.get(k))
                            .containsExactly(session.leaveOut(blocks, false).errors(), within(1e-12));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void predictsWithVariance(Kernel kernel) {
        KernelProblem problem = points(50, 4);
        KernelProblem elsewhere = points(23, 4);
        boolean variance = !(kernel instanceof Kernel.Distance);
        try (KernelSession session = open(problem)) {
            session.assemble(kernel);
            session.factorise(noise(kernel));
            Posterior posterior = session.predict(elsewhere.coordinates(), 23, variance);
            for (int i = 0; i < 23; i++) {
                DirectKernel.Point expected = DirectKernel.at(kernel, problem, noise(kernel), elsewhere, i);
                assertThat(posterior.mean()[i]).isCloseTo(expected.mean(), within(1e-8));
                if (variance) {
                    assertThat(posterior.variance()[i]).isCloseTo(expected.variance(), within(1e-8));
                }
            }
            assertThat(session.predict(new double[0], 0, false).mean()).isEmpty();
            assertThat(session.method()).isNotBlank();
        }
    }

    @Test
    void farAwayThePriorIsLeft() {
        KernelProblem problem = points(50, 2);
        try (KernelSession session = open(problem)) {
            session.assemble(new Kernel.Additive(0.1, 1));
            session.factorise(0.1);
            Posterior posterior = session.predict(new double[] {40, 60}, 1, true);
            assertThat(posterior.mean()[0]).isCloseTo(0, within(1e-12));
            assertThat(posterior.variance()[0]).isCloseTo(2, within(1e-12));
        }
    }

    @Test
    void onePointIsAProblemToo() {
        KernelProblem problem = new KernelProblem(1, 2, new double[] {0.5, 0.25}, new double[] {3});
        try (KernelSession session = open(problem)) {
            session.assemble(new Kernel.Additive(0.1, 1));
            session.factorise(1);
            assertThat(session.coefficients()).containsExactly(new double[] {1}, within(1e-15));
            assertThat(session.predict(new double[] {0.5, 0.25}, 1, true).mean()[0])
                    .isCloseTo(2, within(1e-14));
            assertThatThrownBy(() -> session.leaveOut(new int[] {0}, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nothing would be left");
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void equalPointsNeedANoise(Kernel kernel) {
        double[] coordinates = points(20, 2).coordinates();
        System.arraycopy(coordinates, 0, coordinates, 22, 2);
        KernelProblem problem =
                new KernelProblem(20, 2, coordinates, points(20, 2).targets());
        try (KernelSession session = open(problem)) {
            session.assemble(kernel);
            assertThatThrownBy(() -> session.factorise(0))
                    .isInstanceOf(NotPositiveDefiniteException.class)
                    .hasMessageContaining("not positive definite")
                    .hasMessageContaining("larger noise");
            if (!(kernel instanceof Kernel.Distance)) {
                session.factorise(1e-6);
                assertThat(Arrays.stream(
                                session.leaveOut(KernelSession.single(20), true).errors()))
                        .allMatch(Double::isFinite);
            }
        }
    }

    @Test
    void aNoiseTooSmallIsNeverNaN() {
        KernelProblem problem = points(70, 2);
        int[] blocks = IntStream.range(0, 70).map(i -> i % 7).toArray();
        try (KernelSession session = open(problem)) {
            session.assemble(new Kernel.Additive(5, 1));
            List<double[]> errors = session.crossValidate(new double[] {1e-300, 1e-18, 1e-3}, blocks);
            assertThat(errors.get(0)).containsOnly(Double.NaN);
            assertThat(errors.get(1)).containsOnly(Double.NaN);
            assertThat(Arrays.stream(errors.get(2))).allMatch(Double::isFinite);
            assertThatThrownBy(() -> session.factorise(1e-300)).isInstanceOf(NotPositiveDefiniteException.class);
        }
    }

    @Test
    void theSameCallGivesTheSameBits() {
        KernelProblem problem = points(200, 3);
        List<double[]> runs = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            try (KernelSession session = open(problem)) {
                session.assemble(new Kernel.Gaussian(0.1));
                session.factorise(0.01);
                runs.add(session.leaveOut(
                                IntStream.range(0, 200).map(i -> i % 10).toArray(), false)
                        .errors());
            }
        }
        assertThat(runs.get(1)).containsExactly(runs.get(0));
        assertThat(runs.get(2)).containsExactly(runs.get(0));
    }

    @Test
    void wrongCallsAreErrors() {
        KernelProblem problem = points(10, 2);
        try (KernelSession session = open(problem)) {
            assertThatThrownBy(session::matrix).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.factorise(1)).isInstanceOf(IllegalStateException.class);
            session.assemble(new Kernel.Gaussian(1));
            assertThatThrownBy(session::coefficients).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.factorise(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.factorise(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
            session.factorise(1);
            assertThatThrownBy(() -> session.solve(new double[9])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.leaveOut(new int[9], false)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.leaveOut(new int[] {0, 0, 0, 0, 0, 2, 2, 2, 2, 2}, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("block 1");
            assertThatThrownBy(() -> session.predict(new double[] {Double.NaN, 0}, 1, false))
                    .isInstanceOf(IllegalArgumentException.class);
            session.assemble(new Kernel.Distance());
            assertThatThrownBy(() -> session.factorise(0.1)).isInstanceOf(IllegalArgumentException.class);
            session.factorise(0);
            assertThatThrownBy(() -> session.predict(new double[] {0, 0}, 1, true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
