package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThresholdPointTest {
    private static final String RECORD = """
            {"protocols": [{"name": "paper", "directory": "",
              "metrics": {"test": {"count": 4}, "near": {"count": 2}, "far": {"count": 1}},
              "thresholds": [
                {"set": "near", "tauMeV": 0.1, "count": {"mean": 2, "replicas": [2]},
                 "rmsdMeV": {"mean": 0.3, "replicas": [0.3]}, "published": {"count": 3, "rmsdMeV": 0.2}},
                {"set": "near", "tauMeV": 0.2, "count": {"mean": 1, "replicas": [0, 2]},
                 "rmsdMeV": {"mean": 0.4, "replicas": [0.4]}},
                {"set": "near", "tauMeV": 0.1, "count": {"mean": 2, "replicas": [2]},
                 "rmsdMeV": {"mean": 0.3, "replicas": [0.3]}},
                {"set": "near", "tauMeV": 0.05, "count": {"mean": 0, "replicas": [0]},
                 "rmsdMeV": {"mean": null, "replicas": []}},
                {"set": "far", "tauMeV": 0.1, "count": {"mean": 0, "replicas": [0]},
                 "rmsdMeV": {"mean": null, "replicas": []}}]}]}
            """;
    private static final String PREDICTIONS = """
            Z,N,A,symbol,set,experimentMeV,experimentUncertaintyMeV,predictedMeV,spreadMeV,residualMeV,imaginaryMeV
            50,70,120,Sn,test,-91.1,0.001,-91.0,,-0.1,0.03
            50,71,121,Sn,near,-89.2,0.001,-89.1,,-0.1,0.04
            50,72,122,Sn,far,-89.9,0.1,-89.1,,-0.8,7
            50,73,123,Sn,none,,,-87,,,9
            """;

    @TempDir
    private Path directory;

    private Protocol read() throws IOException {
        Files.writeString(directory.resolve("run.json"), RECORD);
        Files.writeString(directory.resolve("predictions.csv"), PREDICTIONS);
        return Protocol.readAll(directory, Json.read(directory.resolve("run.json")))
                .get(0);
    }

    @Test
    void aCurveHasEachThresholdOnce() throws IOException {
        List<ThresholdPoint> curve = ThresholdPoint.curve(read(), "near");
        assertThat(curve).extracting(ThresholdPoint::tauMeV).containsExactly(0.05, 0.1, 0.2);
        assertThat(curve).extracting(ThresholdPoint::named).containsExactly(false, true, false);
        assertThat(curve.get(1).publishedCount()).isEqualTo(3);
        assertThat(curve.get(1).publishedRmsdMeV()).isEqualTo(0.2);
        assertThat(curve.get(0).rmsd().present()).isFalse();
    }

    @Test
    void extraSetsDifferInColour() throws IOException {
        Protocol protocol = read();
        assertThat(List.of(protocol.ink("test"), protocol.ink("near"), protocol.ink("far")))
                .doesNotHaveDuplicates();
    }

    @Test
    void noExtraSetDecidesTheScaleOfTheResiduals() throws IOException {
        assertThat(read().inside()).extracting(Prediction::set).containsExactly("test");
        assertThat(read().compared()).hasSize(3);
    }

    @Test
    void theChartSaysHowUncertainAPredictionIs() throws IOException {
        Protocol protocol = read();
        assertThat(NuclideChart.of(protocol).svg().inline()).contains("|Im y| 7.000");
        assertThat(UncertaintyMaps.of(protocol)).hasSize(3);
        assertThat(UncertaintyMaps.of(protocol).get(1).caption()).contains("of the 3 nuclei");
    }

    /** Such as one where the imaginary part alone overflows. */
    @Test
    void oneNucleusWithoutAnUncertaintyCostsNoMap() throws IOException {
        Files.writeString(directory.resolve("run.json"), RECORD);
        Files.writeString(
                directory.resolve("predictions.csv"),
                PREDICTIONS.replace(",-0.8,7", ",-0.8,").replace(",-0.1,0.04", ",-0.2,0.04"));
        Protocol protocol = Protocol.readAll(directory, Json.read(directory.resolve("run.json")))
                .get(0);
        List<Figure> maps = UncertaintyMaps.of(protocol);
        assertThat(maps).hasSize(3);
        assertThat(maps.get(1).caption())
                .contains("of the 3 nuclei")
                .doesNotContain("correlation with the size of the residual: –");
    }

    @Test
    void aFigureOfSomeNetworksSaysSo() throws IOException {
        assertThat(ThresholdPoint.curve(read(), "near"))
                .extracting(ThresholdPoint::share)
                .containsExactly("", "", "1 of 2 networks");
    }

    @Test
    void levelsFollowTheEdges() {
        assertThat(UncertaintyMaps.level(0)).isZero();
        assertThat(UncertaintyMaps.level(0.02)).isEqualTo(1);
        assertThat(UncertaintyMaps.level(4.9)).isEqualTo(7);
        assertThat(UncertaintyMaps.level(Double.NaN)).isEqualTo(8);
    }
}
