package gputrain.report;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The parts of the page that say what the posterior of a protocol's networks came to. */
final class PosteriorSections {
    private static final int MOST_INFLUENTIAL = 20;

    private final Markup page;
    private final Protocol protocol;

    PosteriorSections(Markup page, Protocol protocol) {
        this.page = page;
        this.protocol = protocol;
    }

    /** Coverage, every network's figures, the most influential nuclei; nothing without a posterior. */
    void write(Path runDirectory) {
        Json posterior = protocol.json().get("posterior");
        if (!posterior.present()) {
            return;
        }
        page.open("section").element("h2", "Uncertainties: " + protocol.title());
        posterior.get("failure").text().ifPresent(text -> page.element("p", "There are none: " + text + "."));
        coverage(posterior.get("coverage").members());
        if (posterior.get("groups").present()) {
            networks(posterior.get("groups").texts());
        }
        influential(Influence.of(runDirectory, protocol));
        page.close().newLine();
    }

    private void coverage(Map<String, Json> sets) {
        if (sets.isEmpty()) {
            return;
        }
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Nuclei not trained on", "rowspan", 2).element("th", "Number", "rowspan", 2, "class", "n");
        page.element("th", "single networks, mean", "colspan", 3, "class", "group");
        page.element("th", "ensemble", "colspan", 3, "class", "group");
        page.close().open("tr");
        for (int i = 0; i < 2; i++) {
            for (String name : List.of("within 1 sd", "within 2 sd", "⟨z²⟩")) {
                page.element("th", name, "class", "n");
            }
        }
        page.close().close().open("tbody");
        Sets.inOrder(sets).forEach(set -> {
            page.open("tr").element("td", set.getKey());
            page.element("td", Numbers.fixed(set.getValue().get("ensembleCount").number(), 0), "class", "n");
            for (String model : List.of("networks", "ensemble")) {
                Json of = set.getValue().get(model);
                page.element("td", percent(of.get("coverage68").number()), "class", "n strong");
                page.element("td", percent(of.get("coverage95").number()), "class", "n strong");
                page.element("td", Numbers.significant(of.get("meanSquare").number(), 3), "class", "n");
            }
            page.close();
        });
        page.close().close().close();
        page.element(
                "p",
                "Share of the nuclei whose experimental mass is within one and two predicted standard deviations (68.3 % and"
                        + " 95.4 % are right), and the mean of the squared errors over the variances (1 is right, more:"
                        + " uncertainties too small). The variances are those of Laplace's approximation with the noise; the"
                        + " ensemble's add the spread of the networks. Leave-one-out: the nuclei trained on, each as if it had not"
                        + " been (linearised), so that the test nuclei have no part in it. Where that says that the ensemble's"
                        + " uncertainties are too large, its mean explains part of what is noise to each of its networks.",
                "class",
                "note");
    }

    private static String percent(double share) {
        return Double.isFinite(share) ? Numbers.fixed(100 * share, 1) + " %" : Numbers.NONE;
    }

    private void networks(List<String> groups) {
        page.element("h3", "Every network");
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        for (String name : List.of(
                "Seed",
                "Noise (MeV)",
                "Leave-one-out (MeV)",
                "GCV (MeV)",
                "Test (MeV)",
                "Log evidence",
                "Effective parameters",
                "Weight decay")) {
            page.element("th", name, "class", "n");
        }
        page.close().close().open("tbody");
        Iterator<Double> test = protocol.test().rmsd().replicas().iterator();
        for (Json replica : protocol.json().get("replicas").items()) {
            if (!replica.get("noiseMeV").present()) {
                continue;
            }
            page.open("tr").element("td", replica.get("seed").textOr(Numbers.NONE), "class", "n");
            for (String key : List.of("noiseMeV", "leaveOneOutMeV", "gcvMeV")) {
                page.element("td", Numbers.energy(replica.get(key).number()), "class", "n");
            }
            page.element("td", test.hasNext() ? Numbers.energy(test.next()) : Numbers.NONE, "class", "n");
            page.element("td", Numbers.fixed(replica.get("logEvidence").number(), 1), "class", "n");
            page.element("td", byGroup(replica.get("effectiveParameters"), false), "class", "n");
            page.element("td", byGroup(replica.get("weightDecay"), true), "class", "n");
            page.close();
        }
        page.close().close().close();
        page.element(
                "p",
                "Noise: standard deviation of what the network cannot explain. Leave-one-out: rms of the residuals that the nuclei"
                        + " trained on would have without having been trained on, linearised; GCV: the same with the mean"
                        + " leverage, by generalised cross-validation. Neither looks at the test set. The evidence compares weight"
                        + " decays of one network on the same nuclei."
                        + (groups.size() > 1 ? " Groups: " + String.join(", ", groups) + "." : ""),
                "class",
                "note");
    }

    private static String byGroup(Json values, boolean decays) {
        return String.join(
                ", ",
                values.items().stream()
                        .map(Json::number)
                        .map(value -> decays ? Numbers.significant(value, 3) : Numbers.fixed(value, 0))
                        .toList());
    }

    private void influential(List<Influence> influence) {
        if (influence.isEmpty()) {
            return;
        }
        List<Influence> most = influence.subList(0, Math.min(MOST_INFLUENTIAL, influence.size()));
        page.element("h3", "The " + most.size() + " most influential nuclei");
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Nuclide");
        for (String name :
                List.of("Z", "N", "Influence (keV)", "Leverage", "Residual (MeV)", "Residual when left out (MeV)")) {
            page.element("th", name, "class", "n");
        }
        page.close().close().open("tbody");
        for (Influence one : most) {
            page.open("tr").element("td", one.name());
            page.element("td", Integer.toString(one.nuclide().Z()), "class", "n");
            page.element("td", Integer.toString(one.nuclide().N()), "class", "n");
            page.element("td", Numbers.significant(one.influenceKeV(), 3), "class", "n strong");
            page.element("td", Numbers.fixed(one.leverage(), 3), "class", "n");
            page.element("td", Numbers.signedEnergy(one.residualMeV()), "class", "n");
            page.element("td", Numbers.signedEnergy(one.leftOutMeV()), "class", "n");
            page.close();
        }
        page.close().close().close();
        page.element(
                "p",
                "Influence: how far the predictions of the other nuclei trained on would move, rms, had this nucleus been left out;"
                        + " leverage: how much of its own mass its prediction follows, from 0 to 1. Means over the networks"
                        + " that trained on it, linearised (Cook, Technometrics 19 (1977) 15). A residual is experiment minus"
                        + " prediction.",
                "class",
                "note");
    }
}
