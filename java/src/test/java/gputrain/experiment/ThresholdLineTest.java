package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdLineTest {
    private static final double[] EXPERIMENT = {0, 0, 0};
    private static final List<double[]> PREDICTIONS = List.of(new double[] {1, 2, 3}, new double[] {3, 4, 5});
    private static final List<double[]> IMAGINARY = List.of(new double[] {0.1, 0.3, 9}, new double[] {0.5, 0.1, 9});
    private static final List<int[]> ROWS = List.of(new int[] {0, 1, 2}, new int[] {0, 1, 2});

    private static ThresholdLine below(double tauMeV) {
        return ThresholdLine.of("test", tauMeV, PREDICTIONS, IMAGINARY, EXPERIMENT, ROWS);
    }

    @Test
    void eachNetworkHasNucleiOfItsOwn() {
        ThresholdLine line = below(0.2);
        assertThat(line.count().replicas()).containsExactly(1.0, 1.0);
        assertThat(line.rmsdMeV().replicas()).containsExactly(1.0, 4.0);
        // The mean |Im y| is 0.3, 0.2 and 9.
        assertThat(line.count().ensemble()).isZero();
        assertThat(line.rmsdMeV().ensemble()).isNaN();
        assertThat(below(0.25).count().ensemble()).isEqualTo(1);
        assertThat(below(0.25).rmsdMeV().ensemble()).isEqualTo(3);
    }

    @Test
    void nothingBelowIsNoFigureAndNoError() {
        ThresholdLine line = below(0.01);
        assertThat(line.count().mean()).isZero();
        assertThat(line.rmsdMeV().mean()).isNaN();
        assertThat(line.rmsdMeV().replicas()).isEmpty();
    }
}
