package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gputrain.data.DataLibrary;
import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.Engines;
import gputrain.engine.HeldOut;
import gputrain.engine.KernelSession;
import gputrain.engine.Posterior;
import gputrain.nuclide.Nuclide;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernel models on real masses: the nuclei, the block formulas against refits, and the paper's pattern. */
final class KernelModelsTest {
    private static final Engine ENGINE = Engines.chooseForKernels(Engines.AUTO).engine();
    private static final KernelData DROP = data("liu/liquid-drop");

    private static KernelData data(String name) {
        return KernelData.of((KernelExperiment) ExperimentCatalogue.find(name), DataLibrary.bundled());
    }

    private static KernelFit fit(KernelSettings settings, int[] rows) {
        return new KernelFit(DROP, settings, rows, ENGINE, EngineOptions.DEFAULT);
    }

    /** A region of the chart, so that refits are quick. */
    private static int[] tin() {
        return IntStream.range(0, DROP.rows())
                .filter(row -> Math.abs(DROP.entries().get(row).nuclide().Z() - 50) <= 6)
                .toArray();
    }

    private static double rms(double[] errors) {
        return KernelSearch.rms(errors);
    }

    @Test
    void theEditionsDivideTheNucleiAsPublished() {
        assertThat(DROP.byEdition().stream().map(part -> part.length)).containsExactly(1335, 178, 428, 281, 118);
    }

    @ParameterizedTest
    @CsvSource({"liu/ws4, 0.286", "liu/dz28, 0.407", "liu/ktuy05, 0.715", "liu/hfb27, 0.5005", "liu/frdm2012, 0.586"})
    void theResidualsAreThoseOfTheTheory(String name, double published) {
        KernelData data = data(name);
        assertThat(rms(data.residualMeV())).isCloseTo(published, within(1e-3));
        assertThat(data.left()).isZero();
    }

    @Test
    void theMostNeutronRichNucleiAreHeldBackByDistance() {
        List<int[]> parts = DROP.byDistance(DROP.allRows(), 8);
        assertThat(parts).hasSize(9);
        assertThat(parts.stream().mapToInt(part -> part.length).sum()).isEqualTo(DROP.rows());
        for (int k = 1; k <= 8; k++) {
            assertThat(parts.get(k)).hasSameSizeAs(parts.get(1));
        }
        // Tin: the farthest is the most neutron-rich, and nothing fitted has more neutrons than the nearest.
        int fitted = neutrons(parts.get(0)).max().orElseThrow();
        int nearest = neutrons(parts.get(1)).max().orElseThrow();
        int farthest = neutrons(parts.get(8)).max().orElseThrow();
        assertThat(farthest)
                .isEqualTo(neutrons(DROP.allRows()).max().orElseThrow())
                .isGreaterThan(nearest);
        assertThat(nearest).isGreaterThan(fitted);
    }

    private static IntStream neutrons(int[] rows) {
        return Arrays.stream(rows)
                .mapToObj(row -> DROP.entries().get(row).nuclide())
                .filter(nuclide -> nuclide.Z() == 50)
                .mapToInt(Nuclide::N);
    }

    private static KernelSettings settings(KernelSettings.Form form) {
        return switch (form) {
            case GPR_NN -> KernelSettings.gprNn(3, 0.08, 0.01);
            case GPR -> new KernelSettings(form, 0, 0.1, 0.01, 1, 0, false, false);
            case KRR -> new KernelSettings(form, 0, 2, 0.1, 1, 0, false, false);
            case KRR_ODD_EVEN -> new KernelSettings(form, 0, 2, 0.1, 3, 0.5, false, false);
            case RBF -> new KernelSettings(form, 0, 1, 0, 1, 0, false, false);
        };
    }

    /** With the scale of the coordinates kept, leaving a block out is the same as fitting without it. */
    @ParameterizedTest
    @EnumSource(KernelSettings.Form.class)
    void blockFormulasAreRefits(KernelSettings.Form form) {
        int[] rows = tin();
        KernelSettings settings = settings(form);
        int[] blocks = IntStream.range(0, rows.length).map(i -> i % 7).toArray();
        try (KernelFit whole = fit(settings, rows)) {
            double[] errors = whole.leaveOut(blocks, false).errors();
            double[] single = whole.leaveOneOut();
            for (int block = 0; block < 3; block++) {
                int wanted = block;
                int[] kept = IntStream.range(0, rows.length)
                        .filter(i -> blocks[i] != wanted)
                        .map(i -> rows[i])
                        .toArray();
                double[] mean = refitted(settings, whole, kept, rows);
                for (int i = 0; i < rows.length; i++) {
                    if (blocks[i] == wanted) {
                        assertThat(errors[i]).isCloseTo(DROP.residualMeV()[rows[i]] - mean[i], within(1e-8));
                    }
                }
            }
            int[] allButOne = Arrays.copyOfRange(rows, 1, rows.length);
            assertThat(single[0])
                    .isCloseTo(
                            DROP.residualMeV()[rows[0]] - refitted(settings, whole, allButOne, rows)[0], within(1e-8));
        }
    }

