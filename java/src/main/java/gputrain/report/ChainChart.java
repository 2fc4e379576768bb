package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.List;

/** A quantity along one chain of isotopes: points of experiment, lines of models and theories. */
final class ChainChart {
    private static final int HEIGHT = 380;
    private static final double ROW = 18;

    private ChainChart() {}

    /**
     * @param element such as "Sn (Z = 50)"
     * @param quantity name of the vertical axis, with its unit
     * @param lines models first, then theories
     */
    static Figure of(
            String fileName, String element, String quantity, Series experiment, List<Series> lines, String caption) {
        Extent x = new Extent();
        Extent y = new Extent();
        x.add(experiment.x());
        y.add(experiment.y());
        for (Series line : lines) {
            for (int i = 0; i < line.x().length; i++) {
                if (Double.isFinite(line.y()[i])) {
                    x.add(line.x()[i]);
                    y.add(line.y()[i]);
                }
            }
        }
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, quantity + " of the isotopes of " + element);
        double right = svg.width() - 18.0;
        Legend legend = new Legend(svg, 68, 20);
        legend.dot("measured", Ink.TEXT, true).dot("estimated", Ink.TEXT, false);
        legend = new Legend(svg, 68, 20 + ROW);
        for (int i = 0; i < lines.size(); i++) {
            legend.wrap(lines.get(i).name(), right)
                    .line(lines.get(i).name(), SeriesStyle.of(i).stroke(1.6));
        }
        double top = legend.y() + 12;
        Frame frame = new Frame(
                        svg,
                        68,
                        top,
                        right - 68,
                        HEIGHT - top - 50,
                        Scale.Linear.between(x.min() - 1, x.max() + 1, 8),
                        Scale.Linear.covering(y, 6))
                .axes("neutron number N", quantity);
        MagicLines.vertical(frame, MagicLines.NEUTRONS, x);
        if (y.min() < 0 && y.max() > 0) {
            svg.line(frame.left(), frame.py(0), frame.right(), frame.py(0), Stroke.solid(Ink.AXIS, 1));
        }
        svg.text(frame.right(), 20, element, Anchor.END, Ink.TEXT, 14);
        for (int i = 0; i < lines.size(); i++) {
            svg.path(lines.get(i).path(frame), SeriesStyle.of(i).stroke(1.6));
        }
        experiment.points(frame, Ink.TEXT, 2.3);
        return new Figure(fileName, caption, svg);
    }
}
