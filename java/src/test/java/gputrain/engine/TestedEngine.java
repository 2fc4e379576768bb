package gputrain.engine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The engine and the precision that a subclass of {@link EngineContract} tries. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestedEngine.Condition.class)
@interface TestedEngine {
    String name();

    Precision precision();

    /** Skips the class when its engine cannot run here; fails it when the engine is required. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String name = context.getRequiredTestClass()
                    .getAnnotation(TestedEngine.class)
                    .name();
            Optional<String> cause = Engines.all().stream()
                    .filter(engine -> engine.name().equals(name))
                    .findFirst()
                    .map(Engine::unavailable)
                    .orElse(Optional.of("it is not among the services of this build"));
            if (cause.isEmpty()) {
                return ConditionEvaluationResult.enabled("engine " + name + " runs here");
            }
            String reason = "engine " + name + " cannot run: " + cause.get();
            if (name.equals(System.getProperty("gputrain.require"))) {
                throw new AssertionError(reason + ", and gputrain.require asks for it");
            }
            return ConditionEvaluationResult.disabled(reason);
        }
    }
}
