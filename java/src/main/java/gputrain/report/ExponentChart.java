package gputrain.report;

import gputrain.experiment.TrainedModel;
import gputrain.model.ProductUnitNetwork;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Product units of two inputs in the plane of their exponents (Dellen et al., Fig. 2). */
final class ExponentChart {
    private static final double LEFT = 62;
    private static final double TOP = 46;
    private static final double SIDE = Figure.PAIR_WIDTH - LEFT - 18;
    private static final double LARGEST = 15;
    /** Around the units, so that no circle crosses an axis. */
    private static final double ROOM = 0.35;
    /** Sums of the two exponents that have a line. */
    private static final int[] SUMS = {0, 1, 2};

    /** A term c x_1^a x_2^b of the output. */
    record Unit(double first, double second, double coefficient) {}

    private final List<String> inputs;
    private final Frame frame;
    private final Svg svg;

    private ExponentChart(List<String> inputs, List<List<Unit>> networks, String title) {
        this.inputs = inputs;
        Extent extent = new Extent().add(0);
        networks.forEach(units -> units.forEach(unit -> {
            extent.add(unit.first() - ROOM, unit.first() + ROOM);
            extent.add(unit.second() - ROOM, unit.second() + ROOM);
        }));
        Scale.Linear scale = Scale.Linear.between(extent.min(), extent.max(), 8);
        svg = new Svg(Figure.PAIR_WIDTH, (int) (TOP + SIDE + 50), "Exponents of the product units of " + title);
        frame = new Frame(svg, LEFT, TOP, SIDE, SIDE, scale, scale);
    }

    /** Whether a network's units have a place in the plane: real ones that see two inputs themselves. */
    static boolean drawable(TrainedModel model) {
        return model.network() instanceof ProductUnitNetwork units
                && !units.complex()
                && units.linearUnits() == 0
                && units.inputs() == 2;
    }

    /**
     * The first network, and all of them when there are several.
     *
     * @param stem begins the names of the files
     */
    static List<Figure> of(String stem, String label, TrainedModel model) {
        ProductUnitNetwork network = (ProductUnitNetwork) model.network();
        List<String> inputs = model.encoder().features().stream()
                .map(gputrain.features.Feature::name)
                .toList();
        List<List<Unit>> networks = model.parameters().stream()
                .map(parameters -> units(network, parameters))
                .toList();
        List<Figure> figures = new ArrayList<>();
        boolean several = networks.size() > 1;
        figures.add(figure(stem + ".svg", inputs, networks.subList(0, 1), label + (several ? ", first network" : "")));
        if (several) {
            figures.add(figure(stem + "-all.svg", inputs, networks, label + ", all " + networks.size() + " networks"));
        }
        return figures;
    }

    /** The terms of a real network without linear units on two inputs. */
    static List<Unit> units(ProductUnitNetwork network, double[] parameters) {
        int exponents = network.offset("exponent");
        int coefficients = network.offset("coefficient");
        List<Unit> units = new ArrayList<>();
        for (int k = 0; k < network.productUnits(); k++) {
            units.add(new Unit(
                    parameters[exponents + 2 * k], parameters[exponents + 2 * k + 1], parameters[coefficients + k]));
        }
        return units;
    }

    private static Figure figure(String fileName, List<String> inputs, List<List<Unit>> networks, String title) {
        ExponentChart chart = new ExponentChart(inputs, networks, title);
        chart.axes();
        chart.sums();
        chart.circles(networks);
        chart.legend(title);
        return new Figure(
                fileName,
                title + ": exponents of the product units " + product(inputs)
                        + "; the area of a circle is proportional to the size of its coefficient (scaled inputs and output),"
                        + " red where it is negative. Dashed: a + b = 0, 1, 2; units on one such"
                        + " line add up to a function of the inputs' ratio times a power of one of them, the paper's"
                        + " f(Z/N) g(N).",
                chart.svg);
    }

    private static String product(List<String> inputs) {
        return "c (" + inputs.get(0) + ")ᵃ (" + inputs.get(1) + ")ᵇ";
    }

    private void axes() {
        for (Scale.Tick tick : frame.x().ticks()) {
            double at = frame.px(tick.value());
            svg.line(at, frame.top(), at, frame.bottom(), Stroke.solid(Ink.GRID, 1));
        }
        frame.axes("exponent a of " + inputs.get(0), "exponent b of " + inputs.get(1));
        svg.line(frame.px(0), frame.top(), frame.px(0), frame.bottom(), Stroke.solid(Ink.AXIS, 1));
        svg.line(frame.left(), frame.py(0), frame.right(), frame.py(0), Stroke.solid(Ink.AXIS, 1));
    }

    private void sums() {
        Scale.Linear scale = (Scale.Linear) frame.x();
        for (int sum : SUMS) {
            // Where the line a + b = sum enters and leaves the square.
            double from = Math.max(scale.min(), sum - scale.max());
            double to = Math.min(scale.max(), sum - scale.min());
            if (to > from) {
                svg.line(
                        frame.px(from),
                        frame.py(sum - from),
                        frame.px(to),
                        frame.py(sum - to),
                        Stroke.dashed(Ink.AXIS, 0.9));
                svg.text(
                        frame.px(to) - 4,
                        frame.py(sum - to) - 6,
                        Integer.toString(sum),
                        Anchor.END,
                        Ink.MUTED,
                        Frame.TICK_SIZE);
            }
        }
    }

    private void circles(List<List<Unit>> networks) {
        double largest = networks.stream()
                .flatMap(List::stream)
                .mapToDouble(unit -> Math.abs(unit.coefficient()))
                .max()
                .orElse(1);
        double width = networks.size() > 1 ? 0.9 : 1.4;
        double opacity = networks.size() > 1 ? 0.04 : 0.1;
        List<Unit> units = networks.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingDouble((Unit unit) -> Math.abs(unit.coefficient()))
                        .reversed())
                .toList();
        for (Unit unit : units) {
            double radius = Math.max(1, LARGEST * Math.sqrt(Math.abs(unit.coefficient()) / largest));
            String circle = circle(frame.px(unit.first()), frame.py(unit.second()), radius);
            svg.area(circle, ink(unit), opacity).path(circle, Stroke.solid(ink(unit), width));
        }
    }

    private static Ink ink(Unit unit) {
        return unit.coefficient() < 0 ? Ink.SERIES_2 : Ink.TEXT;
    }

    /** Two half circles; unlike an element of its own it can be filled so thinly that those below show. */
    private static String circle(double x, double y, double radius) {
        String r = Numbers.coordinate(radius);
        String d = Numbers.coordinate(2 * radius);
        String arc = "a" + r + " " + r + " 0 1 0 ";
        return "M" + Numbers.coordinate(x - radius) + " " + Numbers.coordinate(y) + arc + d + " 0" + arc + "-" + d
                + " 0z";
    }

    private void legend(String title) {
        svg.text(LEFT, 16, title, Anchor.START, Ink.TEXT, 14);
        new Legend(svg, LEFT, 34)
                .dot("positive coefficient", Ink.TEXT, false)
                .dot("negative coefficient", Ink.SERIES_2, false)
                .line("a + b = 0, 1, 2", Stroke.dashed(Ink.AXIS, 0.9));
    }
}
