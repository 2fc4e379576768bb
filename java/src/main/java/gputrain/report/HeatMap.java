package gputrain.report;

import gputrain.report.Svg.Anchor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Deviations over (L, delta), a panel for each R, coloured by how much worse than the best of the panel they are. */
final class HeatMap {
    /** Upper ends of the classes: deviation over the smallest one of the panel. */
    private static final double[] EDGES = {1.02, 1.05, 1.1, 1.2, 1.4, 1.8, 2.5, 4};

    private static final int COLUMNS = 4;
    private static final double LEFT = 62;
    private static final double GAP = 26;
    private static final double PANEL_TOP = 30;
    private static final double BOTTOM = 48;
    /** Room for the title of a panel. */
    private static final double LEAST_PANEL = 250;

    private static final int LEGEND_ROW = 5;

    /** One combination of hyperparameters. */
    record Point(int redundant, double length, double noise, double rmsdMeV) {}

    /**
     * A part of the figure.
     *
     * @param title what its points share
     */
    record Panel(String title, List<Point> points) {}

    private final Svg svg;
    private final double cell;

    private HeatMap(Svg svg, double cell) {
        this.svg = svg;
        this.cell = cell;
    }

    static Figure of(String fileName, List<Panel> panels, String caption) {
        int columns = Math.min(COLUMNS, panels.size());
        int lengths = (int) panels.get(0).points().stream()
                .mapToDouble(Point::length)
                .distinct()
                .count();
        int noises = (int) panels.get(0).points().stream()
                .mapToDouble(Point::noise)
                .distinct()
                .count();
        boolean wide = panels.size() > 1;
        int width = wide ? Figure.FULL_WIDTH : Figure.PAIR_WIDTH;
        double cell = Math.min(14, ((width - 12.0) / columns - LEFT) / lengths);
        double panelWidth = Math.max(LEFT + cell * lengths + (wide ? 0 : GAP), LEAST_PANEL);
        double panelHeight = PANEL_TOP + cell * noises + BOTTOM;
        int rows = (panels.size() + columns - 1) / columns;
        Svg svg = new Svg(width, (int) Math.ceil(rows * panelHeight + 58), "Deviations over L and delta");
        HeatMap map = new HeatMap(svg, cell);
        for (int i = 0; i < panels.size(); i++) {
            map.panel(
                    panels.get(i),
                    i % columns * panelWidth + LEFT,
                    Math.floorDiv(i, columns) * panelHeight + PANEL_TOP);
        }
        map.legend(rows * panelHeight + 20, wide);
        return new Figure(fileName, caption, svg);
    }

    private void panel(Panel panel, double left, double top) {
        List<Double> lengths = new ArrayList<>(
                new TreeSet<>(panel.points().stream().map(Point::length).toList()));
        List<Double> noises = new ArrayList<>(
                new TreeSet<>(panel.points().stream().map(Point::noise).toList()));
        double best = panel.points().stream()
                .mapToDouble(Point::rmsdMeV)
                .filter(Double::isFinite)
                .min()
                .orElse(Double.NaN);
        double bottom = top + cell * noises.size();
        for (int c = -4; c <= 4; c++) {
            svg.fillGroup(Ink.ofResidualClass(c));
            for (Point p : panel.points()) {
                if (Double.isFinite(p.rmsdMeV()) && residualClass(p.rmsdMeV() / best) == c) {
                    svg.cell(
                            left + cell * lengths.indexOf(p.length()),
                            bottom - cell * (noises.indexOf(p.noise()) + 1),
                            cell - 0.6,
                            String.format(Locale.ROOT, "L = %s, δ = %s: %.4f MeV", p.length(), p.noise(), p.rmsdMeV()));
                }
            }
            svg.endGroup();
        }
        for (Point p : panel.points()) {
            if (p.rmsdMeV() == best) {
                double x = left + cell * (lengths.indexOf(p.length()) + 0.5);
                double y = bottom - cell * (noises.indexOf(p.noise()) + 0.5);
                svg.diamond(x - 0.3, y, cell * 0.38, Ink.TEST);
            }
        }
        String title = panel.title() + String.format(Locale.ROOT, ", best %.3f MeV", best);
        svg.text(left, top - 8, title, Anchor.START, Ink.TEXT, Frame.LABEL_SIZE);
        for (int i = 0; i < noises.size(); i += 3) {
            double y = bottom - cell * (i + 0.5) + 4;
            svg.text(left - 5, y, shortened(noises.get(i)), Anchor.END, Ink.MUTED, Frame.TICK_SIZE);
        }
        for (int i = 0; i < lengths.size(); i += 5) {
            double x = left + cell * (i + 0.5);
            svg.text(x, bottom + 14, shortened(lengths.get(i)), Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
        }
        svg.text(left + cell * lengths.size() / 2, bottom + 30, "length L", Anchor.MIDDLE, Ink.TEXT, Frame.LABEL_SIZE);
        svg.uprightText(left - 44, (top + bottom) / 2, "noise δ", Ink.TEXT, Frame.LABEL_SIZE);
    }

    private static String shortened(double value) {
        return value >= 1e-3
                ? Numbers.plain(value)
                : String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-");
    }

    private static int residualClass(double ratio) {
        int c = -4;
        for (double edge : EDGES) {
            if (ratio <= edge) {
                return c;
            }
            c++;
        }
        return c;
    }

    private void legend(double y, boolean wide) {
        double x = LEFT;
        svg.text(x, y + 10, "over the best:", Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
        x += 86;
        for (int c = -4; c <= 4; c++) {
            int place = c + 4;
            double left = x + (wide ? place : place % LEGEND_ROW) * 66;
            double top = y + (wide || place < LEGEND_ROW ? 0 : 18);
            svg.rectangle(left, top, 13, 13, Ink.ofResidualClass(c), 1);
            String name = c < 4 ? "≤ " + Numbers.plain(EDGES[place]) : "> " + Numbers.plain(EDGES[EDGES.length - 1]);
            svg.text(left + 17, top + 11, name, Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
        }
    }
}
