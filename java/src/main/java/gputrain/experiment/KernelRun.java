package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.MassEntry;
import gputrain.engine.Engine;
import gputrain.engine.NotPositiveDefiniteException;
import gputrain.engine.Posterior;
import gputrain.file.AtomicFiles;
import gputrain.nuclide.Nuclide;
import gputrain.train.StopRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A run of kernel models from an empty, a half-done or a finished run directory to a finished one. The grid goes on after
 * the last length that is in its file; the other stages, seconds to a minute each, are computed again.
 */
public final class KernelRun {
    /** Name of the model with the file's hyperparameters for interpolation. */
    public static final String INSIDE = KernelStages.INSIDE;

    /** Name of the model with the file's hyperparameters for extrapolation. */
    public static final String OUTSIDE = KernelStages.OUTSIDE;

    /** The models that figures draw, in the order in which they style them. */
    public static final List<String> MODELS = List.of(
            KernelStages.BARE,
            INSIDE,
            KernelSettings.Form.KRR.title(),
            KernelSettings.Form.RBF.title(),
            OUTSIDE,
            KernelSettings.Form.GPR.title(),
            KernelSettings.Form.KRR_ODD_EVEN.title(),
            KernelStages.BEST_OUTSIDE,
            KernelStages.BLIND_OUTSIDE);

    /** Grid of cross-validation: R, L, delta and the deviation. */
    public static final String GRID = "grid.csv";

    /** Grid of extrapolation at the experiment's R. */
    public static final String OUTSIDE_GRID = "extrapolation-grid.csv";

    public static final String CROSS_VALIDATION = "cross-validation.csv";
    public static final String EXTRAPOLATION = "extrapolation.csv";
    public static final String EDITIONS = "editions.csv";
    public static final String CALIBRATION = "calibration.csv";
    public static final String COMPONENTS = "components.csv";

    /** Masses with the interpolation's hyperparameters. */
    public static final String PREDICTIONS = "predictions.csv";

    /** Masses with the extrapolation's hyperparameters. */
    public static final String OUTSIDE_PREDICTIONS = "predictions-extrapolation.csv";

    static final List<String> FILES = List.of(
            GRID,
            OUTSIDE_GRID,
            CROSS_VALIDATION,
            EXTRAPOLATION,
            EDITIONS,
            CALIBRATION,
            COMPONENTS,
            PREDICTIONS,
            OUTSIDE_PREDICTIONS);

    private final KernelData data;
    private final KernelExperiment experiment;
    private final Surroundings surroundings;
    private final RunDirectory directory;
    private final boolean fresh;
    private final KernelStages stages;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private final StopRequest stop;

    /** A stop was asked for between two steps. */
    private static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** @param stop looked at between steps, which take a few seconds */
    public KernelRun(
            KernelData data,
            Path out,
            boolean fresh,
            Surroundings surroundings,
            KernelProgress progress,
            StopRequest stop) {
        this.stop = stop;
        this.data = data;
        this.experiment = data.experiment();
        this.surroundings = surroundings;
        this.directory = new RunDirectory(out);
        this.fresh = fresh;
        Engine engine = surroundings.choice().engine();
        this.stages = new KernelStages(
                data, engine, surroundings.options(), progress, stop::isRequested, this::requireRunning);
    }

    /**
     * Computes what is not there yet and writes the run directory.
     *
     * @return the run record, or nothing when a stop was requested before the end
     * @throws UsageException when the directory belongs to another run
     * @throws gputrain.file.OutputException when it cannot be written
     * @throws ExperimentException when the file's own hyperparameters cannot be computed with
     */
    public Optional<JsonNode> run() {
        try (RunClaim claim = RunClaim.of(directory, identity(), fresh)) {
            claim.finished().ifPresent(record -> SavedKernelRun.requireWhole(directory));
            return claim.finished().isPresent() ? claim.finished() : Optional.of(compute());
        } catch (StoppedException e) {
            return Optional.empty();
        } catch (NotPositiveDefiniteException e) {
            throw ExperimentFile.error(
                    experiment.file(), experiment.text(), KernelExperimentFile.SECTION, String.valueOf(e.getMessage()));
        }
    }

    private void requireRunning() {
        if (stop.isRequested()) {
            throw new StoppedException();
        }
    }

