package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.engine.EdgePenalty;
import gputrain.engine.GridUpdates;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.model.SplineNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of spline networks. */
class SplineFileTest {
    private static final String TEXT = Tiny.splines();

    @Test
    void aFileSaysEverything() {
        Experiment experiment = Tiny.experiment(TEXT);
        assertThat(experiment.initialNetwork()).isEqualTo(new SplineNetwork(List.of(5, 3, 1), 4, 2, 0.3));
        assertThat(experiment.network()).isEqualTo(new SplineNetwork(List.of(5, 3, 1), 8, 2, 0.3));
        assertThat(experiment.training().optimizer()).isEqualTo(new Optimizer.Lbfgs(6, 25, 1e-9));
        assertThat(experiment.training().precision()).isEqualTo(Precision.FLOAT64);
        assertThat(experiment.training().penalty()).isEqualTo(new EdgePenalty(1e-4, 0));
        assertThat(experiment.training().gridUpdates()).isEqualTo(new GridUpdates(5, 12, 0.5));
        assertThat(experiment.training().refinements())
                .containsExactly(new Experiment.Refinement(8, 0, 20), new Experiment.Refinement(0, 0.05, 10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "order = 2 | order = 8 | network.order: must be at most 7: 8",
                "intervals = 4 | intervals = 0 | network.intervals: must be at least 1: 0",
                "hidden = [3] | hidden = [0] | network.hidden: widths must be at least 1: [0]",
                "history = 6 | batch-size = 10 | training.batch-size: L-BFGS takes all rows in one step: leave it out",
                "history = 6 | precision = \"float32\" | training.precision: splines are computed in float64",
                "history = 6 | history = 0 | training.history: must be at least 1: 0",
                "penalty-l1 = 1e-4 | penalty-l1 = -1 | training.penalty-l1: must not be negative",
                "uniform-share = 0.5 | uniform-share = 0 | uniform-share: must be above 0 and at most 1: 0.0",
                "every = 5 | every = 0 | every: must be at least 1: 0",
                "prune-below = 0.05 | prune-below = 2 | prune-below: must be at most 1: 2.0",
                "epochs = 20 | epochs = 0 | training.refine.epochs: must be at least 1: 0",
                "penalty-l1 = 1e-4 | average-last = 3 | training.average-last: what is refined afterwards",
                "kind = \"splines\" | kind = \"dense\" | network.intervals: unknown key",
            })
    void whatIsWrongIsNamed(String piece, String replacement, String message) {
        assertThat(TEXT).contains(piece);
        assertThatThrownBy(() -> Tiny.experiment(TEXT.replace(piece, replacement)))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining("tiny.toml:")
                .hasMessageContaining(message);
    }
}
