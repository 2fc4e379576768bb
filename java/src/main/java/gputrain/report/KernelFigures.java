package gputrain.report;

import gputrain.experiment.KernelRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The figures of a run of kernel models, from its files. */
final class KernelFigures {
    /** Deviations beyond so many times the bare theory's are cut off. */
    private static final double WORTH_SHOWING = 1.6;

    private static final int MOST_COMPONENTS = 12;

    /** Models in the order of their styles. */
    static final List<String> MODELS = KernelRun.MODELS;

    private final Path directory;
    private final List<Figure> figures = new ArrayList<>();

    private KernelFigures(Path directory) {
        this.directory = directory;
    }

    static List<Figure> of(Path directory) {
        KernelFigures all = new KernelFigures(directory);
        all.grid();
        all.scores(
                KernelRun.EXTRAPOLATION,
                "kernel-extrapolation.svg",
                "place beyond the fitted nuclei of the chain",
                "Extrapolation (Fig. 4): the most neutron-rich nuclei of each chain, by their place beyond the fitted ones.");
        all.outsideGrid();
        all.scores(
                KernelRun.EDITIONS,
                "kernel-editions.svg",
                "first edition with the mass",
                "Historical split (Fig. 6): fitted to the nuclei that the first edition knew, whose own figures are leave-one-out.");
        all.calibration();
        all.components();
        all.charts();
        return all.figures;
    }

    private static List<HeatMap.Point> points(Path file) {
        List<HeatMap.Point> points = new ArrayList<>();
        CsvTable.forEachRow(
                file,
                row -> points.add(new HeatMap.Point(
                        row.integer("R"), row.number("L"), row.number("delta"), row.number("rmsdMeV"))));
        return points;
    }

    private void grid() {
        Path file = directory.resolve(KernelRun.GRID);
        if (!Files.exists(file)) {
            return;
        }
        List<HeatMap.Point> points = points(file);
        Set<Integer> redundant = new LinkedHashSet<>();
        points.forEach(p -> redundant.add(p.redundant()));
        List<HeatMap.Panel> panels = new ArrayList<>();
        List<double[]> minima = new ArrayList<>();
        for (int r : redundant) {
            List<HeatMap.Point> of =
                    points.stream().filter(p -> p.redundant() == r).toList();
            if (of.stream().noneMatch(p -> Double.isFinite(p.rmsdMeV()))) {
                continue;
            }
            panels.add(new HeatMap.Panel("R = " + r, of));
            minima.add(new double[] {
                r,
                of.stream()
                        .mapToDouble(HeatMap.Point::rmsdMeV)
                        .filter(Double::isFinite)
                        .min()
                        .orElse(Double.NaN)
            });
        }
        if (panels.isEmpty()) {
            return;
        }
        figures.add(HeatMap.of(
                "kernel-grid.svg",
                panels,
                "Cross-validation over length and noise, for each number R of redundant coordinates (Fig. 2). Colours compare"
                        + " with the best of the panel, which has the mark; point at a square for its value."));
        figures.add(LinesChart.over(
                        "redundant coordinates R",
                        "rms deviation (MeV)",
                        Scale.Linear.between(-0.5, minima.get(minima.size() - 1)[0] + 0.5, minima.size()))
                .draw(
                        "kernel-minima.svg",
                        "Best cross-validation deviation for each R",
                        List.of(series(
                                "best of the grid",
                                minima.stream().mapToDouble(m -> m[0]).toArray(),
                                minima.stream().mapToDouble(m -> m[1]).toArray())),
                        false,
                        "The smallest cross-validation deviation for each R (Fig. 3)."));
    }

    private void outsideGrid() {
        Path file = directory.resolve(KernelRun.OUTSIDE_GRID);
        if (Files.exists(file)) {
            List<HeatMap.Point> points = points(file);
            if (points.stream().noneMatch(p -> Double.isFinite(p.rmsdMeV()))) {
                return;
            }
            figures.add(HeatMap.of(
                    "kernel-extrapolation-grid.svg",
                    List.of(new HeatMap.Panel("R = " + points.get(0).redundant() + ", extrapolation", points)),
                    "Deviation of the extrapolated nuclei, all distances together, over length and noise: the panel to set"
                            + " beside those of cross-validation."));
        }
    }

