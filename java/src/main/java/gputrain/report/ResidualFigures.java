package gputrain.report;

import gputrain.report.Svg.Stroke;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Residuals of the sets beside each other: as histograms, and along the neutron number. */
final class ResidualFigures {
    private static final int HEIGHT = 340;
    private static final int[] MAGIC = {20, 28, 50, 82, 126, 184};
    /** Residuals beyond this many rms deviations are counted in words, not drawn. */
    private static final double REACH = 4.5;

    private final Protocol protocol;
    private final Map<String, List<Prediction>> sets = new LinkedHashMap<>();
    private final double limitMeV;
    private final double binMeV;

    private ResidualFigures(Protocol protocol) {
        this.protocol = protocol;
        for (String set : protocol.sets().keySet()) {
            add(set);
        }
        protocol.compared().forEach(p -> add(p.set()));
        List<Prediction> inside = protocol.inside();
        double squares = inside.stream()
                .mapToDouble(p -> p.residualMeV() * p.residualMeV())
                .sum();
        double rms = Math.sqrt(squares / inside.size());
        double reach = rms > 0 ? REACH * rms : 1;
        binMeV = Scale.Linear.roundStep(reach / 24);
        limitMeV = Math.ceil(reach / binMeV) * binMeV;
    }

    static List<Figure> of(Protocol protocol) {
        ResidualFigures figures = new ResidualFigures(protocol);
        return List.of(figures.histogram(), figures.alongNeutronNumber());
    }

    private void add(String set) {
        if (!sets.containsKey(set)) {
            List<Prediction> members = protocol.compared().stream()
                    .filter(p -> p.set().equals(set))
                    .toList();
            if (!members.isEmpty()) {
                sets.put(set, members);
            }
        }
    }

    /** Percent of the residuals in each bin from {@code -limit}; those outside are not counted. */
    static double[] shares(double[] residuals, double limit, double bin) {
        double[] shares = new double[(int) Math.round(2 * limit / bin)];
        for (double residual : residuals) {
            int index = (int) Math.floor((residual + limit) / bin);
            if (index >= 0 && index < shares.length) {
                shares[index] += 100.0 / residuals.length;
            }
        }
        return shares;
    }

    private Figure histogram() {
        Map<String, double[]> shares = new LinkedHashMap<>();
        Extent extent = new Extent().add(0);
        sets.forEach((set, members) -> {
            double[] residuals =
                    members.stream().mapToDouble(Prediction::residualMeV).toArray();
            shares.put(set, shares(residuals, limitMeV, binMeV));
            extent.add(shares.get(set));
        });
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Histogram of the residuals of each set");
        Frame frame = frame(svg, residualScale(), Scale.Linear.covering(extent, 5))
                .axes("experiment − prediction (MeV)", "share of the set's nuclei (%)");
        Legend legend = new Legend(svg, frame.left(), 20);
        shares.forEach((set, values) -> {
            String outline = steps(frame, values);
            if (set.equals("train")) {
                svg.area(outline, protocol.ink(set), 0.18);
            }
            svg.path(outline, Stroke.solid(protocol.ink(set), 1.7));
            legend.line(set, Stroke.solid(protocol.ink(set), 2));
        });
        return new Figure(
                protocol.fileStem() + "-residuals.svg",
                "Residuals in bins of " + Numbers.significant(binMeV, 2) + " MeV." + moments() + outside() + heldOut(),
                svg);
    }

    private Figure alongNeutronNumber() {
        Extent neutrons = new Extent();
        protocol.compared().forEach(p -> neutrons.add(p.nuclide().N()));
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Residuals over the neutron number");
        Frame frame = frame(svg, Scale.Linear.covering(neutrons, 8), residualScale())
                .axes("neutron number N", "experiment − prediction (MeV)");
        for (int magic : MAGIC) {
            if (magic >= neutrons.min() && magic <= neutrons.max()) {
                svg.line(frame.px(magic), frame.top(), frame.px(magic), frame.bottom(), Stroke.dashed(Ink.AXIS, 0.8));
            }
        }
        Legend legend = new Legend(svg, frame.left(), 20);
        sets.forEach((set, members) -> {
            svg.fillGroup(protocol.ink(set));
            double radius = set.equals("train") ? 1.2 : 1.8;
            for (Prediction p : members) {
                if (Math.abs(p.residualMeV()) <= limitMeV) {
                    svg.dot(frame.px(p.nuclide().N()), frame.py(p.residualMeV()), radius);
                }
            }
            svg.endGroup();
            legend.dot(set, protocol.ink(set), true);
        });
        svg.line(frame.left(), frame.py(0), frame.right(), frame.py(0), Stroke.solid(Ink.TEXT, 0.8));
        return new Figure(
                protocol.fileStem() + "-residuals-n.svg",
                "Residuals over the neutron number; dashed: magic numbers." + outside() + heldOut(),
                svg);
    }

    private Scale residualScale() {
        return Scale.Linear.between(-limitMeV, limitMeV, 6);
    }

    private static Frame frame(Svg svg, Scale x, Scale y) {
        return new Frame(svg, 68, 34, svg.width() - 68 - 18, HEIGHT - 34 - 50, x, y);
    }

    private String steps(Frame frame, double[] shares) {
        StringBuilder path = new StringBuilder("M" + at(frame, -limitMeV, 0));
        for (int i = 0; i < shares.length; i++) {
            path.append('L').append(at(frame, -limitMeV + i * binMeV, shares[i]));
            path.append('L').append(at(frame, -limitMeV + (i + 1) * binMeV, shares[i]));
        }
        return path.append('L').append(at(frame, limitMeV, 0)).toString();
    }

    private static String at(Frame frame, double x, double y) {
        return Numbers.coordinate(frame.px(x)) + " " + Numbers.coordinate(frame.py(y));
    }

    private String moments() {
        List<String> parts = new ArrayList<>();
        sets.forEach((set, members) -> {
            double mean = members.stream()
                    .mapToDouble(Prediction::residualMeV)
                    .average()
                    .orElse(Double.NaN);
            double squares = members.stream()
                    .mapToDouble(p -> Math.pow(p.residualMeV() - mean, 2))
                    .sum();
            parts.add(set + " " + Numbers.signedEnergy(mean) + " and "
                    + Numbers.energy(Math.sqrt(squares / members.size())));
        });
        return " Mean and standard deviation in MeV: " + String.join("; ", parts) + ".";
    }

    private String heldOut() {
        String sentence = protocol.heldOutSentence();
        return sentence.isEmpty() ? "" : " " + sentence;
    }

    private String outside() {
        List<String> parts = new ArrayList<>();
        sets.forEach((set, members) -> {
            long count = members.stream()
                    .filter(p -> Math.abs(p.residualMeV()) > limitMeV)
                    .count();
            if (count > 0) {
                parts.add(count + " of " + set);
            }
        });
        return parts.isEmpty() ? "" : " Outside the figure: " + String.join(", ", parts) + ".";
    }
}
