package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;

/** The plot area of a figure, with its two axes; lengths in pixels. */
record Frame(Svg svg, double left, double top, double width, double height, Scale x, Scale y) {
    static final double TICK_SIZE = 11;
    static final double LABEL_SIZE = 12;
    /** The same in most figures, so that the names of plots above each other stand in one line. */
    private static final double NAME_DISTANCE = 50;

    double px(double value) {
        return left + width * x.fraction(value);
    }

    double py(double value) {
        return top + height * (1 - y.fraction(value));
    }

    double right() {
        return left + width;
    }

    double bottom() {
        return top + height;
    }

    boolean shows(double xValue, double yValue) {
        return x.shows(xValue) && y.shows(yValue);
    }

    /** Grid, marks, numbers and names of both axes; drawn first, under the data. */
    Frame axes(String xName, String yName) {
        return verticalAxis(yName).horizontalAxis(xName);
    }

    Frame verticalAxis(String name) {
        for (Scale.Tick tick : y.ticks()) {
            double at = py(tick.value());
            if (!tick.label().isEmpty()) {
                svg.line(left, at, right(), at, Stroke.solid(Ink.GRID, 1));
                svg.text(left - 7, at + 4, tick.label(), Anchor.END, Ink.MUTED, TICK_SIZE);
            }
        }
        svg.uprightText(left - yNameDistance(), top + height / 2, name, Ink.TEXT, LABEL_SIZE);
        return this;
    }

    Frame horizontalAxis(String name) {
        for (Scale.Tick tick : x.ticks()) {
            double at = px(tick.value());
            boolean named = !tick.label().isEmpty();
            svg.line(at, bottom(), at, bottom() + (named ? 5 : 3), Stroke.solid(Ink.AXIS, 1));
            if (named) {
                svg.text(at, bottom() + 18, tick.label(), Anchor.MIDDLE, Ink.MUTED, TICK_SIZE);
            }
        }
        svg.line(left, bottom(), right(), bottom(), Stroke.solid(Ink.AXIS, 1));
        svg.text(left + width / 2, bottom() + 37, name, Anchor.MIDDLE, Ink.TEXT, LABEL_SIZE);
        return this;
    }

    /** How far left of the plot the name of the vertical axis stands: outside its longest number. */
    private double yNameDistance() {
        double longest = 0;
        for (Scale.Tick tick : y.ticks()) {
            longest = Math.max(longest, Svg.textWidth(tick.label(), TICK_SIZE));
        }
        return Math.max(longest + 18, NAME_DISTANCE);
    }
}