    private ObjectNode identity() {
        ObjectNode node = RunDirectory.JSON.createObjectNode();
        node.put("experiment", experiment.name());
        node.put("experimentSha256", ExperimentRun.sha256(experiment.text()));
        ObjectNode tables = node.putObject("data");
        data.sources().forEach(table -> tables.put(table.id(), table.sha256()));
        return node;
    }

    private JsonNode compute() {
        AtomicFiles.writeText(directory.experiment(), experiment.text());
        String started = now();
        KernelGrid inside = experiment.grid().isPresent()
                ? timed("grid", () -> stages.inside(readGrid(GRID), points -> write(GRID, points.csv())))
                : new KernelGrid(List.of());
        Map<String, KernelSettings> own = new LinkedHashMap<>();
        own.put(KernelStages.INSIDE, experiment.inside());
        if (experiment.extrapolates()) {
            own.put(KernelStages.OUTSIDE, experiment.outside());
        }
        if (experiment.grid().isPresent()) {
            stages.best(inside).ifPresent(best -> own.put(KernelStages.BEST_INSIDE, best));
        }
        StringBuilder calibration = new StringBuilder("test,model,set,level,coverage\n");
        List<KernelScore> validated = timed("cross-validation", () -> {
            Map<String, KernelSettings> models =
                    new LinkedHashMap<>(stages.comparators(data.allRows(), "comparators, all nuclei"));
            models.putAll(own);
            return stages.crossValidation(models);
        });
        write(CROSS_VALIDATION, KernelTables.scores(validated));
        calibration.append(KernelTables.calibration("cross-validation", validated));
        List<KernelScore> extrapolated = List.of();
        if (experiment.neutronRich() > 0) {
            extrapolated = timed("extrapolation", () -> extrapolation(own));
            write(EXTRAPOLATION, KernelTables.scores(extrapolated));
            calibration.append(KernelTables.calibration("extrapolation", extrapolated));
        }
        List<KernelScore> editions = List.of();
        if (!experiment.editions().isEmpty()) {
            editions = timed("editions", () -> editions(own));
            write(EDITIONS, KernelTables.scores(editions));
            calibration.append(KernelTables.calibration("editions", editions));
        }
        write(CALIBRATION, calibration.toString());
        KernelRecord record = new KernelRecord(data, surroundings, started);
        timed("predictions", () -> {
            write(PREDICTIONS, predictions(experiment.inside(), Optional.of(record)));
            if (experiment.extrapolates()) {
                write(OUTSIDE_PREDICTIONS, predictions(experiment.outside(), Optional.empty()));
            }
            return true;
        });
        ObjectNode written = record.build(inside, validated, extrapolated, editions, seconds, now());
        AtomicFiles.writeText(directory.record(), RunDirectory.write(written));
        return written;
    }

    /** The most neutron-rich nuclei of each chain, by distance (Fig. 4). */
    private List<KernelScore> extrapolation(Map<String, KernelSettings> own) {
        List<int[]> parts = data.byDistance(data.allRows(), experiment.neutronRich());
        int[] fitted = parts.get(0);
        int[] tested = KernelStages.together(parts.subList(1, parts.size()));
        Map<String, KernelSettings> models =
                new LinkedHashMap<>(stages.comparators(fitted, "comparators, extrapolation"));
        models.putAll(own);
        if (experiment.grid().isPresent()) {
            KernelGrid outside = stages.outside(fitted, tested, "extrapolation grid");
            write(OUTSIDE_GRID, outside.csv());
            stages.best(outside).ifPresent(best -> {
                models.put(KernelStages.BEST_OUTSIDE, best);
                own.put(KernelStages.BEST_OUTSIDE, best);
            });
        }
        return stages.predictions(models, fitted, KernelStages.distances(parts), "extrapolation");
    }

