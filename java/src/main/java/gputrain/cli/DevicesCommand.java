package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.engine.Engine;
import gputrain.engine.Engines;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "devices", description = "Lists every engine and device, usable or why not.")
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ArrayNode array = new ObjectMapper().createArrayNode();
        if (!json) {
            out.printf("%-6s %-6s %s%n", "engine", "device", "");
        }
        for (Engine engine : Engines.all()) {
            Optional<String> cause = engine.unavailable();
            if (json) {
                describe(array.addObject(), engine, cause);
            } else if (cause.isPresent()) {
                out.printf("%-6s %-6s not usable: %s%n", engine.name(), "-", cause.get());
            } else {
                engine.devices()
                        .forEach(device -> out.printf(
                                "%-6s %-6d %s, %s%n", engine.name(), device.number(), device.name(), device.details()));
            }
        }
        if (json) {
            if (EngineChoice.noCudaEngine()) {
                array.addObject()
                        .put("engine", "cuda")
                        .put("usable", false)
                        .put("cause", EngineChoice.NO_CUDA)
                        .putArray("devices");
            }
            out.println(array.toPrettyString());
        } else if (EngineChoice.noCudaEngine()) {
            out.printf("%-6s %-6s not usable: %s%n", "cuda", "-", EngineChoice.NO_CUDA);
        }
        return ExitCode.OK;
    }

    private static void describe(ObjectNode node, Engine engine, Optional<String> cause) {
        node.put("engine", engine.name());
        node.put("usable", cause.isEmpty());
        cause.ifPresent(text -> node.put("cause", text));
        ArrayNode devices = node.putArray("devices");
        engine.devices().forEach(device -> {
            ObjectNode entry = devices.addObject();
            entry.put("number", device.number());
            entry.put("name", device.name());
            entry.put("details", device.details());
        });
    }
}
