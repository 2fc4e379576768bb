package gputrain.experiment;

import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.HeldOut;
import gputrain.engine.KernelSession;
import gputrain.engine.NotPositiveDefiniteException;
import gputrain.engine.Posterior;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The computations of a kernel experiment, one method each. */
final class KernelStages {
    static final String BARE = "bare theory";
    static final String INSIDE = "GPR-NN, interpolation";
    static final String OUTSIDE = "GPR-NN, extrapolation";
    static final String BEST_INSIDE = "GPR-NN, best of the grid inside";
    static final String BEST_OUTSIDE = "GPR-NN, best of the grid outside";
    static final String BLIND_INSIDE = "GPR-NN, interpolation chosen in the first set";
    static final String BLIND_OUTSIDE = "GPR-NN, extrapolation chosen in the first set";

    /** A noise that every matrix can be factorised with; a session is opened with it before the grid's are tried. */
    private static final double HARMLESS = 1;

    /** Seconds between two writings of a grid that is being computed. */
    private static final double SAVE_SECONDS = 2;

    private final KernelData data;
    private final KernelExperiment experiment;
    private final Engine engine;
    private final EngineOptions options;
    private final KernelProgress progress;
    private final Runnable requireRunning;
    private final int workers;
    private final BooleanSupplier stopping;

    /**
     * @param stopping whether a stop is wanted
     * @param requireRunning called between steps; throws when a stop is wanted
     */
    KernelStages(
            KernelData data,
            Engine engine,
            EngineOptions options,
            KernelProgress progress,
            BooleanSupplier stopping,
            Runnable requireRunning) {
        this.stopping = stopping;
        this.requireRunning = requireRunning;
        this.workers = engine.kernelsSideBySide(options);
        this.data = data;
        this.experiment = data.experiment();
        this.engine = engine;
        this.options = options;
        this.progress = progress;
    }

    KernelFit fit(KernelSettings settings, int[] rows) {
        return new KernelFit(data, settings, rows, engine, options);
    }

    /** The same with one thread, for a worker among others. */
    private KernelFit single(KernelSettings settings, int[] rows) {
        return new KernelFit(data, settings, rows, engine, options.withThreads(1));
    }

    /**
     * Cross-validation with every combination of the grid, one matrix for all noises.
     *
     * @param there what is computed already
     * @param save called with all points so far after each length
     */
    KernelGrid inside(KernelGrid there, Consumer<KernelGrid> save) {
        KernelExperiment.Grid grid = experiment.grid().orElseThrow();
        double[] noises =
                grid.noises().stream().mapToDouble(Double::doubleValue).toArray();
        int[] folds = data.folds();
        List<KernelSettings> lines = new ArrayList<>();
        for (int redundant : grid.redundant()) {
            for (double length : grid.lengths()) {
                if (!there.has(redundant, length)) {
                    lines.add(experiment.inside().withRedundant(redundant).with(length, HARMLESS));
                }
            }
        }
        int of = grid.redundant().size() * grid.lengths().size();
        AtomicReference<KernelGrid> points = new AtomicReference<>(there);
        AtomicInteger done = new AtomicInteger(of - lines.size());
        AtomicLong saved = new AtomicLong(System.nanoTime());
        Workers.map(
                lines,
                workers,
                line -> {
                    requireRunning.run();
                    try (KernelFit fit = single(line, data.allRows())) {
                        return fit.crossValidate(noises, folds);
                    }
                },
                (line, errors) -> {
                    List<KernelGrid.Point> computed = new ArrayList<>();
                    for (int k = 0; k < noises.length; k++) {
                        double rms = KernelSearch.rms(errors.get(k));
                        computed.add(new KernelGrid.Point(line.redundant(), line.length(), noises[k], rms));
                    }
                    points.set(points.get().plus(computed));
                    long now = System.nanoTime();
                    if ((now - saved.get()) * 1e-9 > SAVE_SECONDS || stopping.getAsBoolean()) {
                        save.accept(points.get().sorted());
                        saved.set(now);
                    }
                    requireRunning.run();
                    String note = "after L = " + line.length() + " with R = " + line.redundant();
                    progress.at(
                            "cross-validation grid",
                            done.incrementAndGet(),
                            of,
                            note + best(points.get(), line.redundant()));
                });
        save.accept(points.get().sorted());
        return points.get().sorted();
    }

    private static String best(KernelGrid points, int redundant) {
        return points.best(redundant)
                .map(p -> String.format(Locale.ROOT, ": best of this R so far %.4f MeV", p.rmsdMeV()))
                .orElse("");
    }

    /** Deviation from the nuclei that are extrapolated to, all distances together, with every (L, delta) of the grid. */
    KernelGrid outside(int[] fitted, int[] tested, String stage) {
        KernelExperiment.Grid grid = experiment.grid().orElseThrow();
        double[] wanted = data.residuals(tested);
        List<Nuclide> nuclides = data.nuclides(tested);
        AtomicInteger done = new AtomicInteger();
        List<List<KernelGrid.Point>> lines = Workers.map(
                grid.lengths(),
                workers,
                length -> {
                    requireRunning.run();
                    List<KernelGrid.Point> line = new ArrayList<>();
                    try (KernelFit fit = single(experiment.inside().with(length, HARMLESS), fitted)) {
                        for (double noise : grid.noises()) {
                            line.add(new KernelGrid.Point(
                                    experiment.inside().redundant(),
                                    length,
                                    noise,
                                    rms(fit, experiment.inside().with(length, noise), nuclides, wanted)));
                        }
                    }
                    return line;
                },
                (length, line) -> progress.at(
                        stage, done.incrementAndGet(), grid.lengths().size(), "L = " + length));
        return new KernelGrid(lines.stream().flatMap(List::stream).toList()).sorted();
    }

