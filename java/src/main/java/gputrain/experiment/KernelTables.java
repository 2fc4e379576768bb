package gputrain.experiment;

import gputrain.evaluation.Calibration;
import java.util.List;
import java.util.Locale;

/** Text of a kernel experiment's CSV files. */
final class KernelTables {

    private KernelTables() {}

    /** Deviations and coverages; 68 % and 95 % mean the intervals of one and two standard deviations. */
    static String scores(List<KernelScore> scores) {
        StringBuilder text = new StringBuilder("model,settings,set,nuclei,rmsdMeV,maeMeV,coverage68,coverage95\n");
        for (KernelScore score : scores) {
            var deviation = score.deviation();
            text.append(quoted(score.model()))
                    .append(',')
                    .append(quoted(score.settings()))
                    .append(',')
                    .append(quoted(score.set()))
                    .append(',')
                    .append(score.count())
                    .append(',')
                    .append(number(deviation.rmsdMeV(), 6))
                    .append(',')
                    .append(number(deviation.maeMeV(), 6))
                    .append(',')
                    .append(number(score.coverage(Calibration.ONE_SIGMA), 4))
                    .append(',')
                    .append(number(score.coverage(Calibration.TWO_SIGMA), 4))
                    .append('\n');
        }
        return text.toString();
    }

    /** Coverage of every central interval, in steps of 5 %. */
    static String calibration(String test, List<KernelScore> scores) {
        StringBuilder text = new StringBuilder();
        for (KernelScore score : scores) {
            if (score.variances().length == 0 || score.count() == 0) {
                continue;
            }
            for (int percent = 5; percent <= 95; percent += 5) {
                text.append(test)
                        .append(',')
                        .append(quoted(score.model()))
                        .append(',')
                        .append(quoted(score.set()))
                        .append(',')
                        .append(number(percent / 100.0, 2))
                        .append(',')
                        .append(number(score.coverage(percent / 100.0), 4))
                        .append('\n');
            }
        }
        return text.toString();
    }

    static String quoted(String text) {
        return text.contains(",") || text.contains("\"") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    /** Empty when not finite. */
    static String number(double value, int digits) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "";
    }
}
