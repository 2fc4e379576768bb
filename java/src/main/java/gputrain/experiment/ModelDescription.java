package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.features.FeatureCatalogue;
import gputrain.features.Scaler;
import gputrain.features.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code model.json}: features, targets and scalers, enough to use {@code model.safetensors} from another program. */
final class ModelDescription {
    private ModelDescription() {}

    static ObjectNode of(Encoder encoder) {
        ObjectNode root = RunDirectory.JSON.createObjectNode();
        ArrayNode inputs = root.putArray("inputs");
        for (int i = 0; i < encoder.features().size(); i++) {
            ObjectNode node = inputs.addObject();
            node.put("feature", encoder.features().get(i).name());
            node.put("equation", encoder.features().get(i).equation());
            scale(node, encoder.inputScaler(), i);
        }
        ArrayNode outputs = root.putArray("outputs");
        for (int k = 0; k < encoder.targets().size(); k++) {
            ObjectNode node = outputs.addObject();
            node.put("target", encoder.targets().get(k).name());
            node.put("unit", "MeV");
            scale(node, encoder.targetScaler(), k);
        }
        root.put("mass", encoder.targets().get(encoder.mass()).name());
        root.put("scaling", "scaled = (value - shift) / scale");
        root.put("inputScaling", encoder.inputScaler().kind());
        root.put("outputScaling", encoder.targetScaler().kind());
        return root;
    }

    /** @throws ExperimentException when the file is not such a description */
    static Encoder read(Path file) {
        JsonNode root = RunDirectory.read(file);
        try {
            List<gputrain.features.Feature> features = new ArrayList<>();
            root.required("inputs")
                    .forEach(node -> features.add(
                            FeatureCatalogue.get(node.required("feature").asText())));
            List<Target> targets = new ArrayList<>();
            root.required("outputs")
                    .forEach(node ->
                            targets.add(Target.parse(node.required("target").asText())));
            int mass = targets.stream()
                    .map(Target::name)
                    .toList()
                    .indexOf(root.required("mass").asText());
            if (mass < 0) {
                throw new IllegalArgumentException("the mass target is not among the outputs");
            }
            return new Encoder(
                    features,
                    targets,
                    mass,
                    scaler(root.required("inputScaling").asText(), root.required("inputs")),
                    scaler(root.required("outputScaling").asText(), root.required("outputs")));
        } catch (IllegalArgumentException | gputrain.features.FeatureException e) {
            throw new ExperimentException(file + ": not a model description: " + e.getMessage(), e);
        }
    }

    private static void scale(ObjectNode node, Scaler scaler, int column) {
        node.put("shift", scaler.shift()[column]);
        node.put("scale", scaler.scale()[column]);
    }

    private static Scaler scaler(String kind, JsonNode columns) {
        double[] shift = new double[columns.size()];
        double[] scale = new double[columns.size()];
        for (int c = 0; c < shift.length; c++) {
            shift[c] = columns.get(c).required("shift").asDouble();
            scale[c] = columns.get(c).required("scale").asDouble();
        }
        return new Scaler(kind, shift, scale);
    }
}
