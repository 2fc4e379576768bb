package gputrain.experiment;

import gputrain.features.RedundantCoordinates;
import gputrain.model.Kernel;
import gputrain.nuclide.Nuclide;
import java.util.List;
import java.util.Locale;

/**
 * A kernel model with its hyperparameters.
 *
 * @param redundant R, redundant coordinates (GPR-NN)
 * @param length L or sigma: in units of the scaled coordinates (GPR-NN, GPR), of nucleons (KRR)
 * @param noise delta or lambda, in units of the kernel
 * @param classLength sigma_oe in nucleons (KRR with odd-even term)
 * @param classWeight lambda / lambda_oe, the weight of the odd-even term
 * @param scaleOnAll whether coordinates are scaled on all nuclei (the authors' program) or on those fitted (the paper)
 * @param divide whether the additive kernel is divided by the number of coordinates (the authors' program)
 */
public record KernelSettings(
        Form form,
        int redundant,
        double length,
        double noise,
        double classLength,
        double classWeight,
        boolean scaleOnAll,
        boolean divide) {

    /** Families of kernel models. */
    public enum Form {
        /** Additive kernel of redundant coordinates: Liu, Manzhos and Wu, Eqs. 1 to 4. */
        GPR_NN("GPR-NN"),
        /** Gaussian process with an isotropic Gaussian kernel of Z and N, both scaled to [0, 1]. */
        GPR("GPR"),
        /** Kernel ridge regression: Wu and Zhao, Phys. Rev. C 101 (2020) 051301(R). */
        KRR("KRR"),
        /** The same with an odd-even term: Wu, Guo and Zhao, Phys. Lett. B 819 (2021) 136387. */
        KRR_ODD_EVEN("KRR odd-even"),
        /** Radial basis functions, phi(r) = r: Wang and Liu, Phys. Rev. C 84 (2011) 051303(R). */
        RBF("RBF");

        private final String title;

        Form(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** GPR-NN as the paper has it. */
    public static KernelSettings gprNn(int redundant, double length, double noise) {
        return new KernelSettings(Form.GPR_NN, redundant, length, noise, 1, 0, false, false);
    }

    /** Another (L, delta), everything else the same. */
    public KernelSettings with(double otherLength, double otherNoise) {
        return new KernelSettings(
                form, redundant, otherLength, otherNoise, classLength, classWeight, scaleOnAll, divide);
    }

    /** Another number of redundant coordinates. */
    public KernelSettings withRedundant(int other) {
        return new KernelSettings(form, other, length, noise, classLength, classWeight, scaleOnAll, divide);
    }

    /** Coordinates per nucleus. */
    int columns() {
        return switch (form) {
            case GPR_NN -> 2 + redundant;
            case KRR_ODD_EVEN -> 3;
            default -> 2;
        };
    }

    Kernel kernel() {
        return switch (form) {
            case GPR_NN -> new Kernel.Additive(length, divide ? 1.0 / columns() : 1);
            case GPR, KRR -> new Kernel.Gaussian(length);
            case KRR_ODD_EVEN -> new Kernel.GaussianWithClasses(length, classLength, classWeight);
            case RBF -> new Kernel.Distance();
        };
    }

    boolean scaled() {
        return form == Form.GPR_NN || form == Form.GPR;
    }

    /** What turns (Z, N) into scaled coordinates. */
    RedundantCoordinates scaling(List<Nuclide> fitted) {
        return RedundantCoordinates.fit(zn(fitted), 2, form == Form.GPR_NN ? redundant : 0);
    }

    /** {@code [nuclides, columns]}; {@code scaling} is that of {@link #scaling}. */
    double[] coordinates(List<Nuclide> nuclides, RedundantCoordinates scaling) {
        if (scaled()) {
            return scaling.of(zn(nuclides));
        }
        if (form != Form.KRR_ODD_EVEN) {
            return zn(nuclides);
        }
        double[] result = new double[3 * nuclides.size()];
        for (int i = 0; i < nuclides.size(); i++) {
            Nuclide nuclide = nuclides.get(i);
            result[3 * i] = nuclide.Z();
            result[3 * i + 1] = nuclide.N();
            result[3 * i + 2] = 2 * (nuclide.Z() % 2) + nuclide.N() % 2;
        }
        return result;
    }

    private static double[] zn(List<Nuclide> nuclides) {
        double[] x = new double[2 * nuclides.size()];
        for (int i = 0; i < nuclides.size(); i++) {
            x[2 * i] = nuclides.get(i).Z();
            x[2 * i + 1] = nuclides.get(i).N();
        }
        return x;
    }

    /** The hyperparameters in a line. */
    public String text() {
        return switch (form) {
            case GPR_NN -> String.format(Locale.ROOT, "R = %d, L = %.4g, delta = %.4g", redundant, length, noise);
            case GPR -> String.format(Locale.ROOT, "L = %.4g, delta = %.4g", length, noise);
            case KRR -> String.format(Locale.ROOT, "sigma = %.4g, lambda = %.4g", length, noise);
            case KRR_ODD_EVEN ->
                String.format(
                        Locale.ROOT,
                        "sigma = %.4g, lambda = %.4g, sigma_oe = %.4g, lambda / lambda_oe = %.4g",
                        length,
                        noise,
                        classLength,
                        classWeight);
            case RBF -> "phi(r) = r";
        };
    }
}
