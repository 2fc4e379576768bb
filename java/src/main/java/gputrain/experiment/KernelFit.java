package gputrain.experiment;

import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.HeldOut;
import gputrain.engine.KernelProblem;
import gputrain.engine.KernelSession;
import gputrain.engine.Posterior;
import gputrain.features.RedundantCoordinates;
import gputrain.nuclide.Nuclide;
import java.util.Arrays;
import java.util.List;

/**
 * A kernel model fitted to the residuals of some nuclei.
 *
 * <p>The posterior mean depends on the noise in units of the kernel only. For variances the kernel's amplitude is needed,
 * too: sigma_f^2 = mean of e_i^2 / v_i, with e_i and v_i the leave-one-out error and its variance in units of the kernel,
 * so that leave-one-out errors have unit variance by construction (Sundararajan and Keerthi, Neural Computation 13 (2001)
 * 1103).
 */
final class KernelFit implements AutoCloseable {
    private final KernelData data;
    private final Engine engine;
    private final EngineOptions options;
    private final int[] rows;
    private KernelSettings settings;
    private RedundantCoordinates scaling;
    private KernelSession session;
    private double amplitude = Double.NaN;

    /**
     * Fits.
     *
     * @param rows of the data
     * @throws gputrain.engine.NotPositiveDefiniteException when the noise is too small
     */
    KernelFit(KernelData data, KernelSettings settings, int[] rows, Engine engine, EngineOptions options) {
        this.data = data;
        this.engine = engine;
        this.options = options;
        this.rows = rows;
        this.settings = settings;
        this.scaling = scaling(settings);
        this.session = open(settings);
        session.assemble(settings.kernel());
        session.factorise(noise(settings));
    }

    private RedundantCoordinates scaling(KernelSettings wanted) {
        return wanted.scaling(data.nuclides(wanted.scaleOnAll() ? data.allRows() : rows));
    }

    private KernelSession open(KernelSettings wanted) {
        return engine.openKernel(
                new KernelProblem(
                        rows.length,
                        wanted.columns(),
                        wanted.coordinates(data.nuclides(rows), scaling),
                        data.residuals(rows)),
                options);
    }

    private static double noise(KernelSettings settings) {
        return settings.form() == KernelSettings.Form.RBF ? 0 : settings.noise();
    }

    /** Takes other hyperparameters of the same form; the matrix is kept when only the noise differs. */
    void refit(KernelSettings other) {
        amplitude = Double.NaN;
        if (other.form() != settings.form() || other.redundant() != settings.redundant()) {
            session.close();
            scaling = scaling(other);
            session = open(other);
            session.assemble(other.kernel());
        } else if (!other.kernel().equals(settings.kernel())) {
            session.assemble(other.kernel());
        }
        settings = other;
        session.factorise(noise(other));
    }

    KernelSettings settings() {
        return settings;
    }

    RedundantCoordinates scaling() {
        return scaling;
    }

    double[] coefficients() {
        return session.coefficients();
    }

    String method() {
        return session.method();
    }

    /** Corrections (MeV) and their variances (MeV^2, of the function; the noise not included). */
    Posterior predict(List<Nuclide> nuclides, boolean variance) {
        Posterior posterior = session.predict(settings.coordinates(nuclides, scaling), nuclides.size(), variance);
        double scale = variance ? amplitude() : 1;
        return new Posterior(
                posterior.mean(),
                Arrays.stream(posterior.variance()).map(v -> v * scale).toArray());
    }

    /** The noise as a variance of masses, MeV^2. */
    double noiseVariance() {
        return amplitude() * settings.noise();
    }

    /** Errors (MeV) of leaving out blocks; variances in MeV^2, noise included. */
    HeldOut leaveOut(int[] blocks, boolean variance) {
        HeldOut held = session.leaveOut(blocks, variance);
        double scale = variance ? amplitude() : 1;
        return new HeldOut(
                held.errors(),
                Arrays.stream(held.variances()).map(v -> v * scale).toArray());
    }

    /** Errors of leaving out each nucleus. */
    double[] leaveOneOut() {
        return session.leaveOut(KernelSession.single(rows.length), false).errors();
    }

    /** Errors of leaving out blocks for several noises; the fit is that of the last one afterwards. */
    List<double[]> crossValidate(double[] noises, int[] blocks) {
        amplitude = Double.NaN;
        return session.crossValidate(noises, blocks);
    }

    /** sigma_f^2 in MeV^2. */
    double amplitude() {
        if (Double.isNaN(amplitude)) {
            HeldOut one = session.leaveOut(KernelSession.single(rows.length), true);
            double sum = 0;
            for (int i = 0; i < rows.length; i++) {
                sum += one.errors()[i] * one.errors()[i] / one.variances()[i];
            }
            amplitude = sum / rows.length;
        }
        return amplitude;
    }

    @Override
    public void close() {
        session.close();
    }
}
