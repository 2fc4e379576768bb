package gputrain.report;

import gputrain.report.EdgeFunctions.Edge;
import gputrain.report.EdgeFunctions.Node;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.List;

/** A network of splines as a drawing (Lu et al., Fig. 4a): inputs below, outputs above, a small curve on every edge. */
final class NetworkDrawing {
    private static final double MARGIN = 22;
    private static final double TOP = 48;
    /** Between curves and nodes where lines fan out. */
    private static final double FAN = 112;
    /** Between curves and nodes that stand above each other. */
    private static final double NEAR = 34;

    private static final double LARGEST = 46;
    private static final double SMALLEST = 9;
    private static final int POINTS = 120;
    /** More would be too small to be read. */
    private static final int MOST = 72;

    private final EdgeFunctions network;
    private final Svg svg;
    private final double[] nodeHeights;

    private NetworkDrawing(EdgeFunctions network, String title) {
        this.network = network;
        int layers = network.layers().size() - 1;
        nodeHeights = new double[layers + 1];
        nodeHeights[layers] = TOP;
        for (int l = layers - 1; l >= 0; l--) {
            nodeHeights[l] = nodeHeights[l + 1] + FAN + side(l) + NEAR;
        }
        svg = new Svg(Figure.FULL_WIDTH, (int) nodeHeights[0] + 46, "The edge functions of " + title);
    }

    static Figure of(String fileName, String title, EdgeFunctions network) {
        NetworkDrawing drawing = new NetworkDrawing(network, title);
        boolean all = true;
        for (int l = 0; l + 1 < drawing.nodeHeights.length; l++) {
            drawing.layer(l);
            all &= network.count(l) <= MOST;
        }
        for (int l = 0; l < drawing.nodeHeights.length; l++) {
            drawing.nodes(l);
        }
        return new Figure(
                fileName,
                title + ": the network of seed " + network.seed()
                        + ". Each small curve is the function of an edge over the"
                        + " range of its argument on the training nuclei, on a scale of its own; the stronger a line and"
                        + " its curve, the larger the score of the edge. Numbers at the nodes are their scores; edges that"
                        + " are switched off are not drawn."
                        + network.leftOut()
                        + (all ? "" : " Of each layer only the " + MOST + " edges with the largest scores are drawn."),
                drawing.svg);
    }

    /** Curves of the edges to one node stand together below it. */
    private double side(int layer) {
        int most = 1;
        List<Edge> edges = network.of(layer, MOST);
        int targets = network.layers().get(layer + 1).size();
        for (int to = 0; to < targets; to++) {
            int node = to;
            most = Math.max(
                    most, (int) edges.stream().filter(edge -> edge.to() == node).count());
        }
        double group = (Figure.FULL_WIDTH - 2 * MARGIN) / targets - (targets > 1 ? 14 : 0);
        return Math.max(SMALLEST, Math.min(LARGEST, group / most - 4));
    }

    /** Curves stand close to the node that they lead to; those to one node only, to the nodes that they come from. */
    private double above(int layer) {
        return network.layers().get(layer + 1).size() == 1 ? FAN : NEAR;
    }

    private double x(int layer, int node) {
        int count = network.layers().get(layer).size();
        double width = Figure.FULL_WIDTH - 2 * MARGIN;
        return MARGIN + width * (node + 0.5) / count;
    }

