package gputrain.report;

import java.util.List;
import java.util.function.Function;

/**
 * A colour, by what it stands for. A drawing carries the light colour as an attribute, which every viewer understands;
 * the page's style sheet overrides it by class, so that the same drawing suits a dark screen.
 *
 * <p>Lines differ in lightness as well as hue; the residual classes grow darker (on a dark screen lighter) with the
 * size of the residual on both sides, blue below and orange above zero, which all common colour-blindness keeps apart.
 * Levels of a size are the colours of viridis, darker (on a dark screen lighter) with the size.
 */
enum Ink {
    PAGE("page", "#ffffff", "#15181c"),
    TEXT("text", "#1f2328", "#e4e7eb"),
    MUTED("muted", "#5c6670", "#a3adb8"),
    AXIS("axis", "#868f99", "#78828d"),
    GRID("grid", "#e8eaed", "#2a2f36"),
    TRAIN("train", "#2f6fb0", "#6fb0ee"),
    VALIDATION("validation", "#7a5ea8", "#b99be6"),
    TEST("test", "#c8500e", "#f59a5b"),
    ALL("all", "#4b5560", "#b4bdc7"),
    OTHER("other", "#2c8a72", "#62c9ae"),
    PAPER("paper", "#1f2328", "#e4e7eb"),
    UNKNOWN("unknown", "#f4f5f6", "#1e2227"),
    ZERO("r0", "#e2e5e7", "#373d45"),
    MINUS_1("m1", "#a5c6e2", "#2d5576"),
    MINUS_2("m2", "#6fa5d1", "#3c80b6"),
    MINUS_3("m3", "#2f74ae", "#76b4e4"),
    MINUS_4("m4", "#123f70", "#c9e5fc"),
    PLUS_1("p1", "#efbd92", "#6d4527"),
    PLUS_2("p2", "#e6975a", "#b1652d"),
    PLUS_3("p3", "#bf5a1f", "#ea9d5e"),
    PLUS_4("p4", "#74300a", "#ffddbd"),
    LEVEL_1("l1", "#fde725", "#440154"),
    LEVEL_2("l2", "#addc30", "#472d7b"),
    LEVEL_3("l3", "#5ec962", "#3b528b"),
    LEVEL_4("l4", "#28ae80", "#2c728e"),
    LEVEL_5("l5", "#21918c", "#21918c"),
    LEVEL_6("l6", "#2c728e", "#28ae80"),
    LEVEL_7("l7", "#3b528b", "#5ec962"),
    LEVEL_8("l8", "#472d7b", "#addc30"),
    LEVEL_9("l9", "#440154", "#fde725"),
    SERIES_1("c1", "#12406f", "#9cc7f5"),
    SERIES_2("c2", "#c8500e", "#f07a3a"),
    SERIES_3("c3", "#45a88c", "#3fae92"),
    SERIES_4("c4", "#eeb62b", "#ffd45c"),
    SERIES_5("c5", "#5f3f94", "#8f6fd6"),
    SERIES_6("c6", "#7fc0ee", "#4f9fd8"),
    SERIES_7("c7", "#b0487f", "#f0b0d5");

    /** Sizes from small to large. */
    static final List<Ink> LEVELS =
            List.of(LEVEL_1, LEVEL_2, LEVEL_3, LEVEL_4, LEVEL_5, LEVEL_6, LEVEL_7, LEVEL_8, LEVEL_9);

    /** Sets of nuclei beside those of every experiment, in the order in which they come. */
    static final List<Ink> EXTRA_SETS = List.of(OTHER, SERIES_7, SERIES_4, SERIES_6);

    final String id;
    final String light;
    private final String dark;

    Ink(String id, String light, String dark) {
        this.id = id;
        this.light = light;
        this.dark = dark;
    }

    String fillClass() {
        return "f-" + id;
    }

    String strokeClass() {
        return "s-" + id;
    }

    /** The ink of a set of nuclei: the same in every figure. */
    static Ink ofSet(String set) {
        return switch (set) {
            case "train" -> TRAIN;
            case "validation" -> VALIDATION;
            case "test", Sets.HELD_OUT -> TEST;
            case "all" -> ALL;
            default -> OTHER;
        };
    }

    /** The ink of a residual class from -4 to 4. */
    static Ink ofResidualClass(int residualClass) {
        return switch (residualClass) {
            case -4 -> MINUS_4;
            case -3 -> MINUS_3;
            case -2 -> MINUS_2;
            case -1 -> MINUS_1;
            case 0 -> ZERO;
            case 1 -> PLUS_1;
            case 2 -> PLUS_2;
            case 3 -> PLUS_3;
            case 4 -> PLUS_4;
            default -> throw new IllegalArgumentException("no residual class " + residualClass);
        };
    }

    /** Custom properties for both colour schemes and the classes that use them; paper is light. */
    static String styleSheet() {
        StringBuilder css = new StringBuilder(":root{" + properties(ink -> ink.light) + "}\n");
        css.append("@media screen and (prefers-color-scheme:dark){:root{")
                .append(properties(ink -> ink.dark))
                .append("}}\n");
        for (Ink ink : values()) {
            String value = "var(--" + ink.id + ")";
            css.append('.')
                    .append(ink.fillClass())
                    .append("{fill:")
                    .append(value)
                    .append("}");
            css.append('.')
                    .append(ink.strokeClass())
                    .append("{stroke:")
                    .append(value)
                    .append("}\n");
        }
        return css.toString();
    }

    private static String properties(Function<Ink, String> colour) {
        StringBuilder css = new StringBuilder();
        for (Ink ink : values()) {
            css.append("--")
                    .append(ink.id)
                    .append(':')
                    .append(colour.apply(ink))
                    .append(';');
        }
        return css.toString();
    }
}
