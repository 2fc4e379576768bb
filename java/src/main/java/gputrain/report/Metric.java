package gputrain.report;

import java.util.List;

/**
 * A figure over the replicas, a deviation in MeV or a number of nuclei; NaN where the record has no value.
 *
 * @param standardDeviation over the replicas; NaN for a single one
 * @param replicas each replica's value
 * @param ensemble the value of the replicas' mean prediction; NaN for a single one
 */
record Metric(double mean, double standardDeviation, List<Double> replicas, double ensemble) {
    static final Metric NONE = new Metric(Double.NaN, Double.NaN, List.of(), Double.NaN);

    /** Reads a metric of a run record: an object, or a plain number where there are no replicas. */
    static Metric of(Json json) {
        if (json.present() && json.node().isNumber()) {
            return new Metric(json.number(), Double.NaN, List.of(), Double.NaN);
        }
        List<Double> replicas =
                json.get("replicas").items().stream().map(Json::number).toList();
        boolean several = replicas.size() > 1;
        return new Metric(
                json.get("mean").number(),
                several ? json.get("standardDeviation").number() : Double.NaN,
                replicas,
                several ? json.get("ensemble").number() : Double.NaN);
    }

    boolean present() {
        return Double.isFinite(mean);
    }

    /** Value and spread, as printed in a table. */
    String text() {
        return Numbers.energy(mean, standardDeviation);
    }
}
