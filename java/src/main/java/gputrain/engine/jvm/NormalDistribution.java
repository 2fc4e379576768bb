package gputrain.engine.jvm;

/**
 * Error function and normal distribution in float64, to about an ulp.
 *
 * <p>Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23
 * (1969) 631, doi:10.1090/S0025-5718-1969-0247736-4, with the coefficients of his program CALERF, digits as published.
 */
@SuppressWarnings("FloatingPointLiteralPrecision")
final class NormalDistribution {
    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double INVERSE_SQRT_PI = 0.56418958354775628695;
    private static final double INVERSE_SQRT_2PI = 0.39894228040143267794;

    /** Above this erfc is 0 in float64. */
    private static final double ERFC_VANISHES = 27.3;

    /** erf(x)/x in x^2, |x| <= 0.46875; leading coefficient first. */
    private static final double[] A = {
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3
    };

    private static final double[] B = {
        1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3
    };

    /** exp(x^2) erfc(x) in x, 0.46875 <= x <= 4. */
    private static final double[] C = {
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594e0,
        6.61191906371416295e1,
        2.98635138197400131e2,
        8.81952221241769090e2,
        1.71204761263407058e3,
        2.05107837782607147e3,
        1.23033935479799725e3
    };

    private static final double[] D = {
        1,
        1.57449261107098347e1,
        1.17693950891312499e2,
        5.37181101862009858e2,
        1.62138957456669019e3,
        3.29079923573345963e3,
        4.36261909014324716e3,
        3.43936767414372164e3,
        1.23033935480374942e3
    };

    /** x^2 (1/sqrt(pi) - x exp(x^2) erfc(x)) in 1/x^2, x >= 4. */
    private static final double[] P = {
        1.63153871373020978e-2,
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4
    };

    private static final double[] Q = {
        1,
        2.56852019228982242e0,
        1.87295284992346725e0,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3
    };

    private NormalDistribution() {}

    /** erf(x) = 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
    static double erf(double x) {
        if (Math.abs(x) <= 0.46875) {
            return x * ratio(A, B, x * x);
        }
        return x > 0 ? 1 - upperErfc(x) : upperErfc(-x) - 1;
    }

    /** erfc(x) = 1 - erf(x), with full relative accuracy in the upper tail. */
    static double erfc(double x) {
        if (Math.abs(x) <= 0.46875) {
            return 1 - x * ratio(A, B, x * x);
        }
        return x > 0 ? upperErfc(x) : 2 - upperErfc(-x);
    }

    /** Distribution function Phi(x) = erfc(-x/sqrt(2))/2. */
    static double cumulative(double x) {
        return 0.5 * erfc(-x * SQRT_HALF);
    }

    /** Density phi(x) = exp(-x^2/2)/sqrt(2 pi). */
    static double density(double x) {
        return INVERSE_SQRT_2PI * Math.exp(-0.5 * x * x);
    }

    private static double upperErfc(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        if (x >= ERFC_VANISHES) {
            return 0;
        }
        if (x <= 4) {
            return exponential(x) * ratio(C, D, x);
        }
        double w = 1 / (x * x);
        return exponential(x) * (INVERSE_SQRT_PI - w * ratio(P, Q, w)) / x;
    }

    /**
     * exp(-x^2), x^2 split as s^2 + (x - s)(x + s) with s of few bits: s^2 is exact, so the rounding of a large square
     * does not reach the exponential.
     */
    private static double exponential(double x) {
        double s = Math.floor(16 * x) / 16;
        return Math.exp(-s * s) * Math.exp(-(x - s) * (x + s));
    }

    private static double ratio(double[] numerator, double[] denominator, double x) {
        return horner(numerator, x) / horner(denominator, x);
    }

    private static double horner(double[] coefficients, double x) {
        double sum = 0;
        for (double coefficient : coefficients) {
            sum = sum * x + coefficient;
        }
        return sum;
    }
}
