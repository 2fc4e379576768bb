package gputrain.nuclide;

import java.util.List;

/**
 * A list of proton or neutron numbers of closed shells, ascending; papers differ in what they count as one.
 *
 * @param values ascending, at least one
 */
public record MagicNumbers(List<Integer> values) {

    /** Observed closed shells, for axes and charts. */
    public static final MagicNumbers ESTABLISHED = of(2, 8, 20, 28, 50, 82, 126, 184);

    /** @throws IllegalArgumentException when empty or not ascending */
    public MagicNumbers {
        values = List.copyOf(values);
        for (int i = 1; i < values.size(); i++) {
            if (values.get(i) <= values.get(i - 1)) {
                throw new IllegalArgumentException("magic numbers must ascend: " + values);
            }
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no magic numbers");
        }
    }

    public static MagicNumbers of(Integer... values) {
        return new MagicNumbers(List.of(values));
    }

    /**
     * Nucleons above the largest magic number that does not exceed {@code number}.
     *
     * @throws IllegalArgumentException when {@code number} is below the first magic number
     */
    public int valence(int number) {
        int core = -1;
        for (int magic : values) {
            if (magic <= number) {
                core = magic;
            }
        }
        if (core < 0) {
            throw new IllegalArgumentException(
                    "no valence number below the first magic number " + values.get(0) + ": " + number);
        }
        return number - core;
    }

    /** Distance to the closest magic number, at least 0. */
    public int distance(int number) {
        int best = Integer.MAX_VALUE;
        for (int magic : values) {
            best = Math.min(best, Math.abs(number - magic));
        }
        return best;
    }
}
