package gputrain.report;

import gputrain.evaluation.PolynomialFit;
import gputrain.evaluation.Spread;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.List;

/**
 * Test rms against the training loss at which training stops: points of each network, and the mean of a polynomial
 * through each network's points. The band is the standard error of that mean over the networks: the points of one network
 * follow each other and say nothing of how networks differ.
 */
final class StoppingLossChart {
    private static final int HEIGHT = 360;
    private static final int STEPS = 100;
    /** The axis counts in ten-thousandths. */
    private static final double UNITS = 1e4;

    private StoppingLossChart() {}

    /** What one network would have reached: stopping losses, and the test rms at each. */
    record Network(double[] losses, double[] rmsdMeV) {}

    static Figure of(
            String fileName, String model, List<Network> networks, int degree, double paperLoss, double paperRmsdMeV) {
        Extent x = new Extent().add(paperLoss);
        Extent y = new Extent().add(paperRmsdMeV);
        networks.forEach(network -> {
            x.add(network.losses());
            y.add(network.rmsdMeV());
        });
        double room = x.max() > x.min() ? 0.03 * (x.max() - x.min()) : 0.1 * Math.abs(paperLoss) + 1e-6;
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Test rms deviation of " + model + " against the stopping loss");
        Frame frame = new Frame(
                        svg,
                        68,
                        34,
                        svg.width() - 68 - 24,
                        HEIGHT - 34 - 50,
                        Scale.Linear.between(UNITS * (x.min() - room), UNITS * (x.max() + room), 5),
                        Scale.Linear.covering(y, 6))
                .axes("training loss at which training stops (10⁻⁴)", "test rms deviation (MeV)");
        svg.fillGroup(Ink.TRAIN);
        for (Network network : networks) {
            for (int i = 0; i < network.losses().length; i++) {
                svg.dot(frame.px(UNITS * network.losses()[i]), frame.py(network.rmsdMeV()[i]), 1.5);
            }
        }
        svg.endGroup();
        List<PolynomialFit> curves = networks.stream()
                .flatMap(network -> PolynomialFit.of(network.losses(), network.rmsdMeV(), degree).stream())
                .toList();
        if (!curves.isEmpty()) {
            curve(frame, curves, x);
        }
        double at = frame.px(UNITS * paperLoss);
        svg.line(at, frame.top(), at, frame.bottom(), Stroke.dashed(Ink.AXIS, 1));
        svg.diamond(at, frame.py(paperRmsdMeV), 6, Ink.TEST);
        svg.text(frame.right(), 20, model, Anchor.END, Ink.TEXT, 14);
        new Legend(svg, frame.left(), 20)
                .dot("a network", Ink.TRAIN, true)
                .line("mean", Stroke.solid(Ink.TEXT, 1.8))
                .diamond("paper", Ink.TEST);
        String caption = model + ": " + networks.size() + " networks; "
                + (curves.isEmpty()
                        ? "too few points for a polynomial."
                        : "mean of their polynomials of degree " + degree + " and its standard error"
                                + (curves.size() > 1 ? "" : " (of the fit alone, with one network)")
                                + "; at the paper's loss it is "
                                + Numbers.energy(mean(curves, paperLoss), error(curves, paperLoss))
                                + " MeV, the paper has " + Numbers.energy(paperRmsdMeV) + ".");
        return new Figure(fileName, caption, svg);
    }

    private static void curve(Frame frame, List<PolynomialFit> curves, Extent x) {
        StringBuilder line = new StringBuilder();
        StringBuilder upper = new StringBuilder();
        StringBuilder lower = new StringBuilder();
        for (int i = 0; i <= STEPS; i++) {
            double loss = x.min() + (x.max() - x.min()) * i / STEPS;
            double value = mean(curves, loss);
            double error = error(curves, loss);
            line.append(i == 0 ? 'M' : 'L').append(point(frame, loss, value));
            upper.append(i == 0 ? 'M' : 'L').append(point(frame, loss, value + error));
            lower.insert(0, "L" + point(frame, loss, value - error));
        }
        frame.svg().area(upper.toString() + lower + "z", Ink.TEXT, 0.15);
        frame.svg().path(line.toString(), Stroke.solid(Ink.TEXT, 1.8));
    }

    private static double mean(List<PolynomialFit> curves, double loss) {
        return spread(curves, loss).mean();
    }

    /** Standard error of the mean over the networks; of the polynomial itself for one. */
    private static double error(List<PolynomialFit> curves, double loss) {
        return curves.size() > 1
                ? spread(curves, loss).standardDeviation() / Math.sqrt(curves.size())
                : curves.get(0).standardError(loss);
    }

    private static Spread spread(List<PolynomialFit> curves, double loss) {
        return Spread.of(curves.stream().map(curve -> curve.at(loss)).toList(), Double.NaN);
    }

    private static String point(Frame frame, double x, double y) {
        return Numbers.coordinate(frame.px(UNITS * x)) + " " + Numbers.coordinate(frame.py(y));
    }
}