    private static double[] refitted(KernelSettings settings, KernelFit scaled, int[] kept, int[] asked) {
        double[] coordinates = settings.coordinates(DROP.nuclides(kept), scaled.scaling());
        try (KernelSession session = ENGINE.openKernel(
                new gputrain.engine.KernelProblem(kept.length, settings.columns(), coordinates, DROP.residuals(kept)),
                EngineOptions.DEFAULT)) {
            session.assemble(settings.kernel());
            session.factorise(settings.form() == KernelSettings.Form.RBF ? 0 : settings.noise());
            return session.predict(settings.coordinates(DROP.nuclides(asked), scaled.scaling()), asked.length, false)
                    .mean();
        }
    }

    /** The matrix of real nuclei for R = 0 ... 10 against Eq. 4 written out, W from its definition. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theAdditiveKernelIsTheEquation(int redundant) {
        double[][] sobol = {
            {1, 0},
            {0, 1},
            {0.5, 0.5},
            {0.75, 0.25},
            {0.25, 0.75},
            {0.375, 0.375},
            {0.875, 0.875},
            {0.625, 0.125},
            {0.125, 0.625},
            {0.1875, 0.3125},
            {0.6875, 0.8125},
            {0.9375, 0.0625}
        };
        List<Nuclide> nuclides = DROP.nuclides(tin());
        int n = nuclides.size();
        KernelSettings settings = KernelSettings.gprNn(redundant, 0.08, 0.1);
        double[] z = scaled(nuclides.stream().mapToDouble(Nuclide::Z).toArray());
        double[] neutrons = scaled(nuclides.stream().mapToDouble(Nuclide::N).toArray());
        double[][] y = new double[2 + redundant][];
        for (int k = 0; k < y.length; k++) {
            double[] w = sobol[k];
            y[k] = scaled(IntStream.range(0, n)
                    .mapToDouble(i -> w[0] * z[i] + w[1] * neutrons[i])
                    .toArray());
        }
        double[] coordinates = settings.coordinates(nuclides, settings.scaling(nuclides));
        try (KernelSession session = ENGINE.openKernel(
                new gputrain.engine.KernelProblem(n, 2 + redundant, coordinates, new double[n]),
                EngineOptions.DEFAULT)) {
            session.assemble(settings.kernel());
            double[] matrix = session.matrix();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (double[] column : y) {
                        double d = column[i] - column[j];
                        sum += Math.exp(-d * d / (2 * 0.08 * 0.08));
                    }
                    assertThat(Math.abs(matrix[i * n + j] - sum)).isLessThan(1e-12);
                }
            }
        }
    }

    private static double[] scaled(double[] values) {
        double low = Arrays.stream(values).min().orElseThrow();
        double high = Arrays.stream(values).max().orElseThrow();
        return Arrays.stream(values).map(v -> (v - low) / (high - low)).toArray();
    }

    /** A kernel divided by D with delta is the paper's with D delta. */
    @Test
    void theTwoConventionsAgree() {
        int[] rows = tin();
        KernelSettings paper = KernelSettings.gprNn(3, 0.08, 0.05);
        KernelSettings program = new KernelSettings(KernelSettings.Form.GPR_NN, 3, 0.08, 0.01, 1, 0, false, true);
        try (KernelFit a = fit(paper, rows);
                KernelFit b = fit(program, rows)) {
            List<Nuclide> nuclides = DROP.nuclides(rows);
            Posterior one = a.predict(nuclides, true);
            Posterior other = b.predict(nuclides, true);
            assertThat(one.mean()).containsExactly(other.mean(), within(1e-7));
            assertThat(one.variance()).containsExactly(other.variance(), within(1e-7));
            assertThat(a.noiseVariance()).isCloseTo(b.noiseVariance(), within(1e-9));
        }
    }

    @Test
    void scalingOnAllNucleiIsAnotherModel() {
        int[] rows = tin();
        KernelSettings training = KernelSettings.gprNn(3, 0.08, 0.05);
        KernelSettings all = new KernelSettings(KernelSettings.Form.GPR_NN, 3, 0.08, 0.05, 1, 0, true, false);
        try (KernelFit a = fit(training, rows);
                KernelFit b = fit(all, rows)) {
            assertThat(a.scaling().of(new double[] {50, 82})[0])
                    .isNotCloseTo(b.scaling().of(new double[] {50, 82})[0], within(1e-3));
        }
    }

