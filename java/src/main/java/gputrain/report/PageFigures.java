package gputrain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The parts of the page that show a protocol's curves, charts and worst nuclei. */
final class PageFigures {
    private static final int WORST = 15;

    private final Markup page;
    private final Protocol protocol;

    PageFigures(Markup page, Protocol protocol) {
        this.page = page;
        this.protocol = protocol;
    }

    /**
     * Figures that belong together.
     *
     * @param title a heading of their own; empty for none
     */
    record Group(String title, List<Figure> figures) {}

    /** Every figure of a protocol that its files give, in the order of the page; no group is empty. */
    static List<Group> of(Protocol protocol) {
        List<Figure> figures = new ArrayList<>(CurveFigures.of(protocol));
        if (!protocol.compared().isEmpty()) {
            figures.add(NuclideChart.of(protocol));
            figures.addAll(ResidualFigures.of(protocol));
        }
        figures.addAll(SeparationChart.of(protocol));
        List<Figure> uncertainty = new ArrayList<>(ThresholdChart.of(protocol));
        uncertainty.addAll(UncertaintyMaps.of(protocol));
        return Stream.of(new Group("", figures), new Group("The imaginary part as uncertainty", uncertainty))
                .filter(group -> !group.figures().isEmpty())
                .toList();
    }

    static void write(Markup page, Figure figure) {
        page.open("figure", "class", figure.wide() ? "wide" : null)
                .raw(figure.svg().inline())
                .element("figcaption", figure.caption())
                .close()
                .newLine();
    }

    void write(List<Group> groups) {
        page.open("section").element("h2", "Figures: " + protocol.title());
        if (protocol.traces().isEmpty()) {
            page.element("p", "No metrics.csv for this protocol, so no curves of the training.", "class", "note");
        }
        if (protocol.compared().isEmpty()) {
            page.element(
                    "p",
                    "No predictions with experimental values for this protocol, so no chart of nuclei, residuals or"
                            + " separation energies.",
                    "class",
                    "note");
        }
        double rate = CurveFigures.constantRate(protocol);
        if (Double.isFinite(rate)) {
            page.element("p", "The learning rate was " + Numbers.plain(rate) + " throughout.", "class", "note");
        }
        for (Group group : groups) {
            if (!group.title().isEmpty()) {
                page.element("h3", group.title());
            }
            page.open("div", "class", "figures").newLine();
            group.figures().forEach(figure -> write(page, figure));
            page.close();
        }
        worst();
        page.close().newLine();
    }

    private void worst() {
        List<Prediction> worst = protocol.compared().stream()
                .sorted(Comparator.comparingDouble((Prediction p) -> -Math.abs(p.residualMeV()))
                        .thenComparing(Prediction::nuclide))
                .limit(WORST)
                .toList();
        if (worst.isEmpty()) {
            return;
        }
        page.element("h3", "The " + worst.size() + " nuclei with the largest residuals");
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Nuclide");
        for (String name : List.of("Z", "N")) {
            page.element("th", name, "class", "n");
        }
        page.element("th", "Set");
        boolean heldOut = worst.stream().anyMatch(Prediction::isHeldOut);
        String predicted = heldOut ? "predicted" : "predicted ± sd of seeds";
        for (String name : List.of("experiment", predicted, "experiment − predicted")) {
            page.element("th", name + " (MeV)", "class", "n");
        }
        page.close().close().open("tbody");
        for (Prediction p : worst) {
            page.open("tr").element("td", p.name());
            page.element("td", Integer.toString(p.nuclide().Z()), "class", "n");
            page.element("td", Integer.toString(p.nuclide().N()), "class", "n");
            page.element("td", p.set());
            page.element("td", Numbers.energy(p.experimentMeV(), p.uncertaintyMeV()), "class", "n");
            page.element("td", Numbers.energy(p.judgedMeV(), p.isHeldOut() ? Double.NaN : p.spreadMeV()), "class", "n");
            page.element("td", Numbers.signedEnergy(p.residualMeV()), "class", "n strong");
            page.close();
        }
        page.close().close().close();
        page.element("p", ("Mass excess in MeV. " + protocol.heldOutSentence()).strip(), "class", "note");
    }
}
