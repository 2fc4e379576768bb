package gputrain.report;

import org.jspecify.annotations.Nullable;

/**
 * A drawing. Needs no fonts and no window system: text is placed, never measured exactly. Lengths are pixels at scale
 * one, the origin at the top left.
 */
final class Svg {
    private static final String FONT = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

    private final int width;
    private final int height;
    private final String description;
    private final Markup body = new Markup();

    /** @param description what the figure shows, for readers who cannot see it */
    Svg(int width, int height, String description) {
        this.width = width;
        this.height = height;
        this.description = description;
    }

    /** How a line is drawn; {@code dash} as in SVG, null for solid. */
    record Stroke(Ink ink, double width, @Nullable String dash, double opacity) {
        static Stroke solid(Ink ink, double width) {
            return new Stroke(ink, width, null, 1);
        }

        static Stroke dashed(Ink ink, double width) {
            return new Stroke(ink, width, "5 4", 1);
        }

        Stroke faded(double share) {
            return new Stroke(ink, width, dash, share);
        }
    }

    /** Which point of a text its position means. */
    enum Anchor {
        START,
        MIDDLE,
        END;

        @Nullable
        String value() {
            return this == START ? null : this == MIDDLE ? "middle" : "end";
        }
    }

    Svg line(double x1, double y1, double x2, double y2, Stroke stroke) {
        return path(
                "M" + Numbers.coordinate(x1) + " " + Numbers.coordinate(y1) + "L" + Numbers.coordinate(x2) + " "
                        + Numbers.coordinate(y2),
                stroke);
    }

    Svg path(String data, Stroke stroke) {
        body.empty(
                "path",
                "d",
                data,
                "class",
                stroke.ink().strokeClass(),
                "fill",
                "none",
                "stroke",
                stroke.ink().light,
                "stroke-width",
                stroke.width(),
                "stroke-dasharray",
                stroke.dash(),
                "stroke-opacity",
                stroke.opacity() < 1 ? stroke.opacity() : null,
                "stroke-linejoin",
                "round");
        body.newLine();
        return this;
    }

    Svg area(String data, Ink ink, double opacity) {
        body.empty(
                "path",
                "d",
                data,
                "class",
                ink.fillClass(),
                "fill",
                ink.light,
                "fill-opacity",
                opacity < 1 ? opacity : null);
        body.newLine();
        return this;
    }

    Svg rectangle(double x, double y, double w, double h, Ink ink, double opacity) {
        body.empty(
                "rect",
                "x",
                x,
                "y",
                y,
                "width",
                w,
                "height",
                h,
                "class",
                ink.fillClass(),
                "fill",
                ink.light,
                "fill-opacity",
                opacity < 1 ? opacity : null);
        return this;
    }

    /** A rectangle in the colour of its group that shows a text when pointed at. */
    Svg cell(double x, double y, double side, String tooltip) {
        body.open("rect", "x", x, "y", y, "width", side, "height", side)
                .element("title", tooltip)
                .close();
        return this;
    }

    /** A small disc in the colour of its group. */
    Svg dot(double x, double y, double radius) {
        body.empty("circle", "cx", x, "cy", y, "r", radius);
        return this;
    }

    /** A disc, or a ring filled with the page's colour; shows the tooltip, if there is one, when pointed at. */
    Svg circle(double x, double y, double radius, Ink ink, boolean filled, @Nullable String tooltip) {
        Ink inside = filled ? ink : Ink.PAGE;
        body.open(
                "circle",
                "cx",
                x,
                "cy",
                y,
                "r",
                radius,
                "class",
                inside.fillClass() + " " + ink.strokeClass(),
                "fill",
                inside.light,
                "stroke",
                ink.light,
                "stroke-width",
                1.2);
        if (tooltip != null) {
            body.element("title", tooltip);
        }
        body.close();
        return this;
    }

    /** A filled diamond with an edge in the page's colour, so that it stands out from what it covers. */
    Svg diamond(double x, double y, double radius, Ink ink) {
        String data = "M" + Numbers.coordinate(x) + " " + Numbers.coordinate(y - radius);
        for (int[] corner : new int[][] {{1, 0}, {0, 1}, {-1, 0}}) {
            data += "L" + Numbers.coordinate(x + corner[0] * radius) + " " + Numbers.coordinate(y + corner[1] * radius);
        }
        area(data + "z", ink, 1);
        return path(data + "z", Stroke.solid(Ink.PAGE, 1.2));
    }

    /** Opens a group whose members are filled with an ink. */
    Svg fillGroup(Ink ink) {
        body.open("g", "class", ink.fillClass(), "fill", ink.light);
        return this;
    }

    Svg endGroup() {
        body.close().newLine();
        return this;
    }

    Svg text(double x, double y, String text, Anchor anchor, Ink ink, double size) {
        return text(x, y, text, anchor, ink, size, null);
    }

    /** Text that reads upwards, centred on the point. */
    Svg uprightText(double x, double y, String text, Ink ink, double size) {
        String turn = "rotate(-90 " + Numbers.coordinate(x) + " " + Numbers.coordinate(y) + ")";
        return text(x, y, text, Anchor.MIDDLE, ink, size, turn);
    }

    private Svg text(double x, double y, String text, Anchor anchor, Ink ink, double size, @Nullable String transform) {
        body.element(
                "text",
                text,
                "x",
                x,
                "y",
                y,
                "text-anchor",
                anchor.value(),
                "class",
                ink.fillClass(),
                "fill",
                ink.light,
                "font-size",
                size,
                "transform",
                transform);
        body.newLine();
        return this;
    }

    /** About how wide a text is; wide enough for the common sans-serif faces. */
    static double textWidth(String text, double size) {
        return 0.55 * size * text.length();
    }

    int width() {
        return width;
    }

    /** For the page, whose style sheet gives the colours. */
    String inline() {
        return new Markup()
                .open(
                        "svg",
                        "viewBox",
                        "0 0 " + width + " " + height,
                        "width",
                        width,
                        "role",
                        "img",
                        "aria-label",
                        description,
                        "font-family",
                        FONT)
                .newLine()
                .raw(body.finish())
                .close()
                .finish();
    }

    /** A file of its own, on a white ground. */
    String standalone() {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + new Markup()
                        .open(
                                "svg",
                                "xmlns",
                                "http://www.w3.org/2000/svg",
                                "viewBox",
                                "0 0 " + width + " " + height,
                                "width",
                                width,
                                "height",
                                height,
                                "role",
                                "img",
                                "aria-label",
                                description,
                                "font-family",
                                FONT)
                        .newLine()
                        .empty("rect", "width", width, "height", height, "fill", Ink.PAGE.light)
                        .newLine()
                        .raw(body.finish())
                        .close()
                        .finish()
                + "\n";
    }
}
