package gputrain.report;

import gputrain.evaluation.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How important each input is to the spline networks of a run.
 *
 * @param sizes of each input, mean |φ|
 * @param scores of each input
 */
record Importance(List<String> inputs, List<Metric> sizes, List<Metric> scores) {

    /** What is measured. */
    enum Measure {
        SIZE("mean |φ|", "meanAbsolute"),
        SCORE("score", "score");

        final String title;
        private final String key;

        Measure(String title, String key) {
            this.title = title;
            this.key = key;
        }
    }

    /** Nothing for networks that are no splines. */
    static Optional<Importance> of(Protocol protocol) {
        List<Json> inputs = protocol.json().get("importance").items();
        return inputs.isEmpty()
                ? Optional.empty()
                : Optional.of(new Importance(
                        inputs.stream().map(one -> one.get("input").textOr("")).toList(),
                        metrics(inputs, Measure.SIZE),
                        metrics(inputs, Measure.SCORE)));
    }

    private static List<Metric> metrics(List<Json> inputs, Measure measure) {
        return inputs.stream().map(one -> Metric.of(one.get(measure.key))).toList();
    }

    List<Metric> of(Measure measure) {
        return measure == Measure.SIZE ? sizes : scores;
    }

    int networks() {
        return sizes.get(0).replicas().size();
    }

    /** In how many networks an input is before all others; none where another is level with it. */
    int firstIn(Measure measure, int input) {
        List<Metric> all = of(measure);
        return (int) IntStream.range(0, networks())
                .filter(k -> all.stream()
                                .filter(other -> other.replicas().get(k)
                                        >= all.get(input).replicas().get(k))
                                .count()
                        == 1)
                .count();
    }

    /** Such as "N in 7 of 10 networks, Z in 3". */
    String leaders(Measure measure) {
        List<Integer> order = IntStream.range(0, inputs.size())
                .boxed()
                .filter(i -> firstIn(measure, i) > 0)
                .sorted(Comparator.comparingInt((Integer i) -> -firstIn(measure, i)))
                .toList();
        if (order.isEmpty()) {
            return "none in any network";
        }
        List<String> parts = new ArrayList<>();
        for (int i : order) {
            int count = firstIn(measure, i);
            parts.add(inputs.get(i) + " in "
                    + (parts.isEmpty()
                            ? count + " of " + networks() + (networks() == 1 ? " network" : " networks")
                            : count));
        }
        return String.join(", ", parts);
    }

    /** The inputs by their mean over the networks, the largest first: "N > Z > S > P". */
    String order(Measure measure) {
        return IntStream.range(0, inputs.size())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        (Integer i) -> -of(measure).get(i).mean()))
                .map(inputs::get)
                .collect(Collectors.joining(" > "));
    }

    /** Each network's measures as shares of their sum: mean and standard deviation over the networks. */
    InputShares.Model shares(String name, Measure measure) {
        double[] mean = new double[inputs.size()];
        double[] spread = new double[inputs.size()];
        double[][] shares = new double[inputs.size()][networks()];
        for (int k = 0; k < networks(); k++) {
            int network = k;
            double sum = of(measure).stream()
                    .mapToDouble(one -> one.replicas().get(network))
                    .sum();
            for (int i = 0; i < shares.length; i++) {
                shares[i][k] = sum > 0 ? of(measure).get(i).replicas().get(k) / sum : 0;
            }
        }
        for (int i = 0; i < shares.length; i++) {
            Spread one = Spread.of(Arrays.stream(shares[i]).boxed().toList(), Double.NaN);
            mean[i] = one.mean();
            spread[i] = networks() > 1 ? one.standardDeviation() : Double.NaN;
        }
        return new InputShares.Model(name, inputs, mean, spread);
    }

    /** Both measures of one run. */
    Figure figure(String fileName) {
        return InputShares.of(
                fileName,
                "Importance of each input by two measures",
                "share of all inputs (%)",
                List.of(shares("mean |φ|", Measure.SIZE), shares("score", Measure.SCORE)),
                "Each measure as a share of its sum over the inputs"
                        + (networks() > 1
                                ? ": mean of the networks; lines: standard deviation of the networks."
                                : "."));
    }
}
