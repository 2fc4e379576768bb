package gputrain.experiment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A table of a TOML file, read key by key with errors that name file, line and column. {@link #finish} rejects keys that
 * nobody read, so that a misspelt setting is never silently ignored.
 */
final class TomlSection {
    private final String file;
    private final String name;
    private final String at;
    private final TomlTable table;
    private final Set<String> read = new LinkedHashSet<>();

    /** The top of a file. */
    TomlSection(String file, TomlTable table) {
        this(file, "", "", table);
    }

    private TomlSection(String file, String name, String at, TomlTable table) {
        this.file = file;
        this.name = name;
        this.at = at;
        this.table = table;
    }

    boolean has(String key) {
        read.add(key);
        return table.contains(List.of(key));
    }

    TomlSection section(String key) {
        Object value = required(key, "a table [" + key + "]");
        if (value instanceof TomlTable child) {
            return new TomlSection(file, name.isEmpty() ? key : name + "." + key, position(key), child);
        }
        throw error(key, "expected a table, found " + describe(value));
    }

    Set<String> keys() {
        return table.keySet();
    }

    boolean isTable(String key) {
        return table.get(List.of(key)) instanceof TomlTable;
    }

    String string(String key) {
        Object value = required(key, "a string");
        if (value instanceof String text) {
            return text;
        }
        throw error(key, "expected a string in quotes, found " + describe(value));
    }

    String string(String key, String otherwise) {
        return has(key) ? string(key) : otherwise;
    }

    boolean bool(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        Object value = required(key, "true or false");
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw error(key, "expected true or false, found " + describe(value));
    }

    double number(String key) {
        return asNumber(key, required(key, "a number"));
    }

    double number(String key, double otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    long whole(String key) {
        Object value = required(key, "a whole number");
        if (value instanceof Long number) {
            return number;
        }
        throw error(key, "expected a whole number, found " + describe(value));
    }

    long whole(String key, long otherwise) {
        return has(key) ? whole(key) : otherwise;
    }

    /** A whole number that fits an int. */
    int integer(String key) {
        long value = whole(key);
        if (value != (int) value) {
            throw error(key, "out of range: " + value);
        }
        return (int) value;
    }

    /** A number that is not negative. */
    double magnitude(String key, double otherwise) {
        double value = number(key, otherwise);
        if (value < 0) {
            throw error(key, "must not be negative: " + value);
        }
        return value;
    }

    /** One of some words; the matching enum-like word is returned. */
    String oneOf(String key, String otherwise, List<String> words) {
        String word = string(key, otherwise);
        if (!words.contains(word)) {
            throw error(key, "\"" + word + "\" is not one of " + String.join(", ", words));
        }
        return word;
    }

    List<String> strings(String key) {
        List<String> list = new ArrayList<>();
        for (Object value : array(key)) {
            if (!(value instanceof String text)) {
                throw error(key, "expected strings in quotes, found " + describe(value));
            }
            list.add(text);
        }
        return list;
    }

    List<Integer> wholes(String key) {
        List<Integer> list = new ArrayList<>();
        for (Object value : array(key)) {
            if (!(value instanceof Long number) || number != number.intValue()) {
                throw error(key, "expected whole numbers, found " + describe(value));
            }
            list.add(number.intValue());
        }
        return list;
    }

    List<Double> numbers(String key) {
        return array(key).stream().map(value -> asNumber(key, value)).toList();
    }

    /** An array of tables, in TOML {@code [[key]]}. */
    List<TomlSection> sections(String key) {
        List<TomlSection> list = new ArrayList<>();
        String path = name.isEmpty() ? key : name + "." + key;
        if (!(required(key, "an array of tables") instanceof TomlArray array)) {
            throw error(key, "expected an array of tables, written as [[" + path + "]]");
        }
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof TomlTable entry)) {
                throw error(key, "expected tables, written as [[" + path + "]], found " + describe(array.get(i)));
            }
            TomlPosition at = array.inputPositionOf(i);
            list.add(new TomlSection(file, path, ":" + at.line() + ":" + at.column(), entry));
        }
        return list;
    }

    /** An array of pairs of numbers. */
    List<double[]> pairs(String key) {
        List<double[]> list = new ArrayList<>();
        for (Object value : array(key)) {
            if (!(value instanceof TomlArray pair) || pair.size() != 2) {
                throw error(key, "expected pairs like [40e-6, 3e-3], found " + describe(value));
            }
            list.add(new double[] {asNumber(key, pair.get(0)), asNumber(key, pair.get(1))});
        }
        return list;
    }

    /** @throws ExperimentException when a key of this table was never read */
    void finish() {
        for (String key : table.keySet()) {
            if (!read.contains(key)) {
                String known = read.stream().sorted().collect(Collectors.joining(", "));
                throw error(key, "unknown key; known here: " + known);
            }
        }
    }

    ExperimentException error(String key, String message) {
        String path = name.isEmpty() ? key : name + "." + key;
        return new ExperimentException(file + position(key) + ": " + path + ": " + message);
    }

    private String position(String key) {
        TomlPosition position = table.inputPositionOf(List.of(key));
        return position == null ? at : ":" + position.line() + ":" + position.column();
    }

    private List<Object> array(String key) {
        Object value = required(key, "an array");
        if (value instanceof TomlArray array) {
            return array.toList();
        }
        throw error(key, "expected an array, found " + describe(value));
    }

    private double asNumber(String key, @Nullable Object value) {
        if (value instanceof Long whole) {
            return whole;
        }
        if (value instanceof Double number && Double.isFinite(number)) {
            return number;
        }
        throw error(key, "expected a number, found " + describe(value));
    }

    private Object required(String key, String what) {
        read.add(key);
        Object value = table.get(List.of(key));
        if (value == null) {
            String where = name.isEmpty() ? "at the top of the file" : "in [" + name + "]";
            throw new ExperimentException(file + at + ": missing " + where + ": " + key + " (" + what + ")");
        }
        return value;
    }

    private static String describe(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof TomlTable) {
            return "a table";
        }
        if (value instanceof TomlArray) {
            return "an array";
        }
        return value.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + value;
    }
}
