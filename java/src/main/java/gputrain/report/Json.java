package gputrain.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A value of a JSON file that knows where it stands, so that an error can say so. What is absent or null is empty; what
 * has the wrong type is an error.
 *
 * @param place the path inside the file, as in {@code protocols[0].metrics}
 */
record Json(Path file, String place, JsonNode node) {
    /** JSON has no such numbers, so its writers put them between quotes. */
    private static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** @throws ReportException when the file cannot be read or is not a JSON object */
    static Json read(Path file) {
        JsonNode root;
        try {
            root = MAPPER.readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new ReportException(
                    file + ": not there; a report needs the directory of a finished run, which holds this file", e);
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new ReportException(
                    file + where + ": not valid JSON (" + e.getOriginalMessage()
                            + "); train again with --fresh, or restore the file",
                    e);
        } catch (IOException e) {
            throw new ReportException(file + ": cannot be read: " + e, e);
        }
        if (!root.isObject()) {
            throw new ReportException(file + ": expected a JSON object; train again with --fresh, or restore the file");
        }
        return new Json(file, "", root);
    }

    boolean present() {
        return !node.isMissingNode() && !node.isNull();
    }

    /** The member of that name; absent when there is none or when this value itself is absent. */
    Json get(String name) {
        String inner = place.isEmpty() ? name : place + "." + name;
        if (!present()) {
            return new Json(file, inner, MissingNode.getInstance());
        }
        require(node.isObject(), "an object");
        return new Json(file, inner, node.path(name));
    }

    /** The members of an object in file order; empty when absent. */
    Map<String, Json> members() {
        Map<String, Json> members = new LinkedHashMap<>();
        if (present()) {
            require(node.isObject(), "an object");
            node.fieldNames().forEachRemaining(name -> members.put(name, get(name)));
        }
        return members;
    }

    /** The items of an array; empty when absent. */
    List<Json> items() {
        List<Json> items = new ArrayList<>();
        if (present()) {
            require(node.isArray(), "an array");
            for (int i = 0; i < node.size(); i++) {
                items.add(new Json(file, place + "[" + i + "]", node.get(i)));
            }
        }
        return items;
    }

    /** A text, number or truth value as text; empty when absent or blank. */
    Optional<String> text() {
        if (!present()) {
            return Optional.empty();
        }
        require(node.isValueNode(), "a text");
        return Optional.of(node.asText()).filter(text -> !text.isBlank());
    }

    String textOr(String otherwise) {
        return text().orElse(otherwise);
    }

    /** A number; NaN when absent, null or not finite. */
    double number() {
        if (!present()) {
            return Double.NaN;
        }
        if (node.isTextual() && NOT_FINITE.contains(node.asText())) {
            return Double.NaN;
        }
        require(node.isNumber(), "a number");
        double value = node.asDouble();
        return Double.isFinite(value) ? value : Double.NaN;
    }

    /** The texts of an array, blanks left out. */
    List<String> texts() {
        return items().stream().flatMap(item -> item.text().stream()).toList();
    }

    /** A value of any shape on one line: arrays with commas, nested objects as {@code name = value}. */
    String flat() {
        if (!present()) {
            return Numbers.NONE;
        }
        if (node.isArray()) {
            return String.join(", ", items().stream().map(Json::flat).toList());
        }
        if (node.isObject()) {
            List<String> parts = new ArrayList<>();
            members().forEach((name, value) -> parts.add(name + " = " + value.flat()));
            return String.join("; ", parts);
        }
        return node.isNumber() && Double.isFinite(node.asDouble()) ? Numbers.plain(node.asDouble()) : node.asText();
    }

    private void require(boolean holds, String expected) {
        if (!holds) {
            String found = node.toString();
            throw new ReportException(file + ": " + (place.isEmpty() ? "top level" : place) + ": expected " + expected
                    + ", found " + (found.length() > 40 ? found.substring(0, 40) + "..." : found)
                    + "; train again with --fresh, or restore the file");
        }
    }
}
