package gputrain.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What SciPy, PyTorch and NumPy say of splines, as {@code make_splines.py} wrote it down. */
public final class GoldenSplines {
    private GoldenSplines() {}

    /** The cases of one of its lists: {@code bases}, {@code networks}, {@code updates}. */
    public static List<JsonNode> cases(String list) {
        try (InputStream in = Objects.requireNonNull(
                GoldenSplines.class.getResourceAsStream("/gputrain/golden/splines.json"), "splines.json")) {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(in).required(list).forEach(cases::add);
            return cases;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Numbers of a list, or of a list of rows, one after another. */
    public static double[] numbers(JsonNode list) {
        List<Double> values = new ArrayList<>();
        for (JsonNode entry : list) {
            if (entry.isArray()) {
                entry.forEach(one -> values.add(one.asDouble()));
            } else {
                values.add(entry.asDouble());
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
