package gputrain.report;

import gputrain.report.Svg.Stroke;
import java.util.List;

/** A quantity against another, or over named places, one line with marks per model. */
final class LinesChart {
    private static final int HEIGHT = 380;
    private static final double LEFT = 68;

    private final String xName;
    private final String yName;
    private final Scale x;
    private boolean diagonal;
    private double most = Double.POSITIVE_INFINITY;

    private LinesChart(String xName, String yName, Scale x) {
        this.xName = xName;
        this.yName = yName;
        this.x = x;
    }

    /** Over numbers. */
    static LinesChart over(String xName, String yName, Scale x) {
        return new LinesChart(xName, yName, x);
    }

    /** Draws the line on which both are equal. */
    LinesChart withDiagonal() {
        diagonal = true;
        return this;
    }

    /** Cuts the vertical axis off: what is higher is not worth the room of the rest. */
    LinesChart upTo(double value) {
        most = value;
        return this;
    }

    /** @param lines their x are places on the horizontal axis */
    Figure draw(String fileName, String title, List<Series> lines, boolean wide, String caption) {
        Extent y = new Extent().add(0);
        for (Series line : lines) {
            for (double value : line.y()) {
                y.add(Math.min(value, most));
            }
        }
        Svg svg = new Svg(wide ? Figure.FULL_WIDTH : Figure.PAIR_WIDTH, HEIGHT, title);
        double right = svg.width() - 18.0;
        Legend legend = new Legend(svg, LEFT, 20);
        for (int i = 0; i < lines.size(); i++) {
            legend.wrap(lines.get(i).name(), right)
                    .line(lines.get(i).name(), shape(lines, i).stroke(ink(lines, i), 1.8));
        }
        double top = legend.y() + 14;
        Scale.Linear covering = Scale.Linear.covering(y, 6);
        Scale vertical = diagonal
                ? new Scale.Linear(0, 1, 0.2)
                : new Scale.Linear(covering.min(), Math.min(covering.max(), most), covering.step());
        Frame frame = new Frame(svg, LEFT, top, right - LEFT, HEIGHT - top - 50, x, vertical).axes(xName, yName);
        if (diagonal) {
            svg.line(frame.px(0), frame.py(0), frame.px(1), frame.py(1), Stroke.dashed(Ink.AXIS, 1));
        }
        for (int i = 0; i < lines.size(); i++) {
            draw(frame, lines.get(i), shape(lines, i), ink(lines, i));
        }
        return new Figure(fileName, caption, svg);
    }

    /** Models keep their styles from figure to figure; other lines take them in order. */
    private static int number(List<Series> lines, int i) {
        boolean models = lines.stream().allMatch(line -> KernelFigures.MODELS.contains(line.name()));
        return models ? KernelFigures.MODELS.indexOf(lines.get(i).name()) : i;
    }

    private static SeriesStyle shape(List<Series> lines, int i) {
        return SeriesStyle.shapeOf(number(lines, i));
    }

    private static Ink ink(List<Series> lines, int i) {
        return SeriesStyle.of(number(lines, i)).ink;
    }

    private void draw(Frame frame, Series line, SeriesStyle style, Ink ink) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i + 1 < line.x().length; i++) {
            segment(frame, path, line.x()[i], line.y()[i], line.x()[i + 1], line.y()[i + 1]);
        }
        frame.svg().path(path.toString(), style.stroke(ink, 1.6));
        for (int i = 0; i < line.x().length && line.x().length <= 40; i++) {
            if (frame.shows(line.x()[i], line.y()[i]) && line.y()[i] <= most) {
                style.mark(frame.svg(), frame.px(line.x()[i]), frame.py(line.y()[i]), 3, ink);
            }
        }
    }

    /** A straight piece, cut where it crosses the upper border. */
    private void segment(Frame frame, StringBuilder path, double x1, double y1, double x2, double y2) {
        if (!frame.shows(x1, y1) || !frame.shows(x2, y2) || (y1 > most && y2 > most)) {
            return;
        }
        double crossing = (most - y1) / (y2 - y1);
        double px1 = frame.px(x1);
        double px2 = frame.px(x2);
        double cut = px1 + crossing * (px2 - px1);
        path.append('M')
                .append(Numbers.coordinate(y1 > most ? cut : px1))
                .append(' ')
                .append(Numbers.coordinate(frame.py(Math.min(y1, most))))
                .append('L')
                .append(Numbers.coordinate(y2 > most ? cut : px2))
                .append(' ')
                .append(Numbers.coordinate(frame.py(Math.min(y2, most))));
    }
}
