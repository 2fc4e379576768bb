package gputrain.report;

import gputrain.evaluation.GaussianFit;
import gputrain.report.Svg.Anchor;
import gputrain.report.Svg.Stroke;
import java.util.Optional;

/** Counts of deviations in equal bins with the normal curve that fits them. */
final class DeviationHistogram {
    private static final int HEIGHT = 320;
    private static final int STEPS = 120;

    private DeviationHistogram() {}

    /**
     * @param deviationsMeV prediction minus experiment
     * @param limitMeV half the width of the histogram; what lies beyond is counted in the caption
     * @param highest the largest count of all histograms that stand together, so that they share an axis
     */
    static Figure of(String fileName, String model, double[] deviationsMeV, double limitMeV, int bins, int highest) {
        int[] counts = counts(deviationsMeV, limitMeV, bins);
        double width = 2 * limitMeV / bins;
        double[] middles = new double[bins];
        int inside = 0;
        for (int b = 0; b < bins; b++) {
            middles[b] = -limitMeV + (b + 0.5) * width;
            inside += counts[b];
        }
        Optional<GaussianFit> fit = GaussianFit.of(middles, counts);
        Svg svg = new Svg(Figure.PAIR_WIDTH, HEIGHT, "Histogram of the deviations of " + model);
        Frame frame = new Frame(
                        svg,
                        68,
                        34,
                        svg.width() - 68 - 18,
                        HEIGHT - 34 - 50,
                        Scale.Linear.between(-limitMeV, limitMeV, 7),
                        Scale.Linear.covering(new Extent().add(0, highest), 5))
                .axes("prediction − experiment (MeV)", "nuclei");
        for (int b = 0; b < bins; b++) {
            double left = frame.px(middles[b] - width / 2);
            double right = frame.px(middles[b] + width / 2);
            svg.rectangle(
                    left + 1,
                    frame.py(counts[b]),
                    right - left - 2,
                    frame.bottom() - frame.py(counts[b]),
                    Ink.TRAIN,
                    0.45);
            svg.text(
                    (left + right) / 2,
                    frame.py(counts[b]) - 4,
                    Numbers.count(counts[b]),
                    Anchor.MIDDLE,
                    Ink.MUTED,
                    10);
        }
        fit.ifPresent(curve -> {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i <= STEPS; i++) {
                double x = -limitMeV + 2 * limitMeV * i / STEPS;
                path.append(i == 0 ? 'M' : 'L')
                        .append(Numbers.coordinate(frame.px(x)))
                        .append(' ')
                        .append(Numbers.coordinate(frame.py(Math.min(
                                curve.at(x),
                                frame.y()
                                        .ticks()
                                        .get(frame.y().ticks().size() - 1)
                                        .value()))));
            }
            svg.path(path.toString(), Stroke.solid(Ink.TEST, 1.8));
        });
        svg.text(frame.left(), 20, model, Anchor.START, Ink.TEXT, 14);
        int outside = deviationsMeV.length - inside;
        String caption = model + ": "
                + fit.map(curve -> "normal curve with mean " + Numbers.signedEnergy(curve.mean())
                                + " and standard deviation " + Numbers.energy(curve.standardDeviation()) + " MeV; ")
                        .orElse("no normal curve fits; ")
                + outside + " of " + deviationsMeV.length + " nuclei ("
                + Numbers.fixed(100.0 * outside / Math.max(1, deviationsMeV.length), 1) + " %) deviate by more than "
                + Numbers.significant(limitMeV, 2) + " MeV.";
        return new Figure(fileName, caption, svg);
    }

    /** Deviations per bin; those beyond the limit are in none. */
    static int[] counts(double[] deviationsMeV, double limitMeV, int bins) {
        int[] counts = new int[bins];
        for (double deviation : deviationsMeV) {
            int bin = (int) Math.floor((deviation + limitMeV) / (2 * limitMeV) * bins);
            if (bin >= 0 && bin < bins) {
                counts[bin]++;
            }
        }
        return counts;
    }
}
