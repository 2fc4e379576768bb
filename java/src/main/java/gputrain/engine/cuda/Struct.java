package gputrain.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A view of a structure, or of one of an array of them, in bytes that are copied to or from device memory. */
final class Struct {
    private final Layout layout;
    private final String type;
    private final ByteBuffer bytes;
    private final int begin;

    private Struct(Layout layout, String type, ByteBuffer bytes, int begin) {
        this.layout = layout;
        this.type = type;
        this.bytes = bytes;
        this.begin = begin;
    }

    /** Room for {@code count} structures of a type, all 0. */
    static byte[] allocate(Layout layout, String type, int count) {
        return new byte[Math.multiplyExact(layout.of(type), count)];
    }

    static Struct at(Layout layout, String type, byte[] bytes, int index) {
        return new Struct(layout, type, ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), index * layout.of(type));
    }

    /** The structure inside this one. */
    Struct inner(String field, String innerType) {
        return new Struct(layout, innerType, bytes, at(field));
    }

    Struct put(String field, int value) {
        bytes.putInt(at(field), value);
        return this;
    }

    Struct put(String field, int index, int value) {
        bytes.putInt(at(field) + Integer.BYTES * index, value);
        return this;
    }

    /** An integer of 64 bits, or an address. */
    Struct put(String field, long value) {
        bytes.putLong(at(field), value);
        return this;
    }

    Struct put(String field, double value) {
        bytes.putDouble(at(field), value);
        return this;
    }

    int getInt(String field) {
        return bytes.getInt(at(field));
    }

    int getInt(String field, int index) {
        return bytes.getInt(at(field) + Integer.BYTES * index);
    }

    long getLong(String field) {
        return bytes.getLong(at(field));
    }

    double getDouble(String field) {
        return bytes.getDouble(at(field));
    }

    /** The text up to its 0. */
    String getText(String field) {
        StringBuilder text = new StringBuilder();
        for (int i = at(field); bytes.get(i) != 0; i++) {
            text.append((char) bytes.get(i));
        }
        return text.toString();
    }

    private int at(String field) {
        return begin + layout.of(type + "." + field);
    }
}
