package gputrain.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the posterior of networks trained by second order says: calibration, uncertainties, influence. */
final class PosteriorFigures {
    static final String TITLE = "Uncertainties from the posterior of the networks";
    /** Sets of the calibration; more lines cannot be told apart. */
    private static final int MOST_SETS = 3;
    /** Classes of influence end at these shares of the nuclei. */
    private static final double[] QUANTILES = {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99};

    private PosteriorFigures() {}

    /** The figures of a protocol; none when its networks have no posterior. */
    static List<Figure> of(Path runDirectory, Protocol protocol) {
        List<Figure> figures = new ArrayList<>();
        Path calibration = runDirectory
                .resolve(protocol.json().get("directory").textOr(""))
                .resolve("calibration.csv");
        if (Files.exists(calibration)) {
            calibration(protocol, calibration, figures);
        }
        if (protocol.predictions().stream().anyMatch(p -> Double.isFinite(p.predictiveMeV()))) {
            figures.add(UncertaintyChart.of(
                    protocol.fileStem() + "-posterior-uncertainty.svg",
                    protocol.predictions(),
                    Prediction::predictiveMeV,
                    "compared with experiment",
                    "Standard deviation of the predicted mass of every nuclide: of the networks' posteriors, their spread and"
                            + " the noise together. It is the error to expect where the model holds; beyond the nuclei"
                            + " trained on it knows nothing of what the inputs leave out."));
        }
        List<Influence> influence = Influence.of(runDirectory, protocol);
        if (!influence.isEmpty()) {
            figures.add(map(protocol, influence));
        }
        return figures;
    }

    private static void calibration(Protocol protocol, Path file, List<Figure> figures) {
        Map<String, Map<String, List<double[]>>> sets = new LinkedHashMap<>();
        CsvTable.forEachRow(
                file,
                row -> sets.computeIfAbsent(row.text("set"), s -> new LinkedHashMap<>())
                        .computeIfAbsent(row.text("model"), m -> new ArrayList<>())
                        .add(new double[] {row.number("level"), row.number("coverage")}));
        List<Series> lines = new ArrayList<>();
        Sets.inOrder(sets).stream()
                .limit(MOST_SETS)
                .forEach(set -> set.getValue()
                        .forEach((model, points) -> lines.add(new Series(
                                set.getKey() + ", " + model,
                                points.stream().mapToDouble(p -> p[0]).toArray(),
                                points.stream().mapToDouble(p -> p[1]).toArray(),
                                new double[0],
                                new boolean[0]))));
        if (!lines.isEmpty()) {
            figures.add(LinesChart.over(
                            "probability of the predicted interval",
                            "share of the nuclei in it",
                            new Scale.Linear(0, 1, 0.2))
                    .withDiagonal()
                    .draw(
                            protocol.fileStem() + "-calibration.svg",
                            "Share of nuclei within predicted intervals",
                            lines,
                            true,
                            "Calibration: how many nuclei that were not trained on lie within the central intervals that single"
                                    + " networks (mean over them) and the ensemble predict. On the dashed line the uncertainties"
                                    + " are right, below it they are too small."));
        }
    }

    private static Figure map(Protocol protocol, List<Influence> influence) {
        double[] sizes =
                influence.stream().mapToDouble(Influence::influenceKeV).sorted().toArray();
        double[] edges = Arrays.stream(QUANTILES)
                .map(q -> sizes[(int) Math.min(sizes.length - 1, Math.floor(q * sizes.length))])
                .toArray();
        List<ChartMap.Level> levels = new ArrayList<>();
        for (int c = edges.length; c >= 0; c--) {
            double from = c == 0 ? Double.NEGATIVE_INFINITY : edges[c - 1];
            double to = c == edges.length ? Double.POSITIVE_INFINITY : edges[c];
            String name = c == 0
                    ? "below " + Numbers.significant(to, 2)
                    : "from " + Numbers.significant(from, 2)
                            + (c == edges.length ? "" : " to " + Numbers.significant(to, 2));
            levels.add(new ChartMap.Level(
                    name,
                    Ink.LEVELS.get(c),
                    influence.stream()
                            .filter(one -> one.influenceKeV() >= from && one.influenceKeV() < to)
                            .map(Influence::nuclide)
                            .toList()));
        }
        return ChartMap.of(
                protocol.fileStem() + "-influence.svg",
                Figure.FULL_WIDTH,
                "influence of each nucleus",
                protocol.compared().stream().map(Prediction::nuclide).toList(),
                levels,
                "keV",
                "How far the predictions of the other nuclei trained on would move, rms, without this one (linearised). The"
                        + " levels end where " + quantiles() + " % of the nuclei are below. Pale: not trained on.");
    }

    private static String quantiles() {
        return String.join(
                ", ",
                Arrays.stream(QUANTILES)
                        .mapToObj(q -> Numbers.fixed(100 * q, 0))
                        .toList());
    }
}
