package gputrain.cli;

import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.NoSuchEngineException;
import gputrain.engine.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose engine, device and threads. */
final class EngineChoice {
    static final String NO_CUDA = "this version has no CUDA engine";
    private static final String CUDA = "cuda";

    @Option(
            names = "--engine",
            paramLabel = "auto|cuda|cpp|jvm",
            defaultValue = Engines.AUTO,
            description =
                    "Engine to compute with (default: ${DEFAULT-VALUE}, the best that works). One named here is never replaced"
                            + " by another.")
    private String engine = Engines.AUTO;

    @Option(
            names = "--device",
            paramLabel = "N",
            description =
                    "Number of the device, see `gpu-train devices`. Without a usable GPU, trains on the CPU and says so.")
    private @Nullable Integer device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "CPU threads (default: all that the process may use). Never changes a result.")
    private int threads;

    /**
     * An engine with its options.
     *
     * @param remarks what a person should be told, one line each
     */
    record Chosen(Engines.Choice choice, EngineOptions options, List<String> remarks) {}

    static boolean noCudaEngine() {
        return Engines.all().stream().noneMatch(e -> e.name().equals(CUDA));
    }

    /** @throws NoSuchEngineException when the wish cannot be met */
    Chosen choose(TrainingPlan plan) {
        String wanted = engine.toLowerCase(Locale.ROOT);
        if (threads < 0) {
            throw new gputrain.experiment.UsageException("--threads must not be negative: " + threads);
        }
        int number = device == null ? 0 : device;
        if (number < 0) {
            throw new gputrain.experiment.UsageException("--device must not be negative: " + number);
        }
        if (wanted.equals(CUDA) && noCudaEngine()) {
            throw new NoSuchEngineException(NO_CUDA + "; use --engine auto to train on the CPU");
        }
        Engines.Choice choice = Engines.choose(wanted, plan);
        List<String> remarks = new ArrayList<>();
        choice.rejected().forEach(one -> remarks.add("engine " + one.engine() + " not used: " + one.cause()));
        Engine chosen = choice.engine();
        boolean gpu = chosen.name().equals(CUDA);
        if (device != null && !gpu) {
            if (!wanted.equals(Engines.AUTO) && number >= chosen.devices().size()) {
                throw new NoSuchEngineException("engine " + chosen.name() + " has no device " + number
                        + "; `gpu-train devices` lists those there are");
            }
            if (wanted.equals(Engines.AUTO)) {
                String cause = choice.rejected().stream()
                        .filter(one -> one.engine().equals(CUDA))
                        .map(Engines.Rejection::cause)
                        .findFirst()
                        .orElse(NO_CUDA);
                remarks.removeIf(remark -> remark.startsWith("engine " + CUDA + " "));
                remarks.add(0, "--device " + number + " is not a usable GPU (" + cause + "); training on the CPU");
                number = 0;
            }
        }
        EngineOptions options = new EngineOptions(number, threads);
        remarks.add(describe(chosen, options));
        return new Chosen(choice, options, remarks);
    }

    private static String describe(Engine engine, EngineOptions options) {
        Optional<Engine.Device> used = engine.devices().stream()
                .filter(one -> one.number() == options.device())
                .findFirst();
        String where = used.map(one -> ": " + one.name() + ", " + one.details()).orElse("");
        int threads = options.resolvedThreads();
        return "engine " + engine.name() + where
                + (engine.name().equals(CUDA) ? "" : "; using " + threads + (threads == 1 ? " thread" : " threads"));
    }
}
