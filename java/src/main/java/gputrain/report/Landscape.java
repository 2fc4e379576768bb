package gputrain.report;

import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.List;

/** A quantity of a whole chart of nuclei: a thin line per chain, along N or Z. */
final class Landscape {
    private static final int HEIGHT = 380;

    private Landscape() {}

    /**
     * @param chains one series per chain; along N for neutron quantities, along Z for proton ones
     * @param neutrons whether the axis is N
     */
    static Figure of(
            String fileName, String model, String quantity, List<Series> chains, boolean neutrons, String caption) {
        Extent x = new Extent();
        Extent y = new Extent();
        for (Series chain : chains) {
            x.add(chain.x());
            y.add(chain.y());
        }
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, quantity + " of all nuclei as predicted by " + model);
        Frame frame = new Frame(
                        svg,
                        68,
                        34,
                        svg.width() - 68 - 18,
                        HEIGHT - 34 - 50,
                        Scale.Linear.between(x.min() - 1, x.max() + 1, 8),
                        Scale.Linear.covering(y, 7))
                .axes(neutrons ? "neutron number N" : "proton number Z", quantity + " (MeV)");
        for (int i = 0; i < chains.size(); i++) {
            Ink ink = i % 2 == 0 ? Ink.TRAIN : Ink.OTHER;
            svg.path(chains.get(i).path(frame), Stroke.solid(ink, 0.7).faded(0.7));
        }
        MagicLines.vertical(frame, neutrons ? MagicLines.NEUTRONS : MagicLines.PROTONS, x);
        svg.line(frame.left(), frame.py(0), frame.right(), frame.py(0), Stroke.solid(Ink.AXIS, 1));
        svg.text(frame.left(), 20, model, Anchor.START, Ink.TEXT, 14);
        return new Figure(fileName, caption, svg);
    }
}
