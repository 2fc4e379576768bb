package gputrain.report;

import gputrain.report.SeparationEnergies.Point;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Neutron separation energies along chains of isotopes: predicted lines, experimental points. */
final class SeparationChart {
    private static final int HEIGHT = 402;
    private static final double LEFT = 68;
    private static final double UPPER = 210;
    private static final double GAP = 20;
    private static final double LOWER = 88;
    private static final int CHAINS = 4;
    private static final int[] MAGIC = {20, 28, 50, 82, 126, 184};
    /** How many neutrons the predicted line goes on beyond the measured isotopes. */
    private static final int BEYOND = 5;

    private SeparationChart() {}

    /** A figure per chain; none when no chain has enough measured isotopes. */
    static List<Figure> of(Protocol protocol) {
        Map<Integer, List<Point>> chains = SeparationEnergies.chains(protocol.predictions());
        List<Figure> figures = new ArrayList<>();
        for (int z : SeparationEnergies.choose(chains, CHAINS)) {
            figures.add(figure(protocol, z, chains.getOrDefault(z, List.of())));
        }
        return figures;
    }

    private static Figure figure(Protocol protocol, int z, List<Point> chain) {
        Extent measured = new Extent();
        chain.stream().filter(Point::measured).forEach(p -> measured.add(p.N()));
        List<Point> shown = chain.stream()
                .filter(p -> p.N() >= measured.min() - BEYOND && p.N() <= measured.max() + BEYOND)
                .toList();
        Extent x = new Extent();
        Extent y = new Extent();
        for (Point p : shown) {
            x.add(p.N());
            y.add(p.experimentMeV(), p.predictedMeV());
        }
        String symbol = protocol.predictions().stream()
                .filter(p -> p.nuclide().Z() == z)
                .map(Prediction::symbol)
                .findFirst()
                .orElse("");
        String element = symbol + " (Z = " + z + ")";
        Svg svg = new Svg(
                Figure.PAIR_WIDTH, HEIGHT, "Neutron separation energies of " + element + ", predicted and measured");
        Scale neutrons = Scale.Linear.between(x.min() - 1, x.max() + 1, 8);
        double width = svg.width() - LEFT - 18;
        Frame energies = new Frame(svg, LEFT, 34, width, UPPER, neutrons, Scale.Linear.covering(y, 6));
        Frame differences = new Frame(
                svg, LEFT, 34 + UPPER + GAP, width, LOWER, neutrons, Scale.Linear.covering(differences(shown), 3));
        energies.verticalAxis("Sₙ (MeV)");
        differences.axes("neutron number N", "Δ (MeV)");
        magicNumbers(energies, differences.bottom(), x);
        svg.line(LEFT, differences.py(0), LEFT + width, differences.py(0), Stroke.solid(Ink.TRAIN, 1.2));
        line(energies, shown);
        for (Point p : shown) {
            if (p.measured()) {
                point(energies, p, p.experimentMeV());
                point(differences, p, p.experimentMeV() - p.predictedMeV());
            }
        }
        svg.text(energies.right(), 20, element, Anchor.END, Ink.TEXT, 14);
        Legend legend = new Legend(svg, LEFT, 20)
                .line("predicted", Stroke.solid(Ink.TRAIN, 1.6))
                .dot("measured", Ink.TEXT, true);
        if (!protocol.dividedBySeed()) {
            legend.dot("measured, test set", Ink.TEST, false);
        }
        return new Figure(
                protocol.fileStem() + "-sn-z" + z + ".svg",
                "Neutron separation energies of " + symbol + "; Δ is measured minus predicted. "
                        + (protocol.dividedBySeed()
                                ? "Predicted by the mean of all networks, most of which trained on the two nuclei: no test."
                                : "Open points: one of the two nuclei is in the test set."),
                svg);
    }

    private static Extent differences(List<Point> points) {
        Extent extent = new Extent().add(0);
        for (Point p : points) {
            double difference = p.experimentMeV() - p.predictedMeV();
            extent.add(difference, difference - p.uncertaintyMeV(), difference + p.uncertaintyMeV());
        }
        return extent;
    }

    private static void magicNumbers(Frame frame, double bottom, Extent neutrons) {
        for (int magic : MAGIC) {
            if (magic >= neutrons.min() && magic <= neutrons.max()) {
                double at = frame.px(magic);
                frame.svg()
                        .line(at, frame.top(), at, bottom, Stroke.dashed(Ink.AXIS, 0.8))
                        .text(at + 4, frame.bottom() - 6, Integer.toString(magic), Anchor.START, Ink.MUTED, 10);
            }
        }
    }

    private static void line(Frame frame, List<Point> points) {
        StringBuilder path = new StringBuilder();
        int previous = Integer.MIN_VALUE;
        for (Point p : points) {
            if (!Double.isFinite(p.predictedMeV())) {
                continue;
            }
            path.append(p.N() == previous + 1 ? 'L' : 'M')
                    .append(Numbers.coordinate(frame.px(p.N())))
                    .append(' ')
                    .append(Numbers.coordinate(frame.py(p.predictedMeV())));
            previous = p.N();
        }
        if (!path.isEmpty()) {
            frame.svg().path(path.toString(), Stroke.solid(Ink.TRAIN, 1.5));
        }
    }

    /** A measured value with its uncertainty; nothing where the difference to draw has no prediction. */
    private static void point(Frame frame, Point p, double value) {
        if (!frame.shows(p.N(), value)) {
            return;
        }
        double x = frame.px(p.N());
        Ink ink = p.test() ? Ink.TEST : Ink.TEXT;
        if (Double.isFinite(p.uncertaintyMeV())) {
            double low = frame.py(value - p.uncertaintyMeV());
            double high = frame.py(value + p.uncertaintyMeV());
            frame.svg().line(x, low, x, high, Stroke.solid(ink, 1.1));
        }
        String tooltip = "N = " + p.N() + ": measured " + Numbers.energy(p.experimentMeV(), p.uncertaintyMeV())
                + ", predicted " + Numbers.energy(p.predictedMeV()) + " MeV";
        frame.svg().circle(x, frame.py(value), 2.5, ink, !p.test(), tooltip);
    }
}
