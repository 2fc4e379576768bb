package gputrain.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What {@code run.json} says of the stages of a training that has several. */
final class StageRecord {
    private StageRecord() {}

    static void write(ArrayNode array, List<ProtocolResult.Stage> stages) {
        for (ProtocolResult.Stage stage : stages) {
            ObjectNode entry = array.addObject();
            entry.put("name", stage.name());
            entry.put("engine", stage.engine());
            if (!stage.outcome().method().isEmpty()) {
                entry.put("method", stage.outcome().method());
            }
            entry.put("optimiser", stage.plan().optimizer().text());
            entry.put("trainingSeconds", stage.outcome().trainingSeconds());
            entry.put("epochs", stage.epochs());
        }
    }
}
