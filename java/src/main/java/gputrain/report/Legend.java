package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;

/** A row of line samples with their names above a plot. */
final class Legend {
    private static final double SIZE = 12;

    private final Svg svg;
    private final double y;
    private double x;

    Legend(Svg svg, double left, double y) {
        this.svg = svg;
        this.x = left;
        this.y = y;
    }

    Legend line(String name, Stroke stroke) {
        svg.line(x, y - 4, x + 20, y - 4, stroke);
        return name(name, 26);
    }

    Legend dot(String name, Ink ink, boolean filled) {
        svg.circle(x + 5, y - 4, 3.4, ink, filled, null);
        return name(name, 14);
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
