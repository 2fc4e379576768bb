package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TableCsvTest {

    private static final String AME = "Z,N,massExcessKeV,massExcessUncertaintyKeV,estimated\n";

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MassTable masses(String text) {
        return MassTable.fromCsv("mine", "mine.csv", utf8(text));
    }

    private static TheoryTable theory(String text) {
        return TheoryTable.fromCsv("mine", "mine.csv", utf8(text));
    }

    static Stream<String> all() {
        return Stream.concat(Samples.AME.stream(), Samples.THEORY.stream());
    }

    @ParameterizedTest
    @MethodSource("all")
    void writesWhatItReads(String id) {
        byte[] csv = Samples.csv(id);
        RawTable read = TableCsv.read("sample", csv);
        assertThat(TableCsv.write(read)).isEqualTo(csv);
        RawTable published = Samples.read(id, Samples.lines(id));
        assertThat(read.columns()).isEqualTo(published.columns());
        assertThat(read.rows().stream().map(RawTable.Row::cells))
                .isEqualTo(published.rows().stream().map(RawTable.Row::cells).toList());
    }

    @Test
    void readsWhatAPersonWrites() {
        String text = """
                # title: Mine
                # no colon here
                # citation: My paper: 2026
                "estimated", massExcessUncertaintyKeV ,Z,N,massExcessKeV
                false,12,8,8, -4737\s
                true,1.5,"8",9,+808.9

                """;
        MassTable table = masses(text.replace("\n", "\r\n"));
        assertThat(table.title()).isEqualTo("Mine");
        assertThat(table.citation()).isEqualTo("My paper: 2026");
        assertThat(table.entries()).hasSize(2);
        MassEntry oxygen16 = table.get(new Nuclide(8, 8)).orElseThrow();
        double freeKeV = 8 * Constants.HYDROGEN_MASS_EXCESS_KEV + 8 * Constants.NEUTRON_MASS_EXCESS_KEV;
        assertThat(oxygen16).isEqualTo(new MassEntry(new Nuclide(8, 8), -4737, 12, freeKeV + 4737, false));
        assertThat(table.get(new Nuclide(8, 9)).orElseThrow().estimated()).isTrue();
        assertThat(table.publishedBindingEnergyKeV(new Nuclide(8, 8))).isEmpty();
        assertThat(table.get(new Nuclide(9, 9))).isEmpty();
    }

    @Test
    void takesTheConstituentsOfTheTableItself() {
        MassTable table = masses(AME + "2,2,2424,1,false\n0,1,8000,1,false\n1,0,7000,1,false\n");
        assertThat(table.get(new Nuclide(2, 2)).orElseThrow().bindingEnergyKeV())
                .isEqualTo(2 * 8000 + 2 * 7000 - 2424.0);
    }

    @Test
    void namesThePlaceOfWhatIsWrong() {
        assertThatThrownBy(() -> masses("# title: x\n" + AME + "8,8,-4737,12,false\n8,9,80x,1,false\n"))
                .isInstanceOf(DataFormatException.class)
                .hasMessage("mine.csv:4:5: expected a number, massExcessKeV, found '80x'; correct the cell, or get the"
                        + " table again");
        for (String cell : List.of("", "NaN", "1e400", "Infinity", "0x1p3", "1,5", "--5", "1.2.3", "\u0661")) {
            assertThatThrownBy(() -> masses(AME + "8,8,\"" + cell + "\",12,false\n"))
                    .as(cell)
                    .isInstanceOf(DataFormatException.class)
                    .hasMessageStartingWith("mine.csv:2:5: expected a number, massExcessKeV, found ");
        }
    }

    @Test
    void refusesWhatMakesNoTable() {
        broken("mine.csv:1:1: expected a line of column names, found the end of the file", "");
        broken("mine.csv:2:1: expected a line of column names", "# title: x\n");
        broken("mine.csv:1:1: expected a column massExcessUncertaintyKeV", "Z,N,massExcessKeV,estimated\n");
        broken("mine.csv:1:5: expected a column name of its own, found 'Z' a second time", "Z,N,Z\n");
        broken("mine.csv:1:3: expected a column name of its own, found an empty one", "Z,,N\n");
        broken("mine.csv:2:13: expected 5 fields", AME + "8,8,-4737,12\n");
        broken("mine.csv:2:20: expected 5 fields", AME + "8,8,-4737,12,false,1\n");
        broken("mine.csv:2:1: expected 5 fields (Z,N,", AME + "\n8,8,-4737,12,false\n");
        broken("mine.csv:3:11: expected 5 fields", AME + "8,8,-4737,12,false\n# a remark\n8,9,1,1,false\n");
        broken("mine.csv:2:1: expected an integer from 0 to 999, Z, found '-1'", AME + "-1,8,-4737,12,false\n");
        broken("mine.csv:2:3: expected an integer from 0 to 999, N, found '1000'", AME + "1,1000,-4737,12,false\n");
        broken("mine.csv:2:3: expected a nuclide, found Z = 0, N = 0", AME + "0,0,-4737,12,false\n");
        broken("mine.csv:2:11: expected an uncertainty of at least 0, found -12", AME + "8,8,-4737,-12,false\n");
        broken("mine.csv:2:14: expected true or false, estimated, found 'no'", AME + "8,8,-4737,12,no\n");
        broken(
                "mine.csv:3:1: expected each nuclide once, found 16O again (first on line 2)",
                AME + "8,8,-4737,12,false\n8,8,-4737,12,false\n");
        broken("mine.csv:2:1: expected a record of RFC 4180", AME + "8,\"8\"x,-4737,12,false\n");
    }

    private static void broken(String message, String text) {
        assertThatThrownBy(() -> masses(text))
                .isInstanceOf(DataFormatException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aTheoryNeedsOneOfTwoMasses() {
        assertThat(theory("Z,N,massExcessMeV,bindingEnergyMeV,beta2\n8,8,,127.6,\n8,9,1.5,,0.1\n")
                        .entries())
                .hasSize(2);
        assertThatThrownBy(() -> theory("Z,N,beta2\n"))
                .hasMessageContaining("expected a column massExcessMeV or bindingEnergyMeV");
        assertThatThrownBy(() -> theory("Z,N,massExcessMeV,bindingEnergyMeV\n8,8,,\n"))
                .hasMessageStartingWith("mine.csv:2:5: expected a number, massExcessMeV, found an empty cell");
        assertThatThrownBy(() -> theory("Z,N,massExcessMeV,shell\n8,8,1.0,much\n"))
                .hasMessageStartingWith("mine.csv:2:9: expected a number, shell, found 'much'");
        assertThatThrownBy(() -> theory("Z,N,massExcessMeV\n8,8,1.0\n8,8,1.0\n"))
                .hasMessageContaining("16O again (first on line 2)");
    }

    @Test
    void otherColumnsOfATheoryAreKept() {
        TheoryTable table = theory("Z,N,massExcessMeV,shell\n8,8,1.0,2.5\n8,9,1.0,\n");
        assertThat(table.columns()).containsExactly("Z", "N", "massExcessMeV", "shell");
        assertThat(table.value(new Nuclide(8, 8), "shell")).hasValue(2.5);
        assertThat(table.value(new Nuclide(8, 9), "shell")).isEmpty();
        assertThat(table.value(new Nuclide(8, 10), "shell")).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> table.value(new Nuclide(8, 8), "gap"));
    }
}
