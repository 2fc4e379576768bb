package gputrain.features;

import gputrain.nuclide.Nuclide;

/**
 * Macroscopic energy of the Weizsaecker-Skyrme mass formulas, in MeV, negative for bound nuclei:
 *
 * <pre>E_LD = a_v A + a_s A^(2/3) + a_c Z^2 A^(-1/3) (1 - f Z^(-2/3)) + a_sym I^2 A f_s + a_pair A^(-1/3) delta_np</pre>
 *
 * with I = (N-Z)/A, a_sym = c_sym [1 - kappa A^(-1/3) + xi (2-|I|)/(2+|I|A)], the surface-diffuseness factor f_s = 1 +
 * kappa_s eps A^(1/3), eps = (I-I0)^2 - I^4, I0 = 0.4 A/(A+200), and delta_np of {@link #pairing}. Wang, Liu, Wu, Meng,
 * Phys. Lett. B 734 (2014) 215, Eqs. 1 to 7.
 *
 * @param name as experiment files write it
 * @param source where the parameters were published
 * @param volume a_v in MeV
 * @param surface a_s in MeV
 * @param coulomb a_c in MeV
 * @param coulombExchange f, the factor of Z^(-2/3)
 * @param symmetry c_sym in MeV
 * @param kappa surface-symmetry coefficient
 * @param xi factor of the Wigner-like term of a_sym
 * @param pair a_pair in MeV
 * @param g1 first coefficient of the deformation curvature b_k
 * @param g2 second coefficient of b_k
 * @param surfaceDiffuseness kappa_s; 0 for none
 */
public record LiquidDrop(
        String name,
        String source,
        double volume,
        double surface,
        double coulomb,
        double coulombExchange,
        double symmetry,
        double kappa,
        double xi,
        double pair,
        double g1,
        double g2,
        double surfaceDiffuseness) {

    /** WS*: Wang, Liang, Liu, Wu, Phys. Rev. C 82 (2010) 044304. */
    public static final LiquidDrop WS_STAR = new LiquidDrop(
            "ws-star",
            "Wang, Liang, Liu, Wu, Phys. Rev. C 82 (2010) 044304",
            -15.6223,
            18.0571,
            0.7194,
            1,
            29.1563,
            1.3484,
            1,
            -5.4423,
            0.00895,
            -0.4632,
            0);

    /** WS4: Wang, Liu, Wu, Meng, Phys. Lett. B 734 (2014) 215, as printed in the header of the published table. */
    public static final LiquidDrop WS4 = new LiquidDrop(
            "ws4",
            "Wang, Liu, Wu, Meng, Phys. Lett. B 734 (2014) 215",
            -15.5181,
            17.4090,
            0.7092,
            0.76,
            30.1594,
            1.5189,
            1.22305,
            -5.8166,
            0.01046,
            -0.50689,
            0.1536);

    /** The energy without deformation, in MeV. */
    public double energyMeV(Nuclide nuclide) {
        double a = nuclide.A();
        double cubeRoot = Math.cbrt(a);
        return volume * a
                + surface * cubeRoot * cubeRoot
                + coulomb * coulombTerm(nuclide, coulombExchange)
                + symmetry * asymmetryTerm(nuclide)
                + pair / cubeRoot * pairing(nuclide);
    }

    /** a_sym I^2 A f_s / c_sym: the symmetry energy in units of c_sym (Zeng et al., Eq. 3, with WS4's parameters). */
    public double asymmetryTerm(Nuclide nuclide) {
        double a = nuclide.A();
        double i = asymmetry(nuclide);
        double absolute = Math.abs(i);
        double cubeRoot = Math.cbrt(a);
        double i0 = 0.4 * a / (a + 200);
        double eps = (i - i0) * (i - i0) - i * i * i * i;
        double diffuseness = 1 + surfaceDiffuseness * eps * cubeRoot;
        return (1 - kappa / cubeRoot + xi * (2 - absolute) / (2 + absolute * a)) * i * i * a * diffuseness;
    }

    /** b_k = (k/2) g1 A^(1/3) + (k/2)^2 g2 A^(-1/3), the curvature of the energy in beta_k (Huang et al., Eq. 8). */
    public double curvature(int k, int a) {
        double half = k / 2.0;
        return half * g1 * Math.cbrt(a) + half * half * g2 / Math.cbrt(a);
    }

    /** I = (N - Z) / A. */
    public static double asymmetry(Nuclide nuclide) {
        return (nuclide.N() - nuclide.Z()) / (double) nuclide.A();
    }

    /** Z^2 A^(-1/3) (1 - exchange Z^(-2/3)); 0 for the neutron. */
    public static double coulombTerm(Nuclide nuclide, double exchange) {
        double z = nuclide.Z();
        return z == 0 ? 0 : z * z / Math.cbrt(nuclide.A()) * (1 - exchange * Math.pow(z, -2.0 / 3));
    }

    /**
     * delta_np of the Weizsaecker-Skyrme formulas (Huang et al., Eq. 10): 2 - |I| for even-even, |I| for odd-odd nuclei;
     * for odd A, 1 - |I| when the odd nucleon is of the rarer kind, else 1. N = Z does not occur for odd A.
     */
    public static double pairing(Nuclide nuclide) {
        double i = Math.abs(asymmetry(nuclide));
        boolean oddZ = nuclide.Z() % 2 == 1;
        boolean oddN = nuclide.N() % 2 == 1;
        if (!oddZ && !oddN) {
            return 2 - i;
        }
        if (oddZ && oddN) {
            return i;
        }
        boolean neutronRich = nuclide.N() > nuclide.Z();
        return oddZ == neutronRich ? 1 - i : 1;
    }
}
