package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static Metric metric(double mean, double spread) {
        return new Metric(mean, spread, List.of(), Double.NaN);
    }

    @Test
    void saysByHowMuchAndWhetherTheSeedsCouldExplainIt() {
        assertThat(Verdict.sentence(metric(0.118, 0.002), 0.122))
                .isEqualTo("0.004 MeV (3 %) below the paper's 0.122 MeV: better.");
        assertThat(Verdict.sentence(metric(0.128, 0.009), 0.122))
                .isEqualTo("0.006 MeV (5 %) above the paper's 0.122 MeV: worse,"
                        + " by less than the standard deviation of the seeds.");
        assertThat(Verdict.sentence(metric(0.1222, 0.009), 0.122))
                .isEqualTo("Equal to the paper's 0.122 MeV at the digits printed.");
        assertThat(Verdict.sentence(metric(0.1222, 0.009), Double.NaN))
                .isEqualTo("No published figure under this protocol.");
    }

    @Test
    void classesFollowTheSign() {
        assertThat(Verdict.cssClass(metric(0.118, 0), 0.122)).isEqualTo("better");
        assertThat(Verdict.cssClass(metric(0.128, 0), 0.122)).isEqualTo("worse");
        assertThat(Verdict.cssClass(metric(0.1221, 0), 0.122)).isEqualTo("equal");
        assertThat(Verdict.cssClass(metric(Double.NaN, 0), 0.122)).isEmpty();
    }
}
