package gputrain.train;

import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.TrainingPlan;
import gputrain.engine.jvm.JvmEngine;
import gputrain.file.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Main class of the processes that {@link ProcessTest} starts and ends. */
final class TrainingChild {
    private TrainingChild() {}

    /**
     * Does what {@code args[0]} says: {@code train ENGINE DIR EPOCHS} trains with a checkpoint after every epoch and
     * writes DIR/outcome at the end; the others leave in some way while signals are installed.
     */
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "train" -> train(args[1], Path.of(args[2]), Long.parseLong(args[3]));
            case "exit" -> {
                StopRequest.onSignals();
                System.exit(3);
            }
            case "return" -> StopRequest.onSignals();
            case "fail" -> {
                try (StopRequest stop = StopRequest.onSignals()) {
                    Fixture.run(
                            new StandInEngine("e", "d", 5), Fixture.fullBatch(10_000_000), null, progress -> {}, stop);
                } catch (EngineException e) {
                    System.exit(69);
                }
            }
            case "unsaved" -> {
                try (StopRequest stop = StopRequest.onSignals()) {
                    Fixture.run(new JvmEngine(), Fixture.fullBatch(1L << 40), null, TrainingChild::say, stop);
                }
            }
            case "error" -> {
                try (StopRequest stop = StopRequest.onSignals()) {
                    System.out.println("ready");
                    while (!stop.isRequested()) {
                        Thread.onSpinWait();
                    }
                }
                LockSupport.parkNanos(200_000_000);
                System.out.println("the error");
                System.exit(74);
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void train(String name, Path directory, long epochs) {
        Engine engine = Fixture.engines()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        try (StopRequest stop = StopRequest.onSignals()) {
            TrainingOutcome outcome = Fixture.run(
                    engine,
                    Fixture.miniBatch(epochs),
                    new Checkpoints(directory.resolve("checkpoint"), Duration.ZERO),
                    new TrainingListener() {
                        @Override
                        public void started(TrainingPlan plan, long resumedFromEpoch) {
                            System.out.println(resumedFromEpoch);
                        }

                        @Override
                        public void progress(Progress progress) {
                            say(progress);
                        }
                    },
                    stop);
            System.out.println(outcome.interrupted() ? "interrupted" : "done");
            if (!outcome.interrupted()) {
                AtomicFiles.write(directory.resolve("outcome"), Fixture.bits(outcome));
            }
        }
    }

    private static void say(Progress progress) {
        System.out.println(progress.epochsDone() / progress.replicas());
    }
}
