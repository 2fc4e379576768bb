package gputrain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import gputrain.data.DataLibrary;
import gputrain.data.MassTable;
import gputrain.data.RandomSplit;
import gputrain.data.TheoryEntry;
import gputrain.data.TheoryTable;
import gputrain.nuclide.Constants;
import gputrain.nuclide.Nuclide;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Liquid drops against the published tables of the formulas they belong to. */
class LiquidDropTest {
    private static final DataLibrary LIBRARY = DataLibrary.bundled();
    private static final double PRINTED = 1e-9;

    private static List<NamedCsvRecord> shellCorrections() throws IOException {
        try (InputStream stream = LiquidDropTest.class.getResourceAsStream("shell_corrections.csv")) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return CsvReader.builder().ofNamedCsvRecord(text).stream().toList();
        }
    }

    private static Nuclide nuclide(NamedCsvRecord row) {
        return new Nuclide(Integer.parseInt(row.getField("Z")), Integer.parseInt(row.getField("N")));
    }

    /** What is left of a table's energy when deformed drop and shell correction are taken away. */
    private static double[] rest(LiquidDrop drop, String table, String column) throws IOException {
        TheoryTable theory = LIBRARY.theory(table);
        return shellCorrections().stream()
                .mapToDouble(row -> {
                    Nuclide nuclide = nuclide(row);
                    TheoryEntry entry = theory.find(nuclide).orElseThrow();
                    return -entry.bindingEnergyMeV()
                            - Double.parseDouble(row.getField(column))
                            - drop.energyMeV(nuclide) * deformation(drop, entry);
                })
                .toArray();
    }

    private static double deformation(LiquidDrop drop, TheoryEntry entry) {
        int a = entry.nuclide().A();
        double beta2 = entry.beta2().orElseThrow();
        double beta4 = entry.beta4().orElseThrow();
        double beta6 = entry.beta6().orElseThrow();
        return (1 + drop.curvature(2, a) * beta2 * beta2)
                * (1 + drop.curvature(4, a) * beta4 * beta4)
                * (1 + drop.curvature(6, a) * beta6 * beta6);
    }

    private static double mean(double[] values) {
        return DoubleStream.of(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(
                DoubleStream.of(values).map(x -> (x - mean) * (x - mean)).sum() / values.length);
    }

    /** WS* is drop x deformation + shell correction and nothing else, to the rounding of its parameters. */
    @Test
    void wsStarGivesItsTableBack() throws IOException {
        double[] rest = rest(LiquidDrop.WS_STAR, "ws-star", "wsStarEshMeV");
        assertThat(rest).hasSize(2150);
        assertThat(Math.sqrt(DoubleStream.of(rest).map(x -> x * x).sum() / rest.length))
                .isCloseTo(0.0176, within(0.0001));
        assertThat(DoubleStream.of(rest).map(Math::abs).max().orElseThrow()).isLessThan(0.0415);
    }

    /** WS4 has a Wigner term and further residual terms beside, and its own pairing for even A. */
    @Test
    void ws4DiffersFromItsTableByItsResidualTerms() throws IOException {
        double[] rest = rest(LiquidDrop.WS4, "ws4", "ws4EshMeV");
        assertThat(mean(rest)).isCloseTo(0.7036, within(0.0001));
        assertThat(deviation(rest)).isCloseTo(0.4690, within(0.0001));
        assertThat(DoubleStream.of(rest).min().orElseThrow()).isCloseTo(-0.401, within(0.001));
        assertThat(DoubleStream.of(rest).max().orElseThrow()).isCloseTo(2.726, within(0.001));
    }

    /** Standard deviation of E - E_LD, over all nuclei and over the training set of Case A. */
    @ParameterizedTest
    @CsvSource({"ws-star, 3.01821, 2.98100", "ws4, 3.22509, 3.18327"})
    void standardDeviationOfTheThirdTarget(String name, double all, double training) throws IOException {
        LiquidDrop drop = name.equals("ws4") ? LiquidDrop.WS4 : LiquidDrop.WS_STAR;
        MassTable table = LIBRARY.experimental("ame2020");
        double[] rest = shellCorrections().stream()
                .map(LiquidDropTest::nuclide)
                .mapToDouble(one -> table.get(one).orElseThrow().massExcessMeV()
                        - Constants.constituentMassExcessMeV(one)
                        - drop.energyMeV(one))
                .toArray();
        assertThat(deviation(rest)).isCloseTo(all, within(1e-5));
        int[] rows = new RandomSplit(0.2, 42).split(rest.length).train();
        assertThat(deviation(IntStream.of(rows).mapToDouble(row -> rest[row]).toArray()))
                .isCloseTo(training, within(1e-5));
    }

    /** By hand: even-even, odd N, odd Z, odd-odd; proton-rich mirror nuclei; N = Z. */
    @ParameterizedTest
    @CsvSource({
        "82, 126, -1623.8488328669262, -1624.2302070746132, 1.7884615384615385",
        "50, 83, -1094.3487173178714, -1094.3780667538522, 1",
        "51, 82, -1101.877550147181, -1102.1116554087232, 0.7669172932330828",
        "49, 83, -1080.3109698736748, -1080.109339065152, 0.25757575757575757",
        "27, 26, -449.8305764527968, -451.55390176917837, 1",
        "26, 27, -459.21977465804144, -460.99301233082275, 1",
        "25, 25, -428.2701501505961, -430.0069135554577, 0"
    })
    void energiesAndPairing(int Z, int N, double wsStar, double ws4, double pairing) {
        Nuclide nuclide = new Nuclide(Z, N);
        assertThat(LiquidDrop.WS_STAR.energyMeV(nuclide)).isCloseTo(wsStar, within(PRINTED));
        assertThat(LiquidDrop.WS4.energyMeV(nuclide)).isCloseTo(ws4, within(PRINTED));
        assertThat(LiquidDrop.pairing(nuclide)).isCloseTo(pairing, within(PRINTED));
    }

    /** The four odd-A lines of Huang et al., Eq. 10. */
    @ParameterizedTest
    @CsvSource({"51, 82, true", "26, 25, true", "51, 50, false", "50, 51, false"})
    void oddMassPairingDependsOnWhichKindIsRarer(int Z, int N, boolean reduced) {
        Nuclide nuclide = new Nuclide(Z, N);
        double i = Math.abs(LiquidDrop.asymmetry(nuclide));
        assertThat(LiquidDrop.pairing(nuclide)).isCloseTo(reduced ? 1 - i : 1, within(PRINTED));
    }

    @Test
    void theNeutronHasNoCoulombEnergy() {
        assertThat(LiquidDrop.coulombTerm(new Nuclide(0, 1), 1)).isZero();
    }
}
