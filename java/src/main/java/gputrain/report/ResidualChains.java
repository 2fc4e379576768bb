package gputrain.report;

import gputrain.experiment.Study.Chain;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a theory misses along chains of nuclei, before and after its correction (Lu et al., Fig. 3). */
final class ResidualChains {
    /** The chains of the paper. */
    static final List<Chain> USUAL =
            List.of(Chain.isotopes(50), Chain.isotopes(82), Chain.isotones(82), Chain.isotones(126));

    /** The band of the paper, MeV. */
    static final double BAND = 0.2;

    private static final int HEIGHT = 340;
    private static final double LEFT = 68;
    private static final double TOP = 52;
    private static final double SQUARE = 5.4;
    private static final double DOT = 3;

    private final Protocol protocol;
    private final Chain chain;
    private final List<Prediction> nuclei;
    private final Svg svg;
    private final Frame frame;

    private ResidualChains(Protocol protocol, Chain chain, List<Prediction> nuclei, double bandMeV) {
        this.protocol = protocol;
        this.chain = chain;
        this.nuclei = nuclei;
        Extent x = new Extent();
        Extent y = new Extent().add(-bandMeV, bandMeV);
        for (Prediction p : nuclei) {
            x.add(place(p));
            y.add(bare(p), p.residualMeV());
        }
        svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Residuals before and after the correction, " + name(chain));
        frame = new Frame(
                svg,
                LEFT,
                TOP,
                svg.width() - LEFT - 18,
                HEIGHT - TOP - 50,
                Scale.Linear.between(x.min() - 1, x.max() + 1, 8),
                Scale.Linear.covering(y, 6));
    }

    /**
     * A chain's figure; nothing when no nucleus of it has both residuals.
     *
     * @param theory its title
     */
    static Optional<Figure> of(String fileName, Protocol protocol, String theory, Chain chain, double bandMeV) {
        List<Prediction> nuclei = protocol.predictions().stream()
                .filter(p -> chain.contains(p.nuclide()))
                .filter(p -> !p.set().equals(Prediction.NO_SET) && Double.isFinite(bare(p)))
                .sorted(Comparator.comparing(Prediction::nuclide))
                .toList();
        if (nuclei.stream().noneMatch(p -> Double.isFinite(p.residualMeV()))) {
            return Optional.empty();
        }
        ResidualChains figure = new ResidualChains(protocol, chain, nuclei, bandMeV);
        figure.draw(theory, bandMeV);
        return Optional.of(new Figure(fileName, figure.caption(theory, bandMeV), figure.svg));
    }

    /** The paper's chains of a run whose networks correct a theory. */
    static List<Figure> of(Protocol protocol, String theory) {
        List<Figure> figures = new ArrayList<>();
        for (Chain chain : USUAL) {
            of(protocol.fileStem() + "-chain-" + slug(chain) + ".svg", protocol, theory, chain, BAND)
                    .ifPresent(figures::add);
        }
        return figures;
    }

    /** As part of a file's name. */
    static String slug(Chain chain) {
        return (chain.ofIsotopes() ? "z" : "n") + chain.number();
    }

    private static String name(Chain chain) {
        return chain.ofIsotopes()
                ? Elements.symbol(chain.number()) + " (Z = " + chain.number() + ")"
                : "N = " + chain.number();
    }

    private static double bare(Prediction p) {
        return p.experimentMeV() - p.theoryMeV();
    }

    private double place(Prediction p) {
        Nuclide nuclide = p.nuclide();
        return chain.ofIsotopes() ? nuclide.N() : nuclide.Z();
    }

