package gputrain.report;

import gputrain.evaluation.RankCorrelation;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Sizes of residuals, of |Im y| and of experimental uncertainties on charts of one scale (Dellen et al., Fig. 5). */
final class UncertaintyMaps {
    /** Upper ends of the levels in MeV; fixed, so that all maps of all runs compare. */
    private static final double[] EDGES = {0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};

    private UncertaintyMaps() {}

    /** The maps of all nuclei of a protocol; nothing when its network is not complex. */
    static List<Figure> of(Protocol protocol) {
        List<Prediction> nuclei = protocol.compared();
        return drawable(nuclei)
                ? of(protocol.fileStem() + "-uncertainty", "", nuclei, List.of(), "nuclei of all sets")
                : List.of();
    }

    /** Whether there are nuclei with an |Im y|; where a network overflows one can lack it, and counts as the largest. */
    static boolean drawable(List<Prediction> nuclei) {
        return nuclei.stream().anyMatch(p -> Double.isFinite(p.imaginaryMeV()));
    }

    /**
     * Three maps of the same nuclei.
     *
     * @param stem begins the names of the files
     * @param model begins the titles; may be empty
     * @param background nuclei that are shown pale
     * @param which what nuclei they are
     */
    static List<Figure> of(
            String stem, String model, List<Prediction> nuclei, Collection<Nuclide> background, String which) {
        String start = model.isEmpty() ? "" : model + ": ";
        String end = " of the " + Numbers.count(nuclei.size()) + " " + which + "."
                + (background.isEmpty() ? "" : " Pale: the other nuclei of the run.");
        return List.of(
                map(
                        stem + "-residual.svg",
                        start + "|experiment − prediction|",
                        nuclei,
                        p -> Math.abs(p.residualMeV()),
                        background,
                        "Size of the residual of the mean prediction" + end
                                + " One scale for residual, |Im y| and experimental uncertainty."),
                map(
                        stem + "-imaginary.svg",
                        start + "|Im y|",
                        nuclei,
                        Prediction::imaginaryMeV,
                        background,
                        "Absolute imaginary part of the output, mean of the networks," + end
                                + " Spearman's rank correlation with the size of the residual: "
                                + Numbers.fixed(correlation(nuclei), 2) + "."),
                map(
                        stem + "-experiment.svg",
                        "experimental uncertainty",
                        nuclei,
                        Prediction::uncertaintyMeV,
                        background,
                        "Uncertainty of the experimental mass" + end));
    }

    private static double correlation(List<Prediction> all) {
        List<Prediction> nuclei =
                all.stream().filter(p -> Double.isFinite(p.imaginaryMeV())).toList();
        return RankCorrelation.of(
                nuclei.stream().mapToDouble(Prediction::imaginaryMeV).toArray(),
                nuclei.stream().mapToDouble(p -> Math.abs(p.residualMeV())).toArray());
    }

    private static Figure map(
            String fileName,
            String title,
            List<Prediction> nuclei,
            ToDoubleFunction<Prediction> size,
            Collection<Nuclide> background,
            String caption) {
        List<List<Nuclide>> levels = new ArrayList<>();
        Ink.LEVELS.forEach(ink -> levels.add(new ArrayList<>()));
        nuclei.forEach(p -> levels.get(level(size.applyAsDouble(p))).add(p.nuclide()));
        List<ChartMap.Level> legend = new ArrayList<>();
        for (int i = levels.size() - 1; i >= 0; i--) {
            legend.add(new ChartMap.Level(name(i), Ink.LEVELS.get(i), levels.get(i)));
        }
        return ChartMap.of(fileName, Figure.PAIR_WIDTH, title, background, legend, "MeV", caption);
    }

    /** From 0 up to 0.02 MeV to 8 beyond 5 MeV; a size that is not there counts as the largest. */
    static int level(double sizeMeV) {
        int level = 0;
        while (level < EDGES.length && !(sizeMeV < EDGES[level])) {
            level++;
        }
        return level;
    }

    private static String name(int level) {
        if (level == 0) {
            return "below " + Numbers.plain(EDGES[0]);
        }
        String from = Numbers.plain(EDGES[level - 1]);
        return level == EDGES.length ? "above " + from : from + " to " + Numbers.plain(EDGES[level]);
    }
}
