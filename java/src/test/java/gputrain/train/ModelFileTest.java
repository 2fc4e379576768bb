package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.Precision;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.model.InitialValues;
import gputrain.train.SafeTensors.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    private static final DenseNetwork NETWORK = new DenseNetwork(List.of(3, 5, 4, 2), Activation.GELU);

    @TempDir
    Path directory;

    @Test
    void replicasComeBackBitForBit() {
        Path file = directory.resolve("model.safetensors");
        List<double[]> written = List.of(InitialValues.draw(NETWORK, 1), InitialValues.draw(NETWORK, 2));
        ModelFile.write(file, NETWORK, Precision.FLOAT32, written, Map.of("unit", "MeV"));
        assertThat(ModelFile.read(file, NETWORK)).usingRecursiveComparison().isEqualTo(written);
        SafeTensors raw = SafeTensors.read(file);
        assertThat(raw.metadata()).containsEntry("unit", "MeV");
        assertThat(raw.tensors()).hasSize(12);
        Tensor weight = raw.tensors().get("replica.1.layer.2.weight");
        assertThat(weight.shape()).containsExactly(2, 4);
        assertThat(weight.type()).isEqualTo(SafeTensors.Type.F32);
        assertThat(weight.values())
                .containsExactly(Arrays.copyOfRange(written.get(1), NETWORK.weightOffset(2), NETWORK.biasOffset(2)));
    }

    @Test
    void doublesStayDoublesUnlessThePlanIsFloat() {
        Path file = directory.resolve("model.safetensors");
        double[] thirds = new double[NETWORK.parameterCount()];
        Arrays.setAll(thirds, i -> (i + 1) / 3.0);
        ModelFile.write(file, NETWORK, Precision.FLOAT64, List.of(thirds), Map.of());
        assertThat(ModelFile.readInitial(file, NETWORK, Precision.FLOAT64)).containsExactly(thirds);
        assertThat(ModelFile.readInitial(file, NETWORK, Precision.FLOAT32))
                .containsExactly(Arrays.stream(thirds).map(x -> (float) x).toArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 1 2", // plain layers
                "0 2 4", // torch.nn.Sequential with activations between
                "2 9 10", // by value, not by letter
                "net.0 net.2 net.4",
                "fc1 fc2 fc10",
                "input hidden output", // natural order does not fit, the shapes are unique
                "z y x"
            })
    void otherProgramsNamesAreUnderstood(String names) {
        double[] parameters = InitialValues.draw(NETWORK, 3);
        Path file = directory.resolve("torch.safetensors");
        new SafeTensors(Map.of(), layers(List.of(names.split(" ")), parameters)).write(file);
        assertThat(ModelFile.readInitial(file, NETWORK, Precision.FLOAT32)).containsExactly(parameters);
    }

    @Test
    void biasesWithoutAPartnerGoInOrder() {
        double[] parameters = InitialValues.draw(NETWORK, 3);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        layers(List.of("0", "1", "2"), parameters)
                .forEach((name, tensor) -> tensors.put(name.endsWith("bias") ? "b" + name.charAt(0) : name, tensor));
        Path file = directory.resolve("other.safetensors");
        new SafeTensors(Map.of(), tensors).write(file);
        assertThat(ModelFile.readInitial(file, NETWORK, Precision.FLOAT32)).containsExactly(parameters);
    }

    @Test
    void aWrongShapeNamesTensorFoundAndExpected() {
        DenseNetwork other = new DenseNetwork(List.of(3, 6, 4, 2), Activation.GELU);
        Path ours = directory.resolve("ours.safetensors");
        ModelFile.write(ours, other, Precision.FLOAT32, List.of(InitialValues.draw(other, 1)), Map.of());
        assertThatThrownBy(() -> ModelFile.readInitial(ours, NETWORK, Precision.FLOAT32))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining(
                        "tensor replica.0.layer.0.weight has shape [6, 3], expected [5, 3] for layer.0.weight");
        Map<String, Tensor> tensors = layers(List.of("0", "1", "2"), InitialValues.draw(NETWORK, 1));
        Tensor second = tensors.get("1.weight");
        tensors.put("1.weight", new Tensor(second.type(), List.of(5, 4), second.values()));
        Path transposed = directory.resolve("transposed.safetensors");
        new SafeTensors(Map.of(), tensors).write(transposed);
        assertThatThrownBy(() -> ModelFile.readInitial(transposed, NETWORK, Precision.FLOAT32))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining("tensor 1.weight has shape [5, 4], expected [4, 5] for layer.1.weight")
                .hasMessageContaining("transpose it");
    }

    @Test
    void missingAndSurplusTensorsAreNamed() {
        Map<String, Tensor> tensors = layers(List.of("0", "1", "2"), InitialValues.draw(NETWORK, 1));
        tensors.remove("2.bias");
        Path file = directory.resolve("part.safetensors");
        new SafeTensors(Map.of(), tensors).write(file);
        assertThatThrownBy(() -> ModelFile.readInitial(file, NETWORK, Precision.FLOAT32))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining("3 weight matrices")
                .hasMessageContaining("3 and 2: [0.bias, 0.weight, 1.bias, 1.weight, 2.weight]");
        assertThatThrownBy(() -> ModelFile.read(file, NETWORK))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining("tensor replica.0.layer.0.weight is missing");
    }

    @Test
    void startValuesMustBeFinite() {
        double[] parameters = InitialValues.draw(NETWORK, 1);
        parameters[NETWORK.biasOffset(1) + 2] = 1e300;
        Path file = directory.resolve("large.safetensors");
        ModelFile.write(file, NETWORK, Precision.FLOAT64, List.of(parameters), Map.of());
        assertThat(ModelFile.readInitial(file, NETWORK, Precision.FLOAT64)).containsExactly(parameters);
        assertThatThrownBy(() -> ModelFile.readInitial(file, NETWORK, Precision.FLOAT32))
                .isInstanceOf(SafeTensorsException.class)
                .hasMessageContaining("tensor replica.0.layer.1.bias, value 2 is not finite in FLOAT32: 1.0E300");
    }

    private static Map<String, Tensor> layers(List<String> names, double[] parameters) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int l = 0; l < NETWORK.layers(); l++) {
            tensors.put(
                    names.get(l) + ".weight",
                    new Tensor(
                            SafeTensors.Type.F32,
                            NETWORK.tensors().get(2 * l).shape(),
                            Arrays.copyOfRange(parameters, NETWORK.weightOffset(l), NETWORK.biasOffset(l))));
            tensors.put(
                    names.get(l) + ".bias",
                    new Tensor(
                            SafeTensors.Type.F32,
                            NETWORK.tensors().get(2 * l + 1).shape(),
                            Arrays.copyOfRange(parameters, NETWORK.biasOffset(l), NETWORK.weightOffset(l + 1))));
        }
        return tensors;
    }
}
