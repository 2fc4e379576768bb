package gputrain.engine.cpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.ReplicaState;
import gputrain.engine.Sample;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.SplineNetwork;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the contract leaves to this engine: its limits, its errors, its devices, threads within a replica. */
class CppEngineTest {
    private static final int ROWS = 800;
    private final CppEngine engine = new CppEngine();

    @BeforeEach
    void theLibraryIsHere() {
        assumeTrue(engine.unavailable().isEmpty(), () -> engine.unavailable().orElse(""));
    }

    private static TrainingPlan plan(Precision precision) {
        return plan(new DenseNetwork(List.of(2, 24, 12, 1), Activation.GELU), Optimizer.Adam.DEFAULT, precision);
    }

    private static TrainingPlan plan(Network network, Optimizer optimizer, Precision precision) {
        Replica replica = new Replica(1, List.of(IntStream.range(0, ROWS).toArray()), 0, 1, null);
        return new TrainingPlan(
                network,
                new Loss.Huber(1),
                optimizer,
                new LearningRateRule.Constant(5e-3),
                StopRule.epochs(400),
                0,
                false,
                new Monitor(100, List.of(1.0), 0),
                precision,
                List.of(replica));
    }

    private static DataSet data() {
        double[] inputs = new double[2 * ROWS];
        double[] targets = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            inputs[2 * row] = (row % 40) / 20.0 - 1;
            inputs[2 * row + 1] = row / 400.0 - 1;
            targets[row] = Math.sin(3 * inputs[2 * row]) * inputs[2 * row + 1];
        }
        return new DataSet(ROWS, 2, 1, inputs, targets);
    }

    @Test
    void aSmallNetworkLearns() {
        try (Session session = engine.open(plan(Precision.FLOAT32), data(), EngineOptions.DEFAULT)) {
            List<Sample> samples = session.advance(1000);
            assertThat(samples).extracting(Sample::epoch).containsExactly(100L, 200L, 300L, 400L);
            assertThat(samples.get(3).rms().get(0))
                    .isLessThan(samples.get(0).rms().get(0) / 3);
            assertThat(session.state().get(0).status()).isEqualTo(ReplicaState.Status.REACHED_EPOCHS);
        }
    }

    @Test
    void threadsThatShareAReplicaChangeNoBit() {
        double[] one = trained(1);
        for (int threads = 2; threads <= 4; threads++) {
            assertThat(trained(threads)).as("%d threads", threads).containsExactly(one);
        }
    }

    private double[] trained(int threads) {
        try (Session session = engine.open(plan(Precision.FLOAT32), data(), new EngineOptions(0, threads))) {
            session.advance(50);
            return session.state().get(0).parameters();
        }
    }

    @Test
    void whatItCannotDoHasAReason() {
        assertThat(engine.unsupported(plan(Precision.FLOAT64)))
                .hasValueSatisfying(cause -> assertThat(cause).contains("float32 only"));
        Optimizer lbfgs = new Optimizer.Lbfgs(5, 20, 0);
        Network dense = new DenseNetwork(List.of(2, 4, 1), Activation.TANH);
        assertThat(engine.unsupported(plan(dense, lbfgs, Precision.FLOAT64)))
                .hasValueSatisfying(cause -> assertThat(cause).contains("jvm"));
        Network splines = new SplineNetwork(List.of(2, 4, 1), 3, 3, 0.1);
        assertThat(engine.unsupported(plan(splines, lbfgs, Precision.FLOAT64))).isEmpty();
        assertThatThrownBy(() -> engine.open(plan(Precision.FLOAT64), data(), EngineOptions.DEFAULT))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> engine.open(plan(Precision.FLOAT32), data(), new EngineOptions(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one device, number 0, not 1");
    }

    @Test
    void aClosedSessionSaysSo() {
        Session session = engine.open(plan(Precision.FLOAT32), data(), EngineOptions.DEFAULT);
        session.close();
        session.close();
        assertThatThrownBy(() -> session.advance(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the session is closed");
    }

    @Test
    void theDeviceNamesItsInstructionSetAndPeak() {
        assertThat(engine.devices()).hasSize(1);
        assertThat(engine.devices().get(0).details()).containsPattern("cores, (SSE2|AVX|NEON)");
        assertThat(engine.measurePeakGflops(1, 0.001)).isPositive();
    }
}
