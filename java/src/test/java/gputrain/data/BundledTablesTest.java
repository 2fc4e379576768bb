package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts and rms deviations of the bundled tables, as known from the literature and from independent readings. */
class BundledTablesTest {

    private static final DataLibrary LIBRARY = DataLibrary.bundled();
    private static final Nuclide LEAD_208 = new Nuclide(82, 126);

    @ParameterizedTest
    @CsvSource({
        "ame2020,    3558, 2550, 3456, 2457, 2340",
        "ame2016,    3436, 2498, 3336, 2408, 2272",
        "ame2012,    3353, 2438, 3255, 2353, 2235",
        "ame2003,    3179, 2228, 3085, 2149, 1930",
        "ame1995,    2931, 1844, 2844, 1768, 1526",
        "ame1995exp, 2931, 1964, 2844, 1888, 1563",
        "ame1993,    2650, 1825, 2563, 1751, 1504",
        "ame1993exp, 2650, 1911, 2563, 1837, 1509",
    })
    void editionsHaveTheKnownSizes(String id, int all, int measured, int heavy, int heavyMeasured, int heavyPrecise) {
        MassTable table = LIBRARY.experimental(id);
        Selection zn8 = Selection.from(id).minZ(8).minN(8);
        assertThat(table.entries()).hasSize(all);
        assertThat(Selection.from(id).measuredOnly().select(table)).hasSize(measured);
        assertThat(zn8.select(table)).hasSize(heavy);
        assertThat(zn8.measuredOnly().select(table)).hasSize(heavyMeasured);
        assertThat(zn8.measuredOnly().uncertaintyAtMost(100).select(table)).hasSize(heavyPrecise);
    }

    @Test
    void edition1983HasGroundStatesOnly() {
        MassTable table = LIBRARY.experimental("ame1983");
        assertThat(table.entries()).hasSize(2209);
        assertThat(Selection.from("ame1983").measuredOnly().select(table)).hasSize(1589);
        assertThat(Selection.from("ame1983").minZ(8).minN(8).measuredOnly().select(table))
                .hasSize(1525);
        // The isomers follow their ground state in the file: -11981.601 keV is 26mAl.
        assertThat(table.get(new Nuclide(13, 13)).orElseThrow().massExcessKeV()).isEqualTo(-12209.911);
    }

