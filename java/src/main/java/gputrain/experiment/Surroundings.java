package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;

/**
 * What a run was computed with.
 *
 * @param choice the engine, and those that were passed over
 * @param version of this program
 * @param commit that it was built from, or "unknown"
 */
public record Surroundings(Engines.Choice choice, EngineOptions options, String version, String commit) {

    void describe(ObjectNode root) {
        Engine engine = choice.engine();
        ObjectNode node = root.putObject("engine");
        node.put("name", engine.name());
        engine.devices().stream()
                .filter(device -> device.number() == options.device())
                .findFirst()
                .ifPresent(device -> {
                    node.put("device", device.name());
                    node.put("details", device.details());
                });
        node.put("threads", options.resolvedThreads());
        ArrayNode rejected = node.putArray("rejected");
        choice.rejected().forEach(rejection -> {
            ObjectNode entry = rejected.addObject();
            entry.put("engine", rejection.engine());
            entry.put("cause", rejection.cause());
        });
        ObjectNode environment = root.putObject("environment");
        environment.put("java", System.getProperty("java.version"));
        environment.put("vm", System.getProperty("java.vm.name"));
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put("architecture", System.getProperty("os.arch"));
        environment.put("processors", Runtime.getRuntime().availableProcessors());
        environment.put("version", version);
        environment.put("commit", commit);
    }
}
