package gputrain.data;

/** Selections that several tests and papers share. */
final class Selections {

    private Selections() {}

    /** AME2020, Z, N >= 8, measured, at most 100 keV. */
    static Selection set2340() {
        return Selection.from("ame2020").minZ(8).minN(8).measuredOnly().uncertaintyAtMost(100);
    }
}
