package gputrain.report;

import gputrain.nuclide.Nuclide;
import gputrain.report.CsvTable.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of a predictions file: atomic mass excesses in MeV, NaN where there is no value.
 *
 * @param set name of the set of nuclei; {@code none} for a nuclide without an experimental value; {@link Sets#HELD_OUT} for
 *     one that some networks have in a test set of their own
 * @param predictedMeV mean of all replicas
 * @param spreadMeV standard deviation over the replicas
 * @param residualMeV experiment minus {@link #judgedMeV}
 * @param imaginaryMeV mean of the replicas' |Im y|, of complex networks
 * @param heldOutMeV mean of the replicas that have the nucleus in a test set of their own
 * @param theoryMeV of the theory that the networks correct
 * @param predictiveMeV standard deviation of the predicted mass, noise included, of networks with a posterior
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
        double imaginaryMeV,
        double heldOutMeV,
        double theoryMeV,
        double predictiveMeV) {
    static final String NO_SET = "none";
    private static final String IMAGINARY = "imaginaryMeV";
    private static final String HELD_OUT = "heldOutMeV";
    private static final String THEORY = "theoryMeV";
    private static final String PREDICTIVE = "uncertaintyMeV";

    static List<Prediction> read(Path file) {
        List<Prediction> predictions = new ArrayList<>();
        CsvTable.forEachRow(file, row -> predictions.add(of(row)));
        return List.copyOf(predictions);
    }

    /** Whether it is in a set and can be compared with experiment. */
    boolean compared() {
        return !set.equals(NO_SET) && Double.isFinite(residualMeV);
    }

    /** Whether its residual is of the networks that did not train on it. */
    boolean isHeldOut() {
        return set.equals(Sets.HELD_OUT);
    }

    /** The prediction that it is judged by. */
    double judgedMeV() {
        return isHeldOut() ? heldOutMeV : predictedMeV;
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
        String set = row.text("set");
        double experimentMeV = row.number("experimentMeV");
        double residualMeV = row.number("residualMeV");
        double heldOutMeV = optional(row, HELD_OUT);
        if (row.columns().contains(HELD_OUT) && set.equals("all")) {
            // Most networks trained on the nucleus: the residual of their mean would be no test.
            residualMeV = experimentMeV - heldOutMeV;
            set = Double.isFinite(heldOutMeV) ? Sets.HELD_OUT : set;
        }
        return new Prediction(
                new Nuclide(z, n),
                row.text("symbol"),
                set,
                experimentMeV,
                row.number("experimentUncertaintyMeV"),
                row.number("predictedMeV"),
                row.number("spreadMeV"),
                residualMeV,
                optional(row, IMAGINARY),
                heldOutMeV,
                optional(row, THEORY),
                optional(row, PREDICTIVE));
    }

    private static double optional(Row row, String column) {
        return row.columns().contains(column) ? row.number(column) : Double.NaN;
    }
}
