package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.engine.DataSet;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Monitor;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.Session;
import gputrain.engine.StopRule;
import gputrain.engine.TrainingPlan;
import gputrain.features.FeatureException;
import gputrain.model.Network;
import gputrain.model.SplineNetwork;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Trained replicas with their encoder: predicts masses.
 *
 * @param parameters one array per replica
 */
public record TrainedModel(Network network, Precision precision, Encoder encoder, List<double[]> parameters) {

    public TrainedModel {
        parameters = List.copyOf(parameters);
    }

    /**
     * Predicts the nuclides that have all features.
     *
     * @param skipped receives those that lack one, with the reason
     */
    public List<Prediction> predict(
            List<Nuclide> nuclides, DataLibrary library, Engine engine, EngineOptions options, List<String> skipped) {
        List<Nuclide> known = new ArrayList<>();
        for (Nuclide nuclide : nuclides) {
            try {
                encoder.require(nuclide, library);
                known.add(nuclide);
            } catch (FeatureException e) {
                skipped.add(String.valueOf(e.getMessage()));
            }
        }
        if (known.isEmpty()) {
            return List.of();
        }
        double[] inputs = encoder.inputs(known, library);
        List<double[]> masses = new ArrayList<>();
        double[] imaginary = new double[known.size()];
        Arrays.fill(imaginary, network.complex() ? 0 : Double.NaN);
        try (Session session = engine.open(inferencePlan(), oneRow(), options)) {
            for (double[] p : parameters) {
                double[] outputs = session.predict(p, inputs, known.size());
                masses.add(encoder.massExcessMeV(known, outputs, library));
                double[] parts = encoder.imaginaryMeV(network, outputs);
                for (int i = 0; i < parts.length; i++) {
                    imaginary[i] += parts[i] / parameters.size();
                }
            }
        }
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            int row = i;
            double[] values = masses.stream().mapToDouble(m -> m[row]).toArray();
            predictions.add(summarise(known.get(i), values, imaginary[i]));
        }
        return predictions;
    }

    private static Prediction summarise(Nuclide nuclide, double[] values, double imaginary) {
        int n = values.length;
        double mean = 0;
        for (double value : values) {
            mean += value / n;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return new Prediction(nuclide, mean, n > 1 ? Math.sqrt(squares / (n - 1)) : Double.NaN, imaginary, Double.NaN);
    }

    /** A plan that is never advanced: an engine predicts through a session, and a session needs one. */
    public TrainingPlan inferencePlan() {
        // The one optimiser that every engine on a CPU has in float64 for every family.
        Optimizer optimizer = precision == Precision.FLOAT64 && !(network instanceof SplineNetwork)
                ? new Optimizer.LevenbergMarquardt(1, 1, 0)
                : Optimizer.Adam.DEFAULT;
        return new TrainingPlan(
                network,
                new Loss.MeanSquared(),
                optimizer,
                new LearningRateRule.Constant(1),
                StopRule.epochs(1),
                0,
                false,
                new Monitor(1, Collections.nCopies(network.outputs(), 0.0), -1),
                precision,
                List.of(new Replica(0, List.of(new int[] {0}), 0, 1, parameters.get(0))));
    }

    /** Data that a session needs to open, and prediction does not look at. */
    public DataSet oneRow() {
        return new DataSet(
                1, network.inputs(), network.outputs(), new double[network.inputs()], new double[network.outputs()]);
    }
}
