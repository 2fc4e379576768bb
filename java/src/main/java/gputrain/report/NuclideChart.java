package gputrain.report;

import gputrain.nuclide.Nuclide;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The chart of nuclei, coloured by residual: N to the right, Z upwards, a square per nuclide.
 *
 * <p>Four classes on either side of zero, each twice as wide as the one before, so that both the bulk and the outliers
 * can be read. In grey the size still shows as lightness, and a bar marks the negative ones.
 */
final class NuclideChart {
    private static final int[] MAGIC = {8, 20, 28, 50, 82, 126, 184};
    private static final int CLASSES = 4;
    private static final double LEFT = 58;
    private static final double TOP = 12;
    private static final double BOTTOM = 50;
    /** Margin of the chart around the nuclei that have an experimental value. */
    private static final int ROOM = 4;
    /** Margin on the left, where the names of the magic rows stand. */
    private static final int NAME_ROOM = 11;
    /** Margin below, where the names of the magic columns stand. */
    private static final int NAME_HEIGHT = 3;

    private final List<Prediction> compared;
    private final List<Prediction> all;
    private final double unitMeV;
    private final int minN;
    private final int maxN;
    private final int minZ;
    private final int maxZ;
    private final double cell;
    private final Svg svg;

    private NuclideChart(List<Prediction> predictions, double unitMeV) {
        all = predictions;
        compared = predictions.stream().filter(Prediction::compared).toList();
        this.unitMeV = unitMeV;
        minN = bound(compared, Nuclide::N, false) - NAME_ROOM;
        maxN = bound(compared, Nuclide::N, true) + ROOM;
        minZ = bound(compared, Nuclide::Z, false) - ROOM - NAME_HEIGHT;
        maxZ = bound(compared, Nuclide::Z, true) + ROOM;
        cell = Math.min(9, (Figure.FULL_WIDTH - LEFT - 16) / (maxN - minN + 1));
        int height = (int) Math.ceil(TOP + BOTTOM + cell * (maxZ - minZ + 1));
        svg = new Svg(
                Figure.FULL_WIDTH,
                Math.max(height, 300),
                "Chart of nuclei coloured by experiment minus prediction, with the magic numbers");
    }

    /** The chart of a protocol that has predictions with experimental values. */
    static Figure of(Protocol protocol) {
        return of(protocol.fileStem() + "-chart.svg", "Residual", protocol.predictions(), classUnit(protocol.inside()));
    }

    /**
     * A chart with a given scale, so that several can be compared.
     *
     * @param what begins the caption, such as "ANN7: residual"
     * @param unitMeV width of the innermost class
     */
    static Figure of(String fileName, String what, List<Prediction> predictions, double unitMeV) {
        NuclideChart chart = new NuclideChart(predictions, unitMeV);
        chart.axes();
        chart.unknown();
        chart.squares();
        chart.magicNumbers();
        chart.legend();
        boolean unmeasured = predictions.size() > chart.compared.size();
        boolean heldOut = chart.compared.stream().anyMatch(Prediction::isHeldOut);
        return new Figure(
                fileName,
                what + " (experiment minus prediction"
                        + (heldOut ? " of the networks that did not train on the nucleus" : "")
                        + ") of " + Numbers.count(chart.compared.size()) + " nuclei. "
                        + (chart.hasTestSet() ? "Nuclei of the test set are outlined; a" : "A")
                        + " bar marks the larger negative residuals; lines frame the magic numbers."
                        + (unmeasured
                                ? " Pale: predicted, no experimental value in this selection"
                                        + (heldOut ? ", or in no network's test set." : ".")
                                : ""),
                chart.svg);
    }

    /** Width of the innermost class in MeV: the round number nearest to three quarters of the rms residual. */
    static double classUnit(List<Prediction> compared) {
        double squares = compared.stream()
                .mapToDouble(p -> p.residualMeV() * p.residualMeV())
                .sum();
        double rms = Math.sqrt(squares / compared.size());
        double wish = rms > 0 ? 0.75 * rms : 0.05;
        double above = Scale.Linear.roundStep(wish);
        double below = Scale.Linear.roundStep(above / 2.6);
        return wish / below < above / wish ? below : above;
    }

    /** Class from -4 to 4: 0 within the unit, 1 to twice, 2 to four times, 3 to eight times, 4 beyond. */
    static int residualClass(double residualMeV, double unitMeV) {
        double size = Math.abs(residualMeV) / unitMeV;
        int index = 0;
        for (double edge = 1; index < CLASSES && size >= edge; edge *= 2) {
            index++;
        }
        return residualMeV < 0 ? -index : index;
    }

