package gputrain.train;

import gputrain.engine.DataSet;
import gputrain.engine.TrainingPlan;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint belongs to: a SHA-256 for each part of a plan, for the data set and for the engine's name. Records
 * are walked by their components, so that a field added to a plan later is never forgotten.
 *
 * @param parts part to lower-case hexadecimal digest, in the order of the plan's components
 */
record Fingerprint(Map<String, String> parts) {
    Fingerprint {
        parts = new LinkedHashMap<>(parts);
    }

    static Fingerprint of(String engine, TrainingPlan plan, DataSet data) {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("engine", digest(engine));
        parts.put("data", digest(data));
        for (RecordComponent component : TrainingPlan.class.getRecordComponents()) {
            parts.put(component.getName(), digest(value(component, plan)));
        }
        return new Fingerprint(parts);
    }

    /** Names of the parts in which the two differ, in alphabetic order; empty when they are equal. */
    List<String> differences(Fingerprint other) {
        TreeSet<String> names = new TreeSet<>(parts.keySet());
        names.addAll(other.parts.keySet());
        names.removeIf(name -> parts.containsKey(name) && parts.get(name).equals(other.parts.get(name)));
        return List.copyOf(names);
    }

    private static String digest(@Nullable Object value) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (DataOutputStream out = new DataOutputStream(
                    new BufferedOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256)))) {
                feed(out, value);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException("SHA-256 in memory cannot fail", e);
        }
    }

    /** Type, then length where it varies, then content: no two different values give the same bytes. */
    private static void feed(DataOutputStream out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeUTF("null");
        } else if (value instanceof Record entry) {
            out.writeUTF(entry.getClass().getSimpleName());
            for (RecordComponent component : entry.getClass().getRecordComponents()) {
                out.writeUTF(component.getName());
                feed(out, value(component, entry));
            }
        } else if (value instanceof List<?> list) {
            out.writeUTF("list");
            out.writeInt(list.size());
            for (Object item : list) {
                feed(out, item);
            }
        } else if (value instanceof double[] doubles) {
            out.writeUTF("doubles");
            out.writeInt(doubles.length);
            ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(doubles.length, Double.BYTES));
            buffer.asDoubleBuffer().put(doubles);
            out.write(buffer.array());
        } else if (value instanceof int[] ints) {
            out.writeUTF("ints");
            out.writeInt(ints.length);
            for (int item : ints) {
                out.writeInt(item);
            }
        } else if (value instanceof Double number) {
            out.writeUTF("double");
            out.writeLong(Double.doubleToRawLongBits(number));
        } else if (value instanceof Number || value instanceof Boolean || value instanceof String) {
            out.writeUTF(value.getClass().getSimpleName());
            out.writeUTF(value.toString());
        } else if (value instanceof Enum<?> constant) {
            out.writeUTF(constant.getDeclaringClass().getSimpleName());
            out.writeUTF(constant.name());
        } else {
            throw new IllegalStateException("a plan holds a " + value.getClass() + ", which has no fingerprint yet");
        }
    }

    private static @Nullable Object value(RecordComponent component, Record owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("accessor of " + component + " failed", e);
        }
    }
}
