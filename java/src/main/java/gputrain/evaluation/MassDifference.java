package gputrain.evaluation;

import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Observables that are sums of masses with small whole-number weights: separation energies, decay energies, shell gaps,
 * odd-even differences.
 *
 * <p>Written with atomic mass excesses M; B = Z M(1H) + N M(n) - M. All in MeV.
 */
public enum MassDifference {
    S_N("S_n", "M(Z,N-1) - M(Z,N) + M(n)", neutrons(1), term(1, 0, -1), term(-1, 0, 0)),
    S_P("S_p", "M(Z-1,N) - M(Z,N) + M(1H)", protons(1), term(1, -1, 0), term(-1, 0, 0)),
    S_2N("S_2n", "M(Z,N-2) - M(Z,N) + 2 M(n)", neutrons(2), term(1, 0, -2), term(-1, 0, 0)),
    S_2P("S_2p", "M(Z-2,N) - M(Z,N) + 2 M(1H)", protons(2), term(1, -2, 0), term(-1, 0, 0)),
    Q_ALPHA(
            "Q_alpha",
            "M(Z,N) - M(Z-2,N-2) - M(4He)",
            -Constants.HELIUM_4_MASS_EXCESS_KEV / 1000,
            term(1, 0, 0),
            term(-1, -2, -2)),
    Q_BETA_MINUS("Q_beta-", "M(Z,N) - M(Z+1,N-1)", 0, term(1, 0, 0), term(-1, 1, -1)),

    /** S_2n(Z,N) - S_2n(Z,N+2). */
    NEUTRON_SHELL_GAP("delta_2n", "M(Z,N-2) - 2 M(Z,N) + M(Z,N+2)", 0, term(1, 0, -2), term(-2, 0, 0), term(1, 0, 2)),

    /** S_2p(Z,N) - S_2p(Z+2,N). */
    PROTON_SHELL_GAP("delta_2p", "M(Z-2,N) - 2 M(Z,N) + M(Z+2,N)", 0, term(1, -2, 0), term(-2, 0, 0), term(1, 2, 0)),

    /** S_n(Z,N) - S_n(Z,N+2): the change of S_n among neighbours of one parity, without the staggering. */
    NEUTRON_SEPARATION_DROP(
            "Delta S_n", "S_n(Z,N) - S_n(Z,N+2)", 0, term(1, 0, -1), term(-1, 0, 0), term(-1, 0, 1), term(1, 0, 2)),

    /** S_p(Z,N) - S_p(Z+2,N). */
    PROTON_SEPARATION_DROP(
            "Delta S_p", "S_p(Z,N) - S_p(Z+2,N)", 0, term(1, -1, 0), term(-1, 0, 0), term(-1, 1, 0), term(1, 2, 0)),

    /** Three-point odd-even difference (-1)^N [S_n(Z,N) - S_n(Z,N+1)] / 2, positive for pairing. */
    NEUTRON_ODD_EVEN(
            "Delta_n(3)",
            "(-1)^N [M(Z,N-1) - 2 M(Z,N) + M(Z,N+1)] / 2",
            0,
            term(0.5, 0, -1),
            term(-1, 0, 0),
            term(0.5, 0, 1)) {
        @Override
        int sign(Nuclide nuclide) {
            return nuclide.N() % 2 == 0 ? 1 : -1;
        }
    },

    /** Three-point odd-even difference (-1)^Z [S_p(Z,N) - S_p(Z+1,N)] / 2, positive for pairing. */
    PROTON_ODD_EVEN(
            "Delta_p(3)",
            "(-1)^Z [M(Z-1,N) - 2 M(Z,N) + M(Z+1,N)] / 2",
            0,
            term(0.5, -1, 0),
            term(-1, 0, 0),
            term(0.5, 1, 0)) {
        @Override
        int sign(Nuclide nuclide) {
            return nuclide.Z() % 2 == 0 ? 1 : -1;
        }
    };

    private final String symbol;
    private final String equation;
    private final double constantMeV;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<Term> terms;

    MassDifference(String symbol, String equation, double constantMeV, Term... terms) {
        this.symbol = symbol;
        this.equation = equation;
        this.constantMeV = constantMeV;
        this.terms = List.of(terms);
    }

    private record Term(double weight, int protons, int neutrons) {}

    /**
     * Its value for one nuclide.
     *
     * @param uncertaintyMeV of masses taken as independent; NaN when one of them has none
     * @param estimated whether one of the masses is from trends
     */
    public record Value(double energyMeV, double uncertaintyMeV, boolean estimated) {}

    /** As papers write it, in ASCII. */
    public String symbol() {
        return symbol;
    }

    public String equation() {
        return equation;
    }

    /**
     * The quantity of a symbol such as {@code S_2n}, whatever the case.
     *
     * @throws IllegalArgumentException when there is none; the message lists those there are
     */
    public static MassDifference of(String symbol) {
        for (MassDifference quantity : values()) {
            if (quantity.symbol.toLowerCase(Locale.ROOT).equals(symbol.toLowerCase(Locale.ROOT))) {
                return quantity;
            }
        }
        throw new IllegalArgumentException("\"" + symbol + "\" is not one of "
                + String.join(
                        ", ",
                        List.of(values()).stream().map(MassDifference::symbol).toList()));
    }

    /** Its value, or nothing when a mass that it needs is not there. */
    public Optional<Value> of(Masses masses, Nuclide nuclide) {
        double sum = constantMeV;
        double variance = 0;
        boolean estimated = false;
        for (Term term : terms) {
            int z = nuclide.Z() + term.protons();
            int n = nuclide.N() + term.neutrons();
            if (z < 0 || n < 0 || z + n < 1) {
                return Optional.empty();
            }
            Optional<Masses.Mass> mass = masses.find(new Nuclide(z, n));
            if (mass.isEmpty()) {
                return Optional.empty();
            }
            sum += term.weight() * mass.get().excessMeV();
            double error = term.weight() * mass.get().uncertaintyMeV();
            variance += error * error;
            estimated |= mass.get().estimated();
        }
        return Optional.of(new Value(sign(nuclide) * sum, Math.sqrt(variance), estimated));
    }

    int sign(Nuclide nuclide) {
        return 1;
    }

    private static Term term(double weight, int protons, int neutrons) {
        return new Term(weight, protons, neutrons);
    }

    private static double neutrons(int count) {
        return count * Constants.NEUTRON_MASS_EXCESS_KEV / 1000;
    }

    private static double protons(int count) {
        return count * Constants.HYDROGEN_MASS_EXCESS_KEV / 1000;
    }
}
