package gputrain.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a published theory file is written: what its column titles say and where each quantity stands.
 *
 * @param name what {@code data import --format} calls it
 * @param title the line of column titles, blanks collapsed; data begin after it and {@code rulers} more lines
 * @param rulers lines of dashes or remarks between the titles and the data
 * @param cutter how a line falls into cells
 * @param cellCount how many cells a line has
 * @param z cell of Z
 * @param n cell of N, or -1
 * @param a cell of A, or -1
 * @param symbol cell of the element symbol, or -1
 * @param words other cells that hold no numbers
 * @param quantities the cells that we keep
 */
record TheoryFormat(
        String name,
        String title,
        int rulers,
        Cutter cutter,
        int cellCount,
        int z,
        int n,
        int a,
        int symbol,
        Set<Integer> words,
        List<Quantity> quantities) {

    /** Cuts a line. */
    sealed interface Cutter {}

    /** Cells between runs of blanks. */
    record Blanks() implements Cutter {}

    /** Cells between single delimiters. */
    record Delimiter(char character) implements Cutter {}

    /**
     * Cells at fixed places.
     *
     * @param places {start, end} of each cell, 0-based, end exclusive
     * @param shortWidth a line that ends here has no theory
     * @param reason the cell for which such a line is there: the experimental mass
     */
    record Fixed(List<List<Integer>> places, int shortWidth, int reason) implements Cutter {

        private int width() {
            return places.get(places.size() - 1).get(1);
        }

        boolean admits(int length) {
            return length == width() || length == shortWidth;
        }
    }

    /**
     * A cell that we keep.
     *
     * @param column its name in our tables
     * @param decimals how many digits always follow the point, or -1 where that varies: a number cut short is noticed
     * @param negative whether the file gives the opposite sign
     * @param fills texts that mean "no value"
     */
    record Quantity(String column, int cell, int decimals, boolean negative, Set<String> fills) {}

    private static final String MASS_EXCESS = TheoryTable.MASS_EXCESS;
    private static final String BINDING = TheoryTable.BINDING;

    static final List<TheoryFormat> ALL = List.of(
            new TheoryFormat(
                    "ws4",
                    "A, Z, Beta2, Beta4, Beta6, Esh, Edef, Eexp, Eth, Mexp, Mth",
                    1,
                    new Blanks(),
                    11,
                    1,
                    -1,
                    0,
                    -1,
                    Set.of(),
                    List.of(
                            plain(MASS_EXCESS, 10, 4),
                            new Quantity(BINDING, 8, 4, true, Set.of()),
                            plain("beta2", 2, 4),
                            plain("beta4", 3, 4),
                            plain("beta6", 4, 4))),
            new TheoryFormat(
                    "ws4-rbf",
                    "A Z WS4 WS4+RBF",
                    1,
                    new Blanks(),
                    4,
                    1,
                    -1,
                    0,
                    -1,
                    Set.of(),
                    List.of(plain(MASS_EXCESS, 3, 4))),
            new TheoryFormat(
                    "ws-star",
                    "A,Z,Beta2,Beta4,Beta6,Esh,Eth,Mth",
                    0,
                    new Delimiter(','),
                    8,
                    1,
                    -1,
                    0,
                    -1,
                    Set.of(),
                    List.of(
                            plain(MASS_EXCESS, 7, 4),
                            new Quantity(BINDING, 6, 4, true, Set.of()),
                            plain("beta2", 2, 4),
                            plain("beta4", 3, 4),
                            plain("beta6", 4, 4))),
            new TheoryFormat(
                    "frdm2012",
                    "# Z A s fl Mexp Err Mth Emic beta2 beta3 beta4 beta6",
                    2,
                    fixed(0, 4, 4, 8, 9, 11, 12, 13, 13, 23, 23, 33, 33, 43, 43, 53, 53, 61, 61, 69, 69, 77, 77, 85),
                    12,
                    0,
                    -1,
                    1,
                    2,
                    Set.of(),
                    List.of(
                            plain(MASS_EXCESS, 6, 3),
                            plain("beta2", 8, 3),
                            plain("beta3", 9, 3),
                            plain("beta4", 10, 3),
                            plain("beta6", 11, 3))),
            new TheoryFormat(
                    "hfb27",
                    "# Z A s fl Mexp Err Mth beta20 beta40 Rch",
                    2,
                    fixed(0, 4, 4, 8, 9, 11, 12, 13, 13, 23, 23, 33, 33, 43, 43, 51, 51, 59, 59, 67),
                    10,
                    0,
                    -1,
                    1,
                    2,
                    Set.of(),
                    List.of(
                            plain(MASS_EXCESS, 6, 3),
                            new Quantity("beta2", 7, 3, false, Set.of("-99.999")),
                            new Quantity("beta4", 8, 3, false, Set.of("-99.999")))),
            new TheoryFormat(
                    "hfb24",
                    "Z A bet2 bet4 Rch Edef Sn Sp Qbet Mcal Mexp-Mcal Jexp Jth Pexp Pth",
                    1,
                    new Blanks(),
                    15,
                    0,
                    -1,
                    1,
                    -1,
                    Set.of(),
                    List.of(
                            new Quantity(MASS_EXCESS, 9, 2, false, Set.of("999.99")),
                            plain("beta2", 2, 2),
                            plain("beta4", 3, 2))),
            new TheoryFormat(
                    "ktuy05",
                    "# ZZ NN Mcal Esh alpha2 alpha4 alpha6",
                    0,
                    new Blanks(),
                    7,
                    0,
                    1,
                    -1,
                    -1,
                    Set.of(),
                    List.of(
                            plain(MASS_EXCESS, 2, 2),
                            plain("alpha2", 4, 3),
                            plain("alpha4", 5, 3),
                            plain("alpha6", 6, 3))),
            new TheoryFormat(
                    "dz28", "Z N M", 0, new Blanks(), 3, 0, 1, -1, -1, Set.of(), List.of(plain(MASS_EXCESS, 2, 2))),
            new TheoryFormat(
                    "drhbc",
                    "Z A N Eb_cal Ebrot_cal Eb_exp S2n S2p Sn Rn Rp Rm Rch_cal Rch_exp beta n beta p beta t lam n lam p"
                            + " m^\\pi(N)",
                    0,
                    new Delimiter('\t'),
                    20,
                    0,
                    2,
                    1,
                    -1,
                    Set.of(19),
                    List.of(
                            new Quantity(BINDING, 4, 2, false, Set.of("####")),
                            new Quantity("bindingEnergyWithoutRotationMeV", 3, 2, false, Set.of("####")),
                            new Quantity("beta2", 16, 3, false, Set.of("####")))),
            massExplorer("unedf0"),
            massExplorer("skms"));

    static Optional<TheoryFormat> named(String name) {
        return ALL.stream().filter(format -> format.name.equals(name)).findFirst();
    }

    /** The files of the Mass Explorer share one format; odd nuclei have a binding energy only. */
    private static TheoryFormat massExplorer(String name) {
        return new TheoryFormat(
                name,
                "Z,N,BE,FermiP,FermiN,QDB2p,QDB2n,QDB2t,QMQ2p,QMQ2n,QMQ2t,PGp,PGn,RMSradP,RMSradN,RMSradT,NSkin,ChRad",
                0,
                new Delimiter(','),
                18,
                0,
                1,
                -1,
                -1,
                Set.of(),
                List.of(
                        new Quantity(BINDING, 2, -1, false, Set.of("", "0.0")),
                        new Quantity("beta2", 7, -1, false, Set.of(""))));
    }

    private static Quantity plain(String column, int cell, int decimals) {
        return new Quantity(column, cell, decimals, false, Set.of());
    }

    /** The two files of RIPL share the columns up to the experimental mass. */
    private static Fixed fixed(int... places) {
        List<List<Integer>> pairs = new ArrayList<>();
        for (int i = 0; i < places.length; i += 2) {
            pairs.add(List.of(places[i], places[i + 1]));
        }
        return new Fixed(List.copyOf(pairs), 33, 4);
    }
}
