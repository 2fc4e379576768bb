package gputrain.report;

import gputrain.experiment.Study;
import gputrain.experiment.StudyComparison;
import gputrain.experiment.StudyComparison.Side;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A study's comparison at a glance: each network's test deviation, and the time of a network, both ways of training. */
final class ComparisonChart {
    private static final double ROW = 40;
    private static final double TOP = 40;
    /** Half the distance of the two ways of training within a row. */
    private static final double APART = 8;

    private final Study.Comparison comparison;
    private final List<StudyComparison> lines;

    private ComparisonChart(Study.Comparison comparison, List<StudyComparison> lines) {
        this.comparison = comparison;
        this.lines = lines;
    }

    /** Two figures: deviations and times. */
    static List<Figure> of(Study.Comparison comparison, List<StudyComparison> lines, String stem) {
        ComparisonChart chart = new ComparisonChart(comparison, lines);
        return List.of(
                chart.figure(
                        stem + "-test.svg",
                        "rms deviation from experiment, test set (MeV)",
                        "Test rms deviation of each network, dots, and of their mean prediction, diamonds; a stroke: mean of"
                                + " the networks.",
                        side -> side.testMeV(),
                        side -> side.test().ensembleRmsdMeV(),
                        true),
                chart.figure(
                        stem + "-time.svg",
                        "training time a network (s)",
                        "Wall time of training, a network's share of those trained side by side.",
                        side -> List.of(side.seconds()),
                        side -> Double.NaN,
                        false));
    }

    private Figure figure(
            String file,
            String axis,
            String caption,
            Function<Side, List<Double>> points,
            Function<Side, Double> diamond,
            boolean mean) {
        Extent extent = new Extent();
        double left = 24;
        for (StudyComparison line : lines) {
            left = Math.max(left, 24 + Svg.textWidth(line.label(), Frame.LABEL_SIZE));
            for (Optional<Side> side : List.of(line.first(), line.second())) {
                side.ifPresent(one -> {
                    points.apply(one).forEach(extent::add);
                    extent.add(diamond.apply(one));
                });
            }
        }
        Svg svg = new Svg(Figure.FULL_WIDTH, (int) (TOP + lines.size() * ROW + 50), caption);
        Frame frame = new Frame(
                svg,
                left,
                TOP,
                svg.width() - left - 24,
                lines.size() * ROW,
                Scale.Log.covering(extent),
                new Scale.Rows(lines.size()));
        for (Scale.Tick tick : frame.x().ticks()) {
            double at = frame.px(tick.value());
            svg.line(at, frame.top(), at, frame.bottom(), Stroke.solid(Ink.GRID, 1));
        }
        frame.horizontalAxis(axis);
        new Legend(svg, left, 20)
                .dot(comparison.first(), SeriesStyle.FIRST.ink, true)
                .dot(comparison.second(), SeriesStyle.SECOND.ink, true);
        for (int i = 0; i < lines.size(); i++) {
            StudyComparison line = lines.get(i);
            double y = frame.py(i);
            svg.text(left - 12, y + 4, line.label(), Anchor.END, Ink.TEXT, Frame.LABEL_SIZE);
            Row first = new Row(frame, y - APART, SeriesStyle.FIRST.ink);
            Row second = new Row(frame, y + APART, SeriesStyle.SECOND.ink);
            line.first().ifPresent(side -> first.draw(points.apply(side), diamond.apply(side), mean));
            line.second().ifPresent(side -> second.draw(points.apply(side), diamond.apply(side), mean));
        }
        return new Figure(file, caption, svg);
    }

    private record Row(Frame frame, double y, Ink ink) {
        void draw(List<Double> points, double diamond, boolean mean) {
            Svg svg = frame.svg();
            for (double value : points) {
                if (frame.x().shows(value)) {
                    svg.circle(frame.px(value), y, 3.2, ink, true, Numbers.significant(value, 3));
                }
            }
            double middle =
                    points.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
            if (mean && frame.x().shows(middle)) {
                double at = frame.px(middle);
                svg.line(at, y - 7, at, y + 7, Stroke.solid(ink, 2.5));
            }
            if (frame.x().shows(diamond)) {
                svg.diamond(frame.px(diamond), y, 4.5, ink);
            }
        }
    }
}
