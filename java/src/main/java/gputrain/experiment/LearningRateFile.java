package gputrain.experiment;

import gputrain.engine.LearningRateRule;
import gputrain.engine.LearningRateRule.Line;
import java.util.List;

/** Reads the {@code learning-rate} of an experiment file: a number, or a table with the rule's kind. */
final class LearningRateFile {
    private static final String KEY = "learning-rate";
    private final TomlSection section;

    LearningRateFile(TomlSection section) {
        this.section = section;
    }

    LearningRateRule read() {
        try {
            if (!section.isTable(KEY)) {
                return new LearningRateRule.Constant(section.number(KEY));
            }
            TomlSection rule = section.section(KEY);
            LearningRateRule parsed = rule(rule);
            rule.finish();
            return parsed;
        } catch (IllegalArgumentException e) {
            throw section.error(KEY, String.valueOf(e.getMessage()));
        }
    }

    private static LearningRateRule rule(TomlSection rule) {
        String kind = rule.oneOf("rule", "", List.of("by-training-loss", "step", "plateau", "cosine"));
        return switch (kind) {
            case "by-training-loss" ->
                new LearningRateRule.ByTrainingLoss(
                        rule.pairs("table").stream()
                                .map(pair -> new Line(pair[0], pair[1]))
                                .toList(),
                        rule.bool("latched", false));
            case "step" -> new LearningRateRule.Step(rule.number("rate"), rule.whole("every"), rule.number("factor"));
            case "plateau" ->
                new LearningRateRule.ReduceOnPlateau(
                        rule.number("rate"),
                        rule.number("factor", 0.1),
                        rule.whole("patience", 10),
                        rule.number("threshold", 1e-4),
                        rule.number("minimum", 0));
            default ->
                new LearningRateRule.Cosine(rule.number("rate"), rule.number("minimum", 0), rule.whole("epochs"));
        };
    }
}
