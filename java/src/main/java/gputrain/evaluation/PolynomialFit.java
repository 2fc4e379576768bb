package gputrain.evaluation;

import java.util.Arrays;
import java.util.Optional;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.DecompositionSolver;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;

/**
 * A polynomial through scattered points by least squares, with the standard error of its value, from the covariance of
 * the coefficients and the variance of the residuals.
 */
public final class PolynomialFit {
    private final double centre;
    private final double halfRange;
    private final RealVector coefficients;
    private final RealMatrix covariance;

    private PolynomialFit(double centre, double halfRange, RealVector coefficients, RealMatrix covariance) {
        this.centre = centre;
        this.halfRange = halfRange;
        this.coefficients = coefficients;
        this.covariance = covariance;
    }

    /**
     * Fits.
     *
     * @return nothing when there are not more points than coefficients, or too few different x
     */
    public static Optional<PolynomialFit> of(double[] x, double[] y, int degree) {
        long different = Arrays.stream(x).distinct().count();
        if (x.length <= degree + 1 || different <= degree) {
            return Optional.empty();
        }
        double low = Arrays.stream(x).min().orElseThrow();
        double high = Arrays.stream(x).max().orElseThrow();
        // In [-1, 1] the powers stay apart; in the raw unit the matrix would be close to singular.
        double centre = (low + high) / 2;
        double halfRange = degree == 0 ? 1 : (high - low) / 2;
        RealMatrix powers = new Array2DRowRealMatrix(x.length, degree + 1);
        for (int i = 0; i < x.length; i++) {
            powers.setRow(i, powers((x[i] - centre) / halfRange, degree));
        }
        DecompositionSolver solver = new QRDecomposition(powers).getSolver();
        if (!solver.isNonSingular()) {
            return Optional.empty();
        }
        RealVector observed = new ArrayRealVector(y);
        RealVector coefficients = solver.solve(observed);
        double residual = observed.subtract(powers.operate(coefficients)).getNorm();
        double variance = residual * residual / (x.length - degree - 1);
        RealMatrix inverse = solver.getInverse();
        return Optional.of(new PolynomialFit(
                centre,
                halfRange,
                coefficients,
                inverse.multiply(inverse.transpose()).scalarMultiply(variance)));
    }

    /** The polynomial's value at x. */
    public double at(double x) {
        return coefficients.dotProduct(basis(x));
    }

    /** One standard error of the value at x. */
    public double standardError(double x) {
        RealVector basis = basis(x);
        return Math.sqrt(Math.max(0, basis.dotProduct(covariance.operate(basis))));
    }

    private RealVector basis(double x) {
        return new ArrayRealVector(powers((x - centre) / halfRange, coefficients.getDimension() - 1));
    }

    private static double[] powers(double t, int degree) {
        double[] powers = new double[degree + 1];
        powers[0] = 1;
        for (int k = 1; k <= degree; k++) {
            powers[k] = powers[k - 1] * t;
        }
        return powers;
    }
}
