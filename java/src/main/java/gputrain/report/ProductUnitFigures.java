package gputrain.report;

import gputrain.experiment.Study;
import gputrain.experiment.TrainedModel;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Draws those of a study's figures that product units gave rise to (Dellen et al., Figs. 2, 4 and 5). */
final class ProductUnitFigures {
    private final StudyData data;
    private final String stem;

    /** @param stem begins the names of the files */
    ProductUnitFigures(StudyData data, String stem) {
        this.data = data;
        this.stem = stem;
    }

    /** @throws ReportException when a run has not what the figure shows */
    List<Figure> draw(Study.Figure figure) {
        if (figure instanceof Study.ThresholdFigure one) {
            return thresholds(one);
        }
        if (figure instanceof Study.UncertaintyMapFigure one) {
            return one.models().stream()
                    .flatMap(model -> uncertainty(model, one.set()).stream())
                    .toList();
        }
        if (figure instanceof Study.SetsMapFigure one) {
            return one.models().stream().map(this::sets).toList();
        }
        return figure.models().stream()
                .flatMap(model -> exponents(model).stream())
                .toList();
    }

    private List<Figure> thresholds(Study.ThresholdFigure figure) {
        List<ThresholdChart.Line> lines = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            Protocol protocol = data.protocol(model);
            List<ThresholdPoint> points = ThresholdPoint.curve(protocol, figure.set());
            if (points.isEmpty()) {
                throw new ReportException(model.experiment() + " has no thresholds of |Im y| on a set \"" + figure.set()
                        + "\", which the figure \"" + figure.title() + "\" needs");
            }
            lines.add(new ThresholdChart.Line(
                    figure.models().size() > 1 ? model.label() : model.label() + ", " + figure.set(),
                    figure.models().size() > 1 ? SeriesStyle.of(lines.size()).ink : protocol.ink(figure.set()),
                    points,
                    protocol.sets()
                            .getOrDefault(figure.set(), Protocol.SetMetrics.NONE)
                            .publishedRmsdMeV()));
        }
        return ThresholdChart.of(stem, lines);
    }

    private List<Figure> uncertainty(Study.Model model, String set) {
        List<Prediction> compared = data.protocol(model).compared();
        Map<Boolean, List<Prediction>> parts = compared.stream()
                .collect(Collectors.partitioningBy(
                        p -> set.equals("all") || p.set().equals(set)));
        List<Prediction> nuclei = parts.getOrDefault(true, List.of());
        if (!UncertaintyMaps.drawable(nuclei)) {
            throw new ReportException(model.experiment() + " has no nuclei with an |Im y| in a set \"" + set
                    + "\", which an uncertainty-map needs");
        }
        return UncertaintyMaps.of(
                stem + "-" + StudyFigures.slug(model.label()),
                model.label(),
                nuclei,
                parts.getOrDefault(false, List.of()).stream()
                        .map(Prediction::nuclide)
                        .toList(),
                set.equals("all") ? "nuclei of all sets" : "nuclei of " + set);
    }

    private Figure sets(Study.Model model) {
        Protocol protocol = data.protocol(model);
        Map<String, List<Nuclide>> sets = new LinkedHashMap<>();
        protocol.sets().keySet().forEach(set -> sets.put(set, new ArrayList<>()));
        protocol.compared()
                .forEach(p ->
                        sets.computeIfAbsent(p.set(), set -> new ArrayList<>()).add(p.nuclide()));
        List<ChartMap.Level> levels = new ArrayList<>();
        StringBuilder caption = new StringBuilder("The sets of nuclei; marks: magic numbers.");
        sets.forEach((set, nuclei) -> {
            Map<String, List<Nuclide>> parts = Sets.usual(set) ? Map.of() : data.parts(model, set);
            if (parts.isEmpty()) {
                level(levels, set, protocol.ink(set), nuclei);
            } else {
                parts(protocol, set, nuclei, parts, levels, caption);
            }
        });
        return ChartMap.of(
                stem + "-" + StudyFigures.slug(model.label()) + ".svg",
                Figure.FULL_WIDTH,
                model.label(),
                List.of(),
                levels,
                "",
                caption.toString());
    }

    /** A set that is made of others is shown by these, and what several of them have by the name of all of them. */
    private static void parts(
            Protocol protocol,
            String set,
            List<Nuclide> nuclei,
            Map<String, List<Nuclide>> parts,
            List<ChartMap.Level> levels,
            StringBuilder caption) {
        Map<List<String>, List<Nuclide>> shared = new LinkedHashMap<>();
        List<Nuclide> others = new ArrayList<>();
        for (Nuclide nuclide : nuclei) {
            List<String> of = parts.keySet().stream()
                    .filter(part -> parts.get(part).contains(nuclide))
                    .toList();
            if (of.isEmpty()) {
                others.add(nuclide);
            } else if (of.size() > 1) {
                shared.computeIfAbsent(of, names -> new ArrayList<>()).add(nuclide);
            }
        }
        level(levels, set + " otherwise", protocol.ink(set), others);
        parts.forEach((part, members) -> level(levels, part, protocol.ink(part), members));
        shared.forEach((names, members) -> {
            String all = String.join(" and ", names);
            level(levels, "in " + all, Ink.ALL, members);
            caption.append(' ')
                    .append(Numbers.count(members.size()))
                    .append(members.size() == 1 ? " nucleus is" : " nuclei are")
                    .append(names.size() == 2 ? " in both " : " in all of ")
                    .append(all)
                    .append('.');
        });
    }

    private static void level(List<ChartMap.Level> levels, String name, Ink ink, List<Nuclide> nuclei) {
        if (!nuclei.isEmpty()) {
            levels.add(new ChartMap.Level(name + ", " + Numbers.count(nuclei.size()) + " nuclei", ink, nuclei));
        }
    }

    private List<Figure> exponents(Study.Model model) {
        TrainedModel trained = data.trained(model);
        if (!ExponentChart.drawable(trained)) {
            throw new ReportException(model.experiment() + " has no exponents in a plane: that needs a real network of"
                    + " product units without linear units, with two inputs");
        }
        return ExponentChart.of(stem + "-" + StudyFigures.slug(model.label()), model.label(), trained);
    }
}
