package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmeReaderTest {

    private static MassTable table(String id) {
        return MassTable.fromCsv("sample", "sample", Samples.csv(id));
    }

    /** The line of each edition as a person reads it. */
    @ParameterizedTest
    @CsvSource({
        "ame1983, -21772.173, 4.148, 1636465.067",
        "ame1993, -21763.783, 2.939, 1636445.966",
        "ame1993exp, -21763.783, 2.939, 1636445.966",
        "ame1995, -21763.563, 2.909, 1636445.728",
        "ame1995exp, -21763.563, 2.909, 1636445.728",
        "ame2003, -21748.455, 1.244, 7867.452",
        "ame2012, -21748.074, 1.242, 7867.450",
        "ame2016, -21748.598, 1.148, 7867.453",
        "ame2020, -21748.519, 1.148, 7867.4530",
    })
    void readsLead208(String id, String massExcess, String uncertainty, String binding) {
        RawTable table = Samples.read(id, Samples.lines(id));
        List<String> cells = table.rows().stream()
                .map(RawTable.Row::cells)
                .filter(row -> row.get(0).equals("82") && row.get(1).equals("126"))
                .findFirst()
                .orElseThrow();
        assertThat(cells.subList(2, 5)).containsExactly(massExcess, uncertainty, binding);
        assertThat(cells.get(6)).isEqualTo("false");
    }

    @Test
    void marksEstimates() {
        MassEntry og = table("ame2020").get(new Nuclide(118, 176)).orElseThrow();
        assertThat(og.estimated()).isTrue();
        assertThat(og.massExcessKeV()).isEqualTo(199320.0);
        assertThat(og.massExcessUncertaintyKeV()).isEqualTo(553.0);
        assertThat(table("ame1983").get(new Nuclide(73, 92)).orElseThrow().estimated())
                .isTrue();
        assertThat(table("ame2020").get(new Nuclide(73, 92)).orElseThrow().estimated())
                .isFalse();
    }

    /** 78Rb of 1983 has its beta-decay energy estimated, not its mass. */
    @Test
    void ignoresEstimatesInOtherColumns() {
        assertThat(table("ame1983").get(new Nuclide(37, 41)).orElseThrow().estimated())
                .isFalse();
    }

    @Test
    void of1983TakesGroundStatesOnly() {
        RawTable table = Samples.read("ame1983", Samples.lines("ame1983"));
        assertThat(table.rows()).hasSize(14);
        assertThat(table.rows().get(5).cells()).startsWith("13", "13", "-12209.911", "0.776");
        assertThat(table.rows().get(7).cells()).startsWith("37", "41", "-66983.041");
        assertThat(table.columns()).contains("bindingEnergyKeV").doesNotContain("bindingEnergyPerNucleonKeV");
    }

    @Test
    void readsAFileWithoutItsHeader() {
        List<String> lines = Samples.lines("ame2020");
        assertThat(Samples.read("ame2020", lines.subList(4, lines.size())).rows())
                .extracting(RawTable.Row::cells)
                .isEqualTo(Samples.read("ame2020", lines).rows().stream()
                        .map(RawTable.Row::cells)
                        .toList());
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> broken(String id, List<String> lines) {
        return assertThatThrownBy(() -> Samples.read(id, lines)).isInstanceOf(DataFormatException.class);
    }

    private static List<String> with(String id, int line, String text) {
        List<String> lines = new ArrayList<>(Samples.lines(id));
        lines.set(line - 1, text);
        return lines;
    }

    private static String line(String id, int line) {
        return Samples.lines(id).get(line - 1);
    }

    @Test
    void aTruncatedLineIsAnError() {
        String whole = line("ame2020", 13);
        // Column 129 is the decimal point of the last number; what is cut after it changes no value of ours.
        for (int length = 1; length < 129; length++) {
            broken("ame2020", with("ame2020", 13, whole.substring(0, length))).hasMessageStartingWith("sample:13:");
        }
        broken("ame2020", with("ame2020", 13, whole.substring(0, 60)))
                .hasMessage("sample:13:80: expected 'B-' after the binding energy, found the end of the line after 60"
                        + " characters; " + AmeReader.MEND);
    }

    @Test
    void aGarbageLineIsAnError() {
        broken("ame2020", with("ame2020", 13, "%&/()= garbage"))
                .hasMessageStartingWith("sample:13:1: expected a line of a nuclide, found '%&/()= garbage'; compare");
        broken("ame2020", with("ame2020", 13, ""))
                .hasMessageStartingWith("sample:13:1: expected a line of a nuclide, found an empty line");
        broken("ame2020", with("ame2020", 13, line("ame2020", 3))).hasMessageStartingWith("sample:13:1: expected");
    }

    @Test
    void shuffledColumnsAreAnError() {
        String line = line("ame2020", 13);
        String exchanged = line.substring(0, 28)
                + line.substring(54, 68)
                + line.substring(42, 54)
                + line.substring(28, 41)
                + line.substring(67);
        broken("ame2020", with("ame2020", 13, exchanged)).hasMessageStartingWith("sample:13:");
        String nAndZ = line.substring(0, 5) + line.substring(10, 14) + " " + line.substring(5, 9) + line.substring(14);
        broken("ame2020", with("ame2020", 13, nAndZ))
                .hasMessageStartingWith("sample:13:2: expected N-Z = -32 (N = 50, Z = 82), found 32");
    }

    @Test
    void shuffledLinesAreAnError() {
        List<String> lines = new ArrayList<>(Samples.lines("ame2020"));
        lines.add(8, lines.remove(12));
        broken("ame2020", lines)
                .hasMessageContaining("sample:10:6: expected 16O in the order of A, then Z, found it after 132Sn");
        List<String> twice = new ArrayList<>(Samples.lines("ame2020"));
        twice.add(12, twice.get(12));
        broken("ame2020", twice)
                .hasMessageContaining("sample:14:6: expected 132Sn in the order of A, then Z, found it a second time");
    }

    @Test
    void whatIsSaidTwiceMustAgree() {
        String lead = line("ame2020", 15);
        broken("ame2020", with("ame2020", 15, lead.replace(" 208 Pb", " 209 Pb")))
                .hasMessageStartingWith("sample:15:15: expected A = N + Z = 208, found '  209'");
        broken("ame2020", with("ame2020", 15, lead.replace(" Pb", " Bi")))
                .hasMessageStartingWith("sample:15:21: expected the element symbol of Z = 82, Pb, found 'Bi '");
        broken("ame2020", with("ame2020", 15, lead.replace("-21748.519", "-21748.5x9")))
                .hasMessageStartingWith("sample:15:29: expected a number, massExcessKeV, found ' -21748.5x9   '");
        broken("ame2020", with("ame2020", 15, lead.replace("-21748.519", "-21748.549")))
                .hasMessageContaining("the atomic mass of 208Pb");
        broken("ame2020", with("ame2020", 15, lead.replace("7867.4530", "7876.4530")))
                .hasMessageContaining("binding energy (keV) that the mass excess gives");
        broken("ame2020", with("ame2020", 15, lead.replace(" 1.148", " 1.184")))
                .hasMessageContaining("uncertainty (micro-u) equal to 1.184 keV");
        broken("ame2020", with("ame2020", 15, lead.replace("-21748.519 ", " -21748.519")))
                .hasMessageContaining("the decimal point (or #) of massExcessKeV");
        broken("ame2020", with("ame2020", 15, lead.replace("-21748.519", "*         ")))
                .hasMessageContaining("a number, massExcessKeV");
    }

    @Test
    void anotherEditionOrAnotherFileIsAnError() {
        broken("ame2020", Samples.lines("ame1995")).hasMessageContaining("sample:3:52: expected 'BINDING ENERGY/A'");
        broken("ame1995", Samples.lines("ame2020")).hasMessageContaining("'BINDING ENERGY' in total");
        broken("ame2003", Samples.lines("ame2020")).hasMessageStartingWith("sample:5:");
        broken("ame2020", Samples.lines("ws4"))
                .hasMessageStartingWith("sample:1:1: expected the column titles of an AME");
        broken("ame2020", List.of()).hasMessageContaining("found an empty file");
        broken("ame2020", Samples.lines("ame2020").subList(0, 4)).hasMessageContaining("found the end of the file");
        broken("ame2020", Samples.lines("ame2020").subList(0, 3)).hasMessageContaining("the line of units");
    }

    @Test
    void of1983OnlyPionsIsomersAndTitlesStandBetween() {
        broken("ame1983", with("ame1983", 6, line("ame1983", 6).replace("pi-", "mu-")))
                .hasMessageStartingWith("sample:6:6:");
        String isomer = line("ame1983", 15);
        assertThat(isomer).contains("Alm");
        broken("ame1983", with("ame1983", 15, isomer.replace("Alm", "Al ")))
                .hasMessageContaining("an isomer of 26Al, or the next nuclide");
        broken("ame1983", with("ame1983", 15, isomer.replace("-11981.601", "-11981.x01")))
                .hasMessageContaining("a number, massExcessKeV");
        broken("ame1983", with("ame1983", 15, isomer.substring(0, 40))).hasMessageStartingWith("sample:15:");
        broken("ame1983", with("ame1983", 14, line("ame1983", 14).replace("Al ", "Alm")))
                .hasMessageContaining("the ground state of 26Al");
        broken("ame1983", with("ame1983", 13, "")).hasMessageStartingWith("sample:13:1: expected the line of units");
    }
}
