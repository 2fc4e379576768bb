package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damages real files in thousands of ways, the same ones every time. A reader either notices, with its own exception,
 * or the damage was where no value of ours stands.
 */
class MutationTest {

    private static final int MUTATIONS = 3000;
    private static final String GARBAGE = "xX#*%-+,;.\t\u00e9\"e";

    static Stream<String> published() {
        return Stream.concat(Samples.AME.stream(), Samples.THEORY.stream());
    }

    static Stream<String> editions() {
        return Samples.AME.stream();
    }

    /** Cuts, missing, added and exchanged characters in an AME line never make another value of an entry. */
    @ParameterizedTest
    @MethodSource("editions")
    void aDamagedAmeLineIsNoticedOrHarmless(String id) {
        List<String> lines = Samples.lines(id);
        List<MassEntry> whole = entries(id, lines);
        Random random = new Random(20);
        int noticed = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            List<String> damaged = new ArrayList<>(lines);
            // The line of 208Pb: numbers around it, so that order and constituents are known.
            int at = indexOfLead(lines);
            damaged.set(at, damage(lines.get(at), random));
            try {
                assertThat(entries(id, damaged)).as(damaged.get(at)).isEqualTo(whole);
            } catch (DataFormatException e) {
                assertThat(e.line()).as(damaged.get(at)).isEqualTo(at + 1);
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(MUTATIONS / 4);
    }

    /** Whatever happens to a file, its reader answers with a table or with a DataFormatException. */
    @ParameterizedTest
    @MethodSource("published")
    void aReaderThrowsNothingElse(String id) {
        byte[] bytes = Samples.bytes(id);
        Random random = new Random(83);
        int noticed = 0;
        for (int i = 0; i < MUTATIONS / 3; i++) {
            byte[] damaged = damage(bytes, random);
            try {
                RawTable table = Samples.read(id, TextLines.of(damaged, StandardCharsets.ISO_8859_1));
                assertThat(table.rows()).isNotEmpty();
            } catch (DataFormatException e) {
                assertThat(e.line()).isPositive();
                assertThat(e.column()).isPositive();
                noticed++;
            }
        }
        assertThat(noticed).isPositive();
    }

    @ParameterizedTest
    @MethodSource("published")
    void theCsvReaderThrowsNothingElse(String id) {
        byte[] csv = Samples.csv(id);
        Random random = new Random(2016);
        int noticed = 0;
        for (int i = 0; i < MUTATIONS / 3; i++) {
            byte[] damaged = damage(csv, random);
            try {
                if (Samples.AME.contains(id)) {
                    assertThat(MassTable.fromCsv("damaged", "damaged", damaged).entries())
                            .allMatch(entry -> Double.isFinite(entry.bindingEnergyKeV()));
                } else {
                    assertThat(TheoryTable.fromCsv("damaged", "damaged", damaged)
                                    .entries())
                            .allMatch(entry -> Double.isFinite(entry.massExcessMeV()));
                }
            } catch (DataFormatException e) {
                assertThat(e.line()).isPositive();
                assertThat(e.column()).isPositive();
                noticed++;
            }
        }
        assertThat(noticed).isPositive();
    }

    private static List<MassEntry> entries(String id, List<String> lines) {
        byte[] csv = TableCsv.write(Samples.read(id, lines));
        return MassTable.fromCsv("sample", "sample", csv).entries();
    }

    private static int indexOfLead(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("126   82", 6)) {
                return i;
            }
        }
        throw new IllegalStateException("no 208Pb in the sample");
    }

    private static String damage(String line, Random random) {
        int at = random.nextInt(line.length());
        char garbage = GARBAGE.charAt(random.nextInt(GARBAGE.length()));
        return switch (random.nextInt(6)) {
            case 0 -> line.substring(0, at);
            case 1 -> line.substring(0, at) + line.substring(at + 1);
            case 2 -> line.substring(0, at) + garbage + line.substring(at);
            case 3 -> line.substring(0, at) + garbage + line.substring(at + 1);
            case 4 -> line.substring(0, at) + ' ' + line.substring(at);
            default -> line.substring(at) + line.substring(0, at);
        };
    }

    private static byte[] damage(byte[] bytes, Random random) {
        List<Byte> list = new ArrayList<>();
        for (byte b : bytes) {
            list.add(b);
        }
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times && !list.isEmpty(); i++) {
            int at = random.nextInt(list.size());
            switch (random.nextInt(5)) {
                case 0 -> list.subList(at, list.size()).clear();
                case 1 -> list.remove(at);
                case 2 -> list.add(at, (byte) random.nextInt(256));
                case 3 -> list.set(at, (byte) random.nextInt(256));
                default -> {
                    int to = Math.min(list.size(), at + random.nextInt(80));
                    list.addAll(random.nextInt(list.size()), new ArrayList<>(list.subList(at, to)));
                }
            }
        }
        byte[] damaged = new byte[list.size()];
        for (int i = 0; i < damaged.length; i++) {
            damaged[i] = list.get(i);
        }
        return damaged;
    }
}
