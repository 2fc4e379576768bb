package gputrain.report;

import gputrain.report.Protocol.SetMetrics;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What thresholds of |Im y| leave of each set, beside the paper's figures (Dellen et al., Table 3). */
final class ThresholdTable {
    private final Markup page;

    private ThresholdTable(Markup page) {
        this.page = page;
    }

    /** A section with a table, when the experiment names thresholds. */
    static void write(Markup page, List<Protocol> protocols) {
        if (protocols.stream().flatMap(p -> ThresholdPoint.of(p).stream()).noneMatch(ThresholdPoint::named)) {
            return;
        }
        page.open("section").element("h2", "Nuclei below thresholds of |Im y|");
        page.element(
                "p",
                "The imaginary part of the output, which training drives to zero, serves as the uncertainty: what is left of each"
                        + " set when only the nuclei with an |Im y| below τ are kept.");
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        for (String name : List.of("Protocol", "Set")) {
            page.element("th", name, "rowspan", 2);
        }
        page.element("th", "τ (MeV)", "rowspan", 2, "class", "n");
        page.element("th", "nuclei", "colspan", 3, "class", "group");
        page.element("th", "rms deviation (MeV)", "colspan", 4, "class", "group");
        page.close().open("tr");
        for (String name : List.of("mean ± sd", "ensemble", "paper", "mean ± sd", "ensemble", "paper", "difference")) {
            page.element("th", name, "class", "n");
        }
        page.close().close().open("tbody");
        protocols.forEach(new ThresholdTable(page)::rows);
        page.close().close().close();
        page.element(
                "p",
                "Mean and standard deviation (sd) over the seeds, each with its own |Im y|; ensemble: the mean prediction of"
                        + " all seeds on the nuclei whose mean |Im y| is below τ; difference: mean minus paper, negative where"
                        + " ours is better. A network without a nucleus below τ has no deviation there: a figure of the"
                        + " others says of how many. A smaller set is not the same set: compare the numbers of nuclei, too.",
                "class",
                "note");
        page.close().newLine();
    }

    private void rows(Protocol protocol) {
        List<ThresholdPoint> named = ThresholdPoint.of(protocol).stream()
                .filter(ThresholdPoint::named)
                .toList();
        boolean first = true;
        for (Map.Entry<String, SetMetrics> set : protocol.sets().entrySet()) {
            List<ThresholdPoint> points = named.stream()
                    .filter(point -> point.set().equals(set.getKey()))
                    .sorted(Comparator.comparingDouble(ThresholdPoint::tauMeV).reversed())
                    .toList();
            SetMetrics whole = set.getValue();
            if (points.isEmpty() && !Double.isFinite(whole.publishedRmsdMeV())) {
                continue;
            }
            row(
                    first ? protocol.title() : "",
                    set.getKey(),
                    new ThresholdPoint(
                            set.getKey(),
                            Double.NaN,
                            new Metric(whole.count(), Double.NaN, List.of(), Double.NaN),
                            whole.rmsd(),
                            true,
                            Double.NaN,
                            whole.publishedRmsdMeV()));
            points.forEach(point -> row("", "", point));
            first = false;
        }
    }

    private void row(String protocol, String set, ThresholdPoint point) {
        page.open("tr", "class", set.isEmpty() ? null : "first");
        page.element("td", protocol, "class", "name").element("td", set);
        page.element("td", Double.isFinite(point.tauMeV()) ? Numbers.plain(point.tauMeV()) : "none", "class", "n");
        page.element(
                "td", Numbers.nuclei(point.count().mean(), point.count().standardDeviation()), "class", "n strong");
        page.element("td", Numbers.fixed(point.count().ensemble(), 0), "class", "n");
        page.element("td", Numbers.fixed(point.publishedCount(), 0), "class", "n");
        Metric rmsd = point.rmsd();
        String share = Double.isFinite(point.tauMeV()) ? point.share() : "";
        page.element("td", rmsd.text() + (share.isEmpty() ? "" : " (" + share + ")"), "class", "n strong");
        page.element("td", Numbers.energy(rmsd.ensemble()), "class", "n");
        page.element("td", Numbers.energy(point.publishedRmsdMeV()), "class", "n");
        page.element(
                "td",
                Numbers.signedEnergy(Verdict.difference(rmsd, point.publishedRmsdMeV())),
                "class",
                ("n " + Verdict.cssClass(rmsd, point.publishedRmsdMeV())).strip());
        page.close();
    }
}
