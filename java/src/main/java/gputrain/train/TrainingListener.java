package gputrain.train;

import gputrain.engine.TrainingPlan;

/** Hears what happens during {@link Trainer#run}, on the thread that trains. */
public interface TrainingListener {
    /** Listens to nothing. */
    TrainingListener NONE = progress -> {};

    /**
     * The engine is open and training begins.
     *
     * @param resumedFromEpoch largest epoch of the checkpoint; 0 when training starts anew
     */
    default void started(TrainingPlan plan, long resumedFromEpoch) {}

    /** How the engine computes the plan, in one line; before {@link #started}, where there is something to say. */
    default void method(String method) {}

    /** About twice a second, the last time when training has ended. */
    void progress(Progress progress);

    /** Something that does not end the run but that a person should know, in one line. */
    default void warning(String message) {}

    /** Nothing more follows; called after an error too. */
    default void finished() {}
}
