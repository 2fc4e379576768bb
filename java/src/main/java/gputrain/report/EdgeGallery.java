package gputrain.report;

import gputrain.report.EdgeFunctions.Edge;
import gputrain.report.EdgeFunctions.Node;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The edge functions of a network of splines, each with axes of its own and the places of the training nuclei. */
final class EdgeGallery {
    private static final double PANEL_HEIGHT = 132;
    private static final double LEFT = 50;
    private static final double RIGHT = 10;
    private static final double TOP = 22;
    private static final double BOTTOM = 22;
    private static final double HEAD = 6;
    /** Of the height of a panel, for the histogram. */
    private static final double BARS = 0.3;
    /** Panels beside each other where the inputs do not give the number. */
    private static final int COLUMNS = 4;

    private static final int POINTS = 240;
    /** An axis spans at least this share of the layer's largest function, so that what does nothing looks flat. */
    private static final double FINEST = 0.05;

    private static final int MOST = 64;
    private static final double TEXT_SIZE = 10;

    private final EdgeFunctions network;
    private final double panelWidth;
    private final double leastSpan;
    private final Svg svg;

    private EdgeGallery(EdgeFunctions network, List<Edge> edges, int columns, int rows, String description) {
        this.network = network;
        leastSpan = FINEST * edges.stream().mapToDouble(this::span).max().orElse(0);
        panelWidth = (double) Figure.FULL_WIDTH / columns;
        svg = new Svg(Figure.FULL_WIDTH, (int) Math.ceil(HEAD + rows * PANEL_HEIGHT), description);
    }

    /** A figure per layer. */
    static List<Figure> of(String stem, String title, EdgeFunctions network) {
        List<Figure> figures = new ArrayList<>();
        for (int l = 0; l + 1 < network.layers().size(); l++) {
            if (network.count(l) > 0) {
                figures.add(layer(stem + "-" + (l + 1) + ".svg", title, network, l));
            }
        }
        return figures;
    }

    private static Figure layer(String fileName, String title, EdgeFunctions network, int layer) {
        List<Edge> edges = network.of(layer, MOST);
        int inputs = network.layers().get(layer).size();
        // An input per column, a node per row, where that fits.
        boolean table = layer == 0 && inputs > 1 && inputs <= COLUMNS + 1 && edges.size() == network.count(0);
        int columns = table ? inputs : Math.min(COLUMNS, Math.max(2, edges.size()));
        List<Integer> targets = edges.stream().map(Edge::to).distinct().toList();
        int rows = table ? targets.size() : (edges.size() + columns - 1) / columns;
        String where = layer == 0 ? "from the inputs" : "from the nodes of layer " + layer;
        EdgeGallery gallery =
                new EdgeGallery(network, edges, columns, rows, "Edge functions " + where + " of " + title);
        for (int k = 0; k < edges.size(); k++) {
            Edge edge = edges.get(k);
            gallery.panel(edge, table ? edge.from() : k % columns, table ? targets.indexOf(edge.to()) : k / columns);
        }
        boolean last = layer == network.layers().size() - 2;
        return new Figure(
                fileName,
                title + ", network of seed " + network.seed() + ": functions φ of the edges " + where
                        + " over the range of the training nuclei"
                        + (layer == 0 ? ", against the inputs in their own units" : "")
                        + (last ? ", in MeV" : "")
                        + ". Bars: where the training nuclei are. At the top right: mean |φ|."
                        + network.leftOut()
                        + (edges.size() < network.count(layer)
                                ? " Only the " + MOST + " of " + network.count(layer)
                                        + " edges with the largest scores."
                                : ""),
                gallery.svg);
    }

    private double span(Edge edge) {
        Node from = network.from(edge);
        Extent values = new Extent();
        for (int i = 0; i <= POINTS; i++) {
            values.add(edge.phi().applyAsDouble(from.low() + (from.high() - from.low()) * i / POINTS));
        }
        return values.max() - values.min();
    }

