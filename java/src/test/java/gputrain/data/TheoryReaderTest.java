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
import org.junit.jupiter.params.provider.MethodSource;

class TheoryReaderTest {

    /** The first kept line of each sample, as a person reads it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ws4      | 8,8,-4.3661,127.2488,-0.0175,0.0011,-0.0001",
                "ws4-rbf  | 8,8,-4.3108",
                "ws-star  | 6,3,27.8916,40.0563,0.1000,0.0000,0.0000",
                "frdm2012 | 8,8,-5.150,-0.010,-0.258,-0.122,0.047",
                "hfb24    | 8,8,-2.75,0.00,0.00",
                "hfb27    | 14,44,153.045,,",
                "ktuy05   | 2,2,6.29,0.021,0.000,0.000",
                "dz28     | 8,8,-4.07",
                "drhbc    | 8,4,59.70,59.70,0.000",
                "unedf0   | 2,2,28.722356,0.0",
                "skms     | 2,2,30.01944,0.0",
            })
    void readsTheFirstLine(String id, String expected) {
        RawTable table = Samples.read(id, Samples.lines(id));
        assertThat(String.join(",", table.rows().get(0).cells())).isEqualTo(expected);
        assertThat(table.columns())
                .startsWith("Z", "N")
                .hasSize(table.rows().get(0).cells().size());
    }

    @Test
    void leavesOutNuclidesWithoutAMass() {
        assertThat(Samples.lines("frdm2012").get(4)).startsWith("   0   1 n ");
        assertThat(Samples.read("frdm2012", Samples.lines("frdm2012")).rows()).hasSize(3);
        assertThat(Samples.lines("skms")).anyMatch(line -> line.startsWith("66,182,0.0,"));
        assertThat(Samples.read("skms", Samples.lines("skms")).rows())
                .noneMatch(row -> row.cells().subList(0, 2).equals(List.of("66", "182")));
    }

    /** The Mass Explorer writes small deformations with an exponent; our tables have none. */
    @Test
    void writesExponentsOut() {
        RawTable table = Samples.read("unedf0", Samples.lines("unedf0"));
        assertThat(table.rows().get(1).cells()).containsExactly("2", "4", "34.021157", "0.000001");
    }

    @Test
    void keepsBothBindingEnergiesOfDrhbc() {
        TheoryTable table = TheoryTable.fromCsv("sample", "sample", Samples.csv("drhbc"));
        Nuclide oxygen13 = new Nuclide(8, 5);
        assertThat(table.find(oxygen13).orElseThrow().bindingEnergyMeV()).isEqualTo(77.80);
        assertThat(table.value(oxygen13, "bindingEnergyWithoutRotationMeV")).hasValue(77.78);
    }

    static List<String> published() {
        return Samples.THEORY;
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> broken(String id, List<String> lines) {
        return assertThatThrownBy(() -> Samples.read(id, lines)).isInstanceOf(DataFormatException.class);
    }

    private static int lastLine(String id) {
        return TextLines.lastFilled(Samples.lines(id));
    }

    private static List<String> withLast(String id, String text) {
        List<String> lines = new ArrayList<>(Samples.lines(id));
        lines.set(lastLine(id), text);
        return lines;
    }

    private static String last(String id) {
        return Samples.lines(id).get(lastLine(id));
    }

    @ParameterizedTest
    @MethodSource("published")
    void aLineThatIsNotOneOfANuclideIsAnError(String id) {
        String place = "sample:" + (lastLine(id) + 1) + ":";
        String whole = last(id);
        broken(id, withLast(id, "garbage, and more garbage")).hasMessageStartingWith(place);
        broken(id, withLast(id, whole.substring(0, whole.length() / 2))).hasMessageStartingWith(place);
        broken(id, withLast(id, whole + " 1.000\t1,1")).hasMessageStartingWith(place);
        broken(id, withLast(id, whole.replaceFirst("\\d\\.\\d", ".x"))).hasMessageStartingWith(place);
        List<String> hole = new ArrayList<>(Samples.lines(id));
        hole.add(lastLine(id), "");
        broken(id, hole).hasMessageStartingWith(place);
        List<String> twice = new ArrayList<>(Samples.lines(id));
        twice.add(lastLine(id), whole);
        broken(id, twice).hasMessageContaining("each nuclide once");
    }

    @ParameterizedTest
    @MethodSource("published")
    void anotherFileIsAnError(String id) {
        broken(id, Samples.lines("ame2020")).hasMessageStartingWith("sample:1:1: expected the column titles");
        broken(id, List.of()).hasMessageContaining("found an empty file");
        List<String> headerOnly = Samples.lines(id).stream()
                .filter(line -> !line.matches("\\s*\\d.*"))
                .toList();
        broken(id, headerOnly).hasMessageContaining("the end of the file");
    }

    @Test
    void aNumberCutShortIsAnError() {
        String ws4 = last("ws4");
        broken("ws4", withLast("ws4", ws4.substring(0, ws4.length() - 1)))
                .hasMessageContaining("4 digits after the point of massExcessMeV, found '367.477'");
        String frdm = last("frdm2012");
        broken("frdm2012", withLast("frdm2012", frdm.substring(0, frdm.length() - 1)))
                .hasMessageContaining("a whole line of a nuclide, found 84 characters");
    }

    @Test
    void whatIsSaidTwiceMustAgree() {
        broken("drhbc", withLast("drhbc", last("drhbc").replaceFirst("440", "441")))
                .hasMessageContaining("expected A = Z + N = 440, found 441");
        broken("frdm2012", withLast("frdm2012", last("frdm2012").replace(" 36 0", " 37 0")))
                .hasMessageContaining("the element symbol of Z = 136, 36, found '37'");
        broken("ws4", withLast("ws4", last("ws4").replace("367.4774", "376.4774")))
                .hasMessageContaining("a mass excess that agrees with the binding energy 2354.2278 MeV");
        broken("ws4", withLast("ws4", last("ws4").replaceFirst("350   132", "132   350")))
                .hasMessageContaining("expected a nuclide, found Z = 350, A = 132");
        broken(
                        "hfb24",
                        Samples.lines("hfb24").stream()
                                .map(line -> line.startsWith("---") ? "no ruler" : line)
                                .toList())
                .hasMessageContaining("the line between the column titles and the data, found 'no ruler'");
    }
}
