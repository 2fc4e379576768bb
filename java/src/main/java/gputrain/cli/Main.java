package gputrain.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** Entry point of {@code gpu-train.jar}. */
@Command(
        name = "gpu-train",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = BuildInfo.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        // Not a header: subcommands inherit that, and show it instead of their own description.
        description = {
            "Trains the small models used to learn nuclear masses.",
            "",
            "Without a command, trains: `gpu-train` alone runs huang/method-3-case-a,",
            "`gpu-train huang/method-2-case-a --seeds 10` is `gpu-train train huang/method-2-case-a --seeds 10`."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:wrong usage",
            "65:bad data: a table, experiment file or run that cannot be used",
            "69:no such engine or device, or it failed",
            "70:a bug in this program",
            "74:a file cannot be read or written",
            "75:stopped by a signal after a checkpoint; run the same command again to go on"
        })
public final class Main {
    private static final String HELP = "help";
    private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");
    /** Types that no option has; picocli would load their classes at every start. */
    private static final String UNUSED_CONVERTERS = "java\\.sql\\..*,java\\.time\\..*";

    private Main() {}

    /** Every command by its name, in the order of the help. */
    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("train", TrainCommand.class);
        commands.put("list", ListCommand.class);
        commands.put("show", ShowCommand.class);
        commands.put("predict", PredictCommand.class);
        commands.put("evaluate", EvaluateCommand.class);
        commands.put("reproduce", ReproduceCommand.class);
        commands.put("report", ReportCommand.class);
        commands.put("data", DataCommand.class);
        commands.put("devices", DevicesCommand.class);
        commands.put(HELP, CommandLine.HelpCommand.class);
        return commands;
    }

    /** Runs a command line and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args, writer(System.out), writer(System.err)));
    }

    /**
     * Runs a command line.
     *
     * @return the exit code
     */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        System.setProperty("picocli.converters.excludes", UNUSED_CONVERTERS);
        Map<String, Class<?>> commands = commands();
        String[] line = withDefaultCommand(commands.keySet(), args);
        CommandLine commandLine = new CommandLine(new Main());
        // Reflection over all commands takes longer than most of them run.
        if (line.length == 1 && OWN_OPTIONS.contains(line[0])) {
            commands.forEach((name, command) -> commandLine.addSubcommand(name, described(command)));
        } else if (commands.containsKey(line[0]) && !line[0].equals(HELP)) {
            commandLine.addSubcommand(line[0], commands.get(line[0]));
        } else {
            commands.forEach(commandLine::addSubcommand);
        }
        commandLine
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Errors());
        if (System.getenv("NO_COLOR") != null) {
            commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        try {
            return commandLine.execute(line);
        } catch (OutOfMemoryError e) {
            err.println("gpu-train: not enough memory (" + e.getMessage()
                    + "); take fewer seeds or a smaller network, or give Java more with -Xmx");
            return ExitCode.NO_DEVICE;
        } catch (StackOverflowError | LinkageError e) {
            return bug(e, err);
        }
    }

    /** A command as the list of all shows it, without its options. */
    private static CommandSpec described(Class<?> command) {
        CommandSpec spec = CommandSpec.create();
        spec.updateCommandAttributes(command.getAnnotation(Command.class), CommandLine.defaultFactory());
        return spec;
    }

    private static int bug(Throwable error, PrintWriter err) {
        err.println("gpu-train: this is a bug, please report it with the lines below");
        error.printStackTrace(err);
        return ExitCode.BUG;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
    }

    private static String[] withDefaultCommand(Set<String> commands, String[] args) {
        if (args.length > 0 && (OWN_OPTIONS.contains(args[0]) || commands.contains(args[0]))) {
            return args;
        }
        List<String> all = new ArrayList<>(List.of("train"));
        all.addAll(List.of(args));
        return all.toArray(String[]::new);
    }

    /** Prints one line for an error that a person can mend, everything for a bug. */
    private static final class Errors implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(Exception error, CommandLine commandLine, ParseResult result) {
            int code = ExitCode.of(error);
            PrintWriter err = commandLine.getErr();
            if (code == ExitCode.BUG) {
                return bug(error, err);
            }
            err.println(commandLine.getColorScheme().errorText("gpu-train: " + error.getMessage()));
            return code;
        }
    }
}
