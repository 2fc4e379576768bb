package gputrain.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import gputrain.data.DataLibrary;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fits a saved run of kernel models again and compares with what it wrote. */
public final class KernelCheck {
    private final SavedKernelRun run;
    private final KernelData data;

    /** @throws ExperimentException when the tables are not those of the run */
    public KernelCheck(SavedKernelRun run, DataLibrary library) {
        this.run = run;
        this.data = run.data(library);
    }

    /**
     * Largest difference, in MeV, of a mass or its standard deviation from the two files of predictions, and of a
     * cross-validation deviation of the file's own hyperparameters from the run record.
     *
     * @throws ExperimentException when a file cannot be read or lacks nuclides of the theory
     */
    public double largestDifferenceMeV(Engine engine, EngineOptions options) {
        double largest = 0;
        largest = Math.max(largest, predictions(KernelRun.PREDICTIONS, false, engine, options));
        if (run.experiment().extrapolates()) {
            largest = Math.max(largest, predictions(KernelRun.OUTSIDE_PREDICTIONS, true, engine, options));
        }
        KernelStages stages =
                new KernelStages(data, engine, options, (stage, done, of, note) -> {}, () -> false, () -> {});
        Map<String, KernelSettings> models = new LinkedHashMap<>();
        models.put(KernelRun.INSIDE, run.experiment().inside());
        models.put(KernelRun.OUTSIDE, run.experiment().outside());
        for (KernelScore score : stages.crossValidation(models)) {
            for (JsonNode written : run.record().path("crossValidation")) {
                if (written.path("model").asText().equals(score.model())
                        && written.path("set").asText().equals(score.set())) {
                    double rmsd = written.path("rmsdMeV").asDouble(Double.NaN);
                    double difference = Math.abs(score.deviation().rmsdMeV() - rmsd);
                    largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
                }
            }
        }
        return largest;
    }

    private double predictions(String name, boolean extrapolation, Engine engine, EngineOptions options) {
        Path file = run.directory().path().resolve(name);
        List<Nuclide> nuclides = new ArrayList<>();
        List<double[]> written = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> lines = CsvReader.builder().ofNamedCsvRecord(file)) {
            for (NamedCsvRecord line : lines) {
                nuclides.add(new Nuclide(Integer.parseInt(line.getField("Z")), Integer.parseInt(line.getField("N"))));
                written.add(new double[] {
                    Double.parseDouble(line.getField("predictedMeV")), Double.parseDouble(line.getField("spreadMeV"))
                });
            }
        } catch (IOException | RuntimeException e) {
            throw new ExperimentException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (!data.theoryMeV().keySet().equals(Set.copyOf(nuclides))) {
            throw new ExperimentException(file + ": has " + nuclides.size() + " lines, "
                    + run.experiment().theory() + " has "
                    + data.theoryMeV().size() + " nuclides; train --fresh computes the run again");
        }
        List<Prediction> again = run.predict(data, nuclides, extrapolation, engine, options, new ArrayList<>());
        double largest = 0;
        for (int i = 0; i < written.size(); i++) {
            largest = Math.max(largest, Math.abs(again.get(i).massExcessMeV() - written.get(i)[0]));
            largest = Math.max(largest, Math.abs(again.get(i).spreadMeV() - written.get(i)[1]));
        }
        return largest;
    }
}
