package gputrain.cli;

import gputrain.experiment.KernelProgress;
import java.io.PrintStream;
import java.util.Locale;

/** Stages with a bar on a terminal, a line at a slow rate in a log. */
final class StageProgress implements KernelProgress {
    private static final int BAR = 20;
    private static final int WIDTH = 100;
    private static final long LOG_SECONDS = 15;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean quiet;
    private String stage = "";
    private long started;
    private long printed;
    private boolean open;

    StageProgress(PrintStream out, boolean terminal, boolean quiet) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    @Override
    public void at(String name, int done, int of, String note) {
        if (quiet) {
            return;
        }
        long now = System.nanoTime();
        if (!name.equals(stage)) {
            close();
            stage = name;
            started = now;
            printed = now;
        }
        double seconds = (now - started) * 1e-9;
        String text = String.format(Locale.ROOT, "%s %d of %d, %.0f s, %s", name, done, of, seconds, note);
        if (terminal) {
            int full = BAR * done / of;
            String line = "  [" + "=".repeat(full) + " ".repeat(BAR - full) + "] " + text;
            String cut = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
            out.print("\r" + cut + " ".repeat(WIDTH - cut.length()));
            open = true;
        } else if (done == of || now - printed > LOG_SECONDS * 1_000_000_000L) {
            out.println("  " + text);
            printed = now;
        }
    }

    /** Ends the line of the bar. */
    void close() {
        if (open) {
            out.println();
            open = false;
        }
    }
}
