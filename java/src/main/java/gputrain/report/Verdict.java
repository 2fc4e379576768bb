package gputrain.report;

/** A result set beside a published figure, in words and as a difference. */
final class Verdict {
    private Verdict() {}

    /** Ours minus the paper's; smaller is better, so negative means better. */
    static double difference(Metric ours, double published) {
        return ours.mean() - published;
    }

    /** Better, worse or equal at the three decimals that are printed; empty without a published figure. */
    static String cssClass(Metric ours, double published) {
        double difference = difference(ours, published);
        if (!Double.isFinite(difference)) {
            return "";
        }
        return equal(difference) ? "equal" : difference < 0 ? "better" : "worse";
    }

    /** One sentence, such as "0.004 MeV (3 %) below the paper's 0.122 MeV: better". */
    static String sentence(Metric ours, double published) {
        double difference = difference(ours, published);
        if (!Double.isFinite(difference)) {
            return "No published figure under this protocol.";
        }
        String paper = "the paper's " + Numbers.energy(published) + " MeV";
        if (equal(difference)) {
            return "Equal to " + paper + " at the digits printed.";
        }
        String side = difference < 0 ? " below " : " above ";
        String percent = Numbers.fixed(100 * Math.abs(difference) / published, 0);
        return Numbers.margin(Math.abs(difference)) + " MeV (" + percent + " %)" + side + paper + ": "
                + (difference < 0 ? "better" : "worse") + withinSpread(ours, difference) + ".";
    }

    private static String withinSpread(Metric ours, double difference) {
        return Math.abs(difference) <= ours.standardDeviation()
                ? ", by less than the standard deviation of the seeds"
                : "";
    }

    private static boolean equal(double difference) {
        return Math.abs(difference) < 0.0005;
    }
}
