package gputrain.train;

import gputrain.engine.Precision;
import gputrain.file.OutputException;
import gputrain.model.DenseNetwork;
import gputrain.model.Network;
import gputrain.model.ParameterTensor;
import gputrain.model.SplineNetwork;
import gputrain.train.SafeTensors.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of replicas as safetensors, one tensor for each of {@link Network#tensors}; of a dense network two per layer,
 * {@code replica.<i>.layer.<l>.weight} {@code [outputs, inputs]} and {@code replica.<i>.layer.<l>.bias} {@code [outputs]}.
 * Also reads one network's parameters from files that other programs wrote.
 */
public final class ModelFile {
    private ModelFile() {}

    /**
     * Writes the parameters of replicas 0, 1, ...: as F64 with {@link Precision#FLOAT64}, otherwise as F32.
     *
     * @param parameters {@code [parameterCount]} per replica
     * @param metadata any strings
     * @throws OutputException when the file cannot be written
     */
    public static void write(
            Path file, Network network, Precision precision, List<double[]> parameters, Map<String, String> metadata) {
        SafeTensors.Type type = precision == Precision.FLOAT64 ? SafeTensors.Type.F64 : SafeTensors.Type.F32;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int r = 0; r < parameters.size(); r++) {
            double[] values = parameters.get(r);
            if (values.length != network.parameterCount()) {
                throw new IllegalArgumentException(
                        "replica " + r + ": " + values.length + " parameters, " + network.parameterCount() + " needed");
            }
            for (ParameterTensor part : network.tensors()) {
                double[] own = Arrays.copyOfRange(values, part.offset(), part.offset() + part.size());
                tensors.put(name(r, part), new Tensor(type, part.shape(), own));
            }
        }
        new SafeTensors(metadata, tensors).write(file);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @return {@code [parameterCount]} per replica, at least one
     * @throws SafeTensorsException when the file is damaged, holds other tensors, or values that no training leaves
     */
    public static List<double[]> read(Path file, Network network) {
        Map<String, Tensor> tensors = SafeTensors.read(file).tensors();
        List<double[]> replicas = new ArrayList<>();
        ParameterTensor first = network.tensors().get(0);
        while (replicas.isEmpty() || tensors.containsKey(name(replicas.size(), first))) {
            List<Named> parts = ours(file, network, tensors, replicas.size());
            parts.forEach(part -> requireFinite(file, part, Precision.FLOAT64));
            replicas.add(assemble(file, network, parts));
            if (network instanceof SplineNetwork splines) {
                requireSplines(file, splines, replicas.size() - 1, replicas.get(replicas.size() - 1));
            }
        }
        int expected = replicas.size() * network.tensors().size();
        if (tensors.size() != expected) {
            throw new SafeTensorsException(
                    file,
                    tensors.size() + " tensors, but " + replicas.size() + " replicas of " + network.text() + " have "
                            + expected);
        }
        return replicas;
    }

    /** Knots rise, and masks are 0 or 1. */
    private static void requireSplines(Path file, SplineNetwork network, int replica, double[] parameters) {
        for (int l = 0; l < network.layers(); l++) {
            for (int i = 0; i < network.widths().get(l); i++) {
                int first = network.knotOffset(l) + i * network.knots();
                for (int j = 1; j < network.knots(); j++) {
                    if (!(parameters[first + j] > parameters[first + j - 1])) {
                        throw new SafeTensorsException(
                                file,
                                "replica " + replica + ", layer " + l + ": the knots of input " + i + " do not rise");
                    }
                }
            }
            for (int edge = network.maskOffset(l); edge < network.knotOffset(l); edge++) {
                if (parameters[edge] != 0 && parameters[edge] != 1) {
                    throw new SafeTensorsException(
                            file, "replica " + replica + ", layer " + l + ": a mask of " + parameters[edge]);
                }
            }
        }
    }

    /**
     * Reads the parameters to start from. Takes replica 0 of our own files; otherwise, for a dense network, the two-dimensional tensors are the
     * weights and the one-dimensional ones the biases, in the natural order of their names (2 before 10, so that
     * PyTorch's {@code 0.weight, 2.weight, ...} come in the order of the layers) or, where that order does not fit, in
     * the only order in which the shapes do.
     *
     * @param precision values are rounded to float with {@link Precision#FLOAT32}
     * @return {@code [parameterCount]}
     * @throws SafeTensorsException when the file is damaged, a shape does not fit (the message gives the tensor, its shape
     *     and the one needed), or a value is not finite
     */
    public static double[] readInitial(Path file, Network network, Precision precision) {
        Map<String, Tensor> tensors = SafeTensors.read(file).tensors();
        boolean own = tensors.containsKey(name(0, network.tensors().get(0)));
        List<Named> layers = !own && network instanceof DenseNetwork dense
                ? new LayerMatch(file, dense, tensors).find()
                : ours(file, network, tensors, 0);
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

    private static String name(int replica, ParameterTensor part) {
        return "replica." + replica + "." + part.name();
    }

    /** The tensors of a replica in our own naming, in the order of {@link Network#tensors}. */
    private static List<Named> ours(Path file, Network network, Map<String, Tensor> tensors, int replica) {
        List<Named> parts = new ArrayList<>();
        for (ParameterTensor part : network.tensors()) {
            String name = name(replica, part);
            parts.add(new Named(name, present(file, name, tensors.get(name))));
        }
        return parts;
    }

    private static Tensor present(Path file, String name, @Nullable Tensor tensor) {
        if (tensor == null) {
            throw new SafeTensorsException(file, "tensor " + name + " is missing");
        }
        return tensor;
    }

    /** Puts the tensors into one vector. */
    private static double[] assemble(Path file, Network network, List<Named> parts) {
        double[] parameters = new double[network.parameterCount()];
        for (int i = 0; i < parts.size(); i++) {
            put(file, network, network.tensors().get(i), parts.get(i), parameters);
        }
        return parameters;
    }

    private static void put(Path file, Network network, ParameterTensor part, Named named, double[] parameters) {
        List<Integer> found = named.tensor.shape();
        List<Integer> shape = part.shape();
        if (!found.equals(shape)) {
            boolean transposed = found.size() == 2 && shape.equals(List.of(found.get(1), found.get(0)));
            throw new SafeTensorsException(
                    file,
                    "tensor " + named.name + " has shape " + found + ", expected " + shape + " for " + part.name()
                            + " of the network " + network.text()
                            + (transposed ? "; transpose it to [outputs, inputs]" : ""));
        }
        double[] values = named.tensor.values();
        System.arraycopy(values, 0, parameters, part.offset(), values.length);
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
