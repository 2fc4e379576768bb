package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import gputrain.nuclide.Nuclide;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final MassTable TABLE = MassTable.fromCsv("mine", "mine.csv", """
            Z,N,massExcessKeV,massExcessUncertaintyKeV,estimated
            8,8,-4737,1,false
            20,20,-34846,100,false
            21,22,-36188,99.999,false
            22,21,-29321,7,true
            """.getBytes(StandardCharsets.UTF_8));

    private static List<Nuclide> nuclides(Selection selection) {
        return selection.select(TABLE).stream().map(MassEntry::nuclide).toList();
    }

    private static final Nuclide O16 = new Nuclide(8, 8);
    private static final Nuclide CA40 = new Nuclide(20, 20);
    private static final Nuclide SC43 = new Nuclide(21, 22);
    private static final Nuclide TI43 = new Nuclide(22, 21);

    @Test
    void eachConditionAndEachBoundary() {
        Selection all = Selection.from("mine");
        assertThat(nuclides(all)).containsExactly(O16, CA40, SC43, TI43);
        assertThat(nuclides(all.minZ(20))).containsExactly(CA40, SC43, TI43);
        assertThat(nuclides(all.zAbove(20))).containsExactly(SC43, TI43);
        assertThat(nuclides(all.minN(21))).containsExactly(SC43, TI43);
        assertThat(nuclides(all.nAbove(21))).containsExactly(SC43);
        assertThat(nuclides(all.minA(40))).containsExactly(CA40, SC43, TI43);
        assertThat(nuclides(all.measuredOnly())).containsExactly(O16, CA40, SC43);
        assertThat(nuclides(all.uncertaintyBelow(100))).containsExactly(O16, SC43, TI43);
        assertThat(nuclides(all.uncertaintyAtMost(100))).containsExactly(O16, CA40, SC43, TI43);
        NuclideSet magic = new NuclideSet("magic", Set.of(O16, CA40));
        assertThat(nuclides(all.in(magic))).containsExactly(O16, CA40);
        assertThat(nuclides(all.notIn(magic))).containsExactly(SC43, TI43);
        assertThat(nuclides(all.in(magic)
                        .notIn(NuclideSet.of("light", all.select(TABLE).subList(0, 1)))))
                .containsExactly(CA40);
        assertThat(nuclides(all.minZ(21).minZ(8))).containsExactly(O16, CA40, SC43, TI43);
    }

    @Test
    void printsItself() {
        assertThat(Selection.from("ame2020")).hasToString("ame2020: all");
        assertThat(Selection.from("ame2020")
                        .zAbove(20)
                        .nAbove(20)
                        .measuredOnly()
                        .uncertaintyBelow(100))
                .hasToString("ame2020: Z > 20, N > 20, measured, uncertainty < 100 keV");
        NuclideSet ame2016 = new NuclideSet("ame2016", Set.of());
        assertThat(Selection.from("ame2020")
                        .notIn(ame2016)
                        .in(new NuclideSet("ws4", Set.of(O16)))
                        .minA(2)
                        .minZ(8)
                        .minN(8)
                        .uncertaintyAtMost(0.5))
                .hasToString("ame2020: Z >= 8, N >= 8, A >= 2, uncertainty <= 0.5 keV, not in ame2016, in ws4");
    }

    @Test
    void isAValue() {
        Selection one = Selection.from("mine").minZ(8).in(TABLE.nuclides());
        Selection same = Selection.from("mine").in(TABLE.nuclides()).minZ(8);
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(one)
                .isNotEqualTo(one.measuredOnly())
                .isNotEqualTo(Selection.from("other").minZ(8));
        Selection start = Selection.from("mine");
        assertThat(start.minZ(50)).isNotEqualTo(start);
        assertThat(start.select(TABLE)).hasSize(4);
    }

    @Test
    void refusesAnotherTable() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Selection.from("ame2020").minZ(8).select(TABLE))
                .withMessage("the selection 'ame2020: Z >= 8' was given the table mine");
    }
}
