package gputrain.data;

import gputrain.nuclide.Nuclide;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Nuclides under a name.
 *
 * @param name what a printed {@link Selection} calls them, as a rule the id of the table they come from
 * @param nuclides the members
 */
public record NuclideSet(String name, Set<Nuclide> nuclides) {

    /** Takes a copy. */
    public NuclideSet {
        nuclides = Set.copyOf(nuclides);
    }

    /** The nuclides of a selection's entries. */
    public static NuclideSet of(String name, Collection<MassEntry> entries) {
        return new NuclideSet(name, entries.stream().map(MassEntry::nuclide).collect(Collectors.toSet()));
    }

    /** Whether the nuclide is a member. */
    public boolean contains(Nuclide nuclide) {
        return nuclides.contains(nuclide);
    }
}
