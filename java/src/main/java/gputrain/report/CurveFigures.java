package gputrain.report;

import gputrain.report.Protocol.SetMetrics;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** How the training went: loss, rms deviation per set and learning rate over the epochs, a thin line per replica. */
final class CurveFigures {
    private static final int HEIGHT = 340;
    /** Lines closer than this, pixels, have no room for a name between them. */
    private static final double LABEL_ROOM = 16;

    private CurveFigures() {}

    /** The curves that the protocol has values for. */
    static List<Figure> of(Protocol protocol) {
        List<Figure> figures = new ArrayList<>();
        if (drawable(protocol, Trace::loss)) {
            figures.add(loss(protocol));
        }
        if (!Trace.sets(protocol.traces()).isEmpty()) {
            figures.add(rms(protocol));
        }
        if (Double.isNaN(constantRate(protocol)) && drawable(protocol, Trace::learningRate)) {
            figures.add(learningRate(protocol));
        }
        return figures;
    }

    /** The learning rate when it never changed, which needs no figure; NaN otherwise. */
    static double constantRate(Protocol protocol) {
        Extent rates = extent(protocol.traces(), Trace::learningRate);
        return !rates.isEmpty() && rates.min() == rates.max() ? rates.min() : Double.NaN;
    }

    private static boolean drawable(Protocol protocol, Function<Trace, double[]> values) {
        return !extent(protocol.traces(), values).isEmpty();
    }

    private static Figure loss(Protocol protocol) {
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Training loss of each replica over the epochs");
        Scale y = Scale.Log.covering(extent(protocol.traces(), Trace::loss));
        Frame frame = frame(svg, protocol.traces(), y).axes("epoch", "training loss (scaled targets)");
        lines(frame, protocol.traces(), Trace::loss, Ink.TRAIN);
        return new Figure(
                protocol.fileStem() + "-loss.svg",
                "Training loss, " + replicas(protocol) + ". Its unit is that of the scaled targets.",
                svg);
    }

    private static Figure rms(Protocol protocol) {
        Set<String> sets = Trace.sets(protocol.traces());
        Extent extent = new Extent();
        for (Trace trace : protocol.traces()) {
            sets.forEach(set -> extent.addPositive(trace.rmsdMeV().get(set)));
        }
        sets.forEach(set -> extent.addPositive(published(protocol, set)));
        Svg svg = new Svg(
                Figure.PAIR_WIDTH, HEIGHT, "Root-mean-square deviation of each set and replica over the epochs");
        Frame frame = frame(svg, protocol.traces(), Scale.Log.covering(extent)).axes("epoch", "rms deviation (MeV)");
        Legend legend = new Legend(svg, frame.left(), 20);
        for (String set : sets) {
            lines(frame, protocol.traces(), trace -> trace.rmsdMeV().get(set), Ink.ofSet(set));
            legend.line(set, Stroke.solid(Ink.ofSet(set), 2));
        }
        boolean hasPublished = paperLines(frame, protocol, sets);
        return new Figure(
                protocol.fileStem() + "-rms.svg",
                "Root-mean-square deviation from experiment, " + replicas(protocol) + "."
                        + (hasPublished ? " Dashed: the figures of the paper." : ""),
                svg);
    }

    /** The paper's figures, the highest first; lines that are close share the place for a name above the highest. */
    private static boolean paperLines(Frame frame, Protocol protocol, Set<String> sets) {
        List<String> shown = sets.stream()
                .filter(set -> !set.equals("all") && Double.isFinite(published(protocol, set)))
                .sorted(Comparator.comparingDouble((String set) -> -published(protocol, set)))
                .toList();
        double x = frame.left() + 6;
        double last = Double.NEGATIVE_INFINITY;
        for (String set : shown) {
            Ink ink = Ink.ofSet(set);
            double y = frame.py(published(protocol, set));
            frame.svg().line(frame.left(), y, frame.right(), y, Stroke.dashed(ink, 1.4));
            boolean close = y - last < LABEL_ROOM;
            if (!close) {
                x = frame.left() + 6;
                last = y;
            }
            String label = "paper, " + set + " " + Numbers.energy(published(protocol, set));
            frame.svg().text(x, last - 5, label, Anchor.START, ink, Frame.TICK_SIZE);
            x += Svg.textWidth(label, Frame.TICK_SIZE) + 14;
        }
        return !shown.isEmpty();
    }

    private static Figure learningRate(Protocol protocol) {
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Learning rate of each replica over the epochs");
        Scale y = Scale.Log.covering(extent(protocol.traces(), Trace::learningRate));
        Frame frame = frame(svg, protocol.traces(), y).axes("epoch", "learning rate");
        lines(frame, protocol.traces(), Trace::learningRate, Ink.TRAIN);
        return new Figure(
                protocol.fileStem() + "-learning-rate.svg", "Learning rate, " + replicas(protocol) + ".", svg);
    }

    private static void lines(Frame frame, List<Trace> traces, Function<Trace, double[]> values, Ink ink) {
        Stroke stroke = Stroke.solid(ink, traces.size() > 3 ? 0.9 : 1.3).faded(traces.size() > 3 ? 0.55 : 0.9);
        for (Trace trace : traces) {
            String path = Polyline.path(frame, trace.epoch(), values.apply(trace));
            if (!path.isEmpty()) {
                frame.svg().path(path, stroke);
            }
        }
    }

    /** Epochs are logarithmic when they span more than three powers of ten: most of the fall comes first. */
    private static Frame frame(Svg svg, List<Trace> traces, Scale y) {
        Extent epochs = new Extent();
        traces.forEach(trace -> epochs.addPositive(trace.epoch()));
        boolean wide = !epochs.isEmpty() && epochs.max() / epochs.min() >= 1000;
        Scale x = wide
                ? new Scale.Log(epochs.min(), epochs.max())
                : Scale.Linear.covering(epochs.add(epochs.isEmpty() ? Double.NaN : 0), 5);
        return new Frame(svg, 68, 34, svg.width() - 68 - 18, HEIGHT - 34 - 50, x, y);
    }

    private static Extent extent(List<Trace> traces, Function<Trace, double[]> values) {
        Extent extent = new Extent();
        traces.forEach(trace -> extent.addPositive(values.apply(trace)));
        return extent;
    }

    private static double published(Protocol protocol, String set) {
        return protocol.sets().getOrDefault(set, SetMetrics.NONE).publishedRmsdMeV();
    }

    private static String replicas(Protocol protocol) {
        int count = protocol.traces().size();
        return count == 1 ? "one seed" : "a line for each of " + count + " seeds";
    }
}
