package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ProductUnitNetwork;
import gputrain.model.SplineNetwork;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the engine cannot compute it says before training, whether there is a GPU or not. */
class UnsupportedPlanTest {
    private static TrainingPlan plan(List<Integer> widths, int replicas, Precision precision) {
        return plan(new DenseNetwork(widths, Activation.GELU), replicas, precision);
    }

    private static TrainingPlan plan(Network network, int replicas, Precision precision) {
        return plan(network, replicas, precision, Optimizer.Adam.DEFAULT);
    }

    private static TrainingPlan plan(Network network, int replicas, Precision precision, Optimizer optimizer) {
        return new TrainingPlan(
                network,
                new Loss.Huber(1),
                optimizer,
                new LearningRateRule.Constant(1e-3),
                StopRule.epochs(10),
                0,
                false,
                new Monitor(1, Collections.nCopies(network.outputs(), 1.0), -1),
                precision,
                IntStream.range(0, replicas)
                        .mapToObj(seed -> new Replica(seed, List.of(new int[] {0}), 0, 1, null))
                        .toList());
    }

    @Test
    void takesWhatFits() {
        CudaEngine engine = new CudaEngine();
        assertThat(engine.unsupported(plan(List.of(12, 80, 40, 1), 100, Precision.FLOAT32)))
                .isEmpty();
        assertThat(engine.unsupported(plan(Collections.nCopies(16, 1), 1, Precision.FLOAT32)))
                .isEmpty();
        for (boolean complex : new boolean[] {true, false}) {
            assertThat(engine.unsupported(
                            plan(new ProductUnitNetwork(complex, 10, 20, 40, 1e-6, 0.5), 100, Precision.FLOAT32)))
                    .isEmpty();
        }
    }

    @Test
    void saysWhatDoesNot() {
        CudaEngine engine = new CudaEngine();
        assertThat(engine.unsupported(plan(List.of(2, 1), 1, Precision.FLOAT64)).orElse(""))
                .contains("float32", "FLOAT64");
        assertThat(engine.unsupported(plan(Collections.nCopies(17, 1), 1, Precision.FLOAT32))
                        .orElse(""))
                .contains("15 layers", "16");
        assertThat(engine.unsupported(plan(List.of(9000, 9000, 1), 1, Precision.FLOAT32))
                        .orElse(""))
                .contains("parameters at most", "81018001");
        assertThat(engine.unsupported(plan(List.of(8000, 8000, 1), 9, Precision.FLOAT32))
                        .orElse(""))
                .contains("9 networks", "576144009");
        assertThat(engine.unsupported(
                                plan(new ProductUnitNetwork(true, 10, 6000, 6000, 1e-6, 0.5), 1, Precision.FLOAT32))
                        .orElse(""))
                .contains("parameters at most", "72144002");
    }

    @Test
    void takesSplinesInFloat64AndLbfgsForThemAlone() {
        CudaEngine engine = new CudaEngine();
        Optimizer lbfgs = new Optimizer.Lbfgs(10, 25, 1e-9);
        SplineNetwork splines = new SplineNetwork(List.of(4, 8, 1), 5, 3, 0.1);
        assertThat(engine.unsupported(plan(splines, 300, Precision.FLOAT64))).isEmpty();
        assertThat(engine.unsupported(plan(splines, 300, Precision.FLOAT64, lbfgs)))
                .isEmpty();
        DenseNetwork dense = new DenseNetwork(List.of(2, 1), Activation.GELU);
        assertThat(engine.unsupported(plan(dense, 1, Precision.FLOAT64, lbfgs)).orElse(""))
                .contains("L-BFGS", "jvm");
        SplineNetwork deep = new SplineNetwork(Collections.nCopies(17, 1), 5, 3, 0.1);
        assertThat(engine.unsupported(plan(deep, 1, Precision.FLOAT64)).orElse(""))
                .contains("15 layers", "16");
        Optimizer remembering = new Optimizer.Lbfgs(200_000, 25, 1e-9);
        assertThat(engine.unsupported(plan(splines, 20, Precision.FLOAT64, remembering))
                        .orElse(""))
                .contains("20 networks");
    }

    @Test
    void takesSecondOrderTrainingInFloat64() {
        TrainingPlan plan = new TrainingPlan(
                new DenseNetwork(List.of(2, 1), Activation.GELU),
                new Loss.Huber(1),
                new Optimizer.LevenbergMarquardt(1, 1, 0),
                new LearningRateRule.Constant(1),
                StopRule.epochs(10),
                0,
                false,
                new Monitor(1, List.of(1.0), -1),
                Precision.FLOAT64,
                List.of(new Replica(1, List.of(new int[] {0}), 0, 1, null)));
        assertThat(new CudaEngine().unsupported(plan)).isEmpty();
    }
}
