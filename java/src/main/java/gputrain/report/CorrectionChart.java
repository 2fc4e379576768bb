package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.List;

/** Rms deviations of theories alone and corrected, beside the paper's, as bars (Lu et al., Table 1). */
final class CorrectionChart {
    private static final double LEFT = 110;
    private static final double TOP = 44;
    private static final double BAR = 15;
    private static final double GAP = 18;

    private CorrectionChart() {}

    /**
     * A theory and its correction, MeV; NaN where there is none.
     *
     * @param bare the theory's rms deviation on all nuclei
     * @param train of the corrected masses, {@code test} likewise
     */
    record Row(String name, double bare, Protocol.SetMetrics train, Protocol.SetMetrics test) {}

    static Figure of(String fileName, List<Row> rows, String caption) {
        Extent extent = new Extent().add(0);
        for (Row row : rows) {
            extent.add(row.bare());
            for (Protocol.SetMetrics set : List.of(row.train(), row.test())) {
                extent.add(end(set), set.publishedRmsdMeV());
            }
        }
        double band = 3 * BAR + GAP;
        int height = (int) Math.ceil(TOP + rows.size() * band + 50);
        Svg svg = new Svg(Figure.FULL_WIDTH, height, "Rms deviations of theories alone and corrected");
        // Room for the numbers beyond the longest bar.
        double width = svg.width() - LEFT - 150;
        Frame frame = new Frame(
                svg,
                LEFT,
                TOP,
                width,
                rows.size() * band,
                Scale.Linear.covering(extent, 8),
                new Scale.Rows(rows.size()));
        for (Scale.Tick tick : frame.x().ticks()) {
            double at = frame.px(tick.value());
            svg.line(at, frame.top(), at, frame.bottom(), Stroke.solid(Ink.GRID, 1));
        }
        frame.horizontalAxis("rms deviation from experiment (MeV)");
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            double top = frame.top() + r * band + GAP / 2;
            svg.text(LEFT - 12, top + 1.5 * BAR + 4, row.name(), Anchor.END, Ink.TEXT, 13);
            bar(frame, top, row.bare(), row.bare(), Ink.AXIS, Numbers.energy(row.bare()));
            set(frame, top + BAR, row.train(), Ink.TRAIN);
            set(frame, top + 2 * BAR, row.test(), Ink.TEST);
        }
        new Legend(svg, LEFT, 20)
                .square("theory alone", Ink.AXIS, 0.7)
                .square("corrected, train", Ink.TRAIN, 0.8)
                .square("corrected, test", Ink.TEST, 0.8)
                .diamond("paper", Ink.PAPER);
        return new Figure(fileName, caption, svg);
    }

    private static void set(Frame frame, double top, Protocol.SetMetrics set, Ink ink) {
        if (!set.rmsd().present()) {
            return;
        }
        double published = set.publishedRmsdMeV();
        bar(
                frame,
                top,
                set.rmsd().mean(),
                Math.max(end(set), Double.isFinite(published) ? published : 0),
                ink,
                set.rmsd().text() + (Double.isFinite(published) ? " (paper " + Numbers.energy(published) + ")" : ""));
        double middle = top + (BAR - 3) / 2;
        double spread = set.rmsd().standardDeviation();
        if (Double.isFinite(spread)) {
            frame.svg()
                    .line(
                            frame.px(Math.max(0, set.rmsd().mean() - spread)),
                            middle,
                            frame.px(set.rmsd().mean() + spread),
                            middle,
                            Stroke.solid(Ink.TEXT, 1.2));
        }
        if (Double.isFinite(published)) {
            frame.svg().diamond(frame.px(published), middle, 5, Ink.PAPER);
        }
    }

    /** @param beyond the value beyond which its text stands */
    private static void bar(Frame frame, double top, double value, double beyond, Ink ink, String text) {
        if (!Double.isFinite(value)) {
            return;
        }
        frame.svg()
                .rectangle(
                        frame.left(), top, frame.px(value) - frame.left(), BAR - 3, ink, ink == Ink.AXIS ? 0.7 : 0.8);
        frame.svg().text(frame.px(beyond) + 8, top + BAR - 5, text, Anchor.START, Ink.MUTED, Frame.TICK_SIZE);
    }

    private static double end(Protocol.SetMetrics set) {
        double spread = set.rmsd().standardDeviation();
        return set.rmsd().mean() + (Double.isFinite(spread) ? spread : 0);
    }
}