    private void scores(String name, String fileName, String xName, String caption) {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            return;
        }
        Map<String, List<Double>> models = new LinkedHashMap<>();
        Set<String> sets = new LinkedHashSet<>();
        CsvTable.forEachRow(file, row -> {
            sets.add(row.text("set"));
            models.computeIfAbsent(row.text("model"), m -> new ArrayList<>()).add(row.number("rmsdMeV"));
        });
        double[] places = new double[sets.size()];
        Arrays.setAll(places, i -> i);
        double bare = 0;
        List<Series> lines = new ArrayList<>();
        for (Map.Entry<String, List<Double>> model : models.entrySet()) {
            double[] values =
                    model.getValue().stream().mapToDouble(Double::doubleValue).toArray();
            if (lines.isEmpty()) {
                bare = Arrays.stream(values).filter(Double::isFinite).max().orElse(1);
            }
            if (MODELS.contains(model.getKey())) {
                lines.add(series(model.getKey(), places, values));
            }
        }
        figures.add(LinesChart.over(xName, "rms deviation (MeV)", new Scale.Places(List.copyOf(sets)))
                .upTo(WORTH_SHOWING * bare)
                .draw(
                        fileName,
                        caption,
                        lines,
                        true,
                        caption + " Lines that leave the figure go on above it; the table has their values."));
    }

    private void calibration() {
        Path file = directory.resolve(KernelRun.CALIBRATION);
        if (!Files.exists(file)) {
            return;
        }
        List<String> places = new ArrayList<>();
        CsvTable.forEachRow(file, row -> {
            if (row.text("test").equals("extrapolation")) {
                places.add(row.text("set"));
            }
        });
        String last = places.isEmpty() ? "1" : places.get(places.size() - 1);
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        CsvTable.forEachRow(file, row -> {
            boolean inside = row.text("test").equals("cross-validation")
                    && !row.text("set").equals("leave-one-out")
                    && !row.text("model").equals(KernelRun.OUTSIDE);
            boolean outside = row.text("test").equals("extrapolation")
                    && List.of("1", last).contains(row.text("set"))
                    && List.of(KernelRun.INSIDE, KernelRun.OUTSIDE).contains(row.text("model"));
            if (inside || outside) {
                String name = row.text("model") + (inside ? "" : ", place " + row.text("set"));
                lines.computeIfAbsent(name, n -> new ArrayList<>())
                        .add(new double[] {row.number("level"), row.number("coverage")});
            }
        });
        if (lines.isEmpty()) {
            return;
        }
        List<Series> series = new ArrayList<>();
        lines.forEach((name, points) -> series.add(series(
                name,
                points.stream().mapToDouble(p -> p[0]).toArray(),
                points.stream().mapToDouble(p -> p[1]).toArray())));
        figures.add(LinesChart.over(
                        "probability of the predicted interval",
                        "share of the nuclei in it",
                        new Scale.Linear(0, 1, 0.2))
                .withDiagonal()
                .draw(
                        "kernel-calibration.svg",
                        "Share of nuclei within predicted intervals",
                        series,
                        true,
                        "Calibration: how many nuclei that were not fitted lie within the central intervals that the models"
                                + " predict: in cross-validation, and at the first and the last place of the extrapolation. On the dashed"
                                + " line the uncertainties are right, below it they are too small."));
    }

    private void components() {
        Path file = directory.resolve(KernelRun.COMPONENTS);
        if (!Files.exists(file)) {
            return;
        }
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        CsvTable.forEachRow(
                file,
                row -> lines.computeIfAbsent(row.text("name"), n -> new ArrayList<>())
                        .add(new double[] {row.number("y"), row.number("fMeV")}));
        List<Series> series = new ArrayList<>();
        lines.entrySet().stream()
                .sorted(Comparator.comparingDouble(one -> -spread(one.getValue())))
                .limit(MOST_COMPONENTS)
                .forEach(one -> series.add(series(
                        one.getKey(),
                        one.getValue().stream().mapToDouble(p -> p[0]).toArray(),
                        one.getValue().stream().mapToDouble(p -> p[1]).toArray())));
        figures.add(LinesChart.over("scaled coordinate y", "f(y) (MeV)", new Scale.Linear(0, 1, 0.2))
                .draw(
                        "kernel-components.svg",
                        "Component functions",
                        series,
                        true,
                        "The functions of one coordinate each that the correction is the sum of (Eq. 1), without their means."
                                + " They may be large and cancel: coordinates that are sums of others share what they"
                                + " explain."));
    }

    private static double spread(List<double[]> points) {
        return points.stream().mapToDouble(p -> p[1] * p[1]).sum();
    }

    private void charts() {
        Path file = directory.resolve(KernelRun.PREDICTIONS);
        if (!Files.exists(file)) {
            return;
        }
        List<Prediction> inside = Prediction.read(file);
        List<Prediction> compared = inside.stream().filter(Prediction::compared).toList();
        if (!compared.isEmpty()) {
            figures.add(NuclideChart.of(
                    "kernel-chart.svg",
                    "What the fit with the interpolation's hyperparameters leaves of the nuclei that it was fitted to",
                    inside,
                    NuclideChart.classUnit(compared)));
        }
        figures.add(UncertaintyChart.of(
                "kernel-uncertainty.svg",
                inside,
                "Standard deviation of the predicted mass of every nuclide of the theory, with the interpolation's"
                        + " hyperparameters. Far away it is that of the prior. Beyond the fitted nuclei the"
                        + " calibration says how far it can be trusted: as a rule it is too small there."));
        Path outside = directory.resolve(KernelRun.OUTSIDE_PREDICTIONS);
        if (Files.exists(outside)) {
            figures.add(UncertaintyChart.of(
                    "kernel-uncertainty-extrapolation.svg",
                    Prediction.read(outside),
                    "The same with the extrapolation's hyperparameters."));
        }
    }

    private static Series series(String name, double[] x, double[] y) {
        return new Series(name, x, y, new double[0], new boolean[0]);
    }
}
