package gputrain.experiment;

import java.util.Map;

/** A small experiment file, as text to edit. */
public final class Tiny {
    /** 40-odd nuclei around calcium and titanium, a network of three neurons. */
    public static final String TEXT = """
            title = "Tiny"

            [data]
            table = "ame2020"
            Z-above = 20
            N-above = 20
            measured = true
            uncertainty-below-keV = 0.6
            split = { kind = "random", test-fraction = 0.2, random-state = 42 }
            baselines = ["ws4"]

            [inputs]
            features = ["Z", "A", "A^(2/3)", "V_p", "delta_np"]
            scaling = "min-max"

            [outputs]
            targets = ["E", "E_LD(ws-star)", "E - E_LD(ws-star)"]
            mass = "E - E_LD(ws-star)"
            scaling = "standard"

            [network]
            hidden = [3]
            activation = "gelu"

            [training]
            loss = "huber"
            huber-delta = 1
            optimizer = "adam"
            learning-rate = 1e-2
            epochs = 60
            sample-every = 10
            keep = "last"

            [leak-free]
            parts = 5
            """;

    private Tiny() {}

    /** The text with some pieces replaced; each must be there. */
    public static String with(Map<String, String> replacements) {
        String text = TEXT;
        for (Map.Entry<String, String> entry : replacements.entrySet()) {
            if (!text.contains(entry.getKey())) {
                throw new IllegalArgumentException("not in the text: " + entry.getKey());
            }
            text = text.replace(entry.getKey(), entry.getValue());
        }
        return text;
    }

    /** The text with one piece replaced. */
    public static String with(String piece, String replacement) {
        return with(Map.of(piece, replacement));
    }

    /** The same nuclei for splines on WS4's residuals, divided by seed: L-BFGS, updates of knots, refinement, pruning. */
    public static String splines() {
        return with(Map.of(
                "random-state = 42", "by-seed = true",
                "scaling = \"min-max\"", "scaling = \"symmetric\"",
                "[\"E\", \"E_LD(ws-star)\", \"E - E_LD(ws-star)\"]", "[\"E - E(ws4)\"]",
                "mass = \"E - E_LD(ws-star)\"", "mass = \"E - E(ws4)\"",
                "scaling = \"standard\"", "scaling = \"divided\"",
                "hidden = [3]\nactivation = \"gelu\"", "kind = \"splines\"\nhidden = [3]\nintervals = 4\norder = 2",
                "optimizer = \"adam\"\nlearning-rate = 1e-2", """
                    optimizer = "lbfgs"
                    history = 6
                    learning-rate = 1
                    weight-decay = 1e-4
                    penalty-l1 = 1e-4
                    grid-updates = { every = 5, until = 12, uniform-share = 0.5 }""",
                "keep = \"last\"\n\n[leak-free]\nparts = 5", """
                    [[training.refine]]
                    intervals = 8
                    epochs = 20

                    [[training.refine]]
                    prune-below = 0.05
                    epochs = 10"""));
    }

    static Experiment experiment(String text) {
        return ExperimentFile.parse("local/tiny", "tiny.toml", text);
    }
}
