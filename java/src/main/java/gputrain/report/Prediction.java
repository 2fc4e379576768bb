package gputrain.report;

import gputrain.nuclide.Nuclide;
import gputrain.report.CsvTable.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of a predictions file: atomic mass excesses in MeV, NaN where there is no value.
 *
 * @param set name of the set of nuclei; {@code none} for a nuclide without an experimental value
 * @param spreadMeV standard deviation over the replicas
 * @param residualMeV experiment minus prediction
 * @param imaginaryMeV mean of the replicas' |Im y|, of complex networks
 */
record Prediction(
        Nuclide nuclide,
        String symbol,
        String set,
        double experimentMeV,
        double uncertaintyMeV,
        double predictedMeV,
        double spreadMeV,
        double residualMeV,
        double imaginaryMeV) {
    static final String NO_SET = "none";
    private static final String IMAGINARY = "imaginaryMeV";

    static List<Prediction> read(Path file) {
        List<Prediction> predictions = new ArrayList<>();
        CsvTable.forEachRow(file, row -> predictions.add(of(row)));
        return List.copyOf(predictions);
    }

    /** Whether it is in a set and can be compared with experiment. */
    boolean compared() {
        return !set.equals(NO_SET) && Double.isFinite(residualMeV);
    }

    /** Mass number and symbol, as in ¹³²Sn. */
    String name() {
        return Numbers.superscript(nuclide.A()) + symbol;
    }

    boolean isTest() {
        return set.equals("test");
    }

    private static Prediction of(Row row) {
        int z = row.integer("Z");
        int n = row.integer("N");
        if (z < 0 || n < 0 || z + n == 0) {
            throw row.error("Z", "not a nuclide: Z=" + z + ", N=" + n);
        }
        return new Prediction(
                new Nuclide(z, n),
                row.text("symbol"),
                row.text("set"),
                row.number("experimentMeV"),
                row.number("experimentUncertaintyMeV"),
                row.number("predictedMeV"),
                row.number("spreadMeV"),
                row.number("residualMeV"),
                row.columns().contains(IMAGINARY) ? row.number(IMAGINARY) : Double.NaN);
    }
}
