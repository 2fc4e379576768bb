package gputrain.model;

/**
 * A covariance (kernel) function of two points, given by their coordinates y_1 ... y_D in float64. Without units: a
 * noise is in units of it.
 */
public sealed interface Kernel {

    /**
     * k(y, y) of a point with itself.
     *
     * @param columns coordinates of a point
     */
    double diagonal(int columns);

    /**
     * A sum of one-dimensional Gaussians, sum_n scale * exp[-(y_n - y'_n)^2 / (2 length^2)], Eq. 4 of Liu, Manzhos and
     * Wu. It makes the posterior mean a sum of functions of one coordinate each.
     *
     * @param length L, above 0, in units of the coordinates
     * @param scale 1 in the paper; 1/D in the authors' published program
     */
    record Additive(double length, double scale) implements Kernel {
        public Additive {
            requirePositive("length", length);
            requirePositive("scale", scale);
        }

        @Override
        public double diagonal(int columns) {
            return columns * scale;
        }
    }

    /**
     * exp[-r^2 / (2 length^2)], r the Euclidean distance: ordinary Gaussian process regression and kernel ridge
     * regression.
     */
    record Gaussian(double length) implements Kernel {
        public Gaussian {
            requirePositive("length", length);
        }

        @Override
        public double diagonal(int columns) {
            return 1;
        }
    }

    /**
     * exp[-r^2 / (2 length^2)] + weight * delta * exp[-r^2 / (2 classLength^2)]. The last coordinate is the number of a
     * class and takes no part in r; delta is 1 for two points of one class, otherwise 0. With the four parities of (Z, N)
     * as classes it is the kernel with odd-even effects of Wu, Guo and Zhao, Phys. Lett. B 819 (2021) 136387.
     *
     * @param weight not negative
     */
    record GaussianWithClasses(double length, double classLength, double weight) implements Kernel {
        public GaussianWithClasses {
            requirePositive("length", length);
            requirePositive("class length", classLength);
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("the weight of a kernel must not be negative: " + weight);
            }
        }

        @Override
        public double diagonal(int columns) {
            return 1 + weight;
        }
    }

    /**
     * The distance r itself: radial basis function interpolation as of Wang and Liu, Phys. Rev. C 84 (2011) 051303(R). No
     * covariance (one eigenvalue of its matrix is positive, all others negative), so it takes no noise and gives no
     * variance.
     */
    record Distance() implements Kernel {
        @Override
        public double diagonal(int columns) {
            return 0;
        }
    }

    private static void requirePositive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the " + what + " of a kernel must be above 0 and finite: " + value);
        }
    }
}
