package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.nuclide.InputException;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLibraryTest {

    private static final DataLibrary BUNDLED = DataLibrary.bundled();

    @Test
    void listsEveryTable() {
        assertThat(BUNDLED.list()).hasSize(23);
        TableInfo ws4 = BUNDLED.info("ws4");
        assertThat(ws4.rows()).isEqualTo(10237);
        assertThat(ws4.kind()).isEqualTo(TableKind.THEORY);
        assertThat(ws4.citation()).contains("Phys. Lett. B 734 (2014) 215");
        assertThat(ws4.sha256()).isEqualTo(BUNDLED.theory("ws4").sha256()).hasSize(64);
        TableInfo rchb = BUNDLED.info("rchb");
        assertThat(rchb.available()).isFalse();
        assertThat(rchb.sha256()).isEmpty();
        assertThat(BUNDLED.list().stream().filter(TableInfo::available)).hasSize(20);
    }

    @Test
    void keepsWhatItRead() {
        assertThat(BUNDLED.experimental("ame2016")).isSameAs(BUNDLED.experimental("ame2016"));
    }

    @Test
    void anUnknownIdNamesTheClosest() {
        assertThatThrownBy(() -> BUNDLED.experimental("ame2o20"))
                .isInstanceOf(UnknownTableException.class)
                .hasMessageStartingWith("there is no table 'ame2o20'; did you mean 'ame2020'? There are ame1983, ");
        assertThatThrownBy(() -> BUNDLED.theory("frdm12")).hasMessageContaining("did you mean 'frdm2012'?");
        assertThatThrownBy(() -> BUNDLED.info("../ame2020")).isInstanceOf(UnknownTableException.class);
    }

    @Test
    void aTableOfTheOtherKindIsAnError() {
        assertThatThrownBy(() -> BUNDLED.experimental("ws4"))
                .isInstanceOf(UnknownTableException.class)
                .hasMessageStartingWith(
                        "'ws4' is a table of theory, not of experiment; of experiment there are ame1983,");
        assertThatThrownBy(() -> BUNDLED.theory("ame2020")).isInstanceOf(UnknownTableException.class);
    }

    @Test
    void aMissingTableSaysWhatToDo() {
        assertThatThrownBy(() -> BUNDLED.theory("rchb"))
                .isInstanceOf(InputException.class)
                .isNotInstanceOf(UnknownTableException.class)
                .hasMessageContaining("RCHB with PC-PK1, Xia et al.")
                .hasMessageContaining("doi:10.1016/j.adt.2017.09.001")
                .hasMessageContaining("gpu-train data import FILE --as rchb --out DIR")
                .hasMessageContaining("the nearest table we have is drhbc");
        assertThatThrownBy(() -> BUNDLED.theory("hfb31")).hasMessageContaining("nearest table we have is hfb27");
        assertThatThrownBy(() -> BUNDLED.theory("bhagwat")).hasMessageContaining("nearest table we have is ws4");
    }

    @Test
    void aDirectoryFillsASlotAddsAndReplaces(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("rchb.csv"), "Z,N,bindingEnergyMeV\n8,8,127.5\n");
        Files.writeString(
                directory.resolve("lab.csv"),
                "Z,N,massExcessKeV,massExcessUncertaintyKeV,estimated\n8,8,-4737,1,false\n");
        Files.writeString(directory.resolve("ws4.csv"), "# title: Mine\nZ,N,massExcessMeV\n8,8,-4.0\n");
        DataLibrary library = BUNDLED.withDirectory(directory);
        assertThat(library.theory("rchb").find(new Nuclide(8, 8)).orElseThrow().bindingEnergyMeV())
                .isEqualTo(127.5);
        assertThat(library.info("lab").kind()).isEqualTo(TableKind.EXPERIMENT);
        assertThat(List.of("rchb", "lab", "ws4", "ame2020")).allMatch(library::has);
        assertThat(library.has("hfb31") || BUNDLED.has("rchb") || BUNDLED.has("lab"))
                .isFalse();
        assertThat(library.info("ws4").rows()).isEqualTo(1);
        assertThat(library.info("ws4").sha256()).isEqualTo(library.theory("ws4").sha256());
        assertThat(library.ids()).endsWith("bhagwat", "lab");
        assertThat(library.theory("ws4").title()).isEqualTo("Mine");
        assertThat(library.experimental("ame2020").entries()).hasSize(3558);
        assertThat(BUNDLED.theory("ws4").entries()).hasSize(10237);
        Path second = Files.createDirectory(directory.resolve("second"));
        Files.writeString(second.resolve("ws4.csv"), "# title: Newer\nZ,N,massExcessMeV\n8,8,-4.0\n");
        assertThat(library.withDirectory(second).theory("ws4").title()).isEqualTo("Newer");
    }

    @Test
    void aDamagedTableNamesItsFile(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("lab.csv"), "Z,N,massExcessMeV\n8,8,garbage\n");
        DataLibrary library = BUNDLED.withDirectory(directory);
        assertThatThrownBy(() -> library.theory("lab"))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("lab.csv:2:5: expected a number, massExcessMeV, found 'garbage'");
    }

    @Test
    void refusesWhatIsNoDirectory(@TempDir Path directory) {
        assertThatThrownBy(() -> BUNDLED.withDirectory(directory.resolve("nowhere")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not a directory");
    }
}
