package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.EngineException;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which kernel, and how many warps and blocks, from the plan and the kind of GPU alone. */
class SplineChoiceTest {
    private static final Device.Properties H200 =
            new Device.Properties(0, "H200", 141L << 30, 90, 132, 227 << 10, 228 << 10, 1.98);

    private static SplineChoice choice(int order, int rows, int replicas, int bytesOfWarp, @Nullable String wish) {
        long[] sizes = new long[SplineChoice.Sizes.COUNT];
        for (int warps = 1; warps <= SplineChoice.Sizes.MOST_WARPS; warps++) {
            sizes[warps - 1] = 20_000 + (long) bytesOfWarp * warps;
        }
        sizes[SplineChoice.Sizes.MOST_WARPS] = 200;
        sizes[SplineChoice.Sizes.MOST_WARPS + 4] = 361;
        int[] set = IntStream.range(0, rows).toArray();
        TrainingPlan plan = new TrainingPlan(
                new SplineNetwork(List.of(4, 8, 1), 5, order, 0.1),
                new Loss.MeanSquared(),
                Optimizer.Adam.DEFAULT,
                new LearningRateRule.Constant(1e-3),
                StopRule.epochs(10),
                0,
                false,
                new Monitor(1, List.of(1.0), -1),
                Precision.FLOAT64,
                IntStream.range(0, replicas)
                        .mapToObj(seed -> new Replica(seed, List.of(set), 0, 1, null))
                        .toList());
        return SplineChoice.of(plan, new SplineChoice.Sizes(sizes), H200, one -> 1, wish);
    }

    @Test
    void takesAsManyWarpsAsFit() {
        assertThat(choice(3, 1872, 200, 20_000, null).warps()).isEqualTo(8);
        assertThat(choice(3, 1872, 200, 50_000, null).warps()).isEqualTo(4);
        assertThat(choice(3, 40, 200, 20_000, null).warps()).isEqualTo(2);
        SplineChoice large = choice(3, 1872, 1, 230_000, null);
        assertThat(large.kernel()).isEqualTo("train_large_splines");
        assertThat(large.warps()).isEqualTo(8);
    }

    @Test
    void sharesReplicasOutWhileThereAreMultiprocessorsLeft() {
        assertThat(choice(3, 1872, 200, 20_000, null).text()).isEqualTo("train_cubic_splines:1");
        assertThat(choice(2, 1872, 132, 20_000, null).text()).isEqualTo("train_splines:1");
        SplineChoice few = choice(3, 1872, 10, 20_000, null);
        assertThat(few.blocks()).isBetween(2, 13);
        assertThat(few.apart()).isFalse();
        assertThat(few.teams()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void followsWishes() {
        assertThat(choice(3, 1872, 1, 20_000, "solo").blocks()).isEqualTo(1);
        assertThat(choice(3, 1872, 1, 20_000, "grid:7").text()).isEqualTo("train_cubic_splines:7");
        assertThat(choice(3, 1872, 1, 20_000, "grid_large:2").text()).isEqualTo("train_large_splines:2");
        assertThat(choice(3, 1872, 1, 20_000, "train_splines:4").text()).isEqualTo("train_splines:4");
        assertThat(choice(3, 1872, 10, 20_000, "train_cubic_splines:13").text()).isEqualTo("train_cubic_splines:13");
        assertThatThrownBy(() -> choice(2, 1872, 1, 20_000, "cubic_splines"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("order 3");
        for (String wrong : List.of("cluster8:16", "grid:0", "grid:133", "grid:x", "solo:2")) {
            assertThatThrownBy(() -> choice(3, 1872, 1, 20_000, wrong))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining(wrong);
        }
    }
}
