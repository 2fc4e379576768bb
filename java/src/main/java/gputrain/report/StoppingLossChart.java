package gputrain.report;

import gputrain.evaluation.PolynomialFit;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.Optional;

/** Test rms against the training loss at which training stops: a point per network and loss, and a curve with its band. */
final class StoppingLossChart {
    private static final int HEIGHT = 360;
    private static final int STEPS = 100;
    /** The axis counts in ten-thousandths. */
    private static final double UNITS = 1e4;

    private StoppingLossChart() {}

    /**
     * @param losses stopping losses, one per point
     * @param rmsdMeV test rms there
     */
    static Figure of(
            String fileName,
            String model,
            double[] losses,
            double[] rmsdMeV,
            int degree,
            double paperLoss,
            double paperRmsdMeV) {
        Extent x = new Extent().add(losses).add(paperLoss);
        double room = x.max() > x.min() ? 0.03 * (x.max() - x.min()) : 0.1 * Math.abs(paperLoss) + 1e-6;
        Extent y = new Extent().add(rmsdMeV).add(paperRmsdMeV);
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
        for (int i = 0; i < losses.length; i++) {
            svg.dot(frame.px(UNITS * losses[i]), frame.py(rmsdMeV[i]), 1.7);
        }
        svg.endGroup();
        Optional<PolynomialFit> fit = PolynomialFit.of(losses, rmsdMeV, degree);
        fit.ifPresent(curve -> curve(frame, curve, x));
        double at = frame.px(UNITS * paperLoss);
        svg.line(at, frame.top(), at, frame.bottom(), Stroke.dashed(Ink.AXIS, 1));
        svg.diamond(at, frame.py(paperRmsdMeV), 6, Ink.TEST);
        svg.text(frame.right(), 20, model, Anchor.END, Ink.TEXT, 14);
        new Legend(svg, frame.left(), 20)
                .dot("a network", Ink.TRAIN, true)
                .line("polynomial", Stroke.solid(Ink.TEXT, 1.8))
                .diamond("paper", Ink.TEST);
        String caption = model + ": " + losses.length + " points; "
                + fit.map(curve -> "polynomial of degree " + degree
                                + " with one standard error; at the paper's loss it is "
                                + Numbers.energy(curve.at(paperLoss), curve.standardError(paperLoss))
                                + " MeV, the paper has "
                                + Numbers.energy(paperRmsdMeV) + ".")
                        .orElse("too few for a polynomial.");
        return new Figure(fileName, caption, svg);
    }

    private static void curve(Frame frame, PolynomialFit curve, Extent x) {
        StringBuilder line = new StringBuilder();
        StringBuilder upper = new StringBuilder();
        StringBuilder lower = new StringBuilder();
        for (int i = 0; i <= STEPS; i++) {
            double loss = x.min() + (x.max() - x.min()) * i / STEPS;
            double value = curve.at(loss);
            double error = curve.standardError(loss);
            line.append(i == 0 ? 'M' : 'L').append(point(frame, loss, value));
            upper.append(i == 0 ? 'M' : 'L').append(point(frame, loss, value + error));
            lower.insert(0, "L" + point(frame, loss, value - error));
        }
        frame.svg().area(upper.toString() + lower + "z", Ink.TEXT, 0.15);
        frame.svg().path(line.toString(), Stroke.solid(Ink.TEXT, 1.8));
    }

    private static String point(Frame frame, double x, double y) {
        return Numbers.coordinate(frame.px(UNITS * x)) + " " + Numbers.coordinate(frame.py(y));
    }
}
