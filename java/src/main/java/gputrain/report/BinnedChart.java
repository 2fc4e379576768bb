package gputrain.report;

import gputrain.evaluation.Bin;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rms deviations per bin, models side by side, the number of nuclei below each bin. */
final class BinnedChart {
    private static final int HEIGHT = 380;
    private static final double TOP = 40;

    private BinnedChart() {}

    /**
     * @param bins of each model: the same edges and nuclei
     */
    static Figure of(String fileName, String key, List<String> models, List<List<Bin>> bins, String caption) {
        List<Bin> edges = bins.get(0);
        Extent y = new Extent().add(0);
        bins.forEach(list -> list.forEach(bin -> y.add(bin.rmsdMeV())));
        Svg svg = new Svg(Figure.FULL_WIDTH, HEIGHT, "Rms deviation in bins of " + key + ", several models");
        Frame frame = new Frame(
                        svg,
                        68,
                        TOP,
                        svg.width() - 68 - 18,
                        HEIGHT - TOP - 68,
                        new Scale.Linear(0, edges.size(), edges.size() + 1.0),
                        Scale.Linear.covering(y, 6))
                .verticalAxis("rms deviation (MeV)");
        svg.line(frame.left(), frame.bottom(), frame.right(), frame.bottom(), Stroke.solid(Ink.AXIS, 1));
        Legend legend = new Legend(svg, frame.left(), 22);
        double slot = 0.8 / models.size();
        for (int m = 0; m < models.size(); m++) {
            SeriesStyle style = SeriesStyle.of(m);
            legend.line(models.get(m), Stroke.solid(style.ink, 9).faded(0.75));
            for (int b = 0; b < edges.size(); b++) {
                double value = bins.get(m).get(b).rmsdMeV();
                if (Double.isFinite(value)) {
                    double left = frame.px(b + 0.1 + m * slot);
                    double width = frame.px(slot) - frame.px(0) - 1;
                    svg.rectangle(left, frame.py(value), width, frame.bottom() - frame.py(value), style.ink, 0.75);
                    svg.text(
                            left + width / 2,
                            frame.py(value) - 4,
                            Numbers.fixed(value, 2),
                            Anchor.MIDDLE,
                            Ink.MUTED,
                            9);
                }
            }
        }
        for (int b = 0; b < edges.size(); b++) {
            Bin bin = edges.get(b);
            String range = Numbers.fixed(bin.low(), 0) + "–" + Numbers.fixed(bin.high() - 1, 0);
            svg.text(frame.px(b + 0.5), frame.bottom() + 16, range, Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
            String count = bin.count() == 0 ? "none" : "n = " + bin.count();
            svg.text(frame.px(b + 0.5), frame.bottom() + 31, count, Anchor.MIDDLE, Ink.MUTED, 10);
        }
        svg.text(
                frame.left() + frame.width() / 2,
                frame.bottom() + 52,
                key + ", and the number of nuclei",
                Anchor.MIDDLE,
                Ink.TEXT,
                Frame.LABEL_SIZE);
        return new Figure(fileName, caption, svg);
    }

    /** Bins of several models, cut to those from the first to the last one that holds a nucleus. */
    static List<List<Bin>> trimmed(List<List<Bin>> bins) {
        List<Integer> filled = IntStream.range(0, bins.get(0).size())
                .filter(b -> bins.get(0).get(b).count() > 0)
                .boxed()
                .toList();
        List<List<Bin>> trimmed = new ArrayList<>();
        for (List<Bin> list : bins) {
            trimmed.add(filled.isEmpty() ? list : list.subList(filled.get(0), filled.get(filled.size() - 1) + 1));
        }
        return trimmed;
    }
}