    /** NaN, an empty place in a grid, where the noise is too small. */
    private static double rms(KernelFit fit, KernelSettings settings, List<Nuclide> nuclides, double[] wanted) {
        try {
            fit.refit(settings);
            return KernelSearch.rms(
                    difference(wanted, fit.predict(nuclides, false).mean()));
        } catch (NotPositiveDefiniteException e) {
            return Double.NaN;
        }
    }

    /** Settings of the smallest deviation of a grid at the experiment's own R; nothing where the grid has none there. */
    Optional<KernelSettings> best(KernelGrid grid) {
        return grid.best(experiment.inside().redundant())
                .map(p -> experiment.inside().with(p.length(), p.noise()));
    }

    /** Bare theory, tenfold and leave-one-out cross-validation of every model on all nuclei. */
    List<KernelScore> crossValidation(Map<String, KernelSettings> models) {
        List<KernelScore> scores = new ArrayList<>();
        int[] folds = data.folds();
        String tenfold = experiment.folds() + "-fold";
        scores.add(new KernelScore(BARE, "", "all", data.residualMeV(), new double[0]));
        int done = 0;
        for (Map.Entry<String, KernelSettings> model : models.entrySet()) {
            requireRunning.run();
            try (KernelFit fit = fit(model.getValue(), data.allRows())) {
                boolean variance = model.getValue().form() != KernelSettings.Form.RBF;
                String text = model.getValue().text();
                scores.add(score(model.getKey(), text, tenfold, data.allRows(), fit.leaveOut(folds, variance)));
                HeldOut one = fit.leaveOut(KernelSession.single(data.rows()), variance);
                scores.add(score(model.getKey(), text, "leave-one-out", data.allRows(), one));
            }
            done++;
            progress.at("cross-validation", done, models.size(), model.getKey());
        }
        return scores;
    }

    /** Every model fitted to some rows, scored on parts of the others. */
    List<KernelScore> predictions(
            Map<String, KernelSettings> models, int[] fitted, Map<String, int[]> parts, String stage) {
        List<KernelScore> scores = new ArrayList<>();
        parts.forEach((set, rows) -> scores.add(new KernelScore(BARE, "", set, data.residuals(rows), new double[0])));
        int done = 0;
        for (Map.Entry<String, KernelSettings> model : models.entrySet()) {
            boolean variance = model.getValue().form() != KernelSettings.Form.RBF;
            String text = model.getValue().text();
            requireRunning.run();
            try (KernelFit fit = fit(model.getValue(), fitted)) {
                for (Map.Entry<String, int[]> part : parts.entrySet()) {
                    if (Arrays.equals(part.getValue(), fitted)) {
                        HeldOut one = fit.leaveOut(KernelSession.single(fitted.length), variance);
                        scores.add(score(model.getKey(), text, part.getKey(), fitted, one));
                    } else {
                        scores.add(score(
                                model.getKey(),
                                text,
                                part.getKey(),
                                part.getValue(),
                                outside(fit, part.getValue(), variance)));
                    }
                }
            }
            done++;
            progress.at(stage, done, models.size(), model.getKey());
        }
        return scores;
    }

    private HeldOut outside(KernelFit fit, int[] rows, boolean variance) {
        Posterior posterior = fit.predict(data.nuclides(rows), variance);
        double noise = variance ? fit.noiseVariance() : 0;
        return new HeldOut(
                difference(data.residuals(rows), posterior.mean()),
                Arrays.stream(posterior.variance()).map(v -> v + noise).toArray());
    }

    /** With the experimental uncertainties added to the variances. */
    private KernelScore score(String model, String settings, String set, int[] rows, HeldOut held) {
        double[] variances = held.variances().clone();
        for (int i = 0; i < variances.length; i++) {
            double uncertainty = data.entries().get(rows[i]).massExcessUncertaintyKeV() / 1000;
            variances[i] += uncertainty * uncertainty;
        }
        return new KernelScore(model, settings, set, held.errors(), variances);
    }

    /** The comparators with the hyperparameters that leave-one-out on some rows chooses. */
    Map<String, KernelSettings> comparators(int[] rows, String stage) {
        AtomicInteger done = new AtomicInteger();
        List<KernelSettings> settings = Workers.map(
                experiment.comparators(),
                workers,
                form -> KernelSearch.leaveOneOut(data, form, rows, engine, options.withThreads(1), requireRunning),
                (form, found) -> progress.at(
                        stage,
                        done.incrementAndGet(),
                        experiment.comparators().size(),
                        form.title() + ": " + found.text()));
        Map<String, KernelSettings> models = new LinkedHashMap<>();
        settings.forEach(one -> models.put(one.form().title(), one));
        return models;
    }

    /** Names of the parts of the extrapolation, with their rows; the part at distance 0 is what is fitted to. */
    static Map<String, int[]> distances(List<int[]> parts) {
        Map<String, int[]> named = new LinkedHashMap<>();
        IntStream.range(1, parts.size()).forEach(k -> named.put(Integer.toString(k), parts.get(k)));
        return named;
    }

    /** Rows of several parts together, ascending. */
    static int[] together(List<int[]> parts) {
        return parts.stream().flatMapToInt(IntStream::of).sorted().toArray();
    }

    private static double[] difference(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
    }
}
