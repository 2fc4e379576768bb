package gputrain.experiment;

import gputrain.data.DataLibrary;
import gputrain.data.TableInfo;
import gputrain.nuclide.InputException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tables that papers used and that are not part of the program, as far as nobody has imported them. */
final class MissingTables {
    private MissingTables() {}

    /** For each experiment that can be left out and lacks a table, which one and how to import it. */
    static Map<String, String> of(Study study, DataLibrary library) {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (Study.Part part : study.parts()) {
            if (part.ifImported()) {
                of(ExperimentCatalogue.load(part.experiment()), library)
                        .ifPresent(reason -> reasons.put(part.experiment(), reason));
            }
        }
        return reasons;
    }

    private static Optional<String> of(Experiment experiment, DataLibrary library) {
        Set<String> theories = new LinkedHashSet<>();
        experiment.outputs().targets().forEach(target -> target.table().ifPresent(theories::add));
        experiment.inputs().features().forEach(feature -> theories.addAll(feature.theoryTables()));
        theories.addAll(experiment.data().baselines());
        for (String id : theories) {
            TableInfo table = library.info(id);
            if (!table.available()) {
                return Optional.of(reason(id, library));
            }
        }
        return Optional.empty();
    }

    /** What the library says to whoever asks for the table. */
    private static String reason(String id, DataLibrary library) {
        try {
            library.theory(id);
            throw new IllegalStateException("the table " + id + " is there after all");
        } catch (InputException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
