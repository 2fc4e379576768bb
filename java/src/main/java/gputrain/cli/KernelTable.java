package gputrain.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The run record of kernel models as text. */
final class KernelTable {
    private final JsonNode record;

    KernelTable(JsonNode record) {
        this.record = record;
    }

    void print(PrintWriter out) {
        out.println();
        out.println(record.path("title").asText() + ", rms deviations in MeV");
        JsonNode minima = record.path("gridMinima");
        if (!minima.isEmpty()) {
            out.println();
            out.println("Best of the grid for each number R of redundant coordinates, cross-validation");
            out.println("  R      L          delta      rmsd");
            for (JsonNode point : minima) {
                out.printf(
                        Locale.ROOT,
                        "  %-6d %-10.4g %-10.4g %.4f%s%n",
                        point.path("redundant").asInt(),
                        point.path("length").asDouble(),
                        point.path("noise").asDouble(),
                        point.path("rmsdMeV").asDouble(),
                        point.path("atEdge").asBoolean() ? "  at the edge of the grid" : "");
            }
        }
        scores(out, "Cross-validation on all nuclei", record.path("crossValidation"));
        scores(
                out,
                "Extrapolation: the first, second, ... nucleus beyond the fitted ones of its chain",
                record.path("extrapolation"));
        scores(
                out,
                "Historical split by the edition that first knew a mass well, masses of the newest; leave-one-out in the first set",
                record.path("editions"));
        JsonNode fit = record.path("fit");
        out.println();
        out.printf(
                Locale.ROOT,
                "Fitted to all nuclei (%s): prior %.3f MeV, noise %.3f MeV; %d nuclides predicted%n",
                fit.path("method").asText(),
                fit.path("priorMeV").asDouble(),
                fit.path("noiseMeV").asDouble(),
                fit.path("predictedNuclides").asInt());
        out.println();
        out.flush();
    }

    /** A line per model, a column per set. */
    private static void scores(PrintWriter out, String title, JsonNode scores) {
        if (scores.isEmpty()) {
            return;
        }
        Set<String> models = new LinkedHashSet<>();
        Set<String> sets = new LinkedHashSet<>();
        for (JsonNode score : scores) {
            models.add(score.path("model").asText());
            sets.add(score.path("set").asText());
        }
        out.println();
        out.println(title);
        out.printf("  %-48s", "");
        sets.forEach(set -> out.printf(" %-" + width(set) + "s", set));
        out.println();
        for (String model : models) {
            out.printf("  %-48s", model);
            for (String set : sets) {
                out.printf(" %-" + width(set) + "s", figure(scores, model, set));
            }
            out.println();
        }
    }

    private static int width(String set) {
        return Math.max(7, set.length());
    }

    private static String figure(JsonNode scores, String model, String set) {
        for (JsonNode score : scores) {
            if (score.path("model").asText().equals(model)
                    && score.path("set").asText().equals(set)
                    && score.path("rmsdMeV").isNumber()) {
                return String.format(Locale.ROOT, "%.3f", score.path("rmsdMeV").asDouble());
            }
        }
        return "";
    }
}
