package gputrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SplineNetworkTest {
    static List<JsonNode> bases() {
        return GoldenSplines.cases("bases");
    }

    @ParameterizedTest
    @MethodSource("bases")
    void splinesAndTheirDerivativesAreSciPys(JsonNode golden) {
        double[] knots = GoldenSplines.numbers(golden.required("knots"));
        int order = golden.required("order").asInt();
        int splines = knots.length - order - 1;
        double[] points = GoldenSplines.numbers(golden.required("points"));
        double[] values = GoldenSplines.numbers(golden.required("values"));
        double[] slopes = GoldenSplines.numbers(golden.required("derivatives"));
        double[] ours = new double[splines];
        double[] derivatives = new double[splines];
        for (int p = 0; p < points.length; p++) {
            BSplines.at(knots, 0, knots.length, order, points[p], ours, derivatives, 0);
            for (int j = 0; j < splines; j++) {
                assertThat(ours[j]).isCloseTo(values[p * splines + j], within(1e-13));
                double slope = slopes[p * splines + j];
                assertThat(derivatives[j])
                        .as("order %d at %s, spline %d", order, points[p], j)
                        .isCloseTo(slope, within(1e-11 * (1 + Math.abs(slope))));
            }
        }
    }

    @Test
    void tensorsLieWhereTheOffsetsSay() {
        SplineNetwork network = new SplineNetwork(List.of(4, 7, 3, 2), 5, 3, 0.3);
        List<ParameterTensor> tensors = network.tensors();
        for (int l = 0; l < network.layers(); l++) {
            assertThat(tensors.get(5 * l).offset()).isEqualTo(network.baseOffset(l));
            assertThat(tensors.get(5 * l + 1).offset()).isEqualTo(network.scaleOffset(l));
            assertThat(tensors.get(5 * l + 2).offset()).isEqualTo(network.coefficientOffset(l));
            assertThat(tensors.get(5 * l + 3).offset()).isEqualTo(network.maskOffset(l));
            assertThat(tensors.get(5 * l + 4).offset()).isEqualTo(network.knotOffset(l));
        }
        assertThat(network.edges()).isEqualTo(28 + 21 + 6);
        assertThat(network.parameterCount()).isEqualTo((3 + 8) * 55 + 12 * (4 + 7 + 3));
    }

    @Test
    void startsWithUniformKnotsOpenMasksAndSmallSplines() {
        SplineNetwork network = new SplineNetwork(List.of(4, 2), 5, 3, 0.3);
        double[] parameters = InitialValues.draw(network, 3);
        for (int edge = 0; edge < 8; edge++) {
            assertThat(Math.abs(parameters[network.baseOffset(0) + edge])).isBetween(1e-6, 0.5);
            assertThat(parameters[network.scaleOffset(0) + edge]).isEqualTo(0.5);
            assertThat(parameters[network.maskOffset(0) + edge]).isEqualTo(1);
        }
        for (int c = 0; c < 8 * 8; c++) {
            assertThat(Math.abs(parameters[network.coefficientOffset(0) + c])).isLessThan(0.03 + 1e-9);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(network.range(parameters, 0, i)).containsExactly(-1.0, 1.0);
        }
    }

    @Test
    void anEdgeIsWhatTheEquationSays() {
        SplineNetwork network = new SplineNetwork(List.of(1, 1), 2, 1, 0);
        // base, scale, three hats, mask, knots -2 ... 2.
        double[] parameters = {0.5, 2, 1, 3, -1, 1, -2, -1, 0, 1, 2};
        double silu = 0.25 / (1 + Math.exp(-0.25));
        assertThat(network.edge(parameters, 0, 0, 0).applyAsDouble(0.25))
                .isCloseTo(0.5 * silu + 2 * (0.75 * 3 + 0.25 * -1), within(1e-14));
    }

    @Test
    void refusesWhatItCannotBe() {
        assertThatThrownBy(() -> new SplineNetwork(List.of(4), 5, 3, 0)).hasMessageContaining("widths");
        assertThatThrownBy(() -> new SplineNetwork(List.of(4, 0, 1), 5, 3, 0)).hasMessageContaining("widths");
        assertThatThrownBy(() -> new SplineNetwork(List.of(4, 1), 0, 3, 0)).hasMessageContaining("intervals");
        assertThatThrownBy(() -> new SplineNetwork(List.of(4, 1), 5, 8, 0)).hasMessageContaining("order");
        assertThatThrownBy(() -> new SplineNetwork(List.of(4, 1), 5, 3, -1)).hasMessageContaining("noise");
        assertThatThrownBy(() -> new SplineNetwork(List.of(60_000, 60_000), 5, 3, 0))
                .hasMessageContaining("too large");
    }
}
