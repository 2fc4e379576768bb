package gputrain.report;

import gputrain.report.Svg.Stroke;
import org.jspecify.annotations.Nullable;

/** How one of several models is drawn: an ink and a dash of its own, so that lines stay apart in grey, too. */
enum SeriesStyle {
    FIRST(Shape.DOT, Ink.SERIES_1, null),
    SECOND(Shape.DIAMOND, Ink.SERIES_2, "7 3"),
    THIRD(Shape.RING, Ink.SERIES_3, "2 2.5"),
    FOURTH(Shape.SQUARE, Ink.SERIES_4, "9 3 2 3"),
    FIFTH(Shape.DOT, Ink.SERIES_5, "4 2"),
    SIXTH(Shape.DIAMOND, Ink.SERIES_6, "1 3"),
    SEVENTH(Shape.RING, Ink.SERIES_7, "12 4");

    private enum Shape {
        DOT,
        DIAMOND,
        RING,
        SQUARE
    }

    final Ink ink;
    private final Shape shape;
    private final @Nullable String dash;

    SeriesStyle(Shape shape, Ink ink, @Nullable String dash) {
        this.shape = shape;
        this.ink = ink;
        this.dash = dash;
    }

    /** The style of the model of a number, from 0; after the last one the first comes again. */
    static SeriesStyle of(int index) {
        return values()[index % values().length];
    }

    /** Dash and shape for a number, which change from one round of inks to the next. */
    static SeriesStyle shapeOf(int index) {
        return of(index + 3 * (index / values().length));
    }

    /** This dash in the ink of another style. */
    Stroke stroke(Ink other, double width) {
        return new Stroke(other, width, dash, 1);
    }

    Stroke stroke(double width) {
        return new Stroke(ink, width, dash, 1);
    }

    /** A mark at a point; the shape differs from style to style. */
    void mark(Svg svg, double x, double y, double radius) {
        mark(svg, x, y, radius, ink);
    }

    /** This shape in the ink of another style. */
    void mark(Svg svg, double x, double y, double radius, Ink ink) {
        switch (shape) {
            case DOT -> svg.circle(x, y, radius, ink, true, null);
            case DIAMOND -> svg.diamond(x, y, radius * 1.4, ink);
            case RING -> svg.circle(x, y, radius, ink, false, null);
            case SQUARE -> svg.rectangle(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8, ink, 1);
        }
    }
}
