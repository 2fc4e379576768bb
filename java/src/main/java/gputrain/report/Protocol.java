package gputrain.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One protocol of a run: how it was trained and judged, its metrics, curves and predictions.
 *
 * @param name short name, as in {@code leak-free}; also in the names of the figure files
 * @param sets metrics per set of nuclei, in the order of a table
 * @param traces empty when there is no metrics file
 * @param predictions empty when there is no predictions file
 * @param dividedBySeed whether every network has training and test nuclei of its own
 */
record Protocol(
        String name,
        String title,
        Json json,
        Map<String, SetMetrics> sets,
        List<Trace> traces,
        List<Prediction> predictions,
        boolean dividedBySeed) {
    static final String LEAK_FREE = "leak-free";

    /**
     * Ours and the paper's on one set of nuclei.
     *
     * @param count nuclei; NaN when not recorded
     * @param publishedRmsdMeV NaN when nothing is published
     */
    record SetMetrics(Metric rmsd, Metric mae, double count, double publishedRmsdMeV, double publishedMaeMeV) {
        static final SetMetrics NONE = new SetMetrics(Metric.NONE, Metric.NONE, Double.NaN, Double.NaN, Double.NaN);

        boolean published() {
            return Double.isFinite(publishedRmsdMeV) || Double.isFinite(publishedMaeMeV);
        }
    }

    /** Reads every protocol of a run record, and the files of each. */
    static List<Protocol> readAll(Path runDirectory, Json run) {
        List<Protocol> protocols = new ArrayList<>();
        for (Json json : run.get("protocols").items()) {
            protocols.add(
                    read(runDirectory, json, run.get("dividedBySeed").textOr("").equals("true")));
        }
        if (protocols.isEmpty()) {
            throw new ReportException(run.file() + ": protocols: expected at least one; train the experiment first");
        }
        return List.copyOf(protocols);
    }

    /** Metrics on the set by which the protocol is judged; without values when it was not evaluated on one. */
    SetMetrics test() {
        return sets.getOrDefault("test", SetMetrics.NONE);
    }

    boolean hasPublished() {
        return sets.values().stream().anyMatch(SetMetrics::published);
    }

    /** Predictions that have an experimental value beside them. */
    List<Prediction> compared() {
        return predictions.stream().filter(Prediction::compared).toList();
    }

    /** Those of {@link #compared} that a scale is chosen by: without extra sets, which a network can miss by any amount. */
    List<Prediction> inside() {
        List<Prediction> inside =
                compared().stream().filter(p -> Sets.usual(p.set())).toList();
        return inside.isEmpty() ? compared() : inside;
    }

    /** The ink of a set; those beyond the usual ones differ. */
    Ink ink(String set) {
        List<String> extras =
                sets.keySet().stream().filter(name -> !Sets.usual(name)).toList();
        return extras.contains(set) ? Ink.EXTRA_SETS.get(extras.indexOf(set) % Ink.EXTRA_SETS.size()) : Ink.ofSet(set);
    }

    /** What the ensemble of these protocols is; sets differ from seed to seed where nuclei validate or are divided anew. */
    static String ensemble(List<Protocol> protocols) {
        boolean validation = protocols.stream().anyMatch(p -> p.sets().containsKey("validation"));
        boolean divided = protocols.stream().anyMatch(Protocol::dividedBySeed);
        String own = divided
                ? validation ? "train, validation and test" : "train and test"
                : validation ? "train and validation" : "";
        return "ensemble: the mean prediction of all seeds"
                + (own.isEmpty() ? "" : ", on " + own + " of those that have the nucleus in that set");
    }

    /** How residuals are meant where a nucleus trains some networks and tests others; empty elsewhere. */
    String heldOutSentence() {
        List<Prediction> divided =
                predictions.stream().filter(p -> p.isHeldOut() || isUntested(p)).toList();
        long untested = divided.stream().filter(Protocol::isUntested).count();
        return !dividedBySeed || divided.isEmpty()
                ? ""
                : "Held out: the prediction of a nucleus is the mean of those networks that have it in their test set"
                        + (untested == 0
                                ? "."
                                : "; " + Numbers.count(untested) + " of " + Numbers.count(divided.size())
                                        + (untested == 1 ? " nuclei is" : " nuclei are")
                                        + " in no network's test set and not shown.");
    }

    private static boolean isUntested(Prediction p) {
        return p.set().equals("all") && !Double.isFinite(p.heldOutMeV());
    }

    /** The name reduced to what a file name may hold. */
    String fileStem() {
        String stem = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return stem.isBlank() ? "protocol" : stem;
    }

    private static Protocol read(Path runDirectory, Json json, boolean dividedBySeed) {
        String name = json.get("name").textOr("protocol");
        String title = json.get("title").textOr(name);
        Path directory = runDirectory.resolve(json.get("directory").textOr("")).normalize();
        if (!directory.startsWith(runDirectory.normalize())) {
            throw new ReportException(json.file() + ": " + json.place() + ".directory: expected a folder inside the run"
                    + " directory, found \"" + json.get("directory").textOr("") + "\"; restore the file");
        }
        Path metrics = directory.resolve("metrics.csv");
        Path predictions = directory.resolve("predictions.csv");
        return new Protocol(
                name,
                title,
                json,
                setMetrics(json),
                Files.exists(metrics) ? Trace.read(metrics) : List.of(),
                Files.exists(predictions) ? Prediction.read(predictions) : List.of(),
                dividedBySeed);
    }

    private static Map<String, SetMetrics> setMetrics(Json json) {
        Map<String, SetMetrics> sets = new LinkedHashMap<>();
        Sets.inOrder(json.get("metrics").members()).forEach(entry -> {
            String set = entry.getKey();
            Json metrics = entry.getValue();
            Json published = json.get("published").get(set);
            sets.put(
                    set,
                    new SetMetrics(
                            Metric.of(metrics.get("rmsdMeV")),
                            Metric.of(metrics.get("maeMeV")),
                            metrics.get("count").number(),
                            published.get("rmsdMeV").number(),
                            published.get("maeMeV").number()));
        });
        return sets;
    }
}
