package gputrain.cli;

import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.NoSuchEngineException;
import gputrain.engine.TrainingPlan;
import gputrain.experiment.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose engine, device and threads. */
final class EngineChoice {
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
            paramLabel = "N[,N...]",
            description =
                    "Number of the GPU, see `gpu-train devices`; several share the networks among them. Numbers are the"
                            + " driver's: it leaves out what CUDA_VISIBLE_DEVICES leaves out. Without a usable GPU, trains on the"
                            + " CPU and says so.")
    private @Nullable String device;

    @Option(
            names = "--cuda-kernel",
            paramLabel = "NAME[:BLOCKS]",
            description =
                    "GPU kernel, and blocks of threads for each network, instead of those that the cost model chooses:"
                            + " solo, grid, cluster8, ... or as a run's log and record name them.")
    private @Nullable String kernel;

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

    /** @throws NoSuchEngineException when the wish cannot be met */
    Chosen choose(TrainingPlan plan) {
        return choose(wanted -> Engines.choose(wanted, plan));
    }

    /**
     * The engine for kernel models.
     *
     * @throws NoSuchEngineException when the wish cannot be met
     */
    Chosen chooseForKernels() {
        if (kernel != null) {
            throw new UsageException("--cuda-kernel names a kernel that trains networks; this is a kernel model");
        }
        return choose(Engines::chooseForKernels);
    }

    private Chosen choose(Function<String, Engines.Choice> engines) {
        String wanted = engine.toLowerCase(Locale.ROOT);
        if (threads < 0) {
            throw new UsageException("--threads must not be negative: " + threads);
        }
        if (kernel != null && kernel.isBlank()) {
            throw new UsageException("--cuda-kernel needs a name, such as solo or grid:64");
        }
        List<Integer> numbers = device == null ? List.of(0) : numbers(device);
        Engines.Choice choice = engines.apply(wanted);
        List<String> remarks = new ArrayList<>();
        choice.rejected().forEach(one -> remarks.add("engine " + one.engine() + " not used: " + one.cause()));
        Engine chosen = choice.engine();
        if (!chosen.name().equals(CUDA) && kernel != null) {
            throw new NoSuchEngineException(
                    "--cuda-kernel " + kernel + " needs the cuda engine, and it is not used: " + cause(choice));
        }
        if (!chosen.name().equals(CUDA) && wanted.equals(Engines.AUTO) && device != null) {
            remarks.removeIf(remark -> remark.startsWith("engine " + CUDA + " "));
            remarks.add(
                    0,
                    "--device " + device
                            + (numbers.size() == 1 ? " is not a usable GPU (" : " are not usable GPUs (")
                            + cause(choice) + "); training on the CPU");
            numbers = List.of(0);
        }
        requireDevices(chosen, numbers);
        EngineOptions options = new EngineOptions(numbers, threads, kernel);
        remarks.add(describe(chosen, options));
        return new Chosen(choice, options, remarks);
    }

    /** "0,2,3" as numbers. */
    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int number;
            try {
                number = Integer.parseInt(part.strip());
            } catch (NumberFormatException e) {
                throw new UsageException(
                        "--device takes a number or several with commas between, as 0 or 0,1: " + text);
            }
            if (number < 0) {
                throw new UsageException("--device must not be negative: " + text);
            }
            if (numbers.contains(number)) {
                throw new UsageException("--device names " + number + " twice: " + text);
            }
            numbers.add(number);
        }
        return numbers;
    }

    private static void requireDevices(Engine engine, List<Integer> numbers) {
        int there = engine.devices().size();
        for (int number : numbers) {
            if (number >= there) {
                throw new NoSuchEngineException("engine " + engine.name() + " has no device " + number
                        + (there == 1 ? "; there is one, number 0" : "; there are " + there + ", numbered from 0")
                        + ": `gpu-train devices` lists them");
            }
        }
    }

    private static String cause(Engines.Choice choice) {
        return choice.rejected().stream()
                .filter(one -> one.engine().equals(CUDA))
                .map(Engines.Rejection::cause)
                .findFirst()
                .orElse("--engine " + choice.engine().name() + " was asked for");
    }

    private static String describe(Engine engine, EngineOptions options) {
        String where = options.devices().stream()
                .map(number -> engine.devices().get(number))
                .map(one -> one.name() + ", " + one.details())
                .collect(Collectors.joining("; "));
        int threads = options.resolvedThreads();
        return "engine " + engine.name() + ": " + where
                + (engine.name().equals(CUDA) ? "" : "; using " + threads + (threads == 1 ? " thread" : " threads"));
    }
}
