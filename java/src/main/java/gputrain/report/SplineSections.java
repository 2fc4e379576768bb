package gputrain.report;

import gputrain.report.Importance.Measure;
import java.util.ArrayList;
import java.util.List;

/** The parts of the page that say what networks of splines have learned: importance of inputs, functions of edges. */
final class SplineSections {
    private static final double CLOSE = 0.99;
    private static final double FAIR = 0.95;
    /** Edges whose mean |φ| is below this share of their layer's largest do next to nothing. */
    private static final double SMALL = 0.01;

    private final Markup page;
    private final Protocol protocol;

    SplineSections(Markup page, Protocol protocol) {
        this.page = page;
        this.protocol = protocol;
    }

    /** The name of the chart's file. */
    static String chart(Protocol protocol) {
        return protocol.fileStem() + "-importance.svg";
    }

    /** Nothing where the networks are no splines. */
    void importance() {
        Importance.of(protocol).ifPresent(this::importance);
    }

    private void importance(Importance importance) {
        page.open("section").element("h2", "Importance of the inputs: " + protocol.title());
        page.element("p", sentence(importance));
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Input");
        for (Measure measure : Measure.values()) {
            page.element("th", measure.title + (importance.networks() > 1 ? ": mean ± sd" : ""), "class", "n");
            page.element("th", "first in", "class", "n");
        }
        page.close().close().open("tbody");
        for (int i = 0; i < importance.inputs().size(); i++) {
            page.open("tr").element("td", importance.inputs().get(i));
            for (Measure measure : Measure.values()) {
                page.element("td", importance.of(measure).get(i).text(), "class", "n strong");
                page.element("td", importance.firstIn(measure, i) + " of " + importance.networks(), "class", "n");
            }
            page.close();
        }
        page.close().close().close();
        page.element(
                "p",
                "Mean |φ|: mean over the training nuclei of the absolute values of the edge functions of an input, summed"
                        + " over the nodes that its edges lead to, in units of the nodes' sums. Score: from the outputs"
                        + " backwards, an edge has the score of the node it leads to times the standard deviation of its"
                        + " function over that of the node's sum, a node the sum of the scores of the edges that leave it"
                        + " (pykan). Each network on its own training nuclei.",
                "class",
                "note");
        PageFigures.write(page, importance.figure(chart(protocol)));
        page.close().newLine();
    }

    /** Which input is first, counted. */
    private static String sentence(Importance importance) {
        return "First by mean |φ|: " + importance.leaders(Measure.SIZE) + "; by score: "
                + importance.leaders(Measure.SCORE) + ". By the means of the networks: "
                + importance.order(Measure.SIZE) + " (mean |φ|), " + importance.order(Measure.SCORE) + " (score).";
    }

    /** Elementary functions beside those of the first network's edges; nothing where the networks are no splines. */
    void suggestions() {
        List<Json> edges = protocol.json().get("suggestions").items();
        if (edges.isEmpty()) {
            return;
        }
        page.open("section")
                .element(
                        "h2",
                        "Elementary functions beside the edges': " + protocol.title() + ", seed "
                                + protocol.json()
                                        .get("firstNetwork")
                                        .get("seed")
                                        .textOr(""));
        List<Json> sizes = protocol.json().get("firstNetwork").get("edges").items();
        boolean[] counted = counted(sizes);
        page.element("p", honestly(edges, counted));
        page.open("div", "class", "scroll").open("table").open("thead").open("tr");
        page.element("th", "Edge").element("th", "mean |φ|", "class", "n").element("th", "Score", "class", "n");
        page.element("th", "R²", "class", "n").element("th", "Best");
        page.element("th", "Second and third (R²)").close().close().open("tbody");
        for (int e = 0; e < edges.size(); e++) {
            if (counted[e]) {
                row(edges.get(e), sizes.get(e));
            }
        }
        page.close().close().close();
        page.element(
                "p",
                "c f(a x + b) + d, fitted to each edge function at its values on the training nuclei; x is the scaled input,"
                        + " or the sum of the node. gauss(x) = exp(−x²). An edge without a function is constant.",
                "class",
                "note");
        page.close().newLine();
    }

