package gputrain.evaluation;

import java.util.List;

/**
 * A figure of several replicas.
 *
 * @param mean of the replicas
 * @param standardDeviation of the replicas, with n - 1; 0 for one replica
 * @param replicas each one's figure
 * @param ensemble the figure of the mean of the replicas' predictions
 */
public record Spread(double mean, double standardDeviation, List<Double> replicas, double ensemble) {

    public Spread {
        replicas = List.copyOf(replicas);
    }

    /**
     * Mean and standard deviation of some replicas.
     *
     * @throws IllegalArgumentException when there is no replica
     */
    public static Spread of(List<Double> replicas, double ensemble) {
        if (replicas.isEmpty()) {
            throw new IllegalArgumentException("no replicas");
        }
        double mean = replicas.stream().mapToDouble(x -> x).average().orElseThrow();
        double squares =
                replicas.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        double deviation = replicas.size() > 1 ? Math.sqrt(squares / (replicas.size() - 1)) : 0;
        return new Spread(mean, deviation, replicas, ensemble);
    }
}
