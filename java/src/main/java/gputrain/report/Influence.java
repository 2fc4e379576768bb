package gputrain.report;

import gputrain.nuclide.Nuclide;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A line of an influence file: what leaving out a nucleus would change, means over the networks that trained on it.
 *
 * @param residualMeV experiment minus prediction
 * @param leftOutMeV the same without having trained on it
 * @param leverage between 0 and 1
 * @param influenceKeV rms change of the predictions of the other nuclei trained on
 */
record Influence(
        Nuclide nuclide, String symbol, double residualMeV, double leftOutMeV, double leverage, double influenceKeV) {

    /** The nuclei of a protocol by influence, the largest first; none when its networks have no posterior. */
    static List<Influence> of(Path runDirectory, Protocol protocol) {
        Path file = runDirectory
                .resolve(protocol.json().get("directory").textOr(""))
                .resolve("influence.csv");
        List<Influence> nuclei = new ArrayList<>();
        if (Files.exists(file)) {
            CsvTable.forEachRow(
                    file,
                    row -> nuclei.add(new Influence(
                            new Nuclide(row.integer("Z"), row.integer("N")),
                            row.text("symbol"),
                            row.number("residualMeV"),
                            row.number("leaveOneOutResidualMeV"),
                            row.number("leverage"),
                            row.number("influenceKeV"))));
        }
        nuclei.sort(Comparator.comparingDouble((Influence one) -> -one.influenceKeV())
                .thenComparing(Influence::nuclide));
        return List.copyOf(nuclei);
    }

    /** Mass number and symbol, as in ¹³²Sn. */
    String name() {
        return Numbers.superscript(nuclide.A()) + symbol;
    }
}
