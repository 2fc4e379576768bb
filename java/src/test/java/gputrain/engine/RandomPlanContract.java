package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;

import gputrain.engine.Runs.Outcome;
import gputrain.model.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans drawn at random from fixed seeds: combinations that nobody thought of, and sessions side by side. */
interface RandomPlanContract extends EngineUnderTest {
    int EPOCHS = 8;

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    default void aRandomPlanFollowsTheOracle(int seed) {
        PlanBuilder builder = draw(seed);
        TrainingPlan plan = builder.build(precision());
        DataSet data = builder.data();
        Outcome expected = Runs.train(Runs.oracle(), builder.build(Precision.FLOAT64), data, EPOCHS);
        Outcome actual = Runs.train(engine(), plan, data, EPOCHS);
        Runs.assertSameCurve(actual.samples(), expected.samples(), precision());
        try (Session session = engine().open(plan, data, new EngineOptions(0, 1 + seed % 3))) {
            session.advance(3);
            List<ReplicaState> state = session.state();
            session.advance(1);
            session.restore(state);
            session.advance(EPOCHS - 3L);
            Runs.assertSameBits(session.state(), actual.states());
        }
    }

    @Test
    default void sessionsSideBySideDoNotDisturbEachOther() {
        List<PlanBuilder> builders =
                IntStream.range(100, 106).mapToObj(RandomPlanContract::draw).collect(Collectors.toList());
        List<Outcome> alone = builders.stream().map(this::train).toList();
        List<CompletableFuture<Outcome>> together = builders.stream()
                .map(builder -> CompletableFuture.supplyAsync(() -> train(builder)))
                .toList();
        for (int i = 0; i < builders.size(); i++) {
            Outcome outcome = together.get(i).join();
            assertThat(outcome.samples()).isEqualTo(alone.get(i).samples());
            Runs.assertSameBits(outcome.states(), alone.get(i).states());
        }
    }

    private Outcome train(PlanBuilder builder) {
        return Runs.train(engine(), builder.build(precision()), builder.data(), 30);
    }

    private static PlanBuilder draw(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> widths = new ArrayList<>();
        for (int i = random.nextInt(2, 6); i > 0; i--) {
            widths.add(random.nextInt(4) == 0 ? random.nextInt(1, 100) : random.nextInt(1, 20));
        }
        int rows = random.nextInt(3) == 0 ? random.nextInt(200, 600) : random.nextInt(1, 70);
        int measured = random.nextInt(1, 40);
        Activation activation = pick(random, Activation.values());
        Loss loss =
                pick(random, new Loss.Huber(1), new Loss.Huber(0.2), new Loss.MeanAbsolute(), new Loss.MeanSquared());
        Optimizer optimizer = pick(random, Optimizer.Adam.DEFAULT, new Optimizer.Sgd(0.5), new Optimizer.Sgd(0));
        if (loss instanceof Loss.MeanAbsolute && optimizer instanceof Optimizer.Adam) {
            // Gradients of the mean absolute error are sums of signs, which often cancel; with its tiny epsilon Adam
            // would
            // turn the rounding of such a sum, another in every order of adding, into a step.
            optimizer = new Optimizer.Adam(0.9, 0.999, 1e-4);
        }
        PlanBuilder builder = PlanBuilder.plan()
                .widths(widths)
                .activation(activation)
                .loss(loss)
                .optimizer(optimizer)
                .rate(pick(
                        random,
                        new LearningRateRule.Constant(2e-3),
                        new LearningRateRule.Step(4e-3, 3, 0.7),
                        new LearningRateRule.Cosine(3e-3, 1e-4, 6)))
                .every(random.nextInt(1, 4))
                .watched(random.nextInt(-1, 2))
                .rows(rows, measured)
                .batch(
                        random.nextBoolean() ? 0 : random.nextInt(Math.max(1, rows / 4), rows + 2),
                        random.nextBoolean());
        for (int replicas = random.nextInt(1, 5); replicas > 0; replicas--) {
            int[] own = random.ints(random.nextInt(1, 2 * rows + 1), 0, rows + measured)
                    .toArray();
            int[] others =
                    random.ints(random.nextInt(0, 50), 0, rows + measured).toArray();
            builder.replicaOn(random.nextLong(), List.of(own, others));
        }
        return builder;
    }

    @SafeVarargs
    private static <T> T pick(SplittableRandom random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
