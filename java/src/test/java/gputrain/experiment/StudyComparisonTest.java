package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import gputrain.experiment.StudyComparison.Outcome;
import gputrain.experiment.StudyComparison.Side;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When one way of training is said to be better than another. */
class StudyComparisonTest {
    private static Optional<Side> side(double rmsd, double spread, int networks) {
        StudyLine.Measure measure =
                new StudyLine.Measure(rmsd, spread, rmsd, Double.NaN, Double.NaN, networks, networks);
        List<Double> each = Collections.nCopies(networks, rmsd);
        return Optional.of(new Side("a", Protocol.PAPER, false, measure, measure, each, 1, 1, "jvm"));
    }

    /** Ten networks on both sides with a spread of 0.01: a standard error of 0.00447 of the difference. */
    @ParameterizedTest
    @CsvSource({"0.130, WINS", "0.132, UNDECIDED", "0.148, UNDECIDED", "0.150, LOSES"})
    void theDifferenceCountsFromTwoStandardErrorsOn(double second, Outcome expected) {
        assertThat(new StudyComparison("a", side(0.14, 0.01, 10), side(second, 0.01, 10)).outcome())
                .isEqualTo(expected);
    }

    @Test
    void nothingIsSaidOfOneNetworkOrOneSide() {
        assertThat(new StudyComparison("a", side(0.2, Double.NaN, 1), side(0.1, 0.01, 10)).outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(new StudyComparison("a", Optional.empty(), side(0.1, 0.01, 10)).outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(new StudyComparison("a", side(0.1, 0.01, 10), Optional.empty()).outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }
}
