package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.engine.DataSet;
import gputrain.features.Feature;
import gputrain.features.Scaler;
import gputrain.features.Target;
import gputrain.model.Network;
import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.List;

/**
 * Between nuclides and the numbers that a network sees.
 *
 * @param features inputs
 * @param targets outputs
 * @param mass index of the target that gives the mass
 */
public record Encoder(List<Feature> features, List<Target> targets, int mass, Scaler inputScaler, Scaler targetScaler) {

    public Encoder {
        features = List.copyOf(features);
        targets = List.copyOf(targets);
    }

    /** Scalers fitted on {@code fitted}, indices into {@code rows}. */
    static Encoder fit(Experiment experiment, DataLibrary library, List<MassEntry> rows, int[] fitted) {
        List<Feature> features = experiment.inputs().features();
        List<Target> targets = experiment.outputs().targets();
        double[] inputs = inputs(features, rows.stream().map(MassEntry::nuclide).toList(), library);
        double[] outputs = outputs(targets, rows, library);
        Scaler inputScaler = switch (experiment.inputs().scaling()) {
            case "min-max" -> Scaler.minMax(inputs, features.size(), fitted);
            case "symmetric" -> Scaler.symmetric(inputs, features.size(), fitted);
            case "standard" -> Scaler.standard(inputs, features.size(), fitted);
            case "unit" ->
                Scaler.centred(
                        inputs, features.size(), fitted, experiment.inputs().unit());
            case "divided" ->
                Scaler.divided(features.size(), experiment.inputs().unit());
            default -> Scaler.none(features.size());
        };
        double unit = experiment.outputs().unitMeV();
        Scaler targetScaler = switch (experiment.outputs().scaling()) {
            case "standard" -> Scaler.standard(outputs, targets.size(), fitted);
            case "divided" -> Scaler.divided(targets.size(), unit);
            default -> Scaler.centred(outputs, targets.size(), fitted, unit);
        };
        return new Encoder(features, targets, experiment.outputs().mass(), inputScaler, targetScaler);
    }

    /** Scaled inputs and targets of {@code rows}; the imaginary part of a complex output has the target 0. */
    DataSet dataSet(List<MassEntry> rows, Network network, DataLibrary library) {
        double[] scaled = targetScaler.apply(outputs(targets, rows, library));
        int width = network.outputs();
        double[] padded = new double[rows.size() * width];
        for (int i = 0; i < scaled.length; i++) {
            padded[i / targets.size() * width + i % targets.size()] = scaled[i];
        }
        return new DataSet(
                rows.size(),
                features.size(),
                width,
                inputs(rows.stream().map(MassEntry::nuclide).toList(), library),
                padded);
    }

    /**
     * That the nuclide has all features and a mass follows from the outputs.
     *
     * @throws gputrain.features.FeatureException when not; the message says what it lacks
     */
    public void require(Nuclide nuclide, DataLibrary library) {
        inputs(List.of(nuclide), library);
        targets.get(mass).energyMeV(nuclide, 0, library);
    }

    /** Scaled inputs, {@code [nuclides, features]} row-major. */
    public double[] inputs(List<Nuclide> nuclides, DataLibrary library) {
        return inputScaler.apply(inputs(features, nuclides, library));
    }

    /**
     * Mass excess in MeV from a network's outputs.
     *
     * @param outputs {@code [nuclides, the network's outputs]} row-major, scaled
     * @param library where a target that needs a theory table finds it
     * @throws gputrain.features.FeatureException when that table lacks a nuclide
     */
    public double[] massExcessMeV(List<Nuclide> nuclides, double[] outputs, DataLibrary library) {
        double[] result = new double[nuclides.size()];
        int width = nuclides.isEmpty() ? 1 : outputs.length / nuclides.size();
        for (int i = 0; i < result.length; i++) {
            Nuclide nuclide = nuclides.get(i);
            double value = targetScaler.invert(outputs[i * width + mass], mass);
            result[i] = Constants.constituentMassExcessMeV(nuclide)
                    + targets.get(mass).energyMeV(nuclide, value, library);
        }
        return result;
    }

    /**
     * |Im y| in MeV of a complex network, the uncertainty of Dellen et al., Section 3.2; empty for a real one.
     *
     * @param outputs {@code [nuclides, the network's outputs]} row-major, scaled
     */
    public double[] imaginaryMeV(Network network, double[] outputs) {
        if (!network.complex()) {
            return new double[0];
        }
        double[] result = new double[outputs.length / 2];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.abs(outputs[2 * i + 1]) * targetScaler.scale()[mass];
        }
        return result;
    }

    private static double[] inputs(List<Feature> features, List<Nuclide> nuclides, DataLibrary library) {
        double[] values = new double[nuclides.size() * features.size()];
        int i = 0;
        for (Nuclide nuclide : nuclides) {
            for (Feature feature : features) {
                values[i++] = feature.value(nuclide, library);
            }
        }
        return values;
    }

    private static double[] outputs(List<Target> targets, List<MassEntry> rows, DataLibrary library) {
        double[] values = new double[rows.size() * targets.size()];
        int i = 0;
        for (MassEntry row : rows) {
            double energy = row.massExcessMeV() - Constants.constituentMassExcessMeV(row.nuclide());
            for (Target target : targets) {
                values[i++] = target.value(row.nuclide(), energy, library);
            }
        }
        return values;
    }
}