    private void layer(int layer) {
        List<Edge> edges = network.of(layer, MOST);
        double largest = edges.stream().mapToDouble(Edge::score).max().orElse(1);
        double side = side(layer);
        double top = nodeHeights[layer + 1] + above(layer);
        int targets = network.layers().get(layer + 1).size();
        List<Runnable> curves = new ArrayList<>();
        for (int to = 0; to < targets; to++) {
            int node = to;
            List<Edge> group = edges.stream().filter(edge -> edge.to() == node).toList();
            double group0 = MARGIN + (Figure.FULL_WIDTH - 2 * MARGIN) * to / targets;
            double share = (Figure.FULL_WIDTH - 2 * MARGIN) / targets;
            double step = Math.max(side + 4, targets == 1 ? share / Math.max(1, group.size()) : 0);
            double left = group0 + (share - step * group.size()) / 2 + step / 2;
            for (int k = 0; k < group.size(); k++) {
                Edge edge = group.get(k);
                double at = left + k * step;
                double strength = largest > 0 ? edge.score() / largest : 0;
                Stroke stroke = Stroke.solid(ink(edge), 0.6 + 4 * strength).faded(0.3 + 0.6 * strength);
                svg.line(x(layer, edge.from()), nodeHeights[layer], at, top + side, stroke);
                svg.line(at, top, x(layer + 1, to), nodeHeights[layer + 1], stroke);
                curves.add(() -> curve(edge, at - side / 2, top, side, strength));
            }
        }
        curves.forEach(Runnable::run);
    }

    private Ink ink(Edge edge) {
        return edge.layer() == 0 ? SeriesStyle.of(edge.from()).ink : Ink.ALL;
    }

    private void curve(Edge edge, double left, double top, double side, double strength) {
        Node from = network.from(edge);
        double[] x = new double[POINTS + 1];
        double[] y = new double[POINTS + 1];
        Extent extent = new Extent();
        for (int i = 0; i <= POINTS; i++) {
            x[i] = from.low() + (from.high() - from.low()) * i / POINTS;
            y[i] = edge.phi().applyAsDouble(x[i]);
            extent.add(y[i]);
        }
        svg.rectangle(left, top, side, side, Ink.PAGE, 1);
        svg.path(
                "M" + Numbers.coordinate(left) + " " + Numbers.coordinate(top) + "h" + Numbers.coordinate(side) + "v"
                        + Numbers.coordinate(side) + "h-" + Numbers.coordinate(side) + "z",
                Stroke.solid(Ink.AXIS, 0.7).faded(0.4 + 0.6 * strength));
        double room = side * 0.1;
        StringBuilder path = new StringBuilder();
        for (int i = 0; i <= POINTS; i++) {
            double share = extent.max() > extent.min() ? (y[i] - extent.min()) / (extent.max() - extent.min()) : 0.5;
            path.append(i == 0 ? 'M' : 'L')
                    .append(Numbers.coordinate(left + room + (side - 2 * room) * i / POINTS))
                    .append(' ')
                    .append(Numbers.coordinate(top + side - room - (side - 2 * room) * share));
        }
        svg.path(path.toString(), Stroke.solid(ink(edge), 1.4).faded(0.35 + 0.65 * strength));
    }

    private void nodes(int layer) {
        boolean input = layer == 0;
        boolean output = layer == nodeHeights.length - 1;
        List<Node> nodes = network.layers().get(layer);
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            double x = x(layer, i);
            double y = nodeHeights[layer];
            svg.circle(x, y, 4.5, input ? SeriesStyle.of(i).ink : Ink.ALL, true, null);
            String score = Numbers.fixed(node.score(), 2);
            if (input) {
                svg.text(x, y + 22, node.name(), Anchor.MIDDLE, Ink.TEXT, 14);
                svg.text(x, y + 38, score, Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
            } else if (output) {
                svg.text(x, y - 14, node.name().replace(" - ", " − "), Anchor.MIDDLE, Ink.TEXT, 14);
            } else {
                String name = node.name() + ": " + score;
                boolean room =
                        Svg.textWidth(name, Frame.TICK_SIZE) + 14 < (Figure.FULL_WIDTH - 2 * MARGIN) / nodes.size();
                String text = room ? name : score;
                // Lines that go up from the node would cross the words.
                svg.rectangle(x + 8, y - 11, Svg.textWidth(text, Frame.TICK_SIZE) + 4, 14, Ink.PAGE, 0.85);
                svg.text(x + 10, y - 1, text, Anchor.START, Ink.MUTED, Frame.TICK_SIZE);
            }
        }
    }
}
