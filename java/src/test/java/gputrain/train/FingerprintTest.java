package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import gputrain.engine.DataSet;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FingerprintTest {
    private static final TrainingPlan PLAN = Fixture.fullBatch(10);
    private static final Fingerprint OWN = Fingerprint.of("jvm", PLAN, Fixture.DATA);

    @Test
    void equalRunsHaveEqualFingerprints() {
        assertThat(OWN.differences(Fingerprint.of("jvm", Fixture.fullBatch(10), Fixture.DATA)))
                .isEmpty();
        assertThat(OWN.parts()).hasSize(15);
        assertThat(OWN.parts().values()).allMatch(digest -> digest.matches("[0-9a-f]{64}"));
    }

    @Test
    void engineAndDataCount() {
        assertThat(OWN.differences(Fingerprint.of("cpp", PLAN, Fixture.DATA))).containsExactly("engine");
        double[] targets = Fixture.DATA.targets().clone();
        targets[79] = Math.nextUp(targets[79]);
        DataSet data = new DataSet(Fixture.ROWS, 3, 2, Fixture.DATA.inputs(), targets);
        assertThat(OWN.differences(Fingerprint.of("jvm", PLAN, data))).containsExactly("data");
    }

    static List<Map.Entry<String, TrainingPlan>> otherPlans() {
        TrainingPlan p = PLAN;
        List<Map.Entry<String, TrainingPlan>> plans = new ArrayList<>();
        plans.add(Map.entry(
                "network",
                new TrainingPlan(
                        new DenseNetwork(List.of(3, 6, 2), Activation.RELU),
                        p.loss(),
                        p.optimizer(),
                        p.learningRate(),
                        p.stop(),
                        p.batchSize(),
                        p.shuffle(),
                        p.monitor(),
                        p.precision(),
                        p.replicas())));
        plans.add(Map.entry("loss", with(new Loss.Huber(2), p.optimizer(), p.learningRate(), p.stop(), p.replicas())));
        plans.add(Map.entry(
                "loss", with(new Loss.MeanAbsolute(), p.optimizer(), p.learningRate(), p.stop(), p.replicas())));
        plans.add(Map.entry(
                "optimizer",
                with(p.loss(), new Optimizer.Adam(0.9, 0.999, 1e-7), p.learningRate(), p.stop(), p.replicas())));
        plans.add(Map.entry(
                "learningRate",
                with(p.loss(), p.optimizer(), new LearningRateRule.Constant(0.02), p.stop(), p.replicas())));
        plans.add(Map.entry(
                "stop", with(p.loss(), p.optimizer(), p.learningRate(), new StopRule(10, 1e-9, 10), p.replicas())));
        for (Replica replica : List.of(
                new Replica(9, p.replicas().get(0).rowSets(), 0, 1, null),
                new Replica(1, List.of(Fixture.rows(0, 31), Fixture.rows(31, 40)), 0, 1, null),
                new Replica(1, p.replicas().get(0).rowSets(), 1e-9, 1, null),
                new Replica(1, p.replicas().get(0).rowSets(), 0, 1.5, null),
                new Replica(1, p.replicas().get(0).rowSets(), 0, 1, new double[Fixture.NETWORK.parameterCount()]))) {
            List<Replica> replicas = new ArrayList<>(p.replicas());
            replicas.set(0, replica);
            plans.add(Map.entry("replicas", with(p.loss(), p.optimizer(), p.learningRate(), p.stop(), replicas)));
        }
        plans.add(Map.entry("batchSize", rest(p, 5, false, p.monitor(), p.precision())));
        plans.add(Map.entry("shuffle", rest(p, 0, true, p.monitor(), p.precision())));
        plans.add(Map.entry("monitor", rest(p, 0, false, new Monitor(7, List.of(1.0, 0.25), 1), p.precision())));
        plans.add(Map.entry("precision", rest(p, 0, false, p.monitor(), Precision.FLOAT32)));
        return plans;
    }

    @ParameterizedTest
    @MethodSource("otherPlans")
    void everyFieldOfAPlanCounts(Map.Entry<String, TrainingPlan> other) {
        assertThat(OWN.differences(Fingerprint.of("jvm", other.getValue(), Fixture.DATA)))
                .containsExactly(other.getKey());
    }

    private static TrainingPlan with(
            Loss loss, Optimizer optimizer, LearningRateRule rate, StopRule stop, List<Replica> replicas) {
        return new TrainingPlan(
                PLAN.network(),
                loss,
                optimizer,
                rate,
                stop,
                PLAN.batchSize(),
                PLAN.shuffle(),
                PLAN.monitor(),
                PLAN.precision(),
                replicas);
    }

    private static TrainingPlan rest(
            TrainingPlan p, int batchSize, boolean shuffle, Monitor monitor, Precision precision) {
        return new TrainingPlan(
                p.network(),
                p.loss(),
                p.optimizer(),
                p.learningRate(),
                p.stop(),
                batchSize,
                shuffle,
                monitor,
                precision,
                p.replicas());
    }
}
