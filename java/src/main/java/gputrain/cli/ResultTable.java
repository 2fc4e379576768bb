package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/** A run record's figures beside the paper's, as text. */
final class ResultTable {
    private final JsonNode record;

    ResultTable(JsonNode record) {
        this.record = record;
    }

    void print(PrintWriter out) {
        out.println();
        out.println(
                record.path("experiment").asText() + ": " + record.path("title").asText());
        for (JsonNode protocol : record.path("protocols")) {
            out.println();
            print(out, protocol);
        }
        if (!record.path("baselines").isEmpty()) {
            out.println();
            out.println("Bare theory, rmsd in MeV");
            for (JsonNode baseline : record.path("baselines")) {
                JsonNode metrics = baseline.path("metrics");
                out.printf(
                        Locale.ROOT,
                        "  %-44s train %s (%d)  test %s (%d)%n",
                        baseline.path("name").asText(),
                        figure(metrics.path("train").path("rmsdMeV")),
                        metrics.path("train").path("count").asInt(),
                        figure(metrics.path("test").path("rmsdMeV")),
                        metrics.path("test").path("count").asInt());
            }
        }
        out.println();
        out.flush();
    }

    private static void print(PrintWriter out, JsonNode protocol) {
        JsonNode timing = protocol.path("timing");
        out.printf(
                Locale.ROOT,
                "%s (%,d epochs in %.1f s, %.0f us each)%n",
                protocol.path("title").asText(),
                timing.path("epochs").asLong(),
                timing.path("trainingSeconds").asDouble(),
                timing.path("microsecondsPerEpoch").asDouble());
        out.println("  MeV         nuclei   rmsd             ensemble  paper     MAE              ensemble  paper");
        for (Map.Entry<String, JsonNode> entry : protocol.path("metrics").properties()) {
            JsonNode metrics = entry.getValue();
            JsonNode published = protocol.path("published").path(entry.getKey());
            out.printf(
                    Locale.ROOT,
                    "  %-10s %7d   %-15s  %-8s  %-8s  %-15s  %-8s  %-8s%n",
                    entry.getKey(),
                    metrics.path("count").asInt(),
                    spread(metrics.path("rmsdMeV")),
                    figure(metrics.path("rmsdMeV").path("ensemble")),
                    figure(published.path("rmsdMeV")),
                    spread(metrics.path("maeMeV")),
                    figure(metrics.path("maeMeV").path("ensemble")),
                    figure(published.path("maeMeV")));
        }
        thresholds(out, protocol);
    }

    /** What the experiment's own thresholds leave; the others make up a curve of the report. */
    private static void thresholds(PrintWriter out, JsonNode protocol) {
        boolean first = true;
        for (JsonNode line : protocol.path("thresholds")) {
            JsonNode published = line.path("published");
            if (published.isMissingNode()) {
                continue;
            }
            if (first) {
                out.println("  |Im y| below (MeV)   nuclei           paper     rmsd             ensemble  paper");
                first = false;
            }
            out.printf(
                    Locale.ROOT,
                    "  %-10s %-8s   %-15s  %-8s  %-15s  %-8s  %-8s%n",
                    line.path("set").asText(),
                    BigDecimal.valueOf(line.path("tauMeV").asDouble())
                            .stripTrailingZeros()
                            .toPlainString(),
                    nuclei(line.path("count")),
                    published.path("count").isNumber() ? published.path("count").asText() : "-",
                    spread(line.path("rmsdMeV")),
                    figure(line.path("rmsdMeV").path("ensemble")),
                    figure(published.path("rmsdMeV")));
        }
    }

    private static String nuclei(JsonNode count) {
        return count.path("replicas").size() > 1
                ? String.format(
                        Locale.ROOT,
                        "%.1f +- %.1f",
                        count.path("mean").asDouble(),
                        count.path("standardDeviation").asDouble())
                : String.format(Locale.ROOT, "%.0f", count.path("mean").asDouble());
    }

    private static String spread(JsonNode spread) {
        String mean = figure(spread.path("mean"));
        return spread.path("replicas").size() > 1 ? mean + " +- " + figure(spread.path("standardDeviation")) : mean;
    }

    private static String figure(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.3f", value.asDouble()) : "-";
    }
}
