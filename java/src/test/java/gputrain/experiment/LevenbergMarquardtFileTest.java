package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.LearningRateRule;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that train with Levenberg-Marquardt. */
class LevenbergMarquardtFileTest {
    private static final String TEXT = Tiny.with(
            "optimizer = \"adam\"\nlearning-rate = 1e-2",
            "optimizer = \"levenberg-marquardt\"\ninitial-damping = 0.5\ntrials = 7\ntolerance = 1e-6\nacceleration = 0");

    @Test
    void aFileSaysEverything() {
        Experiment.Training training = Tiny.experiment(TEXT).training();
        assertThat(training.optimizer()).isEqualTo(new Optimizer.LevenbergMarquardt(0.5, 7, 1e-6));
        assertThat(training.precision()).isEqualTo(Precision.FLOAT64);
        assertThat(training.learningRate()).isEqualTo(new LearningRateRule.Constant(1));
        assertThat(PlanText.of(training.optimizer()))
                .isEqualTo("Levenberg-Marquardt, Nielsen's damping from 0.5, at most 7 trials of a step, until no entry"
                        + " of the gradient is above 1e-6; an epoch is one step");
        assertThat(Tiny.experiment(Tiny.with(
                                "optimizer = \"adam\"\nlearning-rate = 1e-2", "optimizer = \"levenberg-marquardt\""))
                        .training()
                        .optimizer())
                .isEqualTo(new Optimizer.LevenbergMarquardt(1e-2, 16, 1e-9));
    }

    @Test
    void theEvidenceIsAsked() {
        String text = TEXT.replace("trials = 7", "weight-decay = 1e-4\nregularisation = \"evidence\"");
        Optimizer optimizer = Tiny.experiment(text).training().optimizer();
        assertThat(optimizer)
                .isEqualTo(new Optimizer.LevenbergMarquardt(0.5, 16, 1e-6, 0, new Optimizer.Evidence(false, 5)));
        assertThat(PlanText.of(optimizer))
                .endsWith("an epoch is one step; weight decay by the evidence every 5 steps, one for all parameters");
        assertThat(PlanText.of(Tiny.experiment(text.replace("acceleration = 0", "acceleration = 0.5"))
                        .training()
                        .optimizer()))
                .contains("an epoch is one step, with geodesic acceleration up to 0.5 of it; weight");
        assertThatThrownBy(() -> Tiny.experiment(text.replace("parts = 5", "parts = 5\nweight-decay = 0")))
                .hasMessageContaining("leak-free.weight-decay: the evidence needs one to start from");
        String one = text.replace("\"evidence\"", "\"evidence\"\nevidence-groups = \"layers\"\nevidence-every = 3");
        assertThat(Tiny.experiment(one).training().optimizer())
                .isEqualTo(new Optimizer.LevenbergMarquardt(0.5, 16, 1e-6, 0, new Optimizer.Evidence(true, 3)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "initial-damping = 0.5 | initial-damping = 0 | training.initial-damping: must be above 0: 0.0",
                "trials = 7 | trials = 0 | training.trials: must be at least 1: 0",
                "tolerance = 1e-6 | tolerance = -1 | training.tolerance: must not be negative",
                "acceleration = 0 | acceleration = -1 | training.acceleration: must not be negative",
                "trials = 7 | regularisation = \"map\" | training.regularisation: ",
                "trials = 7 | regularisation = \"evidence\" | training.weight-decay: the evidence needs one to start from",
                "trials = 7 | evidence-every = 3 | training.evidence-every: unknown key",
                "trials = 7 | learning-rate = 1 | training.learning-rate: unknown key",
                "trials = 7 | batch-size = 10 | training.batch-size: Levenberg-Marquardt takes all rows in one step",
                "trials = 7 | precision = \"float32\" | training.precision: Levenberg-Marquardt is computed in float64",
            })
    void whatIsWrongIsNamed(String piece, String replacement, String message) {
        assertThat(TEXT).contains(piece);
        assertThatThrownBy(() -> Tiny.experiment(TEXT.replace(piece, replacement)))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining("tiny.toml:")
                .hasMessageContaining(message);
    }

    @Test
    void splinesHaveNoPenaltyThen() {
        String splines = Tiny.splines().replace("optimizer = \"lbfgs\"", "optimizer = \"levenberg-marquardt\"");
        assertThatThrownBy(() ->
                        Tiny.experiment(splines.replace("history = 6\n", "").replace("learning-rate = 1\n", "")))
                .hasMessageContaining("training.penalty-l1: unknown key");
    }
}
