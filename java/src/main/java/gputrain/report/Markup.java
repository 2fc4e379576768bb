package gputrain.report;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Writes escaped, well-formed markup: XML for SVG, and HTML that is also well-formed XML.
 *
 * <p>Attributes come as name, value, name, value; an attribute whose value is null is left out.
 */
final class Markup {
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    Markup open(String tag, @Nullable Object... attributes) {
        start(tag, attributes);
        out.append('>');
        open.push(tag);
        return this;
    }

    Markup close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** A void element; in HTML only for those that have no end tag. */
    Markup empty(String tag, @Nullable Object... attributes) {
        start(tag, attributes);
        out.append("/>");
        return this;
    }

    Markup element(String tag, String text, @Nullable Object... attributes) {
        return open(tag, attributes).text(text).close();
    }

    Markup text(String text) {
        escape(text, out);
        return this;
    }

    Markup newLine() {
        out.append('\n');
        return this;
    }

    /** Markup made by another writer, taken as it is. */
    Markup raw(String markup) {
        out.append(markup);
        return this;
    }

    /**
     * The markup so far.
     *
     * @throws IllegalStateException when an element is still open
     */
    String finish() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("still open: " + open);
        }
        return out.toString();
    }

    /** Text made harmless in element content and in attribute values. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        escape(text, escaped);
        return escaped.toString();
    }

    private void start(String tag, @Nullable Object... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            if (value == null) {
                continue;
            }
            out.append(' ').append(attributes[i]).append("=\"");
            if (value instanceof Double number) {
                Numbers.appendCoordinate(out, number);
            } else {
                escape(value.toString(), out);
            }
            out.append('"');
        }
    }

    private static void escape(String text, StringBuilder to) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '&' -> to.append("&amp;");
                case '<' -> to.append("&lt;");
                case '>' -> to.append("&gt;");
                case '"' -> to.append("&quot;");
                case '\'' -> to.append("&#39;");
                // XML 1.0 has no way to write these characters at all.
                default -> to.appendCodePoint(allowed(c) ? c : 0xFFFD);
            }
        }
    }

    private static boolean allowed(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }
}
