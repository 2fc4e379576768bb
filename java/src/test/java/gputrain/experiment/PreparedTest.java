package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.data.TableInfo;
import gputrain.engine.TrainingPlan;
import gputrain.features.Scaler;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedTest {
    private static final DataLibrary LIBRARY = DataLibrary.bundled();
    private static final Prepared CASE_A = Prepared.of(ExperimentCatalogue.load("huang/method-3-case-a"), LIBRARY);
    private static final Prepared CASE_B = Prepared.of(ExperimentCatalogue.load("huang/method-2-case-b"), LIBRARY);

    /** make_case_a_split.py wrote the file with NumPy. */
    @Test
    void theSplitIsScikitLearns() throws IOException {
        try (InputStream stream = PreparedTest.class.getResourceAsStream("case_a_split.csv")) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            List<NamedCsvRecord> lines =
                    CsvReader.builder().ofNamedCsvRecord(text).stream().toList();
            assertThat(lines).hasSize(20);
            for (NamedCsvRecord line : lines) {
                int[] rows = line.getField("set").equals("train") ? CASE_A.trainingRows() : CASE_A.testRows();
                int row = rows[Integer.parseInt(line.getField("index"))];
                assertThat(CASE_A.rows().get(row).nuclide())
                        .as(line.toString())
                        .isEqualTo(new Nuclide(
                                Integer.parseInt(line.getField("Z")), Integer.parseInt(line.getField("N"))));
            }
        }
    }

    @Test
    void caseBTestsOnWhatTheNewerEditionAdds() {
        List<Nuclide> older = IntStream.of(CASE_B.trainingRows())
                .mapToObj(row -> CASE_B.rows().get(row))
                .map(MassEntry::nuclide)
                .toList();
        for (int row : CASE_B.testRows()) {
            MassEntry entry = CASE_B.rows().get(row);
            assertThat(older).doesNotContain(entry.nuclide());
            assertThat(LIBRARY.experimental("ame2020").get(entry.nuclide())).contains(entry);
        }
        // Old nuclides keep the old edition's masses.
        assertThat(CASE_B.rows().subList(0, 2090))
                .allSatisfy(entry -> assertThat(LIBRARY.experimental("ame2016").get(entry.nuclide()))
                        .contains(entry));
    }

    /** The counts of Zeng et al.; nearly all of their test set is estimated, what was measured since 2016 had been estimated then. */
    @Test
    void anEditionDividesANewerOneInTwo() {
        Experiment experiment = Tiny.experiment(Tiny.with(java.util.Map.of(
                "Z-above = 20\nN-above = 20\nmeasured = true\nuncertainty-below-keV = 0.6\n", "A-at-least = 2\n",
                "\"V_p\"", "\"N\"",
                "{ kind = \"random\", test-fraction = 0.2, random-state = 42 }",
                        "{ kind = \"in-edition\", table = \"ame2016\" }",
                "[inputs]", """
                        [[data.subsets]]
                        name = "measured"
                        measured = true

                        [[data.subsets]]
                        name = "measured, heavy"
                        Z-at-least = 8
                        N-at-least = 8
                        measured = true

                        [[data.subsets]]
                        name = "train, heavy"
                        of = "train"
                        Z-at-least = 8
                        N-at-least = 8

                        [inputs]""")));
        Prepared prepared = Prepared.of(experiment, LIBRARY);
        assertThat(prepared.trainingRows()).hasSize(3434);
        assertThat(prepared.testRows()).hasSize(122);
        assertThat(experiment.data().subsets().stream()
                        .map(subset -> prepared.part(subset, prepared.rowsOf(subset.of())).length))
                .containsExactly(3, 2, 3336);
        // Both parts have the newer edition's masses.
        assertThat(prepared.rows())
                .allSatisfy(row -> assertThat(LIBRARY.experimental("ame2020").get(row.nuclide()))
                        .contains(row));
    }

    @Test
    void aSupplementAddsTheorysValuesOfOtherNuclei() {
        Experiment experiment = Tiny.experiment(Tiny.with("[inputs]", """
                [data.supplement]
                table = "ws4"
                Z-above = 94
                Z-at-most = 96
                N-at-most = 150

                [inputs]"""));
        Prepared prepared = Prepared.of(experiment, LIBRARY);
        assertThat(prepared.supplement()).isNotEmpty().allSatisfy(nuclide -> {
            assertThat(nuclide.Z()).isBetween(95, 96);
            assertThat(nuclide.N()).isLessThanOrEqualTo(150);
        });
        for (MassEntry row : prepared.rows()) {
            if (prepared.supplement().contains(row.nuclide())) {
                assertThat(row.massExcessMeV())
                        .isEqualTo(
                                LIBRARY.theory("ws4")
                                        .find(row.nuclide())
                                        .orElseThrow()
                                        .massExcessMeV(),
                                within(1e-9));
                assertThat(row.estimated()).isTrue();
            } else {
                assertThat(LIBRARY.experimental("ame2020").get(row.nuclide())).contains(row);
            }
        }
        assertThat(prepared.sources()).extracting(TableInfo::id).contains("ws4");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, -1, Long.MAX_VALUE})
    void leakFreePartsCoverTheTrainingSetAndNothingElse(long seed) {
        for (Prepared prepared : List.of(CASE_A, CASE_B)) {
            List<int[]> sets = prepared.rowSets(Protocol.LEAK_FREE, seed);
            int[] fittedAndValidation = IntStream.concat(Arrays.stream(sets.get(0)), Arrays.stream(sets.get(1)))
                    .sorted()
                    .toArray();
            assertThat(fittedAndValidation)
                    .isEqualTo(IntStream.of(prepared.trainingRows()).sorted().toArray());
            assertThat(sets.get(1))
                    .hasSizeBetween(prepared.trainingRows().length / 10, prepared.trainingRows().length / 10 + 1);
            assertThat(sets.get(2)).isEqualTo(prepared.testRows());
            assertThat(fittedAndValidation).doesNotContain(prepared.testRows());
        }
    }

    @Test
    void tenSeedsKeepTenDifferentPartsAside() {
        Set<Integer> seen = new HashSet<>();
        for (long seed = 1; seed <= 10; seed++) {
            for (int row : CASE_A.rowSets(Protocol.LEAK_FREE, seed).get(1)) {
                assertThat(seen.add(row)).as("row %d of seed %d", row, seed).isTrue();
            }
        }
        assertThat(seen).hasSize(1720);
    }

    /** The leak-free plan watches validation, never test. */
    @Test
    void plansWatchWhatTheirProtocolMayLookAt() {
        TrainingPlan leakFree = CASE_A.plan(Protocol.LEAK_FREE, List.of(1L, 2L), null);
        assertThat(Protocol.LEAK_FREE.sets().get(leakFree.monitor().watched())).isEqualTo("validation");
        assertThat(leakFree.stop().trainingLossBelow()).isZero();
        assertThat(leakFree.monitor().outputWeights()).containsExactly(0.0, 0.0, 1.0);
        TrainingPlan paper = CASE_A.plan(Protocol.PAPER, List.of(1L), null);
        assertThat(Protocol.PAPER.sets().get(paper.monitor().watched())).isEqualTo("test");
        Prepared printed = Prepared.of(ExperimentCatalogue.load("huang/method-3-case-a-as-printed"), LIBRARY);
        assertThat(printed.plan(Protocol.PAPER, List.of(1L), null).monitor().watched())
                .isEqualTo(-1);
        assertThat(printed.plan(Protocol.PAPER, List.of(1L), null).stop().trainingLossBelow())
                .isEqualTo(5.97e-5);
    }

    @Test
    void scalersAreFittedOnTheTrainingRowsOnly() {
        Experiment experiment = CASE_A.experiment();
        List<MassEntry> rows = new ArrayList<>(CASE_A.rows());
        requireSame(Encoder.fit(experiment, LIBRARY, rows, CASE_A.trainingRows()), CASE_A.encoder());
        int test = CASE_A.testRows()[0];
        rows.set(test, moved(rows.get(test)));
        requireSame(Encoder.fit(experiment, LIBRARY, rows, CASE_A.trainingRows()), CASE_A.encoder());
        int train = CASE_A.trainingRows()[0];
        rows.set(train, moved(rows.get(train)));
        assertThat(Encoder.fit(experiment, LIBRARY, rows, CASE_A.trainingRows())
                        .targetScaler()
                        .shift()[2])
                .isNotEqualTo(CASE_A.encoder().targetScaler().shift()[2]);
    }

    private static MassEntry moved(MassEntry entry) {
        return new MassEntry(
                entry.nuclide(),
                entry.massExcessKeV() + 1e6,
                entry.massExcessUncertaintyKeV(),
                entry.bindingEnergyKeV() - 1e6,
                entry.estimated());
    }

    private static void requireSame(Encoder one, Encoder other) {
        requireSame(one.inputScaler(), other.inputScaler());
        requireSame(one.targetScaler(), other.targetScaler());
    }

    private static void requireSame(Scaler one, Scaler other) {
        assertThat(one.shift()).isEqualTo(other.shift());
        assertThat(one.scale()).isEqualTo(other.scale());
    }

    @Test
    void trainingInputsFillTheUnitIntervalAndTargetsAreStandard() {
        int width = CASE_A.data().inputWidth();
        for (int c = 0; c < width; c++) {
            int column = c;
            double[] values = IntStream.of(CASE_A.trainingRows())
                    .mapToDouble(row -> CASE_A.data().inputs()[row * width + column])
                    .sorted()
                    .toArray();
            assertThat(values[0]).isEqualTo(0);
            assertThat(values[values.length - 1]).isEqualTo(1);
        }
        double[] third = IntStream.of(CASE_A.trainingRows())
                .mapToDouble(row -> CASE_A.data().targets()[row * 3 + 2])
                .toArray();
        double mean = Arrays.stream(third).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(1e-12));
        assertThat(Arrays.stream(third).map(x -> x * x).average().orElseThrow()).isCloseTo(1, within(1e-12));
        assertThat(CASE_A.massScaleMeV()).isCloseTo(3.18327, within(1e-5));
    }

    /** A network that is right gives the experimental mass excess: signs and units of the whole chain. */
    @ParameterizedTest
    @ValueSource(strings = {"huang/method-1-case-a", "huang/method-2-case-b", "huang/method-3-case-a"})
    void perfectOutputsGiveTheExperimentalMasses(String name) {
        Prepared prepared = Prepared.of(ExperimentCatalogue.load(name), LIBRARY);
        List<Nuclide> nuclides =
                prepared.rows().stream().map(MassEntry::nuclide).toList();
        double[] masses =
                prepared.encoder().massExcessMeV(nuclides, prepared.data().targets(), LIBRARY);
        for (int i = 0; i < masses.length; i++) {
            assertThat(masses[i]).isCloseTo(prepared.experimentMeV()[i], within(1e-9));
        }
        int lead = nuclides.indexOf(new Nuclide(82, 126));
        assertThat(masses[lead]).isCloseTo(-21.7485, within(1e-3));
    }

    @Test
    void everyTableThatAFigureDependsOnIsASource() {
        Prepared prepared = Prepared.of(ExperimentCatalogue.load("huang/method-3-case-b"), DataLibrary.bundled());
        assertThat(prepared.sources().stream().map(TableInfo::id)).containsExactly("ame2016", "ame2020", "ws4");
        assertThat(prepared.sources())
                .allSatisfy(table -> assertThat(table.sha256()).hasSize(64));
    }
}
