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
        if (json) {
            out.println(json().toPrettyString());
            return ExitCode.OK;
        }
        out.printf("%-6s %-6s %s%n", "engine", "device", "");
        for (Engine engine : Engines.all()) {
            Optional<String> cause = engine.unavailable();
            if (cause.isPresent()) {
                out.printf("%-6s %-6s not usable: %s%n", engine.name(), "-", cause.get());
            } else {
                engine.devices()
                        .forEach(device -> out.printf(
                                "%-6s %-6s %s, %s%n", engine.name(), device.number(), device.name(), device.details()));
                engine.kernelsUnsupported()
                        .ifPresent(text -> out.printf("%-6s %-6s no kernel models: %s%n", "", "", text));
            }
            if (!engine.remark().isEmpty()) {
                out.printf("%-6s %-6s %s%n", "", "", engine.remark());
            }
        }
        return ExitCode.OK;
    }

    private static ArrayNode json() {
        ArrayNode array = new ObjectMapper().createArrayNode();
        Engines.all().forEach(engine -> describe(array.addObject(), engine, engine.unavailable()));
        return array;
    }

    private static void describe(ObjectNode node, Engine engine, Optional<String> cause) {
        node.put("engine", engine.name());
        node.put("usable", cause.isEmpty());
        cause.ifPresent(text -> node.put("cause", text));
        if (cause.isEmpty()) {
            engine.kernelsUnsupported().ifPresent(text -> node.put("noKernelModels", text));
        }
        if (!engine.remark().isEmpty()) {
            node.put("remark", engine.remark());
        }
        ArrayNode devices = node.putArray("devices");
        engine.devices().forEach(device -> {
            ObjectNode entry = devices.addObject();
            entry.put("number", device.number());
            entry.put("name", device.name());
            entry.put("details", device.details());
        });
    }
}