    private void row(Json edge, Json size) {
        List<Json> fits = edge.get("fits").items();
        page.open("tr")
                .element(
                        "td",
                        edge.get("from").textOr("") + " → "
                                + minus(edge.get("to").textOr("")),
                        "class",
                        "name");
        page.element("td", Numbers.significant(size.get("meanAbsolute").number(), 2), "class", "n");
        page.element("td", Numbers.significant(size.get("score").number(), 2), "class", "n");
        page.element("td", fits.isEmpty() ? Numbers.NONE : r2(fits.get(0)), "class", "n strong");
        page.element("td", fits.isEmpty() ? Numbers.NONE : formula(fits.get(0)), "class", "equation");
        List<String> others = new ArrayList<>();
        fits.stream().skip(1).forEach(fit -> others.add(fit.get("function").textOr("") + " (" + r2(fit) + ")"));
        page.element("td", String.join(", ", others)).close();
    }

    private static String minus(String text) {
        return text.replace(" - ", " − ");
    }

    /** Never rounded up to 1. */
    private static String r2(Json fit) {
        double value = fit.get("r2").number();
        return Numbers.fixed(Math.floor(value * 1e4) / 1e4, 4);
    }

    private static String formula(Json fit) {
        String function = fit.get("function").textOr("");
        String argument = linear(fit.get("a").number(), "x", fit.get("b").number());
        String f = switch (function) {
            case "x" -> "(" + argument + ")";
            case "x²" -> "(" + argument + ")²";
            case "x³" -> "(" + argument + ")³";
            case "1/x" -> "/(" + argument + ")";
            case "√x" -> "√(" + argument + ")";
            default -> function + "(" + argument + ")";
        };
        return linear(fit.get("c").number(), f, fit.get("d").number());
    }

    private static String linear(double factor, String of, double added) {
        String sum = Numbers.significant(Math.abs(added), 3);
        String space = of.startsWith("/") || of.equals("x") || of.startsWith("(") ? "" : " ";
        return Numbers.significant(factor, 3) + space + of + (sum.equals("0") ? "" : (added < 0 ? " − " : " + ") + sum);
    }

    /** How well such functions describe the edges; small ones are close to their own first terms, which is no finding. */
    private static String honestly(List<Json> edges, boolean[] counted) {
        int[] close = new int[2];
        int[] fair = new int[2];
        int large = 0;
        for (int e = 0; e < counted.length; e++) {
            double r2 = edges.get(e).get("fits").items().stream()
                    .mapToDouble(fit -> fit.get("r2").number())
                    .findFirst()
                    .orElse(Double.NaN);
            int kind = counted[e] ? 1 : 0;
            large += kind;
            close[kind] += r2 > CLOSE ? 1 : 0;
            fair[kind] += r2 > FAIR ? 1 : 0;
        }
        int small = counted.length - large;
        return "Of the " + large
                + " edges whose mean |φ| is at least a hundredth of their layer's largest, one elementary"
                + " function describes " + close[1] + " with R² above " + CLOSE + " and " + fair[1] + " with R² above "
                + FAIR + "."
                + (small == 0
                        ? ""
                        : " The other " + small + " do next to nothing (" + close[0] + " and " + fair[0]
                                + ") and are in run.json only.");
    }

    /** Which of the edges do more than next to nothing. */
    private static boolean[] counted(List<Json> sizes) {
        boolean[] counted = new boolean[sizes.size()];
        for (int e = 0; e < counted.length; e++) {
            double layer = sizes.get(e).get("layer").number();
            double largest = sizes.stream()
                    .filter(one -> one.get("layer").number() == layer)
                    .mapToDouble(one -> one.get("meanAbsolute").number())
                    .max()
                    .orElse(0);
            counted[e] = sizes.get(e).get("meanAbsolute").number() >= SMALL * largest;
        }
        return counted;
    }
}
