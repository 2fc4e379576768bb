package gputrain.train;

import gputrain.engine.Precision;
import gputrain.file.OutputException;
import gputrain.model.DenseNetwork;
import gputrain.train.SafeTensors.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of replicas of a dense network as safetensors, two tensors per layer:
 * {@code replica.<i>.layer.<l>.weight} {@code [outputs, inputs]} and {@code replica.<i>.layer.<l>.bias}
 * {@code [outputs]}. Also reads one network's parameters from files that other programs wrote.
 */
public final class ModelFile {
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    private ModelFile() {}

    /**
     * Writes the parameters of replicas 0, 1, ...: as F64 with {@link Precision#FLOAT64}, otherwise as F32.
     *
     * @param parameters {@code [parameterCount]} per replica
     * @param metadata any strings
     * @throws OutputException when the file cannot be written
     */
    public static void write(
            Path file,
            DenseNetwork network,
            Precision precision,
            List<double[]> parameters,
            Map<String, String> metadata) {
        SafeTensors.Type type = precision == Precision.FLOAT64 ? SafeTensors.Type.F64 : SafeTensors.Type.F32;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int r = 0; r < parameters.size(); r++) {
            double[] values = parameters.get(r);
            if (values.length != network.parameterCount()) {
                throw new IllegalArgumentException(
                        "replica " + r + ": " + values.length + " parameters, " + network.parameterCount() + " needed");
            }
            for (int l = 0; l < network.layers(); l++) {
                double[] weights = Arrays.copyOfRange(values, network.weightOffset(l), network.biasOffset(l));
                double[] biases = Arrays.copyOfRange(values, network.biasOffset(l), network.weightOffset(l + 1));
                tensors.put(name(r, l) + WEIGHT, new Tensor(type, weightShape(network, l), weights));
                tensors.put(name(r, l) + BIAS, new Tensor(type, biasShape(network, l), biases));
            }
        }
        new SafeTensors(metadata, tensors).write(file);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @return {@code [parameterCount]} per replica, at least one
     * @throws SafeTensorsException when the file is damaged or holds other tensors
     */
    public static List<double[]> read(Path file, DenseNetwork network) {
        Map<String, Tensor> tensors = SafeTensors.read(file).tensors();
        List<double[]> replicas = new ArrayList<>();
        while (replicas.isEmpty() || tensors.containsKey(name(replicas.size(), 0) + WEIGHT)) {
            replicas.add(assemble(file, network, ours(file, network, tensors, replicas.size())));
        }
        int expected = replicas.size() * network.layers() * 2;
        if (tensors.size() != expected) {
            throw new SafeTensorsException(
                    file,
                    tensors.size() + " tensors, but " + replicas.size() + " replicas of " + network.widths() + " have "
                            + expected);
        }
        return replicas;
    }

    /**
     * Reads the parameters to start from. Takes replica 0 of our own files; otherwise the two-dimensional tensors are the
     * weights and the one-dimensional ones the biases, in the natural order of their names (2 before 10, so that
     * PyTorch's {@code 0.weight, 2.weight, ...} come in the order of the layers) or, where that order does not fit, in
     * the only order in which the shapes do.
     *
     * @param precision values are rounded to float with {@link Precision#FLOAT32}
     * @return {@code [parameterCount]}
     * @throws SafeTensorsException when the file is damaged, a shape does not fit (the message gives the tensor, its shape
     *     and the one needed), or a value is not finite
     */
    public static double[] readInitial(Path file, DenseNetwork network, Precision precision) {
        Map<String, Tensor> tensors = SafeTensors.read(file).tensors();
        List<Named> layers = tensors.containsKey(name(0, 0) + WEIGHT)
                ? ours(file, network, tensors, 0)
                : new LayerMatch(file, network, tensors).find();
        double[] parameters = assemble(file, network, layers);
        if (precision == Precision.FLOAT32) {
            for (int i = 0; i < parameters.length; i++) {
                parameters[i] = (float) parameters[i];
            }
        }
        for (Named layer : layers) {
            requireFinite(file, layer, precision);
        }
        return parameters;
    }

    /** A tensor with its name. */
    record Named(String name, Tensor tensor) {}

    static List<Integer> weightShape(DenseNetwork network, int layer) {
        return List.of(network.widths().get(layer + 1), network.widths().get(layer));
    }

    static List<Integer> biasShape(DenseNetwork network, int layer) {
        return List.of(network.widths().get(layer + 1));
    }

    private static String name(int replica, int layer) {
        return "replica." + replica + ".layer." + layer + ".";
    }

    /** Weight, bias, weight, bias, ... of a replica in our own naming. */
    private static List<Named> ours(Path file, DenseNetwork network, Map<String, Tensor> tensors, int replica) {
        List<Named> layers = new ArrayList<>();
        for (int l = 0; l < network.layers(); l++) {
            for (String part : List.of(WEIGHT, BIAS)) {
                String name = name(replica, l) + part;
                layers.add(new Named(name, present(file, name, tensors.get(name))));
            }
        }
        return layers;
    }

    private static Tensor present(Path file, String name, @Nullable Tensor tensor) {
        if (tensor == null) {
            throw new SafeTensorsException(file, "tensor " + name + " is missing");
        }
        return tensor;
    }

    /** Puts weight, bias, weight, bias, ... into one vector. */
    private static double[] assemble(Path file, DenseNetwork network, List<Named> layers) {
        double[] parameters = new double[network.parameterCount()];
        for (int l = 0; l < network.layers(); l++) {
            put(file, network, l, layers.get(2 * l), weightShape(network, l), parameters, network.weightOffset(l));
            put(file, network, l, layers.get(2 * l + 1), biasShape(network, l), parameters, network.biasOffset(l));
        }
        return parameters;
    }

    private static void put(
            Path file,
            DenseNetwork network,
            int layer,
            Named named,
            List<Integer> shape,
            double[] parameters,
            int offset) {
        List<Integer> found = named.tensor.shape();
        if (!found.equals(shape)) {
            boolean transposed = found.size() == 2 && shape.equals(List.of(found.get(1), found.get(0)));
            throw new SafeTensorsException(
                    file,
                    "tensor " + named.name + " has shape " + found + ", expected " + shape + " for layer " + layer
                            + " of the network " + network.widths()
                            + (transposed ? "; transpose it to [outputs, inputs]" : ""));
        }
        double[] values = named.tensor.values();
        System.arraycopy(values, 0, parameters, offset, values.length);
    }

    private static void requireFinite(Path file, Named named, Precision precision) {
        double[] values = named.tensor.values();
        for (int i = 0; i < values.length; i++) {
            boolean finite =
                    precision == Precision.FLOAT32 ? Float.isFinite((float) values[i]) : Double.isFinite(values[i]);
            if (!finite) {
                throw new SafeTensorsException(
                        file,
                        "tensor " + named.name + ", value " + i + " is not finite in " + precision + ": " + values[i]);
            }
        }
    }
}
