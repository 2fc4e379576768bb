package gputrain.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.file.AtomicFiles;
import gputrain.file.OutputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named tensors in the safetensors format (https://github.com/huggingface/safetensors#format): an unsigned 64-bit
 * little-endian header length, a JSON header (tensor name to type, shape and byte range; string metadata), the data,
 * little-endian and row-major, without gaps. Types F32 and F64 only.
 *
 * @param metadata any strings
 * @param tensors by name
 */
public record SafeTensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
    private static final String METADATA = "__metadata__";
    /** The reference implementation's limit; a larger header is taken for a file of another kind. */
    private static final long LONGEST_HEADER = 100_000_000;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public SafeTensors {
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("a tensor must not be called " + METADATA);
        }
    }

    /** Type of a tensor's values in the file. */
    public enum Type {
        F32(Float.BYTES),
        F64(Double.BYTES);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * A tensor.
     *
     * @param shape no entry for a scalar
     * @param values row-major; rounded to float when written as F32
     */
    public record Tensor(Type type, List<Integer> shape, double[] values) {
        /** @throws IllegalArgumentException when the number of values is not that of the shape */
        public Tensor {
            shape = List.copyOf(shape);
            long count = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
            if (count != values.length) {
                throw new IllegalArgumentException(values.length + " values for a tensor of shape " + shape);
            }
        }
    }

    /**
     * Writes the file atomically; the same content gives the same bytes, those of the reference implementation.
     *
     * @throws OutputException when it cannot be written
     */
    public void write(Path file) {
        byte[] bytes = encode();
        AtomicFiles.write(file, bytes);
    }

    /**
     * Reads a file.
     *
     * @throws SafeTensorsException when it is missing, damaged, or holds another type
     */
    public static SafeTensors read(Path file) {
        try {
            return decode(file, Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new SafeTensorsException(file, "no such file", e);
        } catch (IOException e) {
            throw new SafeTensorsException(file, "cannot be read: " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw new SafeTensorsException(file, "larger than 2 GB or than the memory left", e);
        }
    }

    byte[] encode() {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode strings = header.putObject(METADATA);
            metadata.forEach(strings::put);
        }
        // Wider types first, as the reference implementation does, so that every value is aligned to its size.
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing((Map.Entry<String, Tensor> entry) -> -entry.getValue().type.bytes)
                .thenComparing(Map.Entry::getKey));
        long size = 0;
        for (Map.Entry<String, Tensor> entry : ordered) {
            Tensor tensor = entry.getValue();
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", tensor.type.name());
            tensor.shape.forEach(node.putArray("shape")::add);
            long end = size + (long) tensor.values.length * tensor.type.bytes;
            node.putArray("data_offsets").add(size).add(end);
            size = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer out =
                ByteBuffer.allocate(Math.toIntExact(Long.BYTES + padded + size)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(padded).put(json);
        while (out.position() < Long.BYTES + padded) {
            out.put((byte) ' ');
        }
        for (Map.Entry<String, Tensor> entry : ordered) {
            putValues(out, entry.getValue());
        }
        return out.array();
    }

    private static void putValues(ByteBuffer out, Tensor tensor) {
        for (double value : tensor.values) {
            if (tensor.type == Type.F64) {
                out.putDouble(value);
            } else {
                out.putFloat((float) value);
            }
        }
    }

    static SafeTensors decode(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length <= Long.BYTES) {
            throw new SafeTensorsException(file, "truncated: " + bytes.length + " bytes");
        }
        long headerLength = in.getLong();
        if (headerLength < 2 || headerLength > LONGEST_HEADER || in.get(Long.BYTES) != '{') {
            throw new SafeTensorsException(file, "not a safetensors file");
        }
        if (headerLength > in.remaining()) {
            throw new SafeTensorsException(
                    file, "truncated: a header of " + headerLength + " bytes in a file of " + bytes.length + " bytes");
        }
        JsonNode header = header(file, bytes, (int) headerLength);
        in.position(Long.BYTES + (int) headerLength);
        return new Decoder(file, in.slice().order(ByteOrder.LITTLE_ENDIAN)).decode(header);
    }

    private static JsonNode header(Path file, byte[] bytes, int length) {
        try {
            return JSON.readTree(bytes, Long.BYTES, length);
        } catch (JsonProcessingException e) {
            throw new SafeTensorsException(file, "the header is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new SafeTensorsException(file, "the header is not JSON: " + e.getMessage(), e);
        }
    }

    /** Takes a parsed header apart; every claim in it is checked against the data that are there. */
    private record Decoder(Path file, ByteBuffer data) {
        private record Range(String name, long begin, long end) {}

        SafeTensors decode(JsonNode header) {
            Map<String, String> metadata = Map.of();
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            List<Range> ranges = new ArrayList<>();
            for (Map.Entry<String, JsonNode> field : header.properties()) {
                if (field.getKey().equals(METADATA)) {
                    metadata = metadata(field.getValue());
                } else {
                    tensors.put(field.getKey(), tensor(field.getKey(), field.getValue(), ranges));
                }
            }
            requireWhole(ranges);
            return new SafeTensors(metadata, tensors);
        }

        private Map<String, String> metadata(JsonNode node) {
            Map<String, String> strings = new TreeMap<>();
            require(node.isObject(), METADATA + " is not an object");
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                require(field.getValue().isTextual(), METADATA + " entry " + field.getKey() + " is not a string");
                strings.put(field.getKey(), field.getValue().textValue());
            }
            return strings;
        }

        private Tensor tensor(String name, JsonNode node, List<Range> ranges) {
            String what = "tensor " + name;
            require(node.isObject() && node.size() == 3, what + " needs dtype, shape and data_offsets, and no more");
            Type type = type(what, node.path("dtype").asText());
            List<Long> shape = wholeNumbers(what + ": shape", node.path("shape"));
            List<Long> offsets = wholeNumbers(what + ": data_offsets", node.path("data_offsets"));
            require(offsets.size() == 2, what + ": data_offsets are not two numbers");
            Range range = new Range(name, offsets.get(0), offsets.get(1));
            require(
                    range.begin <= range.end && range.end <= data.capacity(),
                    what + ": bytes " + range.begin + " to " + range.end + " of " + data.capacity()
                            + "; is the file truncated?");
            require(
                    byteCount(shape, type) == range.end - range.begin,
                    what + ": shape " + shape + " of " + type + " does not fit into " + (range.end - range.begin)
                            + " bytes");
            ranges.add(range);
            double[] values = new double[(int) ((range.end - range.begin) / type.bytes)];
            for (int i = 0; i < values.length; i++) {
                int at = (int) range.begin + i * type.bytes;
                values[i] = type == Type.F64 ? data.getDouble(at) : data.getFloat(at);
            }
            return new Tensor(type, shape.stream().map(Math::toIntExact).toList(), values);
        }

        private Type type(String what, String name) {
            for (Type type : Type.values()) {
                if (type.name().equals(name)) {
                    return type;
                }
            }
            throw new SafeTensorsException(file, what + ": type " + name + "; convert it to F32 or F64");
        }

        private List<Long> wholeNumbers(String what, JsonNode node) {
            require(node.isArray(), what + " is not a list");
            List<Long> numbers = new ArrayList<>();
            for (JsonNode item : node) {
                require(
                        item.isIntegralNumber() && item.canConvertToLong() && item.longValue() >= 0,
                        what + " is not made of whole numbers: " + node);
                numbers.add(item.longValue());
            }
            return numbers;
        }

        /** -1 when the count overflows or an axis does not fit an int: such a shape fits no file. */
        private static long byteCount(List<Long> shape, Type type) {
            try {
                long bytes = type.bytes;
                for (long axis : shape) {
                    bytes = Math.multiplyExact(bytes, (long) Math.toIntExact(axis));
                }
                return bytes;
            } catch (ArithmeticException e) {
                return -1;
            }
        }

        private void requireWhole(List<Range> ranges) {
            ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
            long end = 0;
            for (Range range : ranges) {
                require(range.begin >= end, "tensor " + range.name + " overlaps the one before it");
                require(range.begin == end, "a gap of " + (range.begin - end) + " bytes before tensor " + range.name);
                end = range.end;
            }
            require(end == data.capacity(), (data.capacity() - end) + " bytes after the last tensor");
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new SafeTensorsException(file, otherwise);
            }
        }
    }
}
