package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How much each input means to several models, as bars with the spread of the networks. */
final class InputShares {
    private static final double ROW = 13;
    private static final double LEFT = 130;

    private InputShares() {}

    /**
     * What the inputs mean to a model.
     *
     * @param features names of its inputs
     * @param mean one share per input, of 1 in all
     * @param spread standard deviation over the networks; NaN for one
     */
    record Model(String name, List<String> features, double[] mean, double[] spread) {}

    /**
     * @param description for readers who cannot see the figure
     * @param axis what the shares are of
     */
    static Figure of(String fileName, String description, String axis, List<Model> models, String caption) {
        Set<String> names = new LinkedHashSet<>();
        models.forEach(model -> names.addAll(model.features()));
        List<String> features = new ArrayList<>(names);
        Extent extent = new Extent().add(0);
        for (Model model : models) {
            for (int j = 0; j < model.mean().length; j++) {
                double spread = Double.isFinite(model.spread()[j]) ? model.spread()[j] : 0;
                extent.add(100 * (model.mean()[j] + spread));
            }
        }
        double band = models.size() * ROW + 8;
        int height = (int) Math.ceil(40 + features.size() * band + 50);
        Svg svg = new Svg(Figure.FULL_WIDTH, height, description);
        Frame frame = new Frame(
                svg,
                LEFT,
                40,
                svg.width() - LEFT - 30,
                features.size() * band,
                Scale.Linear.covering(extent, 8),
                new Scale.Rows(features.size()));
        for (Scale.Tick tick : frame.x().ticks()) {
            svg.line(
                    frame.px(tick.value()),
                    frame.top(),
                    frame.px(tick.value()),
                    frame.bottom(),
                    Stroke.solid(Ink.GRID, 1));
        }
        frame.horizontalAxis(axis);
        Legend legend = new Legend(svg, LEFT, 22);
        for (int m = 0; m < models.size(); m++) {
            Model model = models.get(m);
            SeriesStyle style = SeriesStyle.of(m);
            legend.line(model.name(), Stroke.solid(style.ink, 9).faded(0.75));
            for (int j = 0; j < model.features().size(); j++) {
                int row = features.indexOf(model.features().get(j));
                double top = frame.top() + row * band + 4 + m * ROW;
                double share = 100 * model.mean()[j];
                svg.rectangle(frame.left(), top, frame.px(share) - frame.left(), ROW - 2, style.ink, 0.75);
                double spread = 100 * model.spread()[j];
                double end = share;
                if (Double.isFinite(spread)) {
                    end = share + spread;
                    double y = top + ROW / 2 - 1;
                    svg.line(frame.px(Math.max(0, share - spread)), y, frame.px(end), y, Stroke.solid(Ink.TEXT, 1));
                }
                svg.text(frame.px(end) + 4, top + 9, Numbers.fixed(share, 1), Anchor.START, Ink.MUTED, 9);
            }
        }
        for (int f = 0; f < features.size(); f++) {
            double y = frame.top() + (f + 0.5) * band + 4;
            svg.text(LEFT - 10, y, features.get(f), Anchor.END, Ink.TEXT, Frame.LABEL_SIZE);
        }
        return new Figure(fileName, caption, svg);
    }
}
