package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gputrain.data.DataLibrary;
import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentFileTest {

    @Test
    void readsEverything() {
        Experiment experiment = Tiny.experiment(Tiny.TEXT);
        assertThat(experiment.network()).isEqualTo(new DenseNetwork(List.of(5, 3, 3), Activation.GELU));
        assertThat(experiment.outputs().mass()).isEqualTo(2);
        assertThat(experiment.training().loss()).isEqualTo(new Loss.Huber(1));
        assertThat(experiment.training().optimizer()).isEqualTo(Optimizer.Adam.DEFAULT);
        assertThat(experiment.training().learningRate()).isEqualTo(new LearningRateRule.Constant(0.01));
        assertThat(experiment.training().precision()).isEqualTo(Precision.FLOAT32);
        assertThat(experiment.training().keepBestOnTest()).isFalse();
        // Not given: those of the paper's recipe.
        assertThat(experiment.leakFree()).contains(new Experiment.LeakFree(5, 0, 60, 0));
        assertThat(experiment.text()).isEqualTo(Tiny.TEXT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // a misspelt key, wrong types, values out of range
                "hidden = [3]            | hiden = [3]              | tiny.toml:21:1: missing in [network]: hidden",
                "loss = \"huber\"        | lss = \"huber\"          | tiny.toml:26:1: training.lss: unknown key; known here: average-last",
                "epochs = 60             | epochs = 6e1             | tiny.toml:30:1: training.epochs: expected a whole number, found double 60.0",
                "epochs = 60             | epochs = -1              | tiny.toml:30:1: training.epochs: must be at least 1: -1",
                "epochs = 60             | epochs = \"many\"        | training.epochs: expected a whole number, found string many",
                "hidden = [3]            | hidden = 3               | tiny.toml:22:1: network.hidden: expected an array, found long 3",
                "hidden = [3]            | hidden = [3, -2]         | tiny.toml:22:1: network.hidden: widths must be at least 1: [3, -2]",
                "hidden = [3]            | hidden = [0]             | network.hidden: widths must be at least 1: [0]",
                "hidden = [3]            | hidden = [3.5]           | network.hidden: expected whole numbers, found double 3.5",
                "hidden = [3]            | hidden = [9000000000]    | network.hidden: expected whole numbers, found long 9000000000",
                "hidden = [3]            | hidden = [2000000000, 2000000000] | tiny.toml:22:1: network.hidden: network too large",
                "learning-rate = 1e-2    | learning-rate = nan      | tiny.toml:29:1: training.learning-rate: expected a number, found double NaN",
                "learning-rate = 1e-2    | learning-rate = 1e400    | tiny.toml:29:17: not valid TOML: ",
                "learning-rate = 1e-2    | learning-rate = 0        | tiny.toml:29:1: training.learning-rate: a learning rate",
                "learning-rate = 1e-2    | learning-rate = -1       | training.learning-rate: a learning rate",
                "learning-rate = 1e-2    | learning-rate = {rule = \"step\", rate = 1, every = 0, factor = 0.5} | tiny.toml:29:1: training.learning-rate: a step rule needs every >= 1: 0",
                "learning-rate = 1e-2    | learning-rate = {rule = \"steps\"} | training.learning-rate.rule: \"steps\" is not one of by-training-loss, step",
                "learning-rate = 1e-2    | learning-rate = {rule = \"by-training-loss\", table = [[1, 1]]} | the last line of a rate table must start at loss 0",
                "huber-delta = 1         | huber-delta = 0          | tiny.toml:27:1: training.huber-delta: ",
                "keep = \"last\"         | keep = \"best\"          | training.keep: \"best\" is not one of last, best-on-test",
                "parts = 5               | parts = 1                | tiny.toml:35:1: leak-free.parts: must be at least 2: 1",
                "parts = 5               | parts = 99999999999      | tiny.toml:35:1: leak-free.parts: out of range",
                "parts = 5               | weight-decay = -1        | leak-free.weight-decay: must not be negative: -1.0",
                "Z-above = 20            | Z-above = 99999999999    | tiny.toml:5:1: data.Z-above: out of range: 99999999999",
                "sample-every = 10       | stop-below-loss = -1     | training.stop-below-loss: must not be negative: -1.0",
                "sample-every = 10       | batch-size = 3000000000  | training.batch-size: out of range: 3000000000",
                "test-fraction = 0.2     | test-fraction = 1        | data.split.test-fraction: must be between 0 and 1: 1.0",
                "random-state = 42       | random-state = -1        | data.split.random-state: must be at least 0: -1",
                // features, targets
                "\"V_p\",                | \"Vp\",                  | tiny.toml:13:1: inputs.features: unknown feature \"Vp\"; known: Z, N, A",
                "\"V_p\",                | \"Z\",                   | tiny.toml:13:1: inputs.features: \"Z\" is there twice",
                "\"V_p\",                | 7,                       | inputs.features: expected strings in quotes, found long 7",
                "targets = [\"E\",       | targets = [\"BE\",       | tiny.toml:17:1: outputs.targets: unknown target \"BE\"; known: E, M, E_LD(ws-star)",
                "targets = [\"E\",       | targets = [\"E_LD(ws-star)\", | outputs.targets: \"E_LD(ws-star)\" is there twice",
                "mass = \"E -            | mass = \"E -  ,          | tiny.toml:18:1: outputs.mass: unknown target",
                "mass = \"E - E_LD(ws-star)\" | mass = \"E - E_LD(ws4)\" | tiny.toml:18:1: outputs.mass: \"E - E_LD(ws4)\" is not among the targets",
                "mass = \"E - E_LD(ws-star)\" | mass = \"E_LD(ws-star)\" | outputs.mass: no mass follows from \"E_LD(ws-star)\"",
                "scaling = \"standard\"  | scaling = \"unit\"\\nunit-MeV = 0 | unit-MeV",
                // subsets
                "[inputs]               | [[data.subsets]]\\nname = \"test\"\\n[inputs] | data.subsets.name: \"test\" is there twice",
                "[inputs]               | [[data.subsets]]\\nname = \"a\"\\nof = \"b\"\\n[inputs] | data.subsets.of: \"b\" is not one of train, test, all",
                "[inputs]               | [[data.subsets]]\\nname = \"a\"\\nZ-over = 8\\n[inputs] | data.subsets.Z-over: unknown key",
                "[inputs]               | [data.subsets]\\nname = \"a\"\\n[inputs] | data.subsets: expected an array of tables, written as [[data.subsets]]",
                "scaling = \"min-max\" | scaling = \"unit\"\\nunit = 0 | inputs.unit: must be above 0: 0.0",
                // TOML itself
                "title = \"Tiny\"        | title = Tiny             | tiny.toml:1:9: not valid TOML: ",
                "epochs = 60             | epochs = 60 epochs = 60  | tiny.toml:30:13: not valid TOML: ",
                "title = \"Tiny\"        | name = \"Tiny\"          | tiny.toml: missing at the top of the file: title (a string)",
                "[leak-free]             | [leakfree]               | tiny.toml:34:1: leakfree: unknown key; known here: data"
            })
    void saysWhereAndWhatIsWrong(String piece, String replacement, String message) {
        String text = Tiny.with(piece, replacement.replace("\\n", "\n"));
        assertThatThrownBy(() -> Tiny.experiment(text))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining(message);
    }

    /** What only the data can tell. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "table = \"ame2020\"   | table = \"ame2021\"         | tiny.toml:4:1: data.table: ",
                "table = \"ame2020\"   | table = \"ws4\"             | tiny.toml:4:1: data.table: ",
                "baselines = [\"ws4\"] | baselines = [\"ws5\"]       | tiny.toml:10:1: data.baselines: ",
                "{ kind = \"random\", test-fraction = 0.2, random-state = 42 } | { kind = \"newer-edition\", table = \"ame2024\" } | tiny.toml:9:1: data.split: ",
                "{ kind = \"random\", test-fraction = 0.2, random-state = 42 } | { kind = \"newer-edition\", table = \"ame2020\" } | tiny.toml:3:1: data: the selection",
                "{ kind = \"random\", test-fraction = 0.2, random-state = 42 } | { kind = \"in-edition\", table = \"ame2024\" } | tiny.toml:9:1: data.split: ",
                "{ kind = \"random\", test-fraction = 0.2, random-state = 42 } | { kind = \"in-edition\", table = \"ame2020\" } | tiny.toml:3:1: data: the selection",
                "[inputs] | [[data.subsets]]\\nname = \"none\"\\nZ-above = 200\\n[inputs] | data.subsets: no nucleus of the set is in \"none\"",
                "[inputs] | [data.supplement]\\ntable = \"ws4\"\\nmeasured = true\\n[inputs] | data.supplement: adds no nuclei",
                "Z-above = 20          | Z-above = 200               | leaves no nuclei to train or to test on",
                "parts = 5             | parts = 5000                | tiny.toml:35:1: leak-free.parts: 5000 parts of"
            })
    void saysWhatDoesNotFitTheData(String piece, String replacement, String message) {
        Experiment experiment = Tiny.experiment(Tiny.with(piece, replacement.replace("\\n", "\n")));
        assertThatThrownBy(() -> Prepared.of(experiment, DataLibrary.bundled()))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "=", "[", "[data]\n[data]", "title = '''", "\uFEFFtitle = 1", "a.b.c.d = 1"})
    void brokenFilesAreErrorsOfTheFile(String text) {
        assertThatThrownBy(() -> Tiny.experiment(text))
                .isInstanceOf(ExperimentException.class)
                .hasMessageStartingWith("tiny.toml");
    }

    @Test
    void aLinearModelIsANetworkToo() {
        assertThat(Tiny.experiment(Tiny.with("hidden = [3]", "hidden = []"))
                        .network()
                        .text())
                .isEqualTo("[5, 3]");
    }

    @Test
    void readsEveryLearningRateRule() {
        assertThat(rate("{rule = \"by-training-loss\", table = [[1e-3, 0.1], [0, 1e-3]], latched = true}"))
                .isEqualTo(new LearningRateRule.ByTrainingLoss(
                        java.util.List.of(new LearningRateRule.Line(1e-3, 0.1), new LearningRateRule.Line(0, 1e-3)),
                        true));
        assertThat(rate("{rule = \"step\", rate = 1, every = 5, factor = 0.5}"))
                .isEqualTo(new LearningRateRule.Step(1, 5, 0.5));
        assertThat(rate("{rule = \"plateau\", rate = 1}"))
                .isEqualTo(new LearningRateRule.ReduceOnPlateau(1, 0.1, 10, 1e-4, 0));
        assertThat(rate("{rule = \"cosine\", rate = 1, epochs = 100}"))
                .isEqualTo(new LearningRateRule.Cosine(1, 0, 100));
    }

    private static LearningRateRule rate(String rule) {
        return Tiny.experiment(Tiny.with("learning-rate = 1e-2", "learning-rate = " + rule))
                .training()
                .learningRate();
    }
}