    private boolean hasTestSet() {
        return compared.stream().anyMatch(Prediction::isTest);
    }

    private void axes() {
        double bottom = y(minZ) + cell;
        for (int n = roundUp(minN); n <= maxN; n += 10) {
            boolean named = n % 20 == 0;
            svg.line(x(n) + cell / 2, bottom, x(n) + cell / 2, bottom + (named ? 6 : 3), Stroke.solid(Ink.AXIS, 1));
            if (named) {
                svg.text(x(n) + cell / 2, bottom + 19, Integer.toString(n), Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
            }
        }
        for (int z = roundUp(minZ); z <= maxZ; z += 10) {
            boolean named = z % 20 == 0;
            svg.line(LEFT, y(z) + cell / 2, LEFT - (named ? 6 : 3), y(z) + cell / 2, Stroke.solid(Ink.AXIS, 1));
            if (named) {
                svg.text(LEFT - 9, y(z) + cell / 2 + 4, Integer.toString(z), Anchor.END, Ink.MUTED, Frame.TICK_SIZE);
            }
        }
        double right = x(maxN) + cell;
        svg.line(LEFT, bottom, right, bottom, Stroke.solid(Ink.AXIS, 1));
        svg.line(LEFT, bottom, LEFT, y(maxZ), Stroke.solid(Ink.AXIS, 1));
        svg.text((LEFT + right) / 2, bottom + 40, "neutron number N", Anchor.MIDDLE, Ink.TEXT, Frame.LABEL_SIZE);
        svg.uprightText(LEFT - 40, (bottom + y(maxZ)) / 2, "proton number Z", Ink.TEXT, Frame.LABEL_SIZE);
    }

    private void unknown() {
        StringBuilder path = new StringBuilder();
        for (Prediction p : all) {
            Nuclide nuclide = p.nuclide();
            boolean inside = nuclide.N() >= minN && nuclide.N() <= maxN && nuclide.Z() >= minZ && nuclide.Z() <= maxZ;
            if (!p.compared() && inside && Double.isFinite(p.predictedMeV())) {
                path.append('M')
                        .append(Numbers.coordinate(x(nuclide.N())))
                        .append(' ')
                        .append(Numbers.coordinate(y(nuclide.Z())));
                String side = Numbers.coordinate(cell);
                path.append('h')
                        .append(side)
                        .append('v')
                        .append(side)
                        .append("h-")
                        .append(side)
                        .append('z');
            }
        }
        svg.area(path.toString(), Ink.UNKNOWN, 1);
    }

    private void squares() {
        List<List<Prediction>> classes = new ArrayList<>();
        for (int c = -CLASSES; c <= CLASSES; c++) {
            classes.add(new ArrayList<>());
        }
        compared.forEach(p ->
                classes.get(residualClass(p.residualMeV(), unitMeV) + CLASSES).add(p));
        double gap = cell > 4 ? 0.5 : 0;
        for (int c = -CLASSES; c <= CLASSES; c++) {
            svg.fillGroup(Ink.ofResidualClass(c));
            for (Prediction p : classes.get(c + CLASSES)) {
                svg.cell(x(p.nuclide().N()) + gap / 2, y(p.nuclide().Z()) + gap / 2, cell - gap, tooltip(p));
            }
            svg.endGroup();
        }
        StringBuilder bars = new StringBuilder();
        StringBuilder outlines = new StringBuilder();
        for (Prediction p : compared) {
            double left = x(p.nuclide().N());
            double top = y(p.nuclide().Z());
            if (residualClass(p.residualMeV(), unitMeV) <= -2) {
                bars.append(bar(left, top));
            }
            if (p.isTest()) {
                outlines.append(outline(left, top));
            }
        }
        svg.path(bars.toString(), Stroke.solid(Ink.PAGE, 1)).path(outlines.toString(), Stroke.solid(Ink.TEXT, 0.9));
    }

    private String bar(double left, double top) {
        return "M" + Numbers.coordinate(left + cell * 0.25) + " " + Numbers.coordinate(top + cell / 2) + "h"
                + Numbers.coordinate(cell * 0.5);
    }

    private String outline(double left, double top) {
        String side = Numbers.coordinate(cell - 1);
        return "M" + Numbers.coordinate(left + 0.5) + " " + Numbers.coordinate(top + 0.5) + "h" + side + "v" + side
                + "h-" + side + "z";
    }

    /** Each magic row and column between two thin lines that reach a little beyond its nuclei. */
    private void magicNumbers() {
        for (int magic : MAGIC) {
            List<Prediction> row =
                    compared.stream().filter(p -> p.nuclide().Z() == magic).toList();
            if (!row.isEmpty()) {
                double from = x(bound(row, Nuclide::N, false) - ROOM + 1);
                double to = x(bound(row, Nuclide::N, true) + ROOM);
                frameRow(from, to, y(magic));
                svg.text(from - 4, y(magic) + cell / 2 + 4, "Z = " + magic, Anchor.END, Ink.MUTED, Frame.TICK_SIZE);
            }
            List<Prediction> column =
                    compared.stream().filter(p -> p.nuclide().N() == magic).toList();
            if (!column.isEmpty()) {
                double from = y(bound(column, Nuclide::Z, false) - ROOM);
                double to = y(bound(column, Nuclide::Z, true) + ROOM - 1);
                Stroke stroke = Stroke.solid(Ink.TEXT, 0.8);
                svg.line(x(magic), from, x(magic), to, stroke).line(x(magic + 1), from, x(magic + 1), to, stroke);
                svg.text(x(magic) + cell / 2, from + 13, "N = " + magic, Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
            }
        }
    }

    private void frameRow(double from, double to, double top) {
        Stroke stroke = Stroke.solid(Ink.TEXT, 0.8);
        svg.line(from, top, to, top, stroke).line(from, top + cell, to, top + cell, stroke);
    }

    private void legend() {
        double left = LEFT + 22;
        double top = TOP + 14;
        double side = 14;
        svg.text(left, top, "experiment − prediction (MeV)", Anchor.START, Ink.TEXT, Frame.LABEL_SIZE);
        for (int c = CLASSES; c >= -CLASSES; c--) {
            double rowTop = top + 10 + (CLASSES - c) * (side + 2);
            svg.rectangle(left, rowTop, side, side, Ink.ofResidualClass(c), 1);
            if (c <= -2) {
                svg.line(left + 4, rowTop + side / 2, left + side - 4, rowTop + side / 2, Stroke.solid(Ink.PAGE, 1.2));
            }
            svg.text(left + side + 8, rowTop + 11.5, className(c), Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
        }
        if (!hasTestSet()) {
            return;
        }
        double last = top + 10 + (2 * CLASSES + 1) * (side + 2) + 6;
        String outline = "M" + Numbers.coordinate(left + 0.5) + " " + Numbers.coordinate(last) + "h13v13h-13z";
        svg.path(outline, Stroke.solid(Ink.TEXT, 1.1));
        svg.text(left + side + 8, last + 11, "test set", Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
    }

    private String className(int c) {
        if (c == 0) {
            return "within ±" + edge(1);
        }
        int inner = 1 << (Math.abs(c) - 1);
        String sign = c < 0 ? "−" : "+";
        String from = sign + edge(inner);
        if (Math.abs(c) == CLASSES) {
            return "beyond " + from;
        }
        return from + " to " + sign + edge(2 * inner);
    }

    private String edge(int units) {
        return Numbers.fixed(units * unitMeV, (int) Math.max(0, Math.ceil(-Math.log10(unitMeV) - 1e-9)));
    }

    private static String tooltip(Prediction p) {
        return p.name() + " (Z " + p.nuclide().Z() + ", N " + p.nuclide().N() + "), " + p.set() + ": residual "
                + Numbers.signedEnergy(p.residualMeV()) + " MeV; experiment "
                + Numbers.energy(p.experimentMeV(), p.uncertaintyMeV()) + ", predicted "
                + Numbers.energy(p.judgedMeV(), p.isHeldOut() ? Double.NaN : p.spreadMeV())
                + (Double.isFinite(p.imaginaryMeV()) ? "; |Im y| " + Numbers.energy(p.imaginaryMeV()) : "");
    }

    private double x(int n) {
        return LEFT + (n - minN) * cell;
    }

    private double y(int z) {
        return TOP + (maxZ - z) * cell;
    }

    private static int roundUp(int value) {
        return Math.floorDiv(value + 9, 10) * 10;
    }

    private static int bound(List<Prediction> nuclei, ToIntFunction<Nuclide> number, boolean upper) {
        var values = nuclei.stream().map(Prediction::nuclide).mapToInt(number);
        return (upper ? values.max() : values.min()).orElse(0);
    }
}
