package gputrain.experiment;

import gputrain.data.MassEntry;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Text of the CSV files that Laplace posteriors give. */
final class PosteriorTables {
    private PosteriorTables() {}

    /** One line for each nuclide that a network trained on: means over the networks that did. */
    static String influence(Posteriors posteriors, List<MassEntry> rows) {
        double[][] sums = new double[rows.size()][4];
        int[] networks = new int[rows.size()];
        for (NetworkPosterior one : posteriors.networks()) {
            for (int i = 0; i < one.rows().length; i++) {
                int row = one.rows()[i];
                networks[row]++;
                sums[row][0] += one.residualsMeV()[i];
                sums[row][1] += one.leftOutMeV()[i];
                sums[row][2] += one.leverages()[i];
                sums[row][3] += 1000 * one.influencesMeV()[i];
            }
        }
        StringBuilder text =
                new StringBuilder("Z,N,A,symbol,networks,residualMeV,leaveOneOutResidualMeV,leverage,influenceKeV\n");
        for (int row = 0; row < sums.length; row++) {
            if (networks[row] == 0) {
                continue;
            }
            Nuclide nuclide = rows.get(row).nuclide();
            text.append(String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%s,%d,%.6f,%.6f,%.6f,%.6f\n",
                    nuclide.Z(),
                    nuclide.N(),
                    nuclide.A(),
                    Elements.symbol(nuclide.Z()),
                    networks[row],
                    sums[row][0] / networks[row],
                    sums[row][1] / networks[row],
                    sums[row][2] / networks[row],
                    sums[row][3] / networks[row]));
        }
        return text.toString();
    }

    /** Coverage of every central interval, in steps of 5 %: of single networks, their mean, and of the ensemble. */
    static String calibration(List<HeldOutErrors> heldOut) {
        StringBuilder text = new StringBuilder("set,model,level,coverage\n");
        for (HeldOutErrors one : heldOut) {
            lines(text, one.set(), "single networks", level -> one.mean(HeldOutErrors.Errors::coverage, level));
            lines(text, one.set(), "ensemble", level -> one.ensemble().coverage(level));
        }
        return text.toString();
    }

    private static void lines(StringBuilder text, String set, String model, ToDoubleFunction<Double> coverage) {
        for (int percent = 5; percent <= 95; percent += 5) {
            double level = percent / 100.0;
            text.append(String.format(
                    Locale.ROOT, "\"%s\",%s,%.2f,%.4f\n", set, model, level, coverage.applyAsDouble(level)));
        }
    }
}
