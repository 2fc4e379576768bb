package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.nuclide.Nuclide;
import gputrain.report.SeparationEnergies.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeparationEnergiesTest {
    private static Prediction lead(int n, double experiment, double uncertainty, double predicted) {
        return new Prediction(
                new Nuclide(82, n),
                "Pb",
                "train",
                experiment,
                uncertainty,
                predicted,
                0.05,
                experiment - predicted,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
    }

    @Test
    void isTheDifferenceOfTwoMassesAndTheNeutron() {
        // AME2020: 207Pb -22451.968(1.147), 208Pb -21748.519(1.148) keV; its S_n of 208Pb is 7367.87 keV.
        Map<Integer, List<Point>> chains = SeparationEnergies.chains(
                List.of(lead(126, -21.748519, 0.001148, -21.7), lead(125, -22.451968, 0.001147, -22.5)));

        Point point = chains.get(82).get(0);
        assertThat(point.N()).isEqualTo(126);
        assertThat(point.experimentMeV()).isCloseTo(7.36787, within(5e-6));
        assertThat(point.uncertaintyMeV()).isCloseTo(0.001623, within(1e-6));
        assertThat(point.predictedMeV()).isCloseTo(-22.5 + 21.7 + 8.07131806, within(1e-9));
    }

    @Test
    void neverMixesTheoryAndExperiment() {
        List<Prediction> predictions = List.of(
                lead(124, Double.NaN, Double.NaN, -23.8),
                lead(125, -22.452, 0.001, -22.5),
                lead(126, -21.7, 0.001, Double.NaN));

        List<Point> chain = SeparationEnergies.chains(predictions).get(82);

        assertThat(chain).hasSize(2);
        assertThat(chain.get(0).experimentMeV()).isNaN();
        assertThat(chain.get(0).measured()).isFalse();
        assertThat(chain.get(0).predictedMeV()).isFinite();
        assertThat(chain.get(1).experimentMeV()).isFinite();
        assertThat(chain.get(1).predictedMeV()).isNaN();
    }

    @Test
    void choosesTheUsualChainsFirstAndThenTheLongest() {
        List<Prediction> predictions = new ArrayList<>();
        Map<Integer, Integer> isotopes = Map.of(28, 7, 50, 3, 30, 9, 31, 8, 40, 12);
        isotopes.forEach((z, count) -> {
            for (int n = 40; n < 40 + count; n++) {
                predictions.add(new Prediction(
                        new Nuclide(z, n),
                        "X",
                        "train",
                        -50,
                        0.01,
                        -50,
                        0.1,
                        0,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN));
            }
        });

        assertThat(SeparationEnergies.choose(SeparationEnergies.chains(predictions), 3))
                .containsExactly(28, 30, 40);
    }
}
