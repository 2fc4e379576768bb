package gputrain.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
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
        },
        subcommands = {
            TrainCommand.class,
            ListCommand.class,
            ShowCommand.class,
            PredictCommand.class,
            EvaluateCommand.class,
            ReproduceCommand.class,
            ReportCommand.class,
            DataCommand.class,
            DevicesCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    private Main() {}

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
        CommandLine commandLine = new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Errors());
        if (System.getenv("NO_COLOR") != null) {
            commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        try {
            return commandLine.execute(withDefaultCommand(commandLine, args));
        } catch (OutOfMemoryError e) {
            err.println("gpu-train: not enough memory (" + e.getMessage()
                    + "); take fewer seeds or a smaller network, or give Java more with -Xmx");
            return ExitCode.NO_DEVICE;
        } catch (StackOverflowError | LinkageError e) {
            return bug(e, err);
        }
    }

    private static int bug(Throwable error, PrintWriter err) {
        err.println("gpu-train: this is a bug, please report it with the lines below");
        error.printStackTrace(err);
        return ExitCode.BUG;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
    }

    private static String[] withDefaultCommand(CommandLine commandLine, String[] args) {
        if (args.length > 0
                && (OWN_OPTIONS.contains(args[0])
                        || commandLine.getSubcommands().containsKey(args[0]))) {
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
