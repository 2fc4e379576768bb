package gputrain.report;

/**
 * Numbers of one model, or of experiment, along an axis.
 *
 * @param x ascending whole numbers such as N, or any numbers when only points are drawn
 * @param y NaN where there is no value
 * @param error half length of an error bar; NaN for none
 * @param open points that are drawn open: estimated, not measured
 */
record Series(String name, double[] x, double[] y, double[] error, boolean[] open) {

    /** A path through the values, broken where a whole number is missing. */
    String path(Frame frame) {
        StringBuilder path = new StringBuilder();
        double previous = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < x.length; i++) {
            if (!frame.shows(x[i], y[i])) {
                continue;
            }
            path.append(x[i] <= previous + 1 ? 'L' : 'M')
                    .append(Numbers.coordinate(frame.px(x[i])))
                    .append(' ')
                    .append(Numbers.coordinate(frame.py(y[i])));
            previous = x[i];
        }
        return path.toString();
    }

    /** Circles with error bars. */
    void points(Frame frame, Ink ink, double radius) {
        for (int i = 0; i < x.length; i++) {
            if (!frame.shows(x[i], y[i])) {
                continue;
            }
            double at = frame.px(x[i]);
            if (Double.isFinite(error[i])) {
                frame.svg()
                        .line(at, frame.py(y[i] - error[i]), at, frame.py(y[i] + error[i]), Svg.Stroke.solid(ink, 1));
            }
            frame.svg().circle(at, frame.py(y[i]), radius, ink, !open[i], null);
        }
    }
}
