package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.HeldOut;
import gputrain.engine.KernelProblem;
import gputrain.engine.Posterior;
import gputrain.model.Kernel;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a GPU's kernel models have: pieces of a call, devices, their memory. */
final class CudaKernelSessionTest {
    @BeforeEach
    void there() {
        assumeTrue(new CudaEngine().unavailable().isEmpty());
    }

    private static KernelProblem points(int rows) {
        Random random = new Random(rows);
        return new KernelProblem(
                rows,
                3,
                random.doubles(3L * rows).toArray(),
                random.doubles(rows).toArray());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void piecesNeverChangeAResult(boolean distance) {
        KernelProblem problem = points(150);
        KernelProblem elsewhere = points(140);
        Kernel kernel = distance ? new Kernel.Distance() : new Kernel.Gaussian(0.3);
        // One large block, several small ones, some points in none.
        int[] blocks = IntStream.range(0, 150)
                .map(i -> i < 80 ? 0 : i < 140 ? 1 + i % 7 : -1)
                .toArray();
        try (CudaKernelSession whole = new CudaKernelSession(problem, 0);
                CudaKernelSession pieces = new CudaKernelSession(problem, Device.count() - 1, 10_000)) {
            whole.assemble(kernel);
            pieces.assemble(kernel);
            assertThat(pieces.matrix()).containsExactly(whole.matrix());
            whole.factorise(distance ? 0 : 0.01);
            pieces.factorise(distance ? 0 : 0.01);
            Posterior expected = whole.predict(elsewhere.coordinates(), 140, !distance);
            Posterior found = pieces.predict(elsewhere.coordinates(), 140, !distance);
            assertThat(found.mean()).containsExactly(expected.mean());
            assertThat(found.variance()).containsExactly(expected.variance());
            HeldOut wanted = whole.leaveOut(blocks, true);
            HeldOut held = pieces.leaveOut(blocks, true);
            assertThat(held.errors()).containsExactly(wanted.errors());
            assertThat(held.variances()).containsExactly(wanted.variances());
        }
    }

    @Test
    void devicesAndMemoryThatAreNotThereAreErrors() {
        CudaEngine engine = new CudaEngine();
        assertThatThrownBy(() -> engine.openKernel(points(2), new EngineOptions(99, 0)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no GPU 99");
        CudaKernelSession closed = new CudaKernelSession(points(2), 0);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.assemble(new Kernel.Gaussian(1))).isInstanceOf(IllegalStateException.class);
        // Of 1 GiB.
        assumeTrue(Device.properties(0).name().startsWith("Emulated"));
        try (CudaKernelSession large = new CudaKernelSession(points(12_000), 0)) {
            large.assemble(new Kernel.Gaussian(1));
            assertThatThrownBy(() -> large.factorise(1))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("memory is full")
                    .hasMessageContaining("fewer points");
        }
    }
}