    /** A list of tables takes what it shows from the catalogue. */
    @Test
    void theCatalogueSaysWhatTheFilesSay() {
        for (KnownTable known : Catalogue.ALL) {
            if (known.missing()) {
                assertThat(LIBRARY.has(known.id())).as(known.id()).isFalse();
            } else if (known.kind() == TableKind.EXPERIMENT) {
                MassTable table = LIBRARY.experimental(known.id());
                assertThat(List.of(
                                table.title(), table.citation(), table.entries().size()))
                        .as(known.id())
                        .containsExactly(known.title(), known.citation(), known.rows());
            } else {
                TheoryTable table = LIBRARY.theory(known.id());
                assertThat(List.of(
                                table.title(), table.citation(), table.entries().size()))
                        .as(known.id())
                        .containsExactly(known.title(), known.citation(), known.rows());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ws4, 10237, 8, 132", "ws4-rbf, 10237, 8, 132", "ws-star, 11248, 6, 128", "frdm2012, 9318, 8, 136",
        "hfb24, 8392, 8, 110", "hfb27, 10175, 8, 124", "ktuy05, 9436, 2, 130", "dz28, 9210, 8, 123",
        "drhbc, 5437, 8, 120", "unedf0, 8300, 2, 120", "skms, 8700, 2, 120",
    })
    void theoriesHaveTheKnownSizes(String id, int rows, int smallestZ, int largestZ) {
        List<TheoryEntry> entries = LIBRARY.theory(id).entries();
        assertThat(entries).hasSize(rows);
        assertThat(entries.stream().mapToInt(entry -> entry.nuclide().Z()).min())
                .hasValue(smallestZ);
        assertThat(entries.stream().mapToInt(entry -> entry.nuclide().Z()).max())
                .hasValue(largestZ);
    }

    @ParameterizedTest
    @CsvSource({
        "ws4,      0.286, 2340", "ws4-rbf,  0.179, 2340", "ws-star,  0.429, 2340", "frdm2012, 0.586, 2340",
        "hfb27,    0.5005, 2340", "hfb24,    0.544, 2340", "ktuy05,   0.715, 2340", "dz28,     0.407, 2340",
    })
    void massExcessesDeviateAsPublished(String id, String rms, int count) {
        List<MassEntry> set = Selections.set2340().select(LIBRARY.experimental("ame2020"));
        requireRms(rmsMassExcess(id, set), rms);
        assertThat(common(id, set)).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource({"drhbc, 1.35, 1196", "unedf0, 1.37, 2318", "skms, 6.97, 2293"})
    void bindingEnergiesDeviateAsKnown(String id, String rms, int count) {
        List<MassEntry> set = Selections.set2340().select(LIBRARY.experimental("ame2020"));
        requireRms(rmsBinding(id, set, MassEntry::bindingEnergyMeV), rms);
        assertThat(common(id, set)).isEqualTo(count);
    }

    @Test
    void drhbcWithoutRotationIsThere() {
        TheoryTable drhbc = LIBRARY.theory("drhbc");
        double sum = 0;
        int count = 0;
        for (MassEntry entry : Selections.set2340().select(LIBRARY.experimental("ame2020"))) {
            OptionalDouble theory = drhbc.value(entry.nuclide(), "bindingEnergyWithoutRotationMeV");
            if (theory.isPresent()) {
                sum += Math.pow(theory.getAsDouble() - entry.bindingEnergyMeV(), 2);
                count++;
            }
        }
        assertThat(count).isEqualTo(1196);
        requireRms(Math.sqrt(sum / count), "2.56");
    }

    @ParameterizedTest
    @CsvSource({
        "ws-star, ame2003, 2149, 0.441",
        "dz28, ame2003, 2149, 0.360",
        "hfb27, ame2020, 2457, 0.518",
        "ws4, ame2012, 2353, 0.298",
        "ws4-rbf, ame2012, 2353, 0.170",
    })
    void deviateAsPublishedFromOtherEditions(String id, String edition, int count, String rms) {
        List<MassEntry> set =
                Selection.from(edition).minZ(8).minN(8).measuredOnly().select(LIBRARY.experimental(edition));
        assertThat(set).hasSize(count);
        requireRms(rmsMassExcess(id, set), rms);
    }

    /** Section 3d of the sources: the 2353 nuclides of AME2012 with their values of AME2020. */
    @Test
    void ws4OnTheNuclidesOf2012WithTheValuesOf2020() {
        MassTable ame2012 = LIBRARY.experimental("ame2012");
        List<MassEntry> set = Selection.from("ame2012").minZ(8).minN(8).measuredOnly().select(ame2012).stream()
                .map(entry ->
                        LIBRARY.experimental("ame2020").get(entry.nuclide()).orElseThrow())
                .toList();
        requireRms(rmsMassExcess("ws4", set), "0.293");
    }

    @Test
    void rulesOfHuangGiveTheKnownCounts() {
        assertThat(above20("ame2020", 100)).isEqualTo(2150);
        assertThat(above20("ame2016", 100)).isEqualTo(2090);
        for (String id : List.of("ame2020", "ame2016")) {
            MassTable table = LIBRARY.experimental(id);
            Selection from20 =
                    Selection.from(id).minZ(20).minN(20).measuredOnly().uncertaintyBelow(100);
            Selection estimatedToo = Selection.from(id).zAbove(20).nAbove(20).uncertaintyBelow(100);
            assertThat(from20.select(table)).hasSize(id.equals("ame2020") ? 2169 : 2108);
            assertThat(estimatedToo.select(table)).hasSize(id.equals("ame2020") ? 2167 : 2114);
        }
    }

    private static int above20(String id, double keV) {
        Selection rule = Selection.from(id).zAbove(20).nAbove(20).measuredOnly().uncertaintyBelow(keV);
        return rule.select(LIBRARY.experimental(id)).size();
    }

    /** Other readings of the paper's rule; the one that hits its 2162 and 2087 contradicts its words. */
    @Test
    void otherRulesForHuangsCounts() throws IOException {
        for (String id : List.of("ame2020", "ame2016")) {
            MassTable table = LIBRARY.experimental(id);
            NuclideSet precise = uncertaintyFromBindingBelow100(id);
            Selection rule =
                    Selection.from(id).zAbove(20).nAbove(20).measuredOnly().in(precise);
            assertThat(rule.select(table)).hasSize(id.equals("ame2020") ? 2150 : 2091);
            Selection coincidence =
                    Selection.from(id).minZ(11).minN(12).measuredOnly().uncertaintyBelow(50);
            assertThat(coincidence.select(table)).hasSize(id.equals("ame2020") ? 2162 : 2087);
        }
    }

    /** A times the uncertainty of the binding energy per nucleon, which only the CSV file holds. */
    private static NuclideSet uncertaintyFromBindingBelow100(String id) throws IOException {
        String name = "/gputrain/data/tables/" + id + ".csv";
        try (InputStream stream = BundledTablesTest.class.getResourceAsStream(name)) {
            RawTable table = TableCsv.read(id, stream.readAllBytes());
            int column = table.columns().indexOf("bindingEnergyPerNucleonUncertaintyKeV");
            Set<Nuclide> nuclides = new HashSet<>();
            for (RawTable.Row row : table.rows()) {
                int Z = Integer.parseInt(row.cells().get(0));
                Nuclide nuclide = new Nuclide(Z, Integer.parseInt(row.cells().get(1)));
                if (nuclide.A() * Double.parseDouble(row.cells().get(column)) < 100) {
                    nuclides.add(nuclide);
                }
            }
            return new NuclideSet("precise binding energy", nuclides);
        }
    }

    /** Membership in AME1983 of the 2340 when '#' is allowed there: with any uncertainty, and with at most 100 keV. */
    @Test
    void otherRulesForTheFirstEdition() {
        MassTable ame2020 = LIBRARY.experimental("ame2020");
        Selection any = Selection.from("ame1983");
        NuclideSet known = NuclideSet.of("ame1983", any.select(LIBRARY.experimental("ame1983")));
        NuclideSet precise =
                NuclideSet.of("precise", any.uncertaintyAtMost(100).select(LIBRARY.experimental("ame1983")));
        assertThat(Selections.set2340().in(known).select(ame2020)).hasSize(2006);
        assertThat(Selections.set2340().in(precise).select(ame2020)).hasSize(1358);
    }

    @Test
    void rulesOfHuangInTwoEditions() {
        Selection rule20 =
                Selection.from("ame2020").zAbove(20).nAbove(20).measuredOnly().uncertaintyBelow(100);
        Selection rule16 =
                Selection.from("ame2016").zAbove(20).nAbove(20).measuredOnly().uncertaintyBelow(100);
        NuclideSet in2016 = NuclideSet.of("rule of 2016", rule16.select(LIBRARY.experimental("ame2016")));
        int both = rule20.in(in2016).select(LIBRARY.experimental("ame2020")).size();
        assertThat(both).isEqualTo(2077);
        assertThat(2150 + 2090 - both).isEqualTo(2163);
    }

    @Test
    void rulesOfZengGiveTheKnownCounts() {
        MassTable ame2020 = LIBRARY.experimental("ame2020");
        MassTable ame2016 = LIBRARY.experimental("ame2016");
        Selection all = Selection.from("ame2020").minA(2);
        Selection fresh = all.notIn(ame2016.nuclides());
        assertThat(all.select(ame2020)).hasSize(3556);
        assertThat(Selection.from("ame2016").minA(2).select(ame2016)).hasSize(3434);
        assertThat(all.in(ame2016.nuclides()).select(ame2020)).hasSize(3434);
        assertThat(fresh.select(ame2020)).hasSize(122);
        assertThat(all.minZ(8).minN(8).in(ame2016.nuclides()).select(ame2020)).hasSize(3336);
        assertThat(fresh.minZ(8).minN(8).select(ame2020)).hasSize(120);
        assertThat(fresh.measuredOnly().select(ame2020)).hasSize(3);
        assertThat(Selection.from("ame2020").minZ(1).select(ame2020)).hasSize(3557);
    }

    /** Published: 0.415 on the known, 1.295 on the new, 0.474 on all, from the edition's own A x BE/A. */
    @Test
    void ws4DeviatesAsZengPrints() {
        MassTable ame2020 = LIBRARY.experimental("ame2020");
        Selection zn8 = Selection.from("ame2020").minZ(8).minN(8);
        NuclideSet in2016 = LIBRARY.experimental("ame2016").nuclides();
        ToDoubleFunction<MassEntry> published =
                entry -> ame2020.publishedBindingEnergyKeV(entry.nuclide()).orElseThrow() / 1000.0;
        List<MassEntry> known = zn8.in(in2016).select(ame2020);
        List<MassEntry> fresh = zn8.notIn(in2016).select(ame2020);
        requireRms(rmsBinding("ws4", known, published), "0.415");
        requireRms(rmsBinding("ws4", fresh, published), "1.295");
        requireRms(rmsBinding("ws4", zn8.select(ame2020), published), "0.474");
        requireRms(rmsMassExcess("ws4", known), "0.414");
        requireRms(rmsMassExcess("ws4", fresh), "1.288");
        requireRms(rmsMassExcess("ws4", zn8.select(ame2020)), "0.472");
    }

    /** Measured since 2016: most of them were estimates in AME2016, three were not in it at all. */
    @Test
    void ws4OnTheNewlyMeasured() {
        MassTable ame2020 = LIBRARY.experimental("ame2020");
        Selection measured2016 = Selection.from("ame2016").measuredOnly();
        NuclideSet before = NuclideSet.of("measured in ame2016", measured2016.select(LIBRARY.experimental("ame2016")));
        Selection since = Selection.from("ame2020").measuredOnly().notIn(before);
        assertThat(since.select(ame2020)).hasSize(74);
        assertThat(since.minZ(8).minN(8).select(ame2020)).hasSize(71);
        requireRms(rmsMassExcess("ws4", since.minZ(8).minN(8).select(ame2020)), "0.356");
    }

    @Test
    void theLimitOf100KeVIsInclusiveForOneNuclide() {
        MassTable ame2020 = LIBRARY.experimental("ame2020");
        assertThat(Selections.set2340().uncertaintyBelow(100).select(ame2020)).hasSize(2339);
        assertThat(ame2020.get(new Nuclide(69, 107)).orElseThrow().massExcessUncertaintyKeV())
                .isEqualTo(100.0);
    }

    @Test
    void numbersAreAsPrinted() {
        MassEntry lead = LIBRARY.experimental("ame2020").get(LEAD_208).orElseThrow();
        assertThat(lead).isEqualTo(new MassEntry(LEAD_208, -21748.519, 1.148, lead.bindingEnergyKeV(), false));
        double published = LIBRARY.experimental("ame2020")
                .publishedBindingEnergyKeV(LEAD_208)
                .orElseThrow();
        assertThat(lead.bindingEnergyKeV()).isCloseTo(published, within(0.02));
        assertThat(published).isEqualTo(208 * 7867.4530);
    }

    @Test
    void theoryGivesMassExcessAndBindingEnergy() {
        TheoryEntry ws4 = LIBRARY.theory("ws4").find(new Nuclide(8, 8)).orElseThrow();
        assertThat(ws4.massExcessMeV()).isEqualTo(-4.3661);
        assertThat(ws4.bindingEnergyMeV()).isEqualTo(127.2488);
        assertThat(ws4.beta6()).hasValue(-0.0001);
        TheoryEntry unedf0 = LIBRARY.theory("unedf0").find(LEAD_208).orElseThrow();
        double free = (82 * 7288.971064 + 126 * 8071.31806) / 1000.0;
        assertThat(unedf0.massExcessMeV()).isCloseTo(free - unedf0.bindingEnergyMeV(), within(1e-9));
        TheoryEntry dz = LIBRARY.theory("dz28").find(LEAD_208).orElseThrow();
        assertThat(dz.bindingEnergyMeV()).isCloseTo(free - dz.massExcessMeV(), within(1e-9));
        assertThat(dz.beta2()).isEmpty();
    }

    /** The published files mark these with -99.999, with nothing, and with a binding energy of 0.0. */
    @Test
    void fillValuesAreAbsent() {
        TheoryEntry silicon = LIBRARY.theory("hfb27").find(new Nuclide(14, 44)).orElseThrow();
        assertThat(silicon.massExcessMeV()).isEqualTo(153.045);
        assertThat(silicon.beta2()).isEmpty();
        assertThat(LIBRARY.theory("frdm2012").find(new Nuclide(1, 1))).isEmpty();
        assertThat(LIBRARY.theory("skms").find(new Nuclide(66, 182))).isEmpty();
        for (String id : List.of("ws4", "ws-star", "frdm2012", "hfb24", "hfb27", "drhbc", "unedf0", "skms")) {
            List<TheoryEntry> entries = LIBRARY.theory(id).entries();
            assertThat(entries.stream().filter(entry -> Math.abs(entry.beta2().orElse(0)) > 2))
                    .isEmpty();
            assertThat(entries.stream().filter(entry -> Math.abs(entry.massExcessMeV()) == 999.99))
                    .isEmpty();
        }
    }

    @Test
    void theJarHoldsWhatItsChecksumsSay() {
        assertThat(LIBRARY.verify()).isEmpty();
    }

    private static void requireRms(double rms, String printed) {
        double half = Numbers.halfLastDigit(printed);
        assertThat(rms).isCloseTo(Double.parseDouble(printed), within(half));
    }

    private static long common(String id, List<MassEntry> set) {
        TheoryTable theory = LIBRARY.theory(id);
        return set.stream()
                .filter(entry -> theory.find(entry.nuclide()).isPresent())
                .count();
    }

    private static double rmsMassExcess(String id, List<MassEntry> set) {
        return rms(id, set, TheoryEntry::massExcessMeV, MassEntry::massExcessMeV);
    }

    private static double rmsBinding(String id, List<MassEntry> set, ToDoubleFunction<MassEntry> experiment) {
        return rms(id, set, TheoryEntry::bindingEnergyMeV, experiment);
    }

    private static double rms(
            String id,
            List<MassEntry> set,
            ToDoubleFunction<TheoryEntry> calculated,
            ToDoubleFunction<MassEntry> experiment) {
        TheoryTable theory = LIBRARY.theory(id);
        double sum = 0;
        int count = 0;
        for (MassEntry entry : set) {
            Optional<TheoryEntry> found = theory.find(entry.nuclide());
            if (found.isPresent()) {
                double deviation = experiment.applyAsDouble(entry) - calculated.applyAsDouble(found.get());
                sum += deviation * deviation;
                count++;
            }
        }
        return Math.sqrt(sum / count);
    }
}
