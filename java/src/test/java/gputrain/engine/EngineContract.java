package gputrain.engine;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * All that an engine promises, tried on one engine in one precision. An engine that cannot run here is skipped with its
 * reason, unless {@code -Dgputrain.require=NAME} names it: then the skip is a failure.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EngineContract implements LossCurveContract, ScheduleContract, StateContract, PredictionContract {
    private final String name;
    private final Precision precision;

    EngineContract(String name, Precision precision) {
        this.name = name;
        this.precision = precision;
    }

    @BeforeAll
    void theEngineCanRunHere() {
        Optional<String> cause = engine().unavailable();
        if (cause.isPresent() && name.equals(System.getProperty("gputrain.require"))) {
            fail("engine " + name + " is required and cannot run: " + cause.get());
        }
        assumeTrue(cause.isEmpty(), () -> "engine " + name + " cannot run: " + cause.orElse(""));
    }

    @Override
    public Engine engine() {
        return Runs.named(name);
    }

    @Override
    public Precision precision() {
        return precision;
    }
}
