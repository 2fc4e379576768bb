package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.file.OutputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** On a small run directory: real masses of nickel and copper (AME2020), made-up predictions and curves. */
class ReportTest {
    @TempDir
    Path temporary;

    private Path run;
    private Path html;

    @BeforeEach
    void copyRun() throws IOException, URISyntaxException {
        run = temporary.resolve("run");
        html = run.resolve("report.html");
        Path fixture = Path.of(
                Objects.requireNonNull(ReportTest.class.getResource("run")).toURI());
        try (Stream<Path> files = Files.walk(fixture)) {
            for (Path file : files.toList()) {
                Files.copy(file, run.resolve(fixture.relativize(file)));
            }
        }
    }

    @Test
    void pageIsWellFormedAndLoadsNothing() throws Exception {
        String page = write();

        assertThat(page).startsWith("<!DOCTYPE html>");
        parse(page);
        assertThat(page).doesNotContain("<link", "<script", "<img", "<iframe", "@import", "url(", "src=");
        assertThat(page.replaceAll("href=\"https://doi.org/[^\"]*\"", "")).doesNotContain("http");
    }

    @Test
    void everyFigureIsAWellFormedSvgFile() throws Exception {
        write();

        List<Path> figures = figures();
        assertThat(figures)
                .extracting(path -> path.getFileName().toString())
                .contains(
                        "seeds.svg",
                        "paper-loss.svg",
                        "paper-rms.svg",
                        "paper-chart.svg",
                        "paper-residuals.svg",
                        "paper-residuals-n.svg",
                        "paper-sn-z28.svg",
                        "leak-free-rms.svg",
                        "leak-free-chart.svg");
        for (Path figure : figures) {
            Document svg = parse(Files.readString(figure));
            assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
            assertThat(svg.getDocumentElement().getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
            assertThat(Files.readString(figure)).doesNotContain("NaN", "Infinity", "var(");
        }
    }

    @Test
    void pageHasTheNumbers() {
        String page = write();

        assertThat(page)
                .contains("0.118 ± 0.003", "0.110", "0.122", "0.052", "0.128 ± 0.003", "0.267")
                .contains("0.004 MeV (3 %) below the paper&#39;s 0.122 MeV: better")
                .contains("1,720", "430", "4,483 parameters", "13-80-40-3")
                .contains("train_test_split(test_size=0.2, random_state=42)", "9f2c9f2c", "4dab352")
                .contains("no CUDA driver found (libcuda.so.1)", "277", "training loss reached")
                .contains("The paper selects 2162 nuclei", "⁵⁶Ni", "Sₙ (MeV)")
                .contains("learning rate was 0.001 throughout");
    }

    @Test
    void whatTheRecordSaysCannotBecomeMarkup() throws Exception {
        edit("run.json", "huber(1.0)", "</td><script>alert(1)</script>");

        String page = write();

        assertThat(page).contains("Method III &amp; &lt;Case A&gt;").doesNotContain("<script");
        parse(page);
    }

    @Test
    void sameRunSameBytes() throws IOException {
        String first = write();
        byte[] chart = Files.readAllBytes(run.resolve("figures/paper-chart.svg"));

        assertThat(write()).isEqualTo(first);
        assertThat(Files.readAllBytes(run.resolve("figures/paper-chart.svg"))).isEqualTo(chart);
        assertThat(run).isDirectoryNotContaining("glob:**.tmp");
        assertThat(run.resolve("figures")).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void missingFilesLeaveASentence() throws Exception {
        Files.delete(run.resolve("metrics.csv"));
        Files.delete(run.resolve("leak-free/predictions.csv"));

        String page = write();

        parse(page);
        assertThat(page).contains("No metrics.csv for this protocol", "No predictions with experimental values");
        assertThat(run.resolve("figures/paper-loss.svg")).doesNotExist();
        assertThat(run.resolve("figures/leak-free-chart.svg")).doesNotExist();
    }

    @Test
    void theSmallestRecordStillGivesAPage() throws Exception {
        Files.delete(run.resolve("metrics.csv"));
        Files.delete(run.resolve("predictions.csv"));
        Files.writeString(run.resolve("run.json"), "{\"format\":1,\"protocols\":[{\"name\":\"paper\"}]}");

        String page = write();

        parse(page);
        assertThat(page)
                .contains("no leak-free protocol", "no published figures", "no bare-theory baseline")
                .contains("lists no features", "Not evaluated on a test set");
        assertThat(figures()).isEmpty();
    }

    @Test
    void valuesThatAreNotNumbersAreShownAsMissing() throws Exception {
        Files.writeString(
                run.resolve("run.json"),
                "{\"title\":\"t\",\"protocols\":[{\"name\":\"paper\",\"metrics\":{\"test\":{\"rmsdMeV\":"
                        + "{\"mean\":NaN,\"standardDeviation\":null,\"replicas\":[NaN,\"NaN\",null]},\"count\":3}}}]}");
        Files.writeString(run.resolve("metrics.csv"), """
                replica,seed,epoch,loss,learningRate,rmsdTestMeV
                0,1,1,NaN,,
                0,1,2,Infinity,,
                0,1,3,0,,
                """);
        Files.writeString(run.resolve("predictions.csv"), """
                Z,N,A,symbol,set,experimentMeV,experimentUncertaintyMeV,predictedMeV,spreadMeV,residualMeV
                50,70,120,Sn,test,-91.1,0.001,-91.0,,-0.1
                50,71,121,Sn,none,-89.2,3,-80,,-9.2
                """);

        String page = write();

        parse(page);
        assertThat(page).doesNotContain("NaN", "Infinity", "−9.2").contains("¹²⁰Sn", "−0.100");
        assertThat(run.resolve("figures/paper-loss.svg")).doesNotExist();
    }

    /** A network that is not evaluated has no figure, and does not take that of the next one. */
    @Test
    void everySeedHasItsOwnFigure() throws IOException {
        Files.writeString(run.resolve("run.json"), """
                {"protocols": [{"name": "paper", "metrics": {"test": {"rmsdMeV":
                    {"mean": 0.2, "standardDeviation": 0.1, "replicas": [0.111, 0.333], "ensemble": 0.2}}},
                  "replicas": [{"seed": 1, "status": "REACHED_EPOCHS"}, {"seed": 2, "status": "NON_FINITE"},
                    {"seed": 3, "status": "REACHED_EPOCHS"}]}]}
                """);

        assertThat(write())
                .containsPattern(">2</td>.*>loss not finite</td>[^0]*>–</td></tr>")
                .containsPattern(">3</td>.*>all epochs done</td>.*>0.333</td></tr>");
    }

    @Test
    void namesOfLinesThatAreCloseStandSideBySide() throws IOException {
        String apart = labels();
        edit("run.json", "0.052", "0.1215");
        assertThat(apart).isNotEqualTo(labels());
        assertThat(labels().lines().map(line -> line.replaceAll(".* x=\"([0-9.]+)\" y=\"([0-9.]+)\".*", "$2")))
                .hasSize(2)
                .containsOnly(labels().lines()
                        .findFirst()
                        .orElseThrow()
                        .replaceAll(".* x=\"([0-9.]+)\" y=\"([0-9.]+)\".*", "$2"));
        assertThat(labels().lines().map(line -> line.replaceAll(".* x=\"([0-9.]+)\".*", "$1")))
                .doesNotHaveDuplicates();
    }

    private String labels() {
        write();
        try (Stream<String> lines = Files.lines(run.resolve("figures/paper-rms.svg"))) {
            return lines.filter(line -> line.contains(">paper, "))
                    .map(line -> line.substring(line.indexOf("<text")))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void setsComeInTheOrderOfATable() {
        assertThat(Sets.inOrder(Map.of("extra", 1, "all", 2, "test", 3, "train", 4, "validation", 5)))
                .extracting(Map.Entry::getKey)
                .containsExactly("train", "validation", "test", "all", "extra");
    }

    @Test
    void aSingleSeedHasNoSpreadAndNoEnsemble() throws Exception {
        Files.writeString(run.resolve("run.json"), """
                {"protocols": [{"name": "paper", "metrics": {"test": {"rmsdMeV":
                    {"mean": 0.127, "standardDeviation": 0, "replicas": [0.127], "ensemble": 0.127}}}}]}
                """);

        String page = write();

        assertThat(page).contains("One seed.", ">0.127<").doesNotContain("0.127 ±", "ensemble of the seeds");
        assertThat(run.resolve("figures/seeds.svg")).doesNotExist();
    }

    @Test
    void aMissingRecordIsNamed() throws IOException {
        Files.delete(run.resolve("run.json"));

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining(run.resolve("run.json").toString())
                .hasMessageContaining("not there");
    }

    @Test
    void aTornRecordIsNamedWithItsLine() throws IOException {
        String json = Files.readString(run.resolve("run.json"));
        Files.writeString(run.resolve("run.json"), json.substring(0, 700));

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("run.json line ")
                .hasMessageContaining("not valid JSON");
        assertThat(html).doesNotExist();
    }

    @Test
    void aWrongTypeIsNamedWithItsPlace() throws IOException {
        edit("run.json", "\"count\": 1720", "\"count\": \"many\"");

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("protocols[0].metrics.train.count: expected a number, found \"many\"");
    }

    @Test
    void aBadCellIsNamedWithLineAndColumn() throws IOException {
        edit("predictions.csv", "-22.559856", "-22.x");

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("predictions.csv line 5, column experimentMeV")
                .hasMessageContaining("-22.x");
    }

    @Test
    void aMissingColumnIsNamed() throws IOException {
        edit("metrics.csv", "learningRate", "rate");

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("metrics.csv")
                .hasMessageContaining("column learningRate: no such column");
    }

    @Test
    void aTornLineIsNamed() throws IOException {
        String csv = Files.readString(run.resolve("metrics.csv"));
        Files.writeString(run.resolve("metrics.csv"), csv + "1,2,9");

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("metrics.csv")
                .hasMessageContaining("18");
    }

    @Test
    void aDirectoryOutsideTheRunIsRefused() throws IOException {
        edit("run.json", "\"directory\": \"leak-free\"", "\"directory\": \"../other\"");

        assertThatThrownBy(this::write)
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("protocols[1].directory");
    }

    @Test
    void anUnwritablePlaceIsNamed() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");

        assertThatThrownBy(() -> Report.write(run, file.resolve("report.html")))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("report.html");
    }

    private String write() {
        Report.write(run, html);
        try {
            return Files.readString(html);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Path> figures() throws IOException {
        if (!Files.exists(run.resolve(Report.FIGURES))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(run.resolve(Report.FIGURES))) {
            return files.sorted().toList();
        }
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(run.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(run.resolve(file), text.replace(from, to));
    }

    private static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