    /** Sets by the edition that first knew a mass (Fig. 6): fitted to the first, leave-one-out there. */
    private List<KernelScore> editions(Map<String, KernelSettings> own) {
        List<int[]> parts = data.byEdition();
        int[] fitted = parts.get(0);
        Map<String, int[]> named = new LinkedHashMap<>();
        named.put(year(experiment.editions().get(0)), fitted);
        for (int part = 1; part < parts.size(); part++) {
            String to = part < experiment.editions().size()
                    ? experiment.editions().get(part)
                    : experiment.selection().tableId();
            if (parts.get(part).length > 0) {
                named.put(year(experiment.editions().get(part - 1)) + " to " + year(to), parts.get(part));
            }
        }
        Map<String, KernelSettings> models = new LinkedHashMap<>(stages.comparators(fitted, "comparators, editions"));
        models.putAll(own);
        if (experiment.grid().isPresent()) {
            models.putAll(blind(fitted));
        }
        return stages.predictions(models, fitted, named, "editions");
    }

    /** "1983" of "ame1983"; another id as it is. */
    private static String year(String table) {
        return table.startsWith("ame") ? table.substring(3) : table;
    }

    /** Hyperparameters that only the first set was looked at for. */
    private Map<String, KernelSettings> blind(int[] fitted) {
        Map<String, KernelSettings> models = new LinkedHashMap<>();
        models.put(
                KernelStages.BLIND_INSIDE,
                KernelSearch.leaveOneOut(
                        data,
                        experiment.inside(),
                        fitted,
                        surroundings.choice().engine(),
                        surroundings.options(),
                        this::requireRunning));
        if (experiment.neutronRich() > 0) {
            List<int[]> parts = data.byDistance(fitted, experiment.neutronRich());
            int[] tested = KernelStages.together(parts.subList(1, parts.size()));
            if (parts.get(0).length > 1 && tested.length > 0) {
                stages.best(stages.outside(parts.get(0), tested, "extrapolation grid, first set"))
                        .ifPresent(best -> models.put(KernelStages.BLIND_OUTSIDE, best));
            }
        }
        return models;
    }

    /** The whole chart of the theory, fitted to all nuclei; the record of the first one also gets its components. */
    private String predictions(KernelSettings settings, Optional<KernelRecord> record) {
        int[] all = data.allRows();
        try (KernelFit fit = stages.fit(settings, all)) {
            Map<Nuclide, MassEntry> experiments = new HashMap<>();
            Map<Nuclide, String> sets = new HashMap<>();
            for (MassEntry entry : data.entries()) {
                experiments.put(entry.nuclide(), entry);
                sets.put(entry.nuclide(), "train");
            }
            List<Nuclide> chart = data.theoryMeV().keySet().stream()
                    .sorted(Comparator.comparingInt(Nuclide::Z).thenComparingInt(Nuclide::N))
                    .collect(Collectors.toList());
            List<Prediction> predictions = predict(fit, data, chart);
            if (record.isPresent()) {
                KernelComponents components = KernelComponents.of(fit, data, all);
                write(COMPONENTS, components.csv());
                record.get().fitted(fit, components, predictions.size());
            }
            return RunTables.predictions(predictions, experiments, sets, RunTables.Beside.NOTHING);
        }
    }

    /** Masses of nuclides that the theory has: the theory's value plus the correction, with its uncertainty. */
    static List<Prediction> predict(KernelFit fit, KernelData data, List<Nuclide> nuclides) {
        Posterior posterior = fit.predict(nuclides, true);
        double noise = fit.noiseVariance();
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < nuclides.size(); i++) {
            Nuclide nuclide = nuclides.get(i);
            predictions.add(new Prediction(
                    nuclide,
                    data.theoryMeV().getOrDefault(nuclide, Double.NaN)
                            + posterior.mean()[i],
                    Math.sqrt(posterior.variance()[i] + noise)));
        }
        return predictions;
    }

    /** The whole lines of a grid that is there; a line lacks noises when something else than this program cut the file. */
    private KernelGrid readGrid(String name) {
        Path file = directory.path().resolve(name);
        if (!Files.exists(file)) {
            return new KernelGrid(List.of());
        }
        try {
            return KernelGrid.read(file.toString(), Files.readString(file))
                    .whole(experiment.grid().orElseThrow().noises().size());
        } catch (IOException e) {
            throw new ExperimentException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private void write(String name, String text) {
        AtomicFiles.writeText(directory.path().resolve(name), text);
    }

    private <T> T timed(String stage, java.util.function.Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        seconds.put(stage, (System.nanoTime() - start) * 1e-9);
        return result;
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
