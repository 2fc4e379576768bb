package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PolylineTest {
    private static Frame frame(double maxX) {
        Svg svg = new Svg(100, 100, "test");
        return new Frame(svg, 0, 0, 100, 100, new Scale.Linear(0, maxX, 1), new Scale.Linear(0, 100, 10));
    }

    @Test
    void keepsShortCurvesWhole() {
        assertThat(Polyline.path(frame(10), new double[] {0, 5, 10}, new double[] {0, 100, 50}))
                .isEqualTo("M0 100L50 0L100 50");
    }

    @Test
    void boundsLongCurvesAndKeepsTheirSpikes() {
        int n = 100_000;
        double[] x = new double[n];
        double[] y = new double[n];
        Arrays.setAll(x, i -> i);
        Arrays.setAll(y, i -> 50 + i % 7);
        y[61_234] = 99;
        y[77_777] = 1;

        String path = Polyline.path(frame(n), x, y);

        assertThat(path.split("[ML]", -1).length - 1).isLessThanOrEqualTo(4 * 101);
        assertThat(path).contains("L61.23 1L").contains("L77.78 99L");
    }

    @Test
    void passesOverMissingValuesAndBreaksAtInfiniteOnes() {
        double[] x = {0, 2, 4, 6, 8};
        assertThat(Polyline.path(frame(10), x, new double[] {10, Double.NaN, 10, 10, 10}))
                .isEqualTo("M0 90L40 90L60 90L80 90");
        assertThat(Polyline.path(frame(10), x, new double[] {10, 10, Double.POSITIVE_INFINITY, 10, 10}))
                .isEqualTo("M0 90L20 90M60 90L80 90");
        assertThat(Polyline.path(frame(10), new double[0], new double[0])).isEmpty();
    }
}
