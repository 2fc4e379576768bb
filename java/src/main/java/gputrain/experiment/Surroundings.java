package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a run was computed with.
 *
 * @param choice the engine, and those that were passed over
 * @param polish the same for the polish where there is one
 * @param version of this program
 * @param commit that it was built from, or "unknown"
 */
public record Surroundings(
        Engines.Choice choice, EngineOptions options, Optional<Computed> polish, String version, String commit) {

    /** An engine, those that were passed over for it, and its options. */
    public record Computed(Engines.Choice choice, EngineOptions options) {
        ExperimentRunner.Computer computer() {
            return new ExperimentRunner.Computer(choice.engine(), options);
        }
    }

    /** What trains, up to the polish. */
    ExperimentRunner.Computer training() {
        return new Computed(choice, options).computer();
    }

    /** What polishes where there is a polish, and predicts. */
    ExperimentRunner.Computer last() {
        return polish.map(Computed::computer).orElseGet(this::training);
    }

    void describe(ObjectNode root) {
        describe(root.putObject("engine"), choice, options);
        polish.ifPresent(one -> describe(root.putObject("polishEngine"), one.choice(), one.options()));
        ObjectNode environment = root.putObject("environment");
        environment.put("java", System.getProperty("java.version"));
        environment.put("vm", System.getProperty("java.vm.name"));
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put("architecture", System.getProperty("os.arch"));
        environment.put("processors", Runtime.getRuntime().availableProcessors());
        environment.put("version", version);
        environment.put("commit", commit);
    }

    private static void describe(ObjectNode node, Engines.Choice choice, EngineOptions options) {
        Engine engine = choice.engine();
        node.put("name", engine.name());
        List<Engine.Device> used = engine.devices().stream()
                .filter(device -> options.devices().contains(device.number()))
                .toList();
        node.put("device", joined(used, Engine.Device::name));
        node.put("details", joined(used, Engine.Device::details));
        options.devices().forEach(node.putArray("devices")::add);
        if (options.kernel() != null) {
            node.put("kernel", options.kernel());
        }
        node.put("threads", options.resolvedThreads());
        ArrayNode rejected = node.putArray("rejected");
        choice.rejected().forEach(rejection -> {
            ObjectNode entry = rejected.addObject();
            entry.put("engine", rejection.engine());
            entry.put("cause", rejection.cause());
        });
    }

    /** Of several devices, as a rule of one kind, each text once. */
    private static String joined(List<Engine.Device> devices, Function<Engine.Device, String> part) {
        return devices.stream().map(part).distinct().collect(Collectors.joining("; "));
    }
}