    /** R = 0 is bad, R = 3 enough; short lengths are best inside and worse than nothing far outside. */
    @Test
    void thePapersPattern() {
        int[] folds = DROP.folds();
        double[] inside = new double[7];
        for (int redundant : new int[] {0, 1, 3, 6}) {
            try (KernelFit fit = fit(KernelSettings.gprNn(redundant, 0.031, 0.001), DROP.allRows())) {
                inside[redundant] = rms(fit.leaveOut(folds, false).errors());
            }
        }
        assertThat(inside[0]).isGreaterThan(0.8);
        assertThat(inside[1]).isLessThan(0.6 * inside[0]);
        assertThat(inside[3]).isLessThan(0.37).isLessThan(inside[1]);
        assertThat(inside[6]).isCloseTo(inside[3], within(0.02));
        List<int[]> parts = DROP.byDistance(DROP.allRows(), 8);
        double[] near = outside(KernelSettings.gprNn(3, 0.031, 0.001), parts);
        double[] far = outside(KernelSettings.gprNn(3, 0.08, 0.2), parts);
        double bare = rms(DROP.residuals(parts.get(8)));
        assertThat(near[0]).isLessThan(far[0]);
        assertThat(near[1]).isGreaterThan(bare);
        assertThat(far[1]).isLessThan(bare);
    }

    /** Deviations at distances 1 and 8. */
    private static double[] outside(KernelSettings settings, List<int[]> parts) {
        try (KernelFit fit = fit(settings, parts.get(0))) {
            return IntStream.of(1, 8)
                    .mapToDouble(k -> {
                        double[] mean =
                                fit.predict(DROP.nuclides(parts.get(k)), false).mean();
                        double[] wanted = DROP.residuals(parts.get(k));
                        return rms(IntStream.range(0, mean.length)
                                .mapToDouble(i -> wanted[i] - mean[i])
                                .toArray());
                    })
                    .toArray();
        }
    }

    /** The amplitude makes leave-one-out errors of unit variance, and their intervals hold about what they should. */
    @Test
    void uncertaintiesAreCalibratedInside() {
        try (KernelFit fit = fit(KernelSettings.gprNn(3, 0.031, 0.001), DROP.allRows())) {
            HeldOut one = fit.leaveOut(KernelSession.single(DROP.rows()), true);
            double sum = 0;
            int within = 0;
            for (int i = 0; i < DROP.rows(); i++) {
                double square = one.errors()[i] * one.errors()[i] / one.variances()[i];
                sum += square / DROP.rows();
                within += square <= 1 ? 1 : 0;
            }
            assertThat(sum).isCloseTo(1, within(1e-9));
            assertThat(within / (double) DROP.rows()).isBetween(0.6, 0.8);
        }
    }

    /** The functions of one coordinate add up to the correction, but for their means. */
    @Test
    void theComponentsAddUp() {
        int[] rows = tin();
        try (KernelFit fit = fit(KernelSettings.gprNn(2, 0.2, 0.01), rows)) {
            KernelComponents components = KernelComponents.of(fit, DROP, rows);
            assertThat(IntStream.range(0, 4).mapToObj(components::name))
                    .containsExactly("Z", "N", "1/2 Z + 1/2 N", "3/4 Z + 1/4 N");
            // The correction of a nucleus is the sum at its coordinates, up to one constant.
            List<Nuclide> nuclides = DROP.nuclides(rows);
            double[] y = fit.settings().coordinates(nuclides, fit.scaling());
            double[] mean = fit.predict(nuclides, false).mean();
            double constant = Double.NaN;
            for (int i = 0; i < rows.length; i++) {
                double sum = 0;
                for (int n = 0; n < 4; n++) {
                    sum += interpolated(components.y(), components.f()[n], y[4 * i + n]);
                }
                constant = i == 0 ? mean[0] - sum : constant;
                assertThat(mean[i] - sum).isCloseTo(constant, within(0.01));
            }
        }
    }

    private static double interpolated(double[] x, double[] f, double at) {
        int i = (int) Math.min(x.length - 2, Math.floor(at * (x.length - 1)));
        double share = at * (x.length - 1) - i;
        return f[i] * (1 - share) + f[i + 1] * share;
    }

    @Test
    void aWrongFileNamesThePlace() {
        String text = ExperimentCatalogue.find("liu/ws4").text();
        refused(text.replace("length = 0.031", "length = 0"), "kernel-model.length", "above 0");
        refused(text.replace("redundant = 3", "redundant = -1"), "kernel-model.redundant");
        refused(text.replace("folds = 10", "folds = 1"), "cross-validation.folds");
        refused(text.replace("neutron-rich = 8", "neutron-rich = 0"), "extrapolation.neutron-rich");
        refused(text.replace("noise = 0.001", "nois = 0.001"), "noise");
        refused(text.replace("[cross-validation]", "[cross-validation]\nspeed = 1"), "unknown key");
        refused(text.replace("\"krr\"", "\"svm\""), "comparators", "krr-odd-even");
        refused(text.replace("lengths = [0.008, 0.011", "lengths = [0.011, 0.008"), "grid.lengths", "ascending");
        refused(text.replace("scaled-on = \"training\"", "scaled-on = \"test\""), "scaled-on");
    }

    private static void refused(String text, String... words) {
        assertThatThrownBy(() -> ExperimentCatalogue.parse("x", "x.toml", text))
                .isInstanceOf(ExperimentException.class)
                .hasMessageStartingWith("x.toml:")
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }
}
