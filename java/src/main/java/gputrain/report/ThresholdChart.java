package gputrain.report;

import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Rms deviation and number of the nuclei whose |Im y| is below a threshold, against it (Dellen et al., Fig. 4). */
final class ThresholdChart {
    private static final int HEIGHT = 380;
    private static final double LEFT = 68;

    /**
     * A set of nuclei as one model sees it.
     *
     * @param points by rising threshold
     * @param publishedRmsdMeV the paper's figure of the whole set; NaN for none
     */
    record Line(String name, Ink ink, List<ThresholdPoint> points, double publishedRmsdMeV) {}

    private final List<Line> lines;

    private ThresholdChart(List<Line> lines) {
        this.lines = lines;
    }

    /** Both curves of every set of a protocol; nothing when its network is not complex. */
    static List<Figure> of(Protocol protocol) {
        List<Line> lines = protocol.sets().keySet().stream()
                .filter(set -> !set.equals("all"))
                .map(set -> new Line(
                        set,
                        protocol.ink(set),
                        ThresholdPoint.curve(protocol, set),
                        protocol.sets().get(set).publishedRmsdMeV()))
                .filter(line -> !line.points().isEmpty())
                .toList();
        return lines.isEmpty() ? List.of() : of(protocol.fileStem() + "-threshold", lines);
    }

    /** @param stem begins the names of the two files */
    static List<Figure> of(String stem, List<Line> lines) {
        ThresholdChart chart = new ThresholdChart(lines);
        String seeds = lines.get(0).points().get(0).count().replicas().size() > 1
                ? " Mean of the networks, bars: standard deviation, each network with its own |Im y|."
                : " One network.";
        boolean published = lines.stream()
                .flatMap(line -> line.points().stream())
                .anyMatch(point -> Double.isFinite(point.publishedRmsdMeV()));
        String paper = published ? " Diamonds: the paper." : "";
        boolean partial = lines.stream()
                .flatMap(line -> line.points().stream())
                .anyMatch(point -> !point.share().isEmpty());
        String some = partial
                ? " Circled: of those networks only that have a nucleus below τ; a pointer there shows how many."
                : "";
        boolean whole = lines.stream().anyMatch(line -> Double.isFinite(line.publishedRmsdMeV()));
        return List.of(
                new Figure(
                        stem + "-rms.svg",
                        "Rms deviation of the nuclei whose |Im y| is below τ." + seeds + some + paper
                                + (whole ? " Dashed: the paper's figures of the whole sets." : ""),
                        chart.draw(
                                "Rms deviation against the threshold",
                                "rms deviation (MeV)",
                                ThresholdPoint::rmsd,
                                ThresholdPoint::publishedRmsdMeV,
                                Line::publishedRmsdMeV)),
                new Figure(
                        stem + "-nuclei.svg",
                        "Number of nuclei whose |Im y| is below τ." + seeds + paper,
                        chart.draw(
                                "Number of nuclei against the threshold",
                                "number of nuclei",
                                ThresholdPoint::count,
                                ThresholdPoint::publishedCount,
                                line -> Double.NaN)));
    }

    private Svg draw(
            String title,
            String yName,
            Function<ThresholdPoint, Metric> ours,
            ToDoubleFunction<ThresholdPoint> paper,
            ToDoubleFunction<Line> whole) {
        Extent taus = new Extent();
        Extent values = new Extent();
        for (Line line : lines) {
            values.addPositive(whole.applyAsDouble(line));
            for (ThresholdPoint point : line.points()) {
                taus.addPositive(point.tauMeV());
                values.addPositive(ours.apply(point).mean(), paper.applyAsDouble(point));
            }
        }
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, title);
        double right = svg.width() - 18.0;
        Legend legend = new Legend(svg, LEFT, 20);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            legend.wrap(line.name(), right)
                    .line(line.name(), SeriesStyle.shapeOf(i).stroke(line.ink(), 1.8));
        }
        if (lines.stream()
                .flatMap(line -> line.points().stream())
                .anyMatch(p -> Double.isFinite(paper.applyAsDouble(p)))) {
            legend.wrap("paper", right).diamond("paper", Ink.ALL);
        }
        double top = legend.y() + 14;
        Frame frame = new Frame(
                        svg,
                        LEFT,
                        top,
                        right - LEFT,
                        HEIGHT - top - 50,
                        Scale.Log.covering(taus),
                        Scale.Log.covering(values))
                .axes("threshold τ of |Im y| (MeV)", yName);
        for (Line line : lines) {
            wholeSet(frame, line, whole.applyAsDouble(line));
        }
        for (int i = 0; i < lines.size(); i++) {
            curve(frame, lines.get(i), SeriesStyle.shapeOf(i), ours);
        }
        for (Line line : lines) {
            for (ThresholdPoint point : line.points()) {
                if (frame.shows(point.tauMeV(), paper.applyAsDouble(point))) {
                    svg.diamond(frame.px(point.tauMeV()), frame.py(paper.applyAsDouble(point)), 6.5, line.ink());
                }
            }
        }
        return svg;
    }

    private static void wholeSet(Frame frame, Line line, double value) {
        if (Double.isFinite(value)) {
            Stroke stroke = Stroke.dashed(line.ink(), 1).faded(0.8);
            frame.svg().line(frame.left(), frame.py(value), frame.right(), frame.py(value), stroke);
        }
    }

    private static void curve(Frame frame, Line line, SeriesStyle style, Function<ThresholdPoint, Metric> ours) {
        List<ThresholdPoint> shown = new ArrayList<>();
        for (ThresholdPoint point : line.points()) {
            if (frame.shows(point.tauMeV(), ours.apply(point).mean())) {
                shown.add(point);
            }
        }
        StringBuilder path = new StringBuilder();
        for (ThresholdPoint point : shown) {
            double x = frame.px(point.tauMeV());
            Metric metric = ours.apply(point);
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Numbers.coordinate(x))
                    .append(' ')
                    .append(Numbers.coordinate(frame.py(metric.mean())));
            if (metric.standardDeviation() > 0) {
                double low = metric.mean() - metric.standardDeviation();
                double end = low > 0 ? Math.min(frame.py(low), frame.bottom()) : frame.bottom();
                double start = Math.max(frame.py(metric.mean() + metric.standardDeviation()), frame.top());
                frame.svg().line(x, end, x, start, Stroke.solid(line.ink(), 1).faded(0.6));
            }
        }
        frame.svg().path(path.toString(), style.stroke(line.ink(), 1.6));
        for (ThresholdPoint point : shown) {
            double x = frame.px(point.tauMeV());
            double y = frame.py(ours.apply(point).mean());
            // A number of nuclei is of all networks, those without one included.
            if (ours.apply(point).replicas().size() < point.count().replicas().size()) {
                frame.svg().circle(x, y, 5, line.ink(), false, line.name() + ", " + point.share());
            }
            style.mark(frame.svg(), x, y, 2.6, line.ink());
        }
    }
}
