package gputrain.train;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Columns of the terminal; Java itself cannot ask for them, and shells do not export {@code COLUMNS}. */
final class TerminalWidth {
    private static final int DEFAULT = 80;

    private TerminalWidth() {}

    /** What {@code stty size} says of the controlling terminal, or 80. */
    static int ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines = stty.inputReader(StandardCharsets.US_ASCII)) {
                String line = lines.readLine();
                String[] rowsAndColumns = line == null ? new String[0] : line.split(" ", -1);
                return rowsAndColumns.length == 2 ? parse(rowsAndColumns[1]).orElse(DEFAULT) : DEFAULT;
            }
        } catch (IOException noTerminal) {
            return DEFAULT;
        }
    }

    /** A number of columns above 0, if {@code text} is one. */
    static OptionalInt parse(String text) {
        try {
            int columns = Integer.parseInt(text.strip());
            return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
