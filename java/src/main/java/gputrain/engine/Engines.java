package gputrain.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The engines of this installation, and the choice among them. */
public final class Engines {
    /** The request that leaves the choice to the ranks. */
    public static final String AUTO = "auto";

    private Engines() {}

    /**
     * The engine that computes a plan.
     *
     * @param rejected the better-ranked engines that were passed over, best first; empty for an engine asked for by name
     */
    public record Choice(Engine engine, List<Rejection> rejected) {
        public Choice {
            rejected = List.copyOf(rejected);
        }
    }

    /** Why an engine was not taken. */
    public record Rejection(String engine, String cause) {}

    /** Every engine found by {@link ServiceLoader}, usable or not, the best rank first. */
    public static List<Engine> all() {
        return ServiceLoader.load(Engine.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(Engine::rank).reversed())
                .toList();
    }

    /**
     * Chooses the engine for a plan.
     *
     * @param requested {@link #AUTO}: the best rank that is available and supports the plan; or a name, which is never
     *     replaced by another engine
     * @throws NoSuchEngineException when none fits
     */
    public static Choice choose(String requested, TrainingPlan plan) {
        return choose(requested, plan, all());
    }

    static Choice choose(String requested, TrainingPlan plan, List<Engine> engines) {
        return choose(requested, engines, engine -> engine.unsupported(plan));
    }

    /**
     * Chooses the engine for kernel models.
     *
     * @throws NoSuchEngineException when none fits
     */
    public static Choice chooseForKernels(String requested) {
        return choose(requested, all(), Engine::kernelsUnsupported);
    }

    private static Choice choose(
            String requested, List<Engine> engines, Function<Engine, Optional<String>> unsupported) {
        List<Rejection> rejected = new ArrayList<>();
        for (Engine engine : engines) {
            if (!requested.equals(AUTO) && !requested.equals(engine.name())) {
                continue;
            }
            Optional<String> cause = engine.unavailable().or(() -> unsupported.apply(engine));
            if (cause.isEmpty()) {
                return new Choice(engine, rejected);
            }
            rejected.add(new Rejection(engine.name(), cause.get()));
        }
        throw new NoSuchEngineException(refusal(requested, rejected, engines, unsupported));
    }

    private static String refusal(
            String requested,
            List<Rejection> rejected,
            List<Engine> engines,
            Function<Engine, Optional<String>> unsupported) {
        String causes = rejected.isEmpty()
                ? "there is no engine named " + requested
                : rejected.stream()
                        .map(one -> "engine " + one.engine() + " cannot run: " + one.cause())
                        .collect(Collectors.joining("; "));
        String usable = engines.stream()
                .filter(engine ->
                        engine.unavailable().or(() -> unsupported.apply(engine)).isEmpty())
                .map(Engine::name)
                .collect(Collectors.joining(", "));
        return causes + ". Usable here: " + (usable.isEmpty() ? "none" : usable) + " (or auto).";
    }
}
