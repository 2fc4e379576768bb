package gputrain.data;

import java.util.Locale;

/** What a table holds. */
public enum TableKind {
    /** Masses from an evaluation of experiments, with uncertainties: a {@link MassTable}. */
    EXPERIMENT,
    /** Masses from a model: a {@link TheoryTable}. */
    THEORY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
