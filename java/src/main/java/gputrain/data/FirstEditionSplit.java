package gputrain.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Divides nuclides by the edition that was the first to know their mass well: the historical test of an extrapolation.
 *
 * <p>A nuclide belongs to the first edition that has it measured (no '#') with an uncertainty, in that edition's own
 * table, of at most {@code maxUncertaintyKeV}; those in none of the editions make up the last part.
 *
 * @param editions tables from the oldest on
 * @param maxUncertaintyKeV the limit, itself allowed
 */
public record FirstEditionSplit(List<MassTable> editions, double maxUncertaintyKeV) {

    /** The editions of the historical split by Liu, Manzhos and Wu: 1983, 1993, 2003, 2012; the rest is 2012 to 2020. */
    public static final List<String> EDITIONS = List.of("ame1983", "ame1993", "ame2003", "ame2012");

    /** Takes a copy. */
    public FirstEditionSplit {
        editions = List.copyOf(editions);
    }

    /** The four editions of {@link #EDITIONS} with a limit of 100 keV. */
    public static FirstEditionSplit standard(DataLibrary library) {
        return new FirstEditionSplit(
                EDITIONS.stream().map(library::experimental).toList(), 100.0);
    }

    /**
     * Rows by part, ascending.
     *
     * @param entries the nuclides to divide; row i is entry i
     * @return one array per edition and one more for the rest
     */
    public List<int[]> parts(List<MassEntry> entries) {
        List<int[]> parts = new ArrayList<>();
        for (int part = 0; part <= editions.size(); part++) {
            int wanted = part;
            parts.add(IntStream.range(0, entries.size())
                    .filter(row -> partOf(entries.get(row)) == wanted)
                    .toArray());
        }
        return List.copyOf(parts);
    }

    /**
     * Training on what the first {@code known} editions had, testing on one later part.
     *
     * @param known how many editions are training data, at least 1
     * @param tested the part to test on, {@code known} to the number of editions
     */
    public Split split(List<MassEntry> entries, int known, int tested) {
        if (known < 1 || tested < known || tested > editions.size()) {
            throw new IllegalArgumentException("known must be at least 1 and tested " + known + " to " + editions.size()
                    + ", not " + known + " and " + tested);
        }
        List<int[]> parts = parts(entries);
        int[] train = parts.subList(0, known).stream()
                .flatMapToInt(IntStream::of)
                .sorted()
                .toArray();
        return new Split(
                "first " + known + " editions against part " + tested + " of " + this, train, parts.get(tested));
    }

    private int partOf(MassEntry entry) {
        for (int part = 0; part < editions.size(); part++) {
            Optional<MassEntry> known = editions.get(part).get(entry.nuclide());
            if (known.isPresent()
                    && !known.get().estimated()
                    && known.get().massExcessUncertaintyKeV() <= maxUncertaintyKeV) {
                return part;
            }
        }
        return editions.size();
    }

    @Override
    public String toString() {
        return "first edition of " + editions.stream().map(MassTable::id).collect(Collectors.joining(", "))
                + " with uncertainty <= " + maxUncertaintyKeV + " keV";
    }
}
