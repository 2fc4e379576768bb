package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;

/** Rows of samples of lines and marks with their names above a plot. */
final class Legend {
    private static final double SIZE = 12;

    private final Svg svg;
    private static final double ROW = 18;

    private final double left;
    private double y;
    private double x;

    Legend(Svg svg, double left, double y) {
        this.svg = svg;
        this.left = left;
        this.x = left;
        this.y = y;
    }

    /** Goes on in a new row when a name would not fit before {@code right}. */
    Legend wrap(String name, double right) {
        if (x > left && x + 26 + Svg.textWidth(name, SIZE) > right) {
            x = left;
            y += ROW;
        }
        return this;
    }

    /** The height of the last row's base line. */
    double y() {
        return y;
    }

    Legend line(String name, Stroke stroke) {
        svg.line(x, y - 4, x + 20, y - 4, stroke);
        return name(name, 26);
    }

    Legend dot(String name, Ink ink, boolean filled) {
        svg.circle(x + 5, y - 4, 3.4, ink, filled, null);
        return name(name, 14);
    }

    Legend square(String name, Ink ink, double opacity) {
        svg.rectangle(x, y - 9, 10, 10, ink, opacity);
        return name(name, 15);
    }

    Legend diamond(String name, Ink ink) {
        svg.diamond(x + 5, y - 4, 5, ink);
        return name(name, 14);
    }

    private Legend name(String name, double after) {
        svg.text(x + after, y, name, Anchor.START, Ink.TEXT, SIZE);
        x += after + Svg.textWidth(name, SIZE) + 18;
        return this;
    }
}
