package gputrain.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.Engines.Choice;
import gputrain.engine.Engines.Rejection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private static final TrainingPlan PLAN = PlanBuilder.plan().build(Precision.FLOAT32);
    private static final Engine BROKEN = new Fake("cuda", 30, "no driver", null);
    private static final Engine PICKY = new Fake("cpp", 20, null, "float64 is not supported");
    private static final Engine PLAIN = new Fake("jvm", 10, null, null);
    private static final List<Engine> ALL = List.of(BROKEN, PICKY, PLAIN);

    @Test
    void autoTakesTheBestThatWorksAndSaysWhatItPassedOver() {
        Choice choice = Engines.choose("auto", PLAN, ALL);
        assertThat(choice.engine()).isSameAs(PLAIN);
        assertThat(choice.rejected())
                .containsExactly(new Rejection("cuda", "no driver"), new Rejection("cpp", "float64 is not supported"));
        assertThat(Engines.choose("auto", PLAN, List.of(PLAIN)).rejected()).isEmpty();
    }

    @Test
    void aNamedEngineIsTakenAloneOrRefused() {
        Choice choice = Engines.choose("jvm", PLAN, ALL);
        assertThat(choice.engine()).isSameAs(PLAIN);
        assertThat(choice.rejected()).isEmpty();
        assertThatThrownBy(() -> Engines.choose("cuda", PLAN, ALL))
                .isInstanceOf(NoSuchEngineException.class)
                .hasMessage("engine cuda cannot run: no driver. Usable here: jvm (or auto).");
        assertThatThrownBy(() -> Engines.choose("cpp", PLAN, ALL))
                .isInstanceOf(NoSuchEngineException.class)
                .hasMessageContaining("float64 is not supported");
        assertThatThrownBy(() -> Engines.choose("tpu", PLAN, ALL))
                .isInstanceOf(NoSuchEngineException.class)
                .hasMessage("there is no engine named tpu. Usable here: jvm (or auto).");
    }

    @Test
    void autoWithNothingThatWorksNamesEveryCause() {
        assertThatThrownBy(() -> Engines.choose("auto", PLAN, List.of(BROKEN, PICKY)))
                .isInstanceOf(NoSuchEngineException.class)
                .hasMessageContaining("engine cuda cannot run: no driver; engine cpp cannot run: float64");
    }

    @Test
    void theServicesOfThisBuildComeBestFirstAndTrainEveryPlan() {
        List<Engine> engines = Engines.all();
        assertThat(engines).extracting(Engine::name).contains("jvm").doesNotHaveDuplicates();
        assertThat(engines).extracting(engine -> -engine.rank()).isSorted();
        for (Precision precision : Precision.values()) {
            TrainingPlan plan = PlanBuilder.plan().build(precision);
            Engine engine = Engines.choose(Engines.AUTO, plan).engine();
            assertThat(engine.devices()).isNotEmpty();
            try (Session session = engine.open(plan, PlanBuilder.plan().data(), EngineOptions.DEFAULT)) {
                assertThat(session.advance(2)).hasSize(2);
            }
        }
    }

    private record Fake(
            String name,
            int rank,
            @Nullable String cannotRun,
            @Nullable String cannotCompute) implements Engine {
        @Override
        public Optional<String> unavailable() {
            return Optional.ofNullable(cannotRun);
        }

        @Override
        public List<Device> devices() {
            return List.of();
        }

        @Override
        public Optional<String> unsupported(TrainingPlan plan) {
            return Optional.ofNullable(cannotCompute);
        }

        @Override
        public Session open(TrainingPlan plan, DataSet data, EngineOptions options) {
            throw new AssertionError("nobody opens a fake engine");
        }
    }
}
