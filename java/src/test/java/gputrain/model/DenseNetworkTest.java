package gputrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenseNetworkTest {

    @Test
    void laysParametersOutLayerByLayerWeightsBeforeBiases() {
        DenseNetwork network = new DenseNetwork(List.of(13, 80, 40, 3), Activation.GELU);
        assertThat(network.layers()).isEqualTo(3);
        assertThat(network.inputs()).isEqualTo(13);
        assertThat(network.outputs()).isEqualTo(3);
        assertThat(network.weightOffset(0)).isZero();
        assertThat(network.biasOffset(0)).isEqualTo(13 * 80);
        assertThat(network.weightOffset(1)).isEqualTo(1120);
        assertThat(network.biasOffset(1)).isEqualTo(1120 + 80 * 40);
        assertThat(network.weightOffset(2)).isEqualTo(4360);
        assertThat(network.biasOffset(2)).isEqualTo(4360 + 40 * 3);
        assertThat(network.parameterCount()).isEqualTo(4483);
    }

    @Test
    void countsTheWorkOfARowWithoutAnInputGradient() {
        DenseNetwork network = new DenseNetwork(List.of(13, 80, 40, 3), Activation.GELU);
        assertThat(network.multiplyAddsPerRow()).isEqualTo(2 * 13 * 80 + 3 * 80 * 40 + 3 * 40 * 3);
    }

    @Test
    void aSingleLayerIsAllowed() {
        assertThat(new DenseNetwork(List.of(4, 2), Activation.IDENTITY).parameterCount())
                .isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -3})
    void refusesWidthsBelowOne(int width) {
        assertThatThrownBy(() -> new DenseNetwork(List.of(4, width, 1), Activation.GELU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[4, " + width + ", 1]");
    }

    @Test
    void refusesTooFewWidthsAndTooManyParameters() {
        assertThatThrownBy(() -> new DenseNetwork(List.of(4), Activation.GELU))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DenseNetwork(List.of(100_000, 100_000, 1), Activation.GELU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
    }
}
