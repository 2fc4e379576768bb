package gputrain.report;

import gputrain.nuclide.Nuclide;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The whole chart of nuclei, coloured by the standard deviation of the predicted masses. */
final class UncertaintyChart {
    private static final double LEFT = 52;
    private static final double TOP = 14;
    private static final double BOTTOM = 46;
    /** Share of the nuclei up to which the classes are laid. */
    private static final double FAR = 0.95;

    private static final List<Ink> CLASSES =
            List.of(Ink.MINUS_4, Ink.MINUS_3, Ink.MINUS_2, Ink.MINUS_1, Ink.PLUS_1, Ink.PLUS_2, Ink.PLUS_3, Ink.PLUS_4);

    private final List<Prediction> predictions;
    private final ToDoubleFunction<Prediction> size;
    private final String edged;
    private final double[] edges;
    private final int maxZ;
    private final double cell;
    private final Svg svg;

    private UncertaintyChart(List<Prediction> predictions, ToDoubleFunction<Prediction> size, String edged) {
        this.predictions = predictions;
        this.size = size;
        this.edged = edged;
        int maxN = predictions.stream()
                .map(Prediction::nuclide)
                .mapToInt(Nuclide::N)
                .max()
                .orElse(0);
        maxZ = predictions.stream()
                .map(Prediction::nuclide)
                .mapToInt(Nuclide::Z)
                .max()
                .orElse(0);
        cell = (Figure.FULL_WIDTH - LEFT - 12) / (maxN + 2);
        double[] sizes = predictions.stream()
                .mapToDouble(size)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        // The last class takes what is far away: without it all that is near would be in the first.
        double least = sizes.length == 0 ? 0.1 : sizes[0];
        double most = sizes.length == 0 ? 1 : sizes[(int) (FAR * (sizes.length - 1))];
        edges = new double[CLASSES.size() - 1];
        for (int c = 0; c < edges.length; c++) {
            edges[c] = least * Math.pow(most / least, (c + 1.0) / CLASSES.size());
        }
        svg = new Svg(
                Figure.FULL_WIDTH,
                (int) Math.ceil(TOP + BOTTOM + cell * (maxZ + 2)),
                "Chart of nuclei coloured by the standard deviation of the predicted mass");
    }

    /** Of kernel models, whose spread is the predicted standard deviation. */
    static Figure of(String fileName, List<Prediction> predictions, String caption) {
        return of(fileName, predictions, Prediction::spreadMeV, "fitted to", caption);
    }

    /**
     * A chart.
     *
     * @param size standard deviation in MeV; NaN where there is none
     * @param edged what nuclei with an experimental mass are
     */
    static Figure of(
            String fileName,
            List<Prediction> predictions,
            ToDoubleFunction<Prediction> size,
            String edged,
            String caption) {
        UncertaintyChart chart = new UncertaintyChart(predictions, size, edged);
        chart.squares();
        chart.axes();
        chart.legend();
        return new Figure(fileName, caption, chart.svg);
    }

    private int classOf(double spreadMeV) {
        int index = 0;
        while (index < edges.length && spreadMeV > edges[index]) {
            index++;
        }
        return index;
    }

    private void squares() {
        for (int c = 0; c < CLASSES.size(); c++) {
            StringBuilder path = new StringBuilder();
            StringBuilder measured = new StringBuilder();
            for (Prediction p : predictions) {
                double deviation = size.applyAsDouble(p);
                if (!Double.isFinite(deviation) || classOf(deviation) != c) {
                    continue;
                }
                String side = Numbers.coordinate(cell);
                String square = "M" + Numbers.coordinate(x(p.nuclide().N())) + " "
                        + Numbers.coordinate(y(p.nuclide().Z())) + "h" + side + "v" + side + "h-" + side + "z";
                path.append(square);
                if (p.compared()) {
                    measured.append(square);
                }
            }
            svg.area(path.toString(), CLASSES.get(c), 1);
            svg.path(measured.toString(), Stroke.solid(Ink.PAGE, 0.35));
        }
    }

    private void axes() {
        double bottom = y(0) + cell;
        for (int n = 0; x(n) < Figure.FULL_WIDTH - 12; n += 20) {
            svg.line(x(n) + cell / 2, bottom, x(n) + cell / 2, bottom + 5, Stroke.solid(Ink.AXIS, 1));
            svg.text(x(n) + cell / 2, bottom + 17, Integer.toString(n), Anchor.MIDDLE, Ink.MUTED, Frame.TICK_SIZE);
        }
        for (int z = 0; z <= maxZ; z += 20) {
            svg.line(LEFT, y(z) + cell / 2, LEFT - 5, y(z) + cell / 2, Stroke.solid(Ink.AXIS, 1));
            svg.text(LEFT - 8, y(z) + cell / 2 + 4, Integer.toString(z), Anchor.END, Ink.MUTED, Frame.TICK_SIZE);
        }
        svg.text(Figure.FULL_WIDTH / 2.0, bottom + 35, "neutron number N", Anchor.MIDDLE, Ink.TEXT, Frame.LABEL_SIZE);
        svg.uprightText(14, TOP + cell * maxZ / 2, "proton number Z", Ink.TEXT, Frame.LABEL_SIZE);
    }

    private void legend() {
        double top = TOP + 14;
        svg.text(LEFT + 22, top, "standard deviation (MeV)", Anchor.START, Ink.TEXT, Frame.LABEL_SIZE);
        for (int c = 0; c < CLASSES.size(); c++) {
            double row = top + 10 + c * 17;
            svg.rectangle(LEFT + 22, row, 14, 14, CLASSES.get(c), 1);
            boolean last = c == CLASSES.size() - 1;
            String name = last ? "more" : "up to " + Numbers.energy(edges[c]);
            svg.text(LEFT + 44, row + 11.5, name, Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
        }
        double row = top + 10 + CLASSES.size() * 17;
        svg.rectangle(LEFT + 22, row, 14, 14, CLASSES.get(0), 1);
        svg.path(
                "M" + Numbers.coordinate(LEFT + 24) + " " + Numbers.coordinate(row + 2) + "h10v10h-10z",
                Stroke.solid(Ink.PAGE, 1));
        svg.text(LEFT + 44, row + 11.5, "with a pale edge: " + edged, Anchor.START, Ink.TEXT, Frame.TICK_SIZE);
    }

    private double x(int n) {
        return LEFT + n * cell;
    }

    private double y(int z) {
        return TOP + (maxZ + 1 - z) * cell;
    }
}
