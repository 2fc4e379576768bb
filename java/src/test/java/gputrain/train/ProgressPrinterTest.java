package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressPrinterTest {
    private static final Map<String, String> PLAIN = Map.of("TERM", "xterm", "NO_COLOR", "1");
    private static final double SCALE = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private double seconds;

    @Test
    void aLogGetsALineAfterFiveSecondsAndThenEveryThirty() {
        ProgressPrinter printer = printer(false, false, PLAIN);
        printer.started(Fixture.fullBatch(10), 0);
        for (seconds = 0; seconds <= 70; seconds += 0.5) {
            printer.progress(progress(seconds / 100));
        }
        printer.finished();
        assertThat(text().lines())
                .containsExactly(
                        "  5%  12.3k epochs/s  loss 1.3e-4  rms train 0.200 MeV  rms test 0.300 MeV  <=2:05 left",
                        " 35%  12.3k epochs/s  loss 1.3e-4  rms train 0.200 MeV  rms test 0.300 MeV  <=2:05 left",
                        " 65%  12.3k epochs/s  loss 1.3e-4  rms train 0.200 MeV  rms test 0.300 MeV  <=2:05 left");
        assertThat(text()).doesNotContain("\r", "\u001b");
    }

    @Test
    void aTerminalIsRedrawnAtMostFiveTimesASecondAndWipedAtTheEnd() {
        ProgressPrinter printer = printer(true, false, PLAIN);
        printer.started(Fixture.fullBatch(10), 0);
        for (int report = 0; report < 100; report++) {
            printer.progress(progress(0.5));
            seconds += 0.01;
        }
        assertThat(text().split("\r\\[", -1)).hasSize(1 + 5);
        printer.finished();
        assertThat(screen(120)).isBlank();
        assertThat(text()).doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 33, 34, 46, 47, 62, 63, 75, 76, 95, 96, 120, 200})
    void theLineFitsTheTerminal(int columns) {
        ProgressPrinter printer =
                printer(true, false, Map.of("TERM", "xterm", "NO_COLOR", "1", "COLUMNS", Integer.toString(columns)));
        printer.progress(progress(0.5));
        String line = screen(300).stripTrailing();
        assertThat(line).contains(" 50%").hasSizeLessThan(Math.max(columns, 13));
        assertThat(line.contains("rms train 0.200 MeV")).isEqualTo(columns >= 34);
        assertThat(line.contains("left")).isEqualTo(columns >= 47);
        assertThat(line.contains("epochs/s")).isEqualTo(columns >= 63);
        assertThat(line.contains("loss")).isEqualTo(columns >= 76);
        assertThat(line.contains("rms test 0.300 MeV")).isEqualTo(columns >= 96);
    }

    @Test
    void aShorterLineLeavesNothingOfTheLongerOne() {
        ProgressPrinter printer = printer(true, false, PLAIN);
        printer.progress(progress(0.5));
        seconds += 1;
        printer.progress(new Progress(1, 2, 1, 1, 1, 1, 1, List.of(Double.NaN), 1, Double.NaN, 0.25));
        assertThat(screen(120).stripTrailing()).matches("\\[#+-+\\] 25%  1 epochs/s  loss 1.0e\\+0");
    }

    @Test
    void warningsAreLinesOfTheirOwnAndSurviveQuiet() {
        ProgressPrinter loud = printer(true, false, PLAIN);
        loud.progress(progress(0.5));
        loud.warning("no checkpoint");
        assertThat(screen(120).lines().map(String::stripTrailing).toList()).containsExactly("warning: no checkpoint");
        bytes.reset();
        ProgressPrinter quiet = printer(false, true, PLAIN);
        quiet.started(Fixture.fullBatch(10), 5);
        seconds = 1000;
        quiet.progress(progress(0.5));
        quiet.warning("no checkpoint");
        quiet.finished();
        assertThat(text().lines()).containsExactly("warning: no checkpoint");
    }

    @Test
    void aResumeIsSaid() {
        printer(false, false, PLAIN).started(Fixture.fullBatch(10), 1_234_567);
        assertThat(text().lines()).containsExactly("going on from epoch 1,234,567");
    }

    @Test
    void colourOnlyWhereItIsWelcome() {
        printer(true, false, Map.of("TERM", "xterm")).progress(progress(0.5));
        assertThat(text()).contains("\u001b[32m");
        for (Map<String, String> environment : List.of(PLAIN, Map.of("TERM", "dumb"), Map.<String, String>of())) {
            bytes.reset();
            printer(true, false, environment).progress(progress(0.5));
            assertThat(text()).contains("50%").doesNotContain("\u001b");
        }
    }

    @Test
    void timesAreShort() {
        assertThat(ProgressPrinter.duration(0.2)).isEqualTo("0:01");
        assertThat(ProgressPrinter.duration(59)).isEqualTo("0:59");
        assertThat(ProgressPrinter.duration(59.5)).isEqualTo("1:00");
        assertThat(ProgressPrinter.duration(3599)).isEqualTo("59:59");
        assertThat(ProgressPrinter.duration(90_061)).isEqualTo("25h01m");
    }

    @Test
    void speedsHaveThreeDigits() {
        assertThat(List.of(0.4, 999.4, 999.6, 9_994.0, 9_996.0, 12_345.6, 999_499.0, 999_501.0, 1.2345e7))
                .map(ProgressPrinter::count)
                .containsExactly("0", "999", "1.00k", "9.99k", "10.0k", "12.3k", "999k", "1.00M", "12.3M");
    }

    private ProgressPrinter printer(boolean terminal, boolean quiet, Map<String, String> environment) {
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        return new ProgressPrinter(out, terminal, quiet, List.of("train", "test"), SCALE, environment, () -> 120, () ->
                (long) (seconds * 1e9));
    }

    private static Progress progress(double fraction) {
        return new Progress(50, 100, 2, 2, 12345.6, 1.25e-4, 1e-3, List.of(0.1, 0.15), 3, 124.2, fraction);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** What a terminal shows: a carriage return goes back to the first column, later characters overwrite. */
    private String screen(int width) {
        StringBuilder shown = new StringBuilder();
        char[] line = new char[width];
        Arrays.fill(line, ' ');
        int column = 0;
        for (char c : text().toCharArray()) {
            if (c == '\r') {
                column = 0;
            } else if (c == '\n') {
                shown.append(line).append('\n');
                Arrays.fill(line, ' ');
                column = 0;
            } else {
                line[column++] = c;
            }
        }
        return shown.append(line).toString().stripTrailing();
    }
}