    private void draw(String theory, double bandMeV) {
        svg.rectangle(
                frame.left(),
                frame.py(bandMeV),
                frame.width(),
                frame.py(-bandMeV) - frame.py(bandMeV),
                Ink.SERIES_4,
                0.25);
        boolean divided = nuclei.stream().anyMatch(Prediction::isTest);
        for (Prediction p : nuclei) {
            if (p.isTest()) {
                double from = frame.px(place(p) - 0.5);
                svg.rectangle(from, frame.top(), frame.px(place(p) + 0.5) - from, frame.height(), Ink.MUTED, 0.16);
            }
        }
        frame.axes(chain.ofIsotopes() ? "neutron number N" : "proton number Z", "experiment − theory (MeV)");
        Extent shown = new Extent();
        nuclei.forEach(p -> shown.add(place(p)));
        MagicLines.vertical(frame, chain.ofIsotopes() ? MagicLines.NEUTRONS : MagicLines.PROTONS, shown);
        svg.line(frame.left(), frame.py(0), frame.right(), frame.py(0), Stroke.solid(Ink.AXIS, 1));
        line(true, Stroke.solid(Ink.TEXT, 1).faded(0.45));
        line(false, Stroke.solid(Ink.TEST, 1).faded(0.6));
        for (Prediction p : nuclei) {
            double x = frame.px(place(p));
            svg.rectangle(x - SQUARE / 2, frame.py(bare(p)) - SQUARE / 2, SQUARE, SQUARE, Ink.TEXT, 1);
        }
        for (Prediction p : nuclei) {
            if (Double.isFinite(p.residualMeV())) {
                svg.circle(frame.px(place(p)), frame.py(p.residualMeV()), DOT, Ink.TEST, true, p.name());
            }
        }
        svg.text(frame.right(), 20, name(chain), Anchor.END, Ink.TEXT, 14);
        double right = frame.right() - Svg.textWidth(name(chain), 14) - 8;
        String band = "±" + Numbers.plain(bandMeV) + " MeV";
        Legend legend = new Legend(svg, LEFT, 20)
                .square(theory, Ink.TEXT, 1)
                .wrap("corrected", right)
                .dot("corrected", Ink.TEST, true)
                .wrap(band, right)
                .square(band, Ink.SERIES_4, 0.4);
        if (divided) {
            legend.wrap("test set", right).square("test set", Ink.MUTED, 0.3);
        }
    }

    /** Broken where a number of the chain is missing. */
    private void line(boolean bare, Stroke stroke) {
        StringBuilder path = new StringBuilder();
        double previous = Double.NEGATIVE_INFINITY;
        for (Prediction p : nuclei) {
            double value = bare ? bare(p) : p.residualMeV();
            if (Double.isFinite(value)) {
                path.append(place(p) <= previous + 1 ? 'L' : 'M')
                        .append(Numbers.coordinate(frame.px(place(p))))
                        .append(' ')
                        .append(Numbers.coordinate(frame.py(value)));
                previous = place(p);
            }
        }
        svg.path(path.toString(), stroke);
    }

    private String caption(String theory, double bandMeV) {
        List<Prediction> both =
                nuclei.stream().filter(p -> Double.isFinite(p.residualMeV())).toList();
        String what = protocol.dividedBySeed()
                ? "the mean of those networks that did not train on the nucleus"
                : "the mean of the networks";
        int untested = nuclei.size() - both.size();
        long inside =
                both.stream().filter(p -> Math.abs(p.residualMeV()) <= bandMeV).count();
        long before = both.stream().filter(p -> Math.abs(bare(p)) <= bandMeV).count();
        return name(chain) + ": experiment minus " + theory + " (squares) and minus its correction (dots), " + what
                + ". Rms deviation on these " + both.size() + " nuclei: "
                + Numbers.energy(rms(both, true)) + " before, " + Numbers.energy(rms(both, false))
                + " MeV after; within ±"
                + Numbers.plain(bandMeV) + " MeV: " + before + " before, " + inside + " after."
                + (protocol.dividedBySeed() && untested > 0
                        ? " Squares without a dot (" + untested + "): in no network's test set."
                        : "");
    }

    private static double rms(List<Prediction> nuclei, boolean bare) {
        double squares = nuclei.stream()
                .mapToDouble(p -> bare ? bare(p) : p.residualMeV())
                .map(value -> value * value)
                .sum();
        return Math.sqrt(squares / nuclei.size());
    }
}
