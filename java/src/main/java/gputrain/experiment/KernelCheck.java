package gputrain.experiment;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import gputrain.data.DataLibrary;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fits a saved run of kernel models again and compares with the masses that it wrote. */
public final class KernelCheck {
    private final SavedKernelRun run;
    private final KernelData data;

    /** @throws ExperimentException when the tables are not those of the run */
    public KernelCheck(SavedKernelRun run, DataLibrary library) {
        this.run = run;
        this.data = run.data(library);
    }

    /**
     * Largest difference of a mass, or of its standard deviation, from {@code predictions.csv}, in MeV.
     *
     * @throws ExperimentException when that file cannot be read
     */
    public double largestDifferenceMeV(Engine engine, EngineOptions options) {
        Path file = run.directory().path().resolve(KernelRun.PREDICTIONS);
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
        List<Prediction> again = run.predict(data, nuclides, false, engine, options, new ArrayList<>());
        if (again.size() != written.size()) {
            throw new ExperimentException(
                    file + ": has nuclides that " + run.experiment().theory() + " lacks");
        }
        double largest = 0;
        for (int i = 0; i < written.size(); i++) {
            largest = Math.max(largest, Math.abs(again.get(i).massExcessMeV() - written.get(i)[0]));
            largest = Math.max(largest, Math.abs(again.get(i).spreadMeV() - written.get(i)[1]));
        }
        return largest;
    }
}
