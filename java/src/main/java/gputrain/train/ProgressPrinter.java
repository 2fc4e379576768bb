package gputrain.train;

import gputrain.engine.TrainingPlan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Prints progress: on a terminal one line, redrawn at most five times a second and as wide as the environment variable
 * {@code COLUMNS} says (80 without it), wiped at the end; otherwise a plain line after five seconds and then every thirty.
 * Warnings are printed in either case, also when quiet. Colour only on a terminal without {@code NO_COLOR}.
 */
public final class ProgressPrinter implements TrainingListener {
    private static final long SECOND = 1_000_000_000L;
    private static final long REDRAW = SECOND / 5;
    private static final long FIRST_LINE = 5 * SECOND;
    private static final long NEXT_LINE = 30 * SECOND;
    private static final int DEFAULT_COLUMNS = 80;
    private static final int SHORTEST_BAR = 10;
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
        this(out, terminal, quiet, setNames, scale, System.getenv(), System::nanoTime);
    }

    ProgressPrinter(
            PrintStream out,
            boolean terminal,
            boolean quiet,
            List<String> setNames,
            double scale,
            Map<String, String> environment,
            LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
        this.setNames = List.copyOf(setNames);
        this.scale = scale;
        this.columns = columns(environment.getOrDefault("COLUMNS", ""));
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
        String percent = percent(progress);
        List<String> fields = new ArrayList<>(fields(progress));
        // The last column stays free: some terminals wrap when it is written.
        int room = columns - 1 - percent.length() - SHORTEST_BAR - 3;
        while (!fields.isEmpty() && width(fields) > room) {
            fields.remove(dispensable(fields));
        }
        int bar = Math.max(0, Math.min(LONGEST_BAR, SHORTEST_BAR + room - width(fields)));
        int full = (int) Math.round(bar * Math.max(0, Math.min(1, progress.fraction())));
        String filled = "#".repeat(full);
        String rest = percentAndFields(percent, fields);
        String text = "[" + filled + "-".repeat(bar - full) + "] " + rest;
        int width = text.length();
        if (colour) {
            text = "[\u001b[32m" + filled + "\u001b[0m" + text.substring(1 + full);
        }
        out.print("\r" + text + " ".repeat(Math.max(0, drawn - width)) + "\r");
        out.flush();
        drawn = width;
    }

    private static String percentAndFields(String percent, List<String> fields) {
        return fields.isEmpty() ? percent : percent + "  " + String.join("  ", fields);
    }

    private static int width(List<String> fields) {
        return fields.stream().mapToInt(field -> field.length() + 2).sum();
    }

    /** What a narrow terminal can do without first: the loss, then the speed, then the time left; the rms goes last. */
    private static int dispensable(List<String> fields) {
        for (String start : List.of("loss", "rate")) {
            for (int i = 0; i < fields.size(); i++) {
                if (fields.get(i).startsWith(start)) {
                    return i;
                }
            }
        }
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).endsWith("epochs/s")) {
                return i;
            }
        }
        return fields.size() - 1;
    }

    private List<String> fields(Progress progress) {
        List<String> fields = new ArrayList<>();
        fields.add(String.format(Locale.ROOT, "%,.0f epochs/s", progress.epochsPerSecond()));
        fields.add(String.format(Locale.ROOT, "loss %.2e", progress.loss()));
        StringBuilder rms = new StringBuilder();
        for (int set = 0; set < Math.min(setNames.size(), progress.rms().size()); set++) {
            double value = progress.rms().get(set) * scale;
            if (!Double.isNaN(value)) {
                rms.append(rms.isEmpty() ? "rms " : ", ")
                        .append(setNames.get(set))
                        .append(String.format(Locale.ROOT, " %.3f", value));
            }
        }
        if (!rms.isEmpty()) {
            fields.add(rms + " MeV");
        }
        if (!Double.isNaN(progress.secondsLeftAtMost())) {
            fields.add("<= " + duration(progress.secondsLeftAtMost()) + " left");
        }
        return fields;
    }

    private static String percent(Progress progress) {
        return String.format(Locale.ROOT, "%3.0f %%", Math.floor(100 * progress.fraction()));
    }

    static String duration(double seconds) {
        long whole = Math.max(0, (long) Math.ceil(seconds));
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60);
        }
        return String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
    }

    private static int columns(String text) {
        try {
            int columns = Integer.parseInt(text.strip());
            return columns > 0 ? columns : DEFAULT_COLUMNS;
        } catch (NumberFormatException e) {
            return DEFAULT_COLUMNS;
        }
    }
}
