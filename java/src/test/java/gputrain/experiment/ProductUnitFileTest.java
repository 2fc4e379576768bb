package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of complex product units with sets and thresholds: what is wrong in them is said with line and key. */
class ProductUnitFileTest {
    private static final String TEXT = Tiny.with(Map.of(
            "[\"E\", \"E_LD(ws-star)\", \"E - E_LD(ws-star)\"]", "[\"M\"]",
            "mass = \"E - E_LD(ws-star)\"", "mass = \"M\"",
            "hidden = [3]\nactivation = \"gelu\"",
                    "kind = \"product-units\"\ncomplex = true\nlinear-units = 2\nproduct-units = 3\nguard = 1e-3\n"
                            + "initial-exponents = 1",
            "loss = \"huber\"\nhuber-delta = 1", "loss = \"complex-mse\"",
            "baselines = [\"ws4\"]", """
                    [[data.extra]]
                    name = "beyond"
                    table = "ame2020"
                    Z-above = 40

                    [[data.subsets]]
                    name = "part"
                    Z-at-most = 26

                    [[thresholds]]
                    set = "beyond"
                    tau-MeV = 0.5
                    published-count = 12
                    published-rmsd-MeV = 2.5

                    [[thresholds]]
                    tau-MeV = 0.2"""));

    @Test
    void theFileItselfIsGood() {
        assertThat(Tiny.experiment(TEXT).thresholds()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "guard = 1e-3 | guard = 2 | tiny.toml:42:1: network.guard: the guard of a logarithm must be between 1e-15 and 1: 2.0",
                "initial-exponents = 1 | initial-exponents = -1 | tiny.toml:43:1: network.initial-exponents: the scale of the exponents must",
                "product-units = 3 | product-units = 0 | tiny.toml:41:1: network.product-units: must be at least 1: 0",
                "product-units = 3 | product-units = 20000000 | tiny.toml:41:1: network.product-units: network too large: 120,000,026 parameters make checkpoints of 4.8 GB; the most is 2.1 GB",
                "linear-units = 2 | linear-units = 9000000 | tiny.toml:40:1: network.linear-units: network too large",
                "tau-MeV = 0.2 | tau-MeV = 0.5\\nset = \"beyond\" | thresholds.tau-MeV: 0.5 of the set \"beyond\" is there twice",
                "tau-MeV = 0.2 | tau-MeV = 0 | tiny.toml:26:1: thresholds.tau-MeV: must be above 0: 0.0",
                "published-count = 12 | published-count = -12 | tiny.toml:22:1: thresholds.published-count: must not be negative: -12",
                "published-rmsd-MeV = 2.5 | published-rmsd-MeV = -2 | thresholds.published-rmsd-MeV: must not be negative: -2.0",
                "name = \"part\" | name = \"\" | tiny.toml:16:1: data.subsets.name: must be a name on one line, without blanks around it: \"\"",
                "name = \"part\" | name = \" part\" | data.subsets.name: must be a name on one line",
                "name = \"beyond\" | name = \"\"\"a\\nb\"\"\" | tiny.toml:11:1: data.extra.name: must be a name on one line, without blanks around it: \"a\\nb\"",
            })
    void saysWhereAndWhatIsWrong(String piece, String replacement, String message) {
        assertThat(TEXT).contains(piece);
        String text = TEXT.replace(piece, replacement.replace("\\n", "\n"));
        assertThatThrownBy(() -> Tiny.experiment(text))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void manyNetworksTogetherCanBeTooMany() {
        Experiment experiment = Tiny.experiment(Tiny.TEXT);
        experiment.requireStorable(1_000_000);
        assertThatThrownBy(() -> experiment.requireStorable(2_000_000))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining(
                        "tiny.toml:21:1: network: 2,000,000 networks of 30 parameters each make checkpoints"
                                + " of 2.4 GB; the most is 2.1 GB, so train fewer seeds at a time");
    }
}
