package gputrain.report;

import gputrain.experiment.Study;
import gputrain.report.Importance.Measure;
import java.util.ArrayList;
import java.util.List;

/** Draws those of a study's figures that networks of splines and corrections of theories gave rise to (Lu et al.). */
final class SplineFigures {
    private final StudyData data;
    private final String stem;

    /** @param stem begins the names of the files */
    SplineFigures(StudyData data, String stem) {
        this.data = data;
        this.stem = stem;
    }

    List<Figure> chains(Study.ResidualChainFigure figure) {
        List<Figure> figures = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            String theory = corrected(figure, model);
            for (Study.Chain chain : figure.chains()) {
                String name = stem + "-" + StudyFigures.slug(model.label()) + "-" + ResidualChains.slug(chain) + ".svg";
                ResidualChains.of(name, data.protocol(model), theory, chain, figure.bandMeV())
                        .ifPresent(figures::add);
            }
        }
        return figures;
    }

    /** The theory alone on all nuclei, the corrected masses on the sets of each network. */
    Figure corrections(Study.CorrectionFigure figure) {
        List<CorrectionChart.Row> rows = new ArrayList<>();
        boolean divided = true;
        for (Study.Model model : figure.models()) {
            Protocol protocol = data.protocol(model);
            divided &= protocol.dividedBySeed();
            rows.add(new CorrectionChart.Row(
                    model.label(),
                    data.bareRmsdMeV(model, corrected(figure, model)),
                    protocol.sets().getOrDefault("train", Protocol.SetMetrics.NONE),
                    protocol.test()));
        }
        return CorrectionChart.of(
                stem + ".svg",
                rows,
                "Rms deviation of each theory alone on all nuclei, and of its masses corrected by networks: mean of the"
                        + " networks; lines: their standard deviation."
                        + (divided ? " Every network has a division into train and test of its own." : ""));
    }

    List<Figure> importance(Study.ImportanceFigure figure) {
        List<Importance> all =
                figure.models().stream().map(model -> importance(figure, model)).toList();
        String paper =
                figure.paperOrder().isEmpty() ? "" : " The paper has " + String.join(" > ", figure.paperOrder()) + ".";
        if (all.size() == 1) {
            Importance one = all.get(0);
            Figure chart = one.figure(stem + ".svg");
            return List.of(new Figure(
                    chart.fileName(),
                    chart.caption() + " First by mean |φ|: " + one.leaders(Measure.SIZE) + "; by score: "
                            + one.leaders(Measure.SCORE) + ". By the means of the networks: " + one.order(Measure.SIZE)
                            + " (mean |φ|), " + one.order(Measure.SCORE) + " (score)." + paper,
                    chart.svg()));
        }
        List<Figure> figures = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            List<InputShares.Model> models = new ArrayList<>();
            List<String> first = new ArrayList<>();
            for (int m = 0; m < all.size(); m++) {
                String label = figure.models().get(m).label();
                models.add(all.get(m).shares(label, measure));
                first.add(label + ": " + all.get(m).leaders(measure));
            }
            figures.add(InputShares.of(
                    stem + (measure == Measure.SIZE ? "-size.svg" : "-score.svg"),
                    "Importance of each input by " + measure.title,
                    measure.title + ", share of all inputs (%)",
                    models,
                    "Importance by " + measure.title
                            + ": mean of the networks; lines: their standard deviation. First: "
                            + String.join("; ", first) + "." + paper));
        }
        return figures;
    }

    List<Figure> networks(Study.NetworkFigure figure) {
        List<Figure> figures = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            Protocol protocol = data.protocol(model);
            if (!protocol.json().get("firstNetwork").present()) {
                throw missing(figure, model, "no network of splines");
            }
            EdgeFunctions network = EdgeFunctions.of(protocol, data.trained(model));
            String name = stem + "-" + StudyFigures.slug(model.label());
            figures.add(NetworkDrawing.of(name + ".svg", model.label(), network));
            figures.addAll(EdgeGallery.of(name + "-edges", model.label(), network));
        }
        return figures;
    }

    private Importance importance(Study.Figure figure, Study.Model model) {
        return Importance.of(data.protocol(model))
                .orElseThrow(() -> missing(figure, model, "no importance of inputs of splines"));
    }

    private String corrected(Study.Figure figure, Study.Model model) {
        return data.corrected(model).orElseThrow(() -> missing(figure, model, "no theory that it corrects"));
    }

    private static ReportException missing(Study.Figure figure, Study.Model model, String what) {
        return new ReportException(model.experiment() + " has " + what + ", which the figure \"" + figure.title()
                + "\" needs; train again with --fresh");
    }
}
