package gputrain.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Predicate;

/**
 * Which nuclides of an experimental table are used. An immutable value that prints itself:
 *
 * <pre>{@code
 * Selection.from("ame2020").zAbove(20).nAbove(20).measuredOnly().uncertaintyBelow(100)
 * // ame2020: Z > 20, N > 20, measured, uncertainty < 100 keV
 * }</pre>
 *
 * Each condition is kept with the sign it was given; a condition replaces an earlier one of its kind, those on sets add up.
 */
public final class Selection {

    private record Bound(String sign, double value) {

        private boolean admits(double x) {
            return switch (sign) {
                case ">" -> x > value;
                case ">=" -> x >= value;
                case "<" -> x < value;
                default -> x <= value;
            };
        }

        @Override
        public String toString() {
            return sign + " " + (value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value));
        }
    }

    /** A lower and an upper limit, each of which may be missing. */
    private record Range(Optional<Bound> low, Optional<Bound> high) {
        private static final Range ALL = new Range(Optional.empty(), Optional.empty());

        private Range with(Bound bound) {
            return bound.sign.startsWith(">")
                    ? new Range(Optional.of(bound), high)
                    : new Range(low, Optional.of(bound));
        }

        private boolean admits(double x) {
            return Selection.admits(low, x) && Selection.admits(high, x);
        }

        private void print(String name, StringJoiner text) {
            low.ifPresent(bound -> text.add(name + " " + bound));
            high.ifPresent(bound -> text.add(name + " " + bound));
        }
    }

    private enum Origin {
        ANY,
        MEASURED,
        ESTIMATED
    }

    private record Membership(NuclideSet set, boolean inside) {}

    private record Conditions(
            String tableId,
            Range protons,
            Range neutrons,
            Optional<Bound> mass,
            Origin origin,
            Optional<Bound> uncertainty,
            List<Membership> memberships) {}

    private final Conditions conditions;

    private Selection(Conditions conditions) {
        this.conditions = conditions;
    }

    /** Every nuclide of a table. */
    public static Selection from(String tableId) {
        return new Selection(new Conditions(
                tableId, Range.ALL, Range.ALL, Optional.empty(), Origin.ANY, Optional.empty(), List.of()));
    }

    /** Z at least {@code Z}. */
    public Selection minZ(int Z) {
        return protons(new Bound(">=", Z));
    }

    /** Z above {@code Z}. */
    public Selection zAbove(int Z) {
        return protons(new Bound(">", Z));
    }

    /** N at least {@code N}. */
    public Selection minN(int N) {
        return neutrons(new Bound(">=", N));
    }

    /** N above {@code N}. */
    public Selection nAbove(int N) {
        return neutrons(new Bound(">", N));
    }

    /** Z at most {@code Z}. */
    public Selection maxZ(int Z) {
        return protons(new Bound("<=", Z));
    }

    /** N at most {@code N}. */
    public Selection maxN(int N) {
        return neutrons(new Bound("<=", N));
    }

    /** A at least {@code A}. */
    public Selection minA(int A) {
        Conditions c = conditions;
        return new Selection(new Conditions(
                c.tableId,
                c.protons,
                c.neutrons,
                Optional.of(new Bound(">=", A)),
                c.origin,
                c.uncertainty,
                c.memberships));
    }

    /** Leaves out what the edition only estimates. */
    public Selection measuredOnly() {
        Conditions c = conditions;
        return new Selection(new Conditions(
                c.tableId, c.protons, c.neutrons, c.mass, Origin.MEASURED, c.uncertainty, c.memberships));
    }

    /** Only what is not measured: an edition's estimates, or a theory's values. */
    public Selection estimatedOnly() {
        Conditions c = conditions;
        return new Selection(new Conditions(
                c.tableId, c.protons, c.neutrons, c.mass, Origin.ESTIMATED, c.uncertainty, c.memberships));
    }

    /** Mass-excess uncertainty below {@code keV}. */
    public Selection uncertaintyBelow(double keV) {
        return uncertainty(new Bound("<", keV));
    }

    /** Mass-excess uncertainty at most {@code keV}. */
    public Selection uncertaintyAtMost(double keV) {
        return uncertainty(new Bound("<=", keV));
    }

    /** Only nuclides that are in {@code set}. */
    public Selection in(NuclideSet set) {
        return member(new Membership(set, true));
    }

    /** Only nuclides that are not in {@code set}. */
    public Selection notIn(NuclideSet set) {
        return member(new Membership(set, false));
    }

    /** The table that is selected from. */
    public String tableId() {
        return conditions.tableId;
    }

    /** Whether an entry, of whatever table, meets every condition. */
    public boolean admits(MassEntry entry) {
        return predicate().test(entry);
    }

    /**
     * The entries of the table that meet every condition, in file order.
     *
     * @throws IllegalArgumentException when the table is not the one this selection names
     */
    public List<MassEntry> select(MassTable table) {
        if (!table.id().equals(conditions.tableId)) {
            throw new IllegalArgumentException("the selection '" + this + "' was given the table " + table.id());
        }
        return table.entries().stream().filter(predicate()).toList();
    }

    private Predicate<MassEntry> predicate() {
        Conditions c = conditions;
        return entry -> c.protons.admits(entry.nuclide().Z())
                && c.neutrons.admits(entry.nuclide().N())
                && admits(c.mass, entry.nuclide().A())
                && (c.origin == Origin.ANY || entry.estimated() == (c.origin == Origin.ESTIMATED))
                && admits(c.uncertainty, entry.massExcessUncertaintyKeV())
                && c.memberships.stream().allMatch(m -> m.set.contains(entry.nuclide()) == m.inside);
    }

    private static boolean admits(Optional<Bound> bound, double x) {
        return bound.isEmpty() || bound.get().admits(x);
    }

    private Selection protons(Bound bound) {
        Conditions c = conditions;
        return new Selection(new Conditions(
                c.tableId, c.protons.with(bound), c.neutrons, c.mass, c.origin, c.uncertainty, c.memberships));
    }

    private Selection neutrons(Bound bound) {
        Conditions c = conditions;
        return new Selection(new Conditions(
                c.tableId, c.protons, c.neutrons.with(bound), c.mass, c.origin, c.uncertainty, c.memberships));
    }

    private Selection uncertainty(Bound bound) {
        Conditions c = conditions;
        return new Selection(
                new Conditions(c.tableId, c.protons, c.neutrons, c.mass, c.origin, Optional.of(bound), c.memberships));
    }

    private Selection member(Membership membership) {
        Conditions c = conditions;
        List<Membership> all = new ArrayList<>(c.memberships);
        all.add(membership);
        return new Selection(
                new Conditions(c.tableId, c.protons, c.neutrons, c.mass, c.origin, c.uncertainty, List.copyOf(all)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selection selection && conditions.equals(selection.conditions);
    }

    @Override
    public int hashCode() {
        return conditions.hashCode();
    }

    @Override
    public String toString() {
        StringJoiner text =
                new StringJoiner(", ", conditions.tableId + ": ", "").setEmptyValue(conditions.tableId + ": all");
        conditions.protons.print("Z", text);
        conditions.neutrons.print("N", text);
        conditions.mass.ifPresent(bound -> text.add("A " + bound));
        if (conditions.origin != Origin.ANY) {
            text.add(conditions.origin == Origin.MEASURED ? "measured" : "estimated");
        }
        conditions.uncertainty.ifPresent(bound -> text.add("uncertainty " + bound + " keV"));
        conditions.memberships.forEach(m -> text.add((m.inside ? "in " : "not in ") + m.set.name()));
        return text.toString();
    }
}
