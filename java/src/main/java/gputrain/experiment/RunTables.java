package gputrain.experiment;

import de.siegmar.fastcsv.writer.CsvWriter;
import gputrain.data.MassEntry;
import gputrain.data.TheoryTable;
import gputrain.engine.Sample;
import gputrain.file.Decimals;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Text of a run's CSV files. */
final class RunTables {
    private RunTables() {}

    /** One line per replica and sample; empty cells where a value is not finite. */
    static String metrics(ProtocolResult result, double massScaleMeV) {
        StringWriter text = new StringWriter();
        CsvWriter csv = CsvWriter.builder().build(text);
        List<String> header = new ArrayList<>(List.of("replica", "seed", "epoch", "loss", "learningRate"));
        for (String set : result.protocol().sets()) {
            header.add("rmsd" + set.substring(0, 1).toUpperCase(Locale.ROOT) + set.substring(1) + "MeV");
        }
        csv.writeRecord(header);
        for (Sample sample : result.outcome().samples()) {
            List<String> line = new ArrayList<>();
            line.add(Integer.toString(sample.replica()));
            line.add(
                    Long.toString(result.plan().replicas().get(sample.replica()).seed()));
            line.add(Long.toString(sample.epoch()));
            line.add(number(sample.loss(), "%.6g"));
            line.add(number(sample.learningRate(), "%.4g"));
            sample.rms().forEach(rms -> line.add(number(rms * massScaleMeV)));
            csv.writeRecord(line);
        }
        closed(csv);
        return text.toString();
    }

    /**
     * What only some runs have beside their predictions.
     *
     * @param test by nuclide, where every network has a test set of its own; otherwise none
     * @param theory the table that the networks correct
     */
    record Beside(Map<Nuclide, TestPrediction> test, Optional<TheoryTable> theory) {
        static final Beside NOTHING = new Beside(Map.of(), Optional.empty());
    }

    /**
     * One line per nuclide.
     *
     * @param experiments the experimental masses there are
     * @param sets the set of each nuclide of the experiment
     * @param ensemble predictions
     */
    static String predictions(
            List<Prediction> ensemble, Map<Nuclide, MassEntry> experiments, Map<Nuclide, String> sets, Beside beside) {
        StringWriter text = new StringWriter();
        CsvWriter csv = CsvWriter.builder().build(text);
        boolean complex = ensemble.stream().anyMatch(one -> Double.isFinite(one.imaginaryMeV()));
        List<String> header = new ArrayList<>(List.of(
                "Z",
                "N",
                "A",
                "symbol",
                "set",
                "experimentMeV",
                "experimentUncertaintyMeV",
                "predictedMeV",
                "spreadMeV",
                "residualMeV"));
        if (complex) {
            header.add("imaginaryMeV");
        }
        boolean uncertain = ensemble.stream().anyMatch(one -> Double.isFinite(one.uncertaintyMeV()));
        if (uncertain) {
            header.add("uncertaintyMeV");
        }
        if (!beside.test().isEmpty()) {
            header.addAll(List.of("heldOutMeV", "heldOutNetworks"));
        }
        beside.theory().ifPresent(table -> header.add("theoryMeV"));
        csv.writeRecord(header);
        for (Prediction prediction : ensemble) {
            Nuclide nuclide = prediction.nuclide();
            Optional<MassEntry> entry = Optional.ofNullable(experiments.get(nuclide));
            List<String> line = new ArrayList<>(List.of(
                    Integer.toString(nuclide.Z()),
                    Integer.toString(nuclide.N()),
                    Integer.toString(nuclide.A()),
                    Elements.symbol(nuclide.Z()),
                    sets.getOrDefault(nuclide, "none"),
                    entry.map(e -> number(e.massExcessMeV())).orElse(""),
                    entry.map(e -> number(e.massExcessUncertaintyKeV() / 1000)).orElse(""),
                    number(prediction.massExcessMeV()),
                    number(prediction.spreadMeV()),
                    entry.map(e -> number(e.massExcessMeV() - prediction.massExcessMeV()))
                            .orElse("")));
            if (complex) {
                line.add(number(prediction.imaginaryMeV()));
            }
            if (uncertain) {
                line.add(number(prediction.uncertaintyMeV()));
            }
            if (!beside.test().isEmpty()) {
                TestPrediction test = beside.test().getOrDefault(nuclide, new TestPrediction(Double.NaN, 0));
                line.add(number(test.massExcessMeV()));
                line.add(Integer.toString(test.networks()));
            }
            beside.theory()
                    .ifPresent(table -> line.add(table.find(nuclide)
                            .map(theory -> number(theory.massExcessMeV()))
                            .orElse("")));
            csv.writeRecord(line);
        }
        closed(csv);
        return text.toString();
    }

    private static void closed(CsvWriter csv) {
        try {
            csv.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The set of each row; {@code all} where it differs from network to network. */
    static Map<Nuclide, String> sets(Prepared prepared) {
        Map<Nuclide, String> sets = new HashMap<>();
        for (int row : prepared.trainingRows()) {
            sets.put(prepared.rows().get(row).nuclide(), prepared.dividedBySeed() ? "all" : "train");
        }
        for (int row : prepared.testRows()) {
            sets.put(prepared.rows().get(row).nuclide(), "test");
        }
        prepared.extraRows().forEach((name, rows) -> {
            for (int row : rows) {
                sets.put(prepared.rows().get(row).nuclide(), name);
            }
        });
        return sets;
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Decimals.fixed(value, 6) : "";
    }

    private static String number(double value, String format) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
    }
}
