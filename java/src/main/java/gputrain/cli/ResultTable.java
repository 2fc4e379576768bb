package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import gputrain.experiment.Unpredicted;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
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
                baseline(out, baseline);
            }
        }
        out.println();
        out.flush();
    }

    /** Training and test set, or both together where every network has its own, then what else there is, two to a line. */
    private static void baseline(PrintWriter out, JsonNode baseline) {
        List<String> figures = new ArrayList<>();
        boolean divided = baseline.path("metrics").has("train");
        baseline.path("metrics").properties().forEach(entry -> {
            if (!divided || !entry.getKey().equals("all")) {
                figures.add(entry.getKey() + " " + figure(entry.getValue().path("rmsdMeV")) + " ("
                        + entry.getValue().path("count").asInt() + ")");
            }
        });
        for (int i = 0; i < figures.size(); i += 2) {
            out.printf(
                    Locale.ROOT,
                    "  %-44s %s%n",
                    i == 0 ? baseline.path("name").asText() : "",
                    String.join("  ", figures.subList(i, Math.min(i + 2, figures.size()))));
        }
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
        for (JsonNode stage : timing.path("stages")) {
            out.printf(
                    Locale.ROOT,
                    "  %s (%s, engine %s): %,d epochs in %.1f s%n",
                    stage.path("name").asText(),
                    stage.path("optimiser").asText(),
                    stage.path("engine").asText(),
                    stage.path("epochs").asLong(),
                    stage.path("trainingSeconds").asDouble());
        }
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
        for (Map.Entry<String, JsonNode> entry : protocol.path("metrics").properties()) {
            Unpredicted.sentence(entry.getKey(), entry.getValue()).ifPresent(text -> out.println("  " + text));
        }
        thresholds(out, protocol);
        coverage(out, protocol.path("posterior"));
    }

    /** How often experiment lies within the predicted uncertainties of nuclei that were not trained on. */
    private static void coverage(PrintWriter out, JsonNode posterior) {
        if (posterior.has("failure")) {
            out.println("  No uncertainties: " + posterior.path("failure").asText());
        }
        if (posterior.path("coverage").isEmpty()) {
            return;
        }
        out.println(
                "  within 1 sd, 2 sd   networks         <z^2>     ensemble         <z^2>    (68.3 %, 95.4 % and 1)");
        for (Map.Entry<String, JsonNode> set : posterior.path("coverage").properties()) {
            JsonNode networks = set.getValue().path("networks");
            JsonNode ensemble = set.getValue().path("ensemble");
            out.printf(
                    Locale.ROOT,
                    "  %-18s  %-15s  %-8s  %-15s  %-8s%n",
                    set.getKey(),
                    shares(networks),
                    figure(networks.path("meanSquare")),
                    shares(ensemble),
                    figure(ensemble.path("meanSquare")));
        }
    }

    private static String shares(JsonNode of) {
        return String.format(
                Locale.ROOT,
                "%.1f %%, %.1f %%",
                100 * of.path("coverage68").asDouble(),
                100 * of.path("coverage95").asDouble());
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
                    "  %-10s %-8s   %-15s  %-8s  %-15s  %-8s  %-8s%s%n",
                    line.path("set").asText(),
                    BigDecimal.valueOf(line.path("tauMeV").asDouble())
                            .stripTrailingZeros()
                            .toPlainString(),
                    nuclei(line.path("count")),
                    published.path("count").isNumber() ? published.path("count").asText() : "-",
                    spread(line.path("rmsdMeV")),
                    figure(line.path("rmsdMeV").path("ensemble")),
                    figure(published.path("rmsdMeV")),
                    networks(line));
        }
    }

    /** Networks without a nucleus below a threshold have no rms there. */
    private static String networks(JsonNode line) {
        int with = line.path("rmsdMeV").path("replicas").size();
        int all = line.path("count").path("replicas").size();
        return with > 0 && with < all ? "  (rmsd of " + with + " of " + all + " networks)" : "";
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
