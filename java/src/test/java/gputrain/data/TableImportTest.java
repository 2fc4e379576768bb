package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gputrain.file.OutputException;
import gputrain.nuclide.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableImportTest {

    @TempDir
    private Path directory;

    private Path sample(String id) throws IOException {
        return Files.write(directory.resolve("published"), Samples.bytes(id));
    }

    @Test
    void writesATableThatTheLibraryFinds() throws IOException {
        Path out = directory.resolve("new/tables");
        TableImport.Result result = TableImport.run(sample("ame2020"), "ame2027", Optional.of("ame2020"), out);
        assertThat(result.file()).isEqualTo(out.resolve("ame2027.csv")).isRegularFile();
        assertThat(result.kind()).isEqualTo(TableKind.EXPERIMENT);
        MassTable table = DataLibrary.bundled().withDirectory(out).experimental("ame2027");
        assertThat(result.rows()).isEqualTo(15).isEqualTo(table.entries().size());
        assertThat(result.sha256()).isEqualTo(table.sha256());
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).containsExactly(result.file());
        }
    }

    @Test
    void takesOurOwnFormatForAnUnknownId() throws IOException {
        Path mine = Files.writeString(directory.resolve("mine"), "# title: Mine\nZ,N,bindingEnergyMeV\n8,8,127.5\n");
        TableImport.Result result = TableImport.run(mine, "rchb", Optional.empty(), directory);
        assertThat(Files.readString(result.file())).isEqualTo("""
                        # title: Mine
                        # citation: Xia et al., At. Data Nucl. Data Tables 121-122 (2018) 1
                        # source: the article's supplementary table, doi:10.1016/j.adt.2017.09.001
                        # units: MeV, as printed, binding energies positive; an empty cell = the file gives no value
                        Z,N,bindingEnergyMeV
                        8,8,127.5
                        """);
        assertThat(TableImport.run(mine, "lab", Optional.empty(), directory).kind())
                .isEqualTo(TableKind.THEORY);
    }

    /** A file that ends early has only good lines; a known table tells by their number. */
    @Test
    void aKnownTableMustBeWhole() throws IOException {
        Path file = sample("ame2020");
        assertThatThrownBy(() -> TableImport.run(file, "ame2020", Optional.empty(), directory))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining(
                        "published:19:1: expected 3558 nuclides, as ame2020 was published with, found 15");
        assertThat(directory.resolve("ame2020.csv")).doesNotExist();
    }

    @Test
    void aFailedImportLeavesTheOldTable() throws IOException {
        Path old = Files.writeString(directory.resolve("lab.csv"), "old");
        Path bad = Files.writeString(directory.resolve("bad"), "Z,N,massExcessMeV\n8,8,x\n");
        assertThatThrownBy(() -> TableImport.run(bad, "lab", Optional.empty(), directory))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("bad:2:5: expected a number");
        assertThat(old).hasContent("old");
    }

    @Test
    void othersMayReadATableWhereTheyMayReadAFile() throws IOException {
        assumeTrue(
                directory.getFileSystem().supportedFileAttributeViews().contains("posix"), "not a POSIX file system");
        Path file = sample("dz28");
        Path table =
                TableImport.run(file, "lab", Optional.of("dz28"), directory).file();
        assertThat(Files.getPosixFilePermissions(table)).isEqualTo(Files.getPosixFilePermissions(file));
    }

    @Test
    void refusesWrongNamesAndPlaces() throws IOException {
        Path file = sample("dz28");
        assertThatThrownBy(() -> TableImport.run(file, "../x", Optional.of("dz28"), directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot name a table");
        assertThatThrownBy(() -> TableImport.run(file, "x", Optional.of("dz29"), directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no format 'dz29'; choose one of csv, ame2020,");
        assertThatThrownBy(() -> TableImport.run(directory.resolve("nothing"), "x", Optional.empty(), directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot read");
        assertThatThrownBy(() -> TableImport.run(file, "x", Optional.of("dz28"), file))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("cannot write");
    }

    /** With -Dgputrain.rawData=DIR, the committed tables are compared with what the published files give, to the byte. */
    @ParameterizedTest
    @CsvSource({
        "ame1983, ame/mass.mas83",
        "ame1993, ame/mass_rmd.mas93",
        "ame1993exp, ame/mass_exp.mas93",
        "ame1995, ame/mass_rmd.mas95",
        "ame1995exp, ame/mass_exp.mas95",
        "ame2003, ame/mass.mas03",
        "ame2012, ame/mass.mas12",
        "ame2016, ame/mass16.txt",
        "ame2020, ame/mass_1.mas20.txt",
        "ws4, theory/WS4.txt",
        "ws4-rbf, theory/WS4_RBF.txt",
        "ws-star, theory/WSstar_2010.csv",
        "frdm2012, theory/mass-frdm12.dat",
        "hfb24, theory/hfb24.dat",
        "hfb27, theory/mass-hfb27.dat",
        "ktuy05, theory/KTUY05_m246.dat",
        "dz28, theory/DUZU.txt",
        "drhbc, theory/DRHBc_evenZ.txt",
        "unedf0, theory/bmex_UNEDF0.csv",
        "skms, theory/bmex_SKMS.csv",
    })
    void thePublishedFilesGiveTheBundledTables(String id, String file) throws IOException {
        String raw = System.getProperty("gputrain.rawData", "");
        assumeTrue(!raw.isEmpty(), "give the published files with -Dgputrain.rawData=DIR");
        byte[] csv = TableImport.convert(file, Files.readAllBytes(Path.of(raw, file)), id, Optional.empty());
        assertThat(Checksums.sha256(csv))
                .isEqualTo(DataLibrary.bundled().info(id).sha256());
        assertThat(new String(csv, StandardCharsets.UTF_8)).startsWith("# title: ");
    }
}
