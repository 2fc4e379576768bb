package gputrain.report;

import java.util.Comparator;
import java.util.List;

/**
 * What is left of a set of nuclei below a threshold of |Im y| (Dellen et al., Section 3.2).
 *
 * @param count nuclei below
 * @param rmsd of those nuclei; without a value when there is none
 * @param named whether the experiment file asks for it; the others make up a curve
 * @param publishedCount NaN when nothing is published, as {@code publishedRmsdMeV}
 */
record ThresholdPoint(
        String set,
        double tauMeV,
        Metric count,
        Metric rmsd,
        boolean named,
        double publishedCount,
        double publishedRmsdMeV) {

    /** Such as "7 of 10 networks" where the others have no nucleus below; empty where the rms is of all, or of none. */
    String share() {
        int with = rmsd.replicas().size();
        int all = count.replicas().size();
        return with > 0 && with < all ? with + " of " + all + " networks" : "";
    }

    /** Those of a protocol as its record has them; none when its network is not complex. */
    static List<ThresholdPoint> of(Protocol protocol) {
        return protocol.json().get("thresholds").items().stream()
                .map(ThresholdPoint::read)
                .toList();
    }

    /** Those of a set that a curve is drawn through, the named ones among them, by rising threshold. */
    static List<ThresholdPoint> curve(Protocol protocol, String set) {
        List<ThresholdPoint> points =
                of(protocol).stream().filter(point -> point.set().equals(set)).toList();
        return points.stream()
                .filter(point -> point.named()
                        || points.stream().noneMatch(other -> other.named() && other.tauMeV() == point.tauMeV()))
                .sorted(Comparator.comparingDouble(ThresholdPoint::tauMeV))
                .toList();
    }

    private static ThresholdPoint read(Json json) {
        Json published = json.get("published");
        return new ThresholdPoint(
                json.get("set").textOr(""),
                json.get("tauMeV").number(),
                Metric.of(json.get("count")),
                Metric.of(json.get("rmsdMeV")),
                published.present(),
                published.get("count").number(),
                published.get("rmsdMeV").number());
    }
}
