package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.model.Kernel;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The choice between the whole matrix and the features of an additive kernel, and that both say the same. */
final class HostKernelSessionTest {
    private static final int ROWS = 240;

    private static KernelProblem problem() {
        Random random = new Random(5);
        double[] coordinates = random.doubles(ROWS * 3L).toArray();
        return new KernelProblem(ROWS, 3, coordinates, random.doubles(ROWS).toArray());
    }

    private static KernelSession open() {
        return Runs.named("jvm").openKernel(problem(), EngineOptions.DEFAULT);
    }

    @Test
    void aSmoothAdditiveKernelIsSolvedInItsFeatures() {
        try (KernelSession session = open()) {
            session.assemble(new Kernel.Additive(0.2, 1));
            session.factorise(1e-3);
            assertThat(session.method()).contains("features of 240 points");
            session.assemble(new Kernel.Additive(0.01, 1));
            session.factorise(1e-3);
            assertThat(session.method()).contains("whole matrix");
            session.assemble(new Kernel.Gaussian(0.2));
            session.factorise(1e-3);
            assertThat(session.method()).contains("whole matrix");
        }
    }

    @Test
    void theFeaturesGiveTheMatrix() {
        KernelProblem problem = problem();
        Kernel.Additive kernel = new Kernel.Additive(0.15, 0.4);
        AdditiveFeatures features = AdditiveFeatures.of(problem, kernel, ROWS).orElseThrow();
        double[] phi = features.at(problem.coordinates(), ROWS);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < ROWS; j++) {
                double sum = 0;
                for (int k = 0; k < features.rank(); k++) {
                    sum += phi[i * features.rank() + k] * phi[j * features.rank() + k];
                }
                assertThat(sum).isCloseTo(DirectKernel.value(kernel, problem, i, problem, j), within(1e-13));
            }
        }
        assertThat(AdditiveFeatures.of(problem, kernel, features.rank() - 1)).isEmpty();
    }

    @Test
    void bothWaysSayTheSame() {
        KernelProblem problem = problem();
        Kernel.Additive kernel = new Kernel.Additive(0.2, 1);
        int[] blocks = IntStream.range(0, ROWS).map(i -> i % 10).toArray();
        try (KernelSession session = open()) {
            session.assemble(kernel);
            for (double noise : new double[] {1e-5, 1e-3, 1}) {
                session.factorise(noise);
                HeldOut small = session.leaveOut(blocks, true);
                assertThat(session.method()).contains("features");
                KernelFactorisation whole = new DenseFactorisation(problem, kernel, algebra(), session.matrix(), noise);
                double[] c = problem.targets().clone();
                whole.solve(c);
                assertThat(session.logDeterminant()).isCloseTo(whole.logDeterminant(), within(1e-6));
                double[] diagonal = whole.inverseDiagonal();
                HeldOut one = session.leaveOut(KernelSession.single(ROWS), true);
                for (int i = 0; i < ROWS; i++) {
                    assertThat(one.errors()[i]).isCloseTo(c[i] / diagonal[i], within(1e-8));
                    assertThat(one.variances()[i]).isCloseTo(1 / diagonal[i], within(1e-8));
                    assertThat(small.variances()[i]).isGreaterThanOrEqualTo(noise);
                }
                double[] points = new Random(9).doubles(30).toArray();
                Posterior a = session.predict(points, 10, true);
                Posterior b = whole.predict(points, 10, c, true);
                assertThat(a.mean()).containsExactly(b.mean(), within(1e-8));
                assertThat(a.variance()).containsExactly(b.variance(), within(1e-8));
            }
        }
    }

    @Test
    void aBlockOfMorePointsThanFeaturesIsLeftOutTheSame() {
        int[] halves = IntStream.range(0, ROWS).map(i -> i % 2).toArray();
        KernelProblem problem = problem();
        Kernel.Additive kernel = new Kernel.Additive(0.5, 1);
        try (KernelSession session = open()) {
            session.assemble(kernel);
            session.factorise(0.01);
            double[] direct = session.leaveOut(halves, false).errors();
            assertThat(direct).containsExactly(session.leaveOut(halves, true).errors(), within(1e-9));
            assertThat(session.crossValidate(new double[] {1, 0.1, 0.05, 0.01}, halves)
                            .get(3))
                    .containsExactly(direct, within(1e-12));
            int[] kept = IntStream.range(0, ROWS).filter(i -> i % 2 == 1).toArray();
            KernelProblem rest = new KernelProblem(
                    kept.length,
                    3,
                    IntStream.of(kept)
                            .boxed()
                            .flatMapToDouble(i -> java.util.Arrays.stream(problem.coordinates(), 3 * i, 3 * i + 3))
                            .toArray(),
                    IntStream.of(kept).mapToDouble(i -> problem.targets()[i]).toArray());
            for (int i = 0; i < ROWS; i += 40) {
                double mean = DirectKernel.at(kernel, rest, 0.01, problem, i).mean();
                assertThat(direct[i]).isCloseTo(problem.targets()[i] - mean, within(1e-8));
            }
        }
    }

    private static DenseAlgebra algebra() {
        return gputrain.engine.jvm.TestAlgebra.ejml();
    }
}