    private void panel(Edge edge, int column, int row) {
        Node from = network.from(edge);
        double[] x = new double[POINTS + 1];
        double[] y = new double[POINTS + 1];
        Extent across = new Extent().add(from.own(from.low()), from.own(from.high()));
        Extent values = new Extent();
        for (int i = 0; i <= POINTS; i++) {
            double scaled = from.low() + (from.high() - from.low()) * i / POINTS;
            x[i] = from.own(scaled);
            y[i] = edge.phi().applyAsDouble(scaled);
            values.add(y[i]);
        }
        double middle = (values.min() + values.max()) / 2;
        values.add(middle - leastSpan / 2, middle + leastSpan / 2);
        Frame frame = new Frame(
                svg,
                column * panelWidth + LEFT,
                HEAD + row * PANEL_HEIGHT + TOP,
                panelWidth - LEFT - RIGHT,
                PANEL_HEIGHT - TOP - BOTTOM,
                horizontal(across),
                Scale.Linear.covering(values, 3));
        bars(frame, from, across);
        axes(frame);
        Ink ink = edge.layer() == 0 ? SeriesStyle.of(edge.from()).ink : Ink.SERIES_1;
        svg.path(Polyline.path(frame, x, y), Stroke.solid(ink, 1.8));
        String unit = from.unit().isBlank() || from.unit().equals("1") ? "" : " (" + from.unit() + ")";
        svg.text(
                frame.left(),
                frame.top() - 7,
                from.name() + unit + " → " + network.to(edge).name().replace(" - ", " − "),
                Anchor.START,
                Ink.TEXT,
                Frame.TICK_SIZE);
        svg.text(
                frame.right(),
                frame.top() - 7,
                Numbers.significant(edge.meanAbsolute(), 2) + (edge.unit().isEmpty() ? "" : " " + edge.unit()),
                Anchor.END,
                Ink.MUTED,
                TEXT_SIZE);
    }

    /** With fewer marks where their numbers are long: sums of nodes that do nothing are tiny. */
    private Scale horizontal(Extent across) {
        Scale.Linear scale = Scale.Linear.between(across.min(), across.max(), 5);
        double longest = scale.ticks().stream()
                .mapToDouble(tick -> Svg.textWidth(tick.label(), TEXT_SIZE))
                .max()
                .orElse(0);
        double apart = (panelWidth - LEFT - RIGHT) * scale.step() / (scale.max() - scale.min());
        return longest + TEXT_SIZE < apart ? scale : Scale.Linear.between(across.min(), across.max(), 2);
    }

    private static void bars(Frame frame, Node from, Extent across) {
        double most = Arrays.stream(from.counts()).max().orElse(1);
        double width = frame.width() / Math.max(1, from.counts().length);
        for (int i = 0; i < from.counts().length; i++) {
            double height = frame.height() * BARS * from.counts()[i] / most;
            // A bar that is there is seen.
            if (from.counts()[i] > 0 && across.max() > across.min()) {
                double shown = Math.max(1, height);
                frame.svg()
                        .rectangle(frame.left() + i * width, frame.bottom() - shown, width - 0.6, shown, Ink.AXIS, 0.4);
            }
        }
    }

    private static void axes(Frame frame) {
        Svg svg = frame.svg();
        for (Scale.Tick tick : frame.y().ticks()) {
            if (!tick.label().isEmpty()) {
                double at = frame.py(tick.value());
                svg.line(frame.left(), at, frame.right(), at, Stroke.solid(Ink.GRID, 1));
                svg.text(frame.left() - 5, at + 3.5, tick.label(), Anchor.END, Ink.MUTED, TEXT_SIZE);
            }
        }
        for (Scale.Tick tick : frame.x().ticks()) {
            double at = frame.px(tick.value());
            svg.line(at, frame.bottom(), at, frame.bottom() + 4, Stroke.solid(Ink.AXIS, 1));
            svg.text(at, frame.bottom() + 15, tick.label(), Anchor.MIDDLE, Ink.MUTED, TEXT_SIZE);
        }
        svg.line(frame.left(), frame.bottom(), frame.right(), frame.bottom(), Stroke.solid(Ink.AXIS, 1));
    }
}
