package gputrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gputrain.data.DataLibrary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

    private record Outcome(int code, String out, String err) {}

    @TempDir
    private Path directory;

    private static Outcome run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Outcome(code, out.toString(), err.toString());
    }

    private static JsonNode json(Outcome outcome) throws IOException {
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(outcome.out());
    }

    @Test
    void listsTables() throws IOException {
        Outcome plain = run("data", "list");
        assertThat(plain.code()).isZero();
        assertThat(plain.out()).containsPattern("ame2020 +experiment +3558 +AME2020");
        assertThat(plain.out()).containsPattern("rchb +theory +missing +RCHB");
        JsonNode list = json(run("data", "list", "--json"));
        assertThat(list).hasSize(23);
        assertThat(list.get(8).get("id").asText()).isEqualTo("ame2020");
        assertThat(list.get(8).get("rows").asInt()).isEqualTo(3558);
    }

    @Test
    void showsATable() throws IOException {
        Outcome plain = run("data", "show", "ws4");
        assertThat(plain.out()).contains("WS4 (theory, 10237 nuclides)").contains("Phys. Lett. B 734 (2014) 215");
        JsonNode node = json(run("data", "show", "ws4", "--json"));
        assertThat(node.get("sha256").asText())
                .isEqualTo(DataLibrary.bundled().theory("ws4").sha256());
    }

    @Test
    void showsNuclides() throws IOException {
        JsonNode masses = json(run("data", "show", "ame2020", "--nuclide", "208Pb,Og294", "--json"));
        assertThat(masses.get(0).get("massExcessKeV").asDouble()).isEqualTo(-21748.519);
        assertThat(masses.get(0).get("estimated").asBoolean()).isFalse();
        assertThat(masses.get(1).get("estimated").asBoolean()).isTrue();
        JsonNode theory = json(run("data", "show", "hfb27", "--nuclide", "Z14N44", "--json"));
        assertThat(theory.get(0).get("massExcessMeV").asDouble()).isEqualTo(153.045);
        assertThat(theory.get(0).has("beta2")).isFalse();
        assertThat(run("data", "show", "ws4", "--nuclide", "16O").out()).containsPattern("massExcessMeV +-4.3661");
    }

    @Test
    void errorsHaveTheirCodes() {
        assertThat(run("data").code()).isEqualTo(2);
        assertThat(run("data", "show").code()).isEqualTo(2);
        Outcome unknown = run("data", "show", "ame2o20");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("did you mean 'ame2020'?");
        Outcome missing = run("data", "show", "rchb");
        assertThat(missing.code()).isEqualTo(65);
        assertThat(missing.err()).contains("doi:10.1016/j.adt.2017.09.001").contains("nearest table we have is drhbc");
        assertThat(run("data", "show", "ame2020", "--nuclide", "300Pb").code()).isEqualTo(65);
        assertThat(run("data", "show", "ame2020", "--nuclide", "lead").code()).isEqualTo(65);
        assertThat(run("data", "list", "--data", "/nowhere/at/all").code()).isEqualTo(65);
    }

    @Test
    void importsAndUsesATable() throws IOException {
        Path file = Files.writeString(directory.resolve("my.csv"), "Z,N,bindingEnergyMeV\n8,8,127.5\n");
        Path out = directory.resolve("tables");
        JsonNode node = json(run("data", "import", file.toString(), "--as", "rchb", "--out", out.toString(), "--json"));
        assertThat(node.get("rows").asInt()).isEqualTo(1);
        Outcome shown = run("data", "show", "rchb", "--data", out.toString());
        assertThat(shown.out()).contains("RCHB with PC-PK1 (theory, 1 nuclides)");
        assertThat(run("data", "verify", "--data", out.toString()).out()).startsWith("21 tables read");
    }

    @Test
    void aBadImportWritesNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.csv"), "Z,N,bindingEnergyMeV\n8,8,much\n");
        Path out = directory.resolve("tables");
        Outcome bad = run("data", "import", file.toString(), "--as", "rchb", "--out", out.toString());
        assertThat(bad.code()).isEqualTo(65);
        assertThat(bad.err()).contains("bad.csv:2:5: expected a number, bindingEnergyMeV, found 'much'");
        assertThat(out).doesNotExist();
        Outcome format =
                run("data", "import", file.toString(), "--as", "x", "--format", "ame2021", "--out", out.toString());
        assertThat(format.code()).isEqualTo(65);
        assertThat(format.err()).contains("there is no format 'ame2021'");
        Outcome unwritable = run("data", "import", file.toString(), "--as", "x", "--out", file.toString());
        assertThat(unwritable.code()).isEqualTo(65);
        Path good = Files.writeString(directory.resolve("good.csv"), "Z,N,bindingEnergyMeV\n8,8,1.0\n");
        assertThat(run("data", "import", good.toString(), "--as", "x", "--out", file.toString())
                        .code())
                .isEqualTo(74);
        assertThat(run("data", "import", directory + "/none", "--as", "x", "--out", out.toString())
                        .code())
                .isEqualTo(74);
    }

    @Test
    void verifies() throws IOException {
        Outcome plain = run("data", "verify");
        assertThat(plain.code()).isZero();
        assertThat(plain.out()).startsWith("20 tables read; the program's own are as they were released");
        assertThat(json(run("data", "verify", "--json")).get("faults")).isEmpty();
        Files.writeString(directory.resolve("lab.csv"), "Z,N\n");
        assertThat(run("data", "verify", "--data", directory.toString()).code()).isEqualTo(65);
    }

    @Test
    void helpNamesTheFormats() {
        assertThat(run("data", "import", "--help").out()).contains("frdm2012").contains("ame1983");
    }
}
