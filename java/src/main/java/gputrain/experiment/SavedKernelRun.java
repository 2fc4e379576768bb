package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.data.DataLibrary;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished run of kernel models read back. Fitting again takes a fraction of a second and gives the same masses, so a
 * run keeps its experiment and the checksums of its tables, not a matrix.
 *
 * @param record {@code run.json}
 */
public record SavedKernelRun(RunDirectory directory, JsonNode record, KernelExperiment experiment) {

    /** Whether a directory holds a finished run of kernel models. */
    public static boolean isThere(Path path) {
        Path file = new RunDirectory(path).record();
        return Files.exists(file)
                && RunDirectory.read(file).path("kind").asText().equals("kernel");
    }

    /**
     * Reads a run directory.
     *
     * @throws ExperimentException when it holds no finished run of kernel models
     */
    public static SavedKernelRun load(Path path) {
        RunDirectory directory = new RunDirectory(path);
        JsonNode record = RunDirectory.read(directory.record());
        Path file = directory.experiment();
        requireWhole(directory);
        try {
            String text = Files.readString(file);
            if (!RunDirectory.read(directory.settings())
                    .path("experimentSha256")
                    .asText()
                    .equals(ExperimentRun.sha256(text))) {
                throw new ExperimentException(
                        file + ": not the experiment that was run; restore it, or train it into another directory");
            }
            Trainable experiment =
                    ExperimentCatalogue.parse(record.path("experiment").asText("unknown"), file.toString(), text);
            if (experiment instanceof KernelExperiment kernels) {
                return new SavedKernelRun(directory, record, kernels);
            }
        } catch (IOException e) {
            throw new ExperimentException(file + ": cannot be read: " + e.getMessage(), e);
        }
        throw new ExperimentException(file + ": not an experiment of kernel models; the run directory is damaged");
    }

    /**
     * Checks that a finished run has the files that every run writes.
     *
     * @throws ExperimentException naming one that is missing
     */
    static void requireWhole(RunDirectory directory) {
        List<Path> files = new ArrayList<>(List.of(directory.experiment(), directory.settings()));
        for (String name : List.of(
                KernelRun.CROSS_VALIDATION, KernelRun.CALIBRATION, KernelRun.COMPONENTS, KernelRun.PREDICTIONS)) {
            files.add(directory.path().resolve(name));
        }
        JsonNode record = RunDirectory.read(directory.record());
        if (!record.path("gridMinima").isEmpty()) {
            files.add(directory.path().resolve(KernelRun.GRID));
        }
        String settings = record.path("settings").path("extrapolation").asText();
        if (!settings.equals(record.path("settings").path("interpolation").asText())) {
            files.add(directory.path().resolve(KernelRun.OUTSIDE_PREDICTIONS));
        }
        if (!record.path("extrapolation").isEmpty()) {
            files.add(directory.path().resolve(KernelRun.EXTRAPOLATION));
        }
        if (!record.path("editions").isEmpty()) {
            files.add(directory.path().resolve(KernelRun.EDITIONS));
        }
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new ExperimentException(
                        file + ": missing from a finished run; train --fresh computes the run again");
            }
        }
    }

    /** The data that the run was fitted to. */
    public KernelData data(DataLibrary library) {
        KernelData data = KernelData.of(experiment, library);
        SavedRun.requireSame(record, data.sources());
        return data;
    }

    /**
     * Masses and their uncertainties.
     *
     * @param extrapolation whether to take the extrapolation's hyperparameters
     * @param skipped receives the nuclides that the theory lacks, with the reason
     */
    public List<Prediction> predict(
            KernelData data,
            List<Nuclide> nuclides,
            boolean extrapolation,
            Engine engine,
            EngineOptions options,
            List<String> skipped) {
        List<Nuclide> known = new ArrayList<>();
        for (Nuclide nuclide : nuclides) {
            if (data.theoryMeV().containsKey(nuclide)) {
                known.add(nuclide);
            } else {
                skipped.add(experiment.theory() + " has no " + Elements.name(nuclide));
            }
        }
        if (known.isEmpty()) {
            return List.of();
        }
        KernelSettings settings = extrapolation ? experiment.outside() : experiment.inside();
        try (KernelFit fit = new KernelFit(data, settings, data.allRows(), engine, options)) {
            return KernelRun.predict(fit, data, known);
        }
    }
}
