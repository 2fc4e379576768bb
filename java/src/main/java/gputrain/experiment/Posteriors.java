package gputrain.experiment;

import gputrain.engine.Engine;
import gputrain.engine.EngineException;
import gputrain.engine.EngineOptions;
import gputrain.engine.LaplacePosterior;
import gputrain.engine.Optimizer;
import gputrain.engine.Session;
import gputrain.engine.TrainingPlan;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Laplace posteriors of the networks of a protocol, trained by Levenberg-Marquardt with weight decay. Together they are a
 * mixture of normal distributions with equal weights (Eschenhagen, Daxberger, Hennig, Kristiadi, arXiv:2111.03577).
 *
 * @param groups names of the groups of parameters with a weight decay of their own
 * @param networks one for each network that was evaluated
 */
record Posteriors(List<String> groups, List<NetworkPosterior> networks) {

    Posteriors {
        groups = List.copyOf(groups);
        networks = List.copyOf(networks);
    }

    /** Whether a plan and the weight decays of its networks give a posterior: a prior without decay has none. */
    static boolean defined(TrainingPlan plan, List<double[]> weightDecays) {
        return plan.optimizer() instanceof Optimizer.LevenbergMarquardt
                && weightDecays.stream()
                        .allMatch(decays -> decays.length > 0
                                && java.util.Arrays.stream(decays).allMatch(decay -> decay > 0));
    }

    /**
     * Posteriors of networks.
     *
     * @param members indices of the plan's replicas, one for each network
     * @param weightDecays of each network
     * @param nuclides whose variances are wanted; all have all features
     * @throws EngineException when the engine has none, or rounding leaves none
     */
    static Posteriors of(
            Prepared prepared,
            TrainingPlan plan,
            List<Integer> members,
            List<double[]> parameters,
            List<double[]> weightDecays,
            List<Nuclide> nuclides,
            Engine engine,
            EngineOptions options) {
        double[] inputs = prepared.inputs(nuclides);
        int output = prepared.experiment().outputs().mass();
        List<NetworkPosterior> networks;
        try (Session session = engine.open(plan, prepared.data(), options)) {
            networks = IntStream.range(0, members.size())
                    .parallel()
                    .mapToObj(k -> {
                        int replica = members.get(k);
                        try (LaplacePosterior posterior =
                                session.posterior(replica, parameters.get(k), weightDecays.get(k))) {
                            return NetworkPosterior.of(
                                    posterior,
                                    weightDecays.get(k),
                                    plan.replicas().get(replica).trainingRows(),
                                    output,
                                    prepared.massScaleMeV(),
                                    inputs,
                                    nuclides.size());
                        }
                    })
                    .toList();
        }
        return new Posteriors(
                LaplacePosterior.groups(plan.network(), weightDecays.get(0).length)
                        .names(),
                networks);
    }

    /**
     * Predictions with the standard deviation of the mixture, noise included.
     *
     * @param predictions of the nuclides that were asked for, in their order
     */
    List<Prediction> uncertain(List<Prediction> predictions) {
        return IntStream.range(0, predictions.size())
                .mapToObj(i -> {
                    double spread = predictions.get(i).spreadMeV();
                    double own = networks.stream()
                            .mapToDouble(one -> one.predictive(i))
                            .average()
                            .orElseThrow();
                    return predictions
                            .get(i)
                            .withUncertainty(Math.sqrt(own + (networks.size() > 1 ? spread * spread : 0)));
                })
                .toList();
    }

    /** Variance of a mixture: mean of the variances plus the variance of the means (with n - 1, as of a spread). */
    static double mixture(double[] means, double[] variances) {
        int n = means.length;
        double mean = 0;
        double own = 0;
        for (int k = 0; k < n; k++) {
            mean += means[k] / n;
            own += variances[k] / n;
        }
        double squares = 0;
        for (double one : means) {
            squares += (one - mean) * (one - mean);
        }
        return own + (n > 1 ? squares / (n - 1) : 0);
    }

    /** What a protocol's posteriors came to. */
    record Outcome(Optional<Posteriors> posteriors, List<HeldOutErrors> heldOut, String failure) {
        static final Outcome NONE = new Outcome(Optional.empty(), List.of(), "");

        static Outcome failed(EngineException cause) {
            return new Outcome(Optional.empty(), List.of(), String.valueOf(cause.getMessage()));
        }
    }
}
