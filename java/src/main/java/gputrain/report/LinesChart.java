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
                    .line(lines.get(i).name(), SeriesStyle.shapeOf(i).stroke(SeriesStyle.of(i).ink, 1.8));
        }
        double top = legend.y() + 14;
        Scale vertical = diagonal ? new Scale.Linear(0, 1, 0.2) : Scale.Linear.covering(y, 6);
        Frame frame = new Frame(svg, LEFT, top, right - LEFT, HEIGHT - top - 50, x, vertical).axes(xName, yName);
        if (diagonal) {
            svg.line(frame.px(0), frame.py(0), frame.px(1), frame.py(1), Stroke.dashed(Ink.AXIS, 1));
        }
        for (int i = 0; i < lines.size(); i++) {
            draw(frame, lines.get(i), SeriesStyle.shapeOf(i), SeriesStyle.of(i).ink);
        }
        return new Figure(fileName, caption, svg);
    }

    private void draw(Frame frame, Series line, SeriesStyle style, Ink ink) {
        StringBuilder path = new StringBuilder();
        boolean down = false;
        for (int i = 0; i < line.x().length; i++) {
            if (!frame.shows(line.x()[i], line.y()[i]) || line.y()[i] > most) {
                down = false;
                continue;
            }
            path.append(down ? 'L' : 'M')
                    .append(Numbers.coordinate(frame.px(line.x()[i])))
                    .append(' ')
                    .append(Numbers.coordinate(frame.py(line.y()[i])));
            down = true;
        }
        frame.svg().path(path.toString(), style.stroke(ink, 1.6));
        for (int i = 0; i < line.x().length && line.x().length <= 40; i++) {
            if (frame.shows(line.x()[i], line.y()[i]) && line.y()[i] <= most) {
                style.mark(frame.svg(), frame.px(line.x()[i]), frame.py(line.y()[i]), 3, ink);
            }
        }
    }
}
