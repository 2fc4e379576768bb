package gputrain.report;

import gputrain.report.Protocol.SetMetrics;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.List;

/** The result at a glance: a row per protocol and set, with every seed, their mean and spread, ensemble and paper. */
final class SeedChart {
    private static final double ROW = 30;
    private static final double TOP = 40;
    private static final double WIDE = 30;

    private SeedChart() {}

    private record Row(String name, Ink ink, SetMetrics metrics) {}

    /** Empty when there is nothing to compare: a single seed and no published figure. */
    static List<Figure> of(List<Protocol> protocols) {
        List<Row> rows = new ArrayList<>();
        for (Protocol protocol : protocols) {
            protocol.sets().forEach((set, metrics) -> {
                if (metrics.rmsd().present() && !set.equals("all")) {
                    rows.add(new Row(protocol.title() + ", " + set, protocol.ink(set), metrics));
                }
            });
        }
        boolean comparable =
                rows.stream().anyMatch(row -> row.metrics.rmsd().replicas().size() > 1 || row.metrics.published());
        return comparable ? List.of(figure(rows, protocols)) : List.of();
    }

    private static Figure figure(List<Row> rows, List<Protocol> protocols) {
        Extent extent = new Extent();
        for (Row row : rows) {
            Metric rmsd = row.metrics.rmsd();
            extent.add(rmsd.mean(), rmsd.ensemble(), row.metrics.publishedRmsdMeV());
            rmsd.replicas().forEach(extent::add);
        }
        double left = 24;
        for (Row row : rows) {
            left = Math.max(left, 24 + Svg.textWidth(row.name, Frame.LABEL_SIZE));
        }
        int height = (int) (TOP + rows.size() * ROW + 50);
        Svg svg = new Svg(
                Figure.FULL_WIDTH, height, "Root-mean-square deviation of every seed, per protocol and set of nuclei");
        Frame frame = new Frame(
                svg, left, TOP, svg.width() - left - 24, rows.size() * ROW, scale(extent), new Scale.Rows(rows.size()));
        for (Scale.Tick tick : frame.x().ticks()) {
            double at = frame.px(tick.value());
            svg.line(at, frame.top(), at, frame.bottom(), Stroke.solid(Ink.GRID, 1));
        }
        frame.horizontalAxis("rms deviation from experiment (MeV)");
        new Legend(svg, left, 20)
                .dot("a seed", Ink.ALL, false)
                .line("mean of the seeds, band: standard deviation", Stroke.solid(Ink.ALL, 3))
                .diamond("ensemble", Ink.ALL)
                .line("paper", Stroke.dashed(Ink.PAPER, 1.6));
        for (int i = 0; i < rows.size(); i++) {
            draw(frame, rows.get(i), frame.py(i));
        }
        return new Figure("seeds.svg", "Every seed's rms deviation; " + Protocol.ensemble(protocols) + ".", svg);
    }

    /** Logarithmic when some sets are missed by so much more than others that those would be one line. */
    private static Scale scale(Extent extent) {
        boolean wide = extent.min() > 0 && extent.max() / extent.min() > WIDE;
        return wide ? Scale.Log.covering(extent) : Scale.Linear.covering(extent, 10);
    }

    private static void draw(Frame frame, Row row, double y) {
        Svg svg = frame.svg();
        Metric rmsd = row.metrics.rmsd();
        svg.text(frame.left() - 12, y + 4, row.name, Anchor.END, Ink.TEXT, Frame.LABEL_SIZE);
        if (Double.isFinite(rmsd.standardDeviation())) {
            // On a logarithmic axis a spread can reach below everything.
            double low = rmsd.mean() - rmsd.standardDeviation();
            double from = frame.x().shows(low) ? Math.max(frame.px(low), frame.left()) : frame.left();
            double to = frame.px(rmsd.mean() + rmsd.standardDeviation());
            svg.rectangle(from, y - 10, to - from, 20, row.ink, 0.16);
        }
        for (double value : rmsd.replicas()) {
            if (Double.isFinite(value)) {
                svg.circle(frame.px(value), y, 3.4, row.ink, false, Numbers.energy(value) + " MeV");
            }
        }
        double mean = frame.px(rmsd.mean());
        svg.line(mean, y - 10, mean, y + 10, Stroke.solid(row.ink, 3));
        if (Double.isFinite(rmsd.ensemble())) {
            svg.diamond(frame.px(rmsd.ensemble()), y, 5, row.ink);
        }
        if (Double.isFinite(row.metrics.publishedRmsdMeV())) {
            double paper = frame.px(row.metrics.publishedRmsdMeV());
            svg.line(paper, y - 14, paper, y + 14, Stroke.dashed(Ink.PAPER, 1.6));
        }
    }
}
