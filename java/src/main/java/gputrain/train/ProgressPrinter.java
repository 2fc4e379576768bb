package gputrain.train;

import gputrain.engine.TrainingPlan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Prints progress: on a terminal one line, redrawn at most five times a second and as wide as the environment variable
 * {@code COLUMNS} or else the terminal says (80 when neither does), wiped at the end; otherwise a plain line after five seconds and then every thirty.
 * Warnings are printed in either case, also when quiet. Colour only on a terminal without {@code NO_COLOR}.
 */
public final class ProgressPrinter implements TrainingListener {
    private static final long SECOND = 1_000_000_000L;
    private static final long REDRAW = SECOND / 5;
    private static final long FIRST_LINE = 5 * SECOND;
    private static final long NEXT_LINE = 30 * SECOND;
    private static final int SHORTEST_BAR = 5;
    private static final int LONGEST_BAR = 30;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean quiet;
    private final List<String> setNames;
    private final double scale;
    private final int columns;
    private final boolean colour;
    private final LongSupplier nanoTime;
    private long next;
    private int drawn;

    /**
     * A printer.
     *
     * @param terminal whether {@code out} is a terminal
     * @param quiet whether to print warnings only
     * @param setNames of the plan's row sets, in their order
     * @param scale MeV per unit of a sample's rms
     */
    public ProgressPrinter(PrintStream out, boolean terminal, boolean quiet, List<String> setNames, double scale) {
        this(out, terminal, quiet, setNames, scale, System.getenv(), TerminalWidth::ask, System::nanoTime);
    }

    ProgressPrinter(
            PrintStream out,
            boolean terminal,
            boolean quiet,
            List<String> setNames,
            double scale,
            Map<String, String> environment,
            IntSupplier width,
            LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
        this.setNames = List.copyOf(setNames);
        this.scale = scale;
        this.columns = terminal
                ? TerminalWidth.parse(environment.getOrDefault("COLUMNS", "")).orElseGet(width)
                : 0;
        // https://no-color.org: set to anything but the empty string.
        this.colour = terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        this.nanoTime = nanoTime;
        this.next = nanoTime.getAsLong() + (terminal ? 0 : FIRST_LINE);
    }

    @Override
    public void started(TrainingPlan plan, long resumedFromEpoch) {
        next = nanoTime.getAsLong() + (terminal ? 0 : FIRST_LINE);
        if (!quiet && resumedFromEpoch > 0) {
            line(String.format(Locale.ROOT, "going on from epoch %,d", resumedFromEpoch));
        }
    }

    @Override
    public void method(String method) {
        if (!quiet) {
            line(method);
        }
    }

    @Override
    public void progress(Progress progress) {
        long now = nanoTime.getAsLong();
        if (quiet || now - next < 0) {
            return;
        }
        next = now + (terminal ? REDRAW : NEXT_LINE);
        if (terminal) {
            draw(progress);
        } else {
            line(percent(progress) + "  " + String.join("  ", fields(progress)));
        }
    }

    @Override
    public void warning(String message) {
        line("warning: " + message);
    }

    @Override
    public void finished() {
        wipe();
        out.flush();
    }

    private void line(String text) {
        wipe();
        out.println(text);
        out.flush();
    }

    /** Blanks rather than an escape sequence: works on every terminal. */
    private void wipe() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            drawn = 0;
        }
    }

    private void draw(Progress progress) {
        String percent = percent(progress).strip();
        List<String> fields = fields(progress);
        // The last column stays free: some terminals wrap when it is written.
        int room = columns - 1 - SHORTEST_BAR - "[] 100%".length();
        while (!fields.isEmpty() && width(fields) > room) {
            fields.remove(dispensable(fields));
        }
        int bar = Math.min(LONGEST_BAR, SHORTEST_BAR + Math.max(0, room - width(fields)));
        int full = (int) Math.round(bar * Math.max(0, Math.min(1, progress.fraction())));
        String filled = "#".repeat(full);
        fields.add(0, "[" + filled + "-".repeat(bar - full) + "] " + percent);
        String text = String.join("  ", fields);
        String shown = colour ? "[\u001b[32m" + filled + "\u001b[0m" + text.substring(1 + full) : text;
        out.print("\r" + shown + " ".repeat(Math.max(0, drawn - text.length())) + "\r");
        out.flush();
        drawn = text.length();
    }

    private static int width(List<String> fields) {
        return fields.stream().mapToInt(field -> field.length() + 2).sum();
    }

    /** What a narrow terminal goes without first: the other sets, the loss, the speed, the time left; the rms goes last. */
    private static int dispensable(List<String> fields) {
        for (int i = fields.size() - 1; i > 0; i--) {
            if (fields.get(i).startsWith("rms ") && fields.get(i - 1).startsWith("rms ")) {
                return i;
            }
        }
        for (String part : List.of("loss ", " epochs/s", " left")) {
            for (int i = 0; i < fields.size(); i++) {
                if (fields.get(i).contains(part)) {
                    return i;
                }
            }
        }
        return 0;
    }

    private List<String> fields(Progress progress) {
        List<String> fields = new ArrayList<>();
        fields.add(count(progress.epochsPerSecond()) + " epochs/s");
        fields.add("loss " + shortExponent(progress.loss()));
        for (int set = 0; set < Math.min(setNames.size(), progress.rms().size()); set++) {
            double rmsMeV = progress.rms().get(set) * scale;
            if (!Double.isNaN(rmsMeV)) {
                fields.add(String.format(Locale.ROOT, "rms %s %.3f MeV", setNames.get(set), rmsMeV));
            }
        }
        if (!Double.isNaN(progress.secondsLeftAtMost())) {
            fields.add("<=" + duration(progress.secondsLeftAtMost()) + " left");
        }
        return fields;
    }

    /** Two digits, without the zero that a format puts into an exponent: 1.3e-4. */
    private static String shortExponent(double value) {
        return String.format(Locale.ROOT, "%.1e", value).replaceFirst("e([-+])0", "e$1");
    }

    private static String percent(Progress progress) {
        return String.format(Locale.ROOT, "%3.0f%%", Math.floor(100 * progress.fraction()));
    }

    /** Three digits, which is all that a speed has: 987, 12.3k, 1.23M. */
    static String count(double value) {
        if (value < 999.5) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        double thousands = value / 1000;
        String unit = thousands < 999.5 ? "k" : "M";
        double shown = thousands < 999.5 ? thousands : thousands / 1000;
        return String.format(Locale.ROOT, shown < 9.995 ? "%.2f%s" : shown < 99.95 ? "%.1f%s" : "%.0f%s", shown, unit);
    }

    /** Minutes and seconds, {@code 2:05}, or hours and minutes, {@code 3h20m}; rounded up. */
    static String duration(double seconds) {
        long whole = Math.max(0, (long) Math.ceil(seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%dh%02dm", whole / 3600, whole / 60 % 60);
    }
}
