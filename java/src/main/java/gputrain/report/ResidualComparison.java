package gputrain.report;

import gputrain.nuclide.Nuclide;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Residuals of several models, nucleus by nucleus in the order of A. */
final class ResidualComparison {
    private static final int HEIGHT = 420;
    private static final int NAMED = 8;

    private ResidualComparison() {}

    /** @param models predictions of each model; nuclei with an experimental value, the same for all */
    static Figure of(String fileName, List<String> names, List<List<Prediction>> models, String caption) {
        List<Prediction> nuclei = models.get(0).stream()
                .sorted(Comparator.comparingInt((Prediction p) -> p.nuclide().A())
                        .thenComparing(Prediction::nuclide))
                .toList();
        Extent y = new Extent().add(0);
        models.forEach(list -> list.forEach(p -> y.add(p.residualMeV())));
        Svg svg = new Svg(Figure.FULL_WIDTH, HEIGHT, "Residuals of " + nuclei.size() + " nuclei, several models");
        Frame frame = new Frame(
                        svg,
                        68,
                        34,
                        svg.width() - 68 - 18,
                        HEIGHT - 34 - 76,
                        Scale.Linear.between(-1, nuclei.size(), 1),
                        Scale.Linear.covering(y, 8))
                .verticalAxis("experiment − prediction (MeV)");
        svg.line(frame.left(), frame.py(0), frame.right(), frame.py(0), Stroke.solid(Ink.TEXT, 1));
        Map<Nuclide, Integer> places = new HashMap<>();
        for (int i = 0; i < nuclei.size(); i++) {
            places.put(nuclei.get(i).nuclide(), i);
            svg.line(frame.px(i), frame.top(), frame.px(i), frame.bottom(), Stroke.solid(Ink.GRID, 0.6));
        }
        names(frame, nuclei);
        Legend legend = new Legend(svg, frame.left(), 20);
        for (int m = 0; m < models.size(); m++) {
            SeriesStyle style = SeriesStyle.of(m);
            legend.line(names.get(m), Stroke.solid(style.ink, 5));
            for (Prediction p : models.get(m)) {
                Integer place = places.get(p.nuclide());
                if (place != null) {
                    style.mark(svg, frame.px(place), frame.py(p.residualMeV()), 3.2);
                }
            }
        }
        svg.text(
                frame.left() + frame.width() / 2,
                frame.bottom() + 62,
                "nuclei in the order of A",
                Anchor.MIDDLE,
                Ink.TEXT,
                Frame.LABEL_SIZE);
        return new Figure(fileName, caption, svg);
    }

    /** Every nucleus where there is room for its name, else every second, third, ... one. */
    private static void names(Frame frame, List<Prediction> nuclei) {
        int every = (int) Math.ceil(nuclei.size() / (frame.width() / 13));
        List<Integer> named = new ArrayList<>();
        for (int i = 0; i < nuclei.size(); i += Math.max(1, every)) {
            named.add(i);
        }
        for (int i : named) {
            Prediction p = nuclei.get(i);
            frame.svg()
                    .uprightText(
                            frame.px(i) + 4,
                            frame.bottom() + 8 + NAMED * 2.2,
                            p.nuclide().A() + p.symbol(),
                            Ink.MUTED,
                            10);
        }
    }
}
