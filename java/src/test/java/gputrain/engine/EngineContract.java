package gputrain.engine;

import java.util.Objects;

/**
 * All that an engine promises, tried on one engine in one precision, which {@link TestedEngine} names on the subclass.
 * An engine that cannot run here is skipped with its reason, unless {@code -Dgputrain.require=NAME} names it: then the
 * skip is a failure.
 */
abstract class EngineContract
        implements LossCurveContract,
                TrajectoryContract,
                ScheduleContract,
                StateContract,
                PredictionContract,
                RandomPlanContract,
                ProductUnitContract,
                AveragingContract,
                SplineContract {

    @Override
    public Engine engine() {
        return Runs.named(tested().name());
    }

    @Override
    public Precision precision() {
        return tested().precision();
    }

    private TestedEngine tested() {
        return Objects.requireNonNull(getClass().getAnnotation(TestedEngine.class), "@TestedEngine");
    }
}
