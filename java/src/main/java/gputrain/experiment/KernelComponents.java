package gputrain.experiment;

import java.util.ArrayList;
import java.util.List;

/**
 * The functions f_n(y_n) that a GPR-NN correction is the sum of, Eq. 1 of Liu, Manzhos and Wu.
 *
 * @param y coordinate on [0, 1]
 * @param f {@code [coordinates][y.length]} MeV, without its mean over the fitted nuclei
 * @param weights {@code [coordinates][2]} of the scaled Z and N in each coordinate
 * @param importance {@code [coordinates]} standard deviation of f_n over the fitted nuclei, MeV
 */
record KernelComponents(double[] y, double[][] f, double[][] weights, double[] importance) {
    private static final int POINTS = 201;

    /** Of a GPR-NN fit. */
    static KernelComponents of(KernelFit fit, KernelData data, int[] rows) {
        KernelSettings settings = fit.settings();
        int columns = settings.columns();
        double[] points = fit.scaling().of(zn(data, rows));
        double[] c = fit.coefficients();
        double scale = settings.divide() ? 1.0 / columns : 1;
        double factor = -0.5 / (settings.length() * settings.length());
        double[] y = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            y[i] = i / (double) (POINTS - 1);
        }
        double[][] f = new double[columns][POINTS];
        double[][] weights = new double[columns][];
        double[] importance = new double[columns];
        for (int n = 0; n < columns; n++) {
            weights[n] = fit.scaling().weights(n);
            double mean = 0;
            double squares = 0;
            for (int i = 0; i < rows.length; i++) {
                double value = at(points[i * columns + n], points, c, columns, n, factor) * scale;
                mean += value / rows.length;
                squares += value * value / rows.length;
            }
            importance[n] = Math.sqrt(Math.max(0, squares - mean * mean));
            for (int i = 0; i < POINTS; i++) {
                f[n][i] = at(y[i], points, c, columns, n, factor) * scale - mean;
            }
        }
        return new KernelComponents(y, f, weights, importance);
    }

    private static double at(double y, double[] points, double[] c, int columns, int n, double factor) {
        double sum = 0;
        for (int m = 0; m < c.length; m++) {
            double d = y - points[m * columns + n];
            sum += c[m] * Math.exp(factor * d * d);
        }
        return sum;
    }

    private static double[] zn(KernelData data, int[] rows) {
        double[] x = new double[2 * rows.length];
        for (int i = 0; i < rows.length; i++) {
            x[2 * i] = data.entries().get(rows[i]).nuclide().Z();
            x[2 * i + 1] = data.entries().get(rows[i]).nuclide().N();
        }
        return x;
    }

    /** The name of a coordinate, as in "5/8 Z + 1/8 N". */
    String name(int n) {
        List<String> terms = new ArrayList<>();
        String[] letters = {"Z", "N"};
        for (int i = 0; i < 2; i++) {
            if (weights[n][i] == 1) {
                terms.add(letters[i]);
            } else if (weights[n][i] != 0) {
                terms.add(fraction(weights[n][i]) + " " + letters[i]);
            }
        }
        return String.join(" + ", terms);
    }

    private static String fraction(double weight) {
        for (int below = 2; below <= 1 << 20; below *= 2) {
            double above = weight * below;
            if (above == Math.rint(above)) {
                return (long) above + "/" + below;
            }
        }
        return Double.toString(weight);
    }

    String csv() {
        StringBuilder text = new StringBuilder("coordinate,name,y,fMeV\n");
        for (int n = 0; n < f.length; n++) {
            for (int i = 0; i < y.length; i++) {
                text.append(n)
                        .append(',')
                        .append(name(n))
                        .append(',')
                        .append(KernelTables.number(y[i], 4))
                        .append(',')
                        .append(KernelTables.number(f[n][i], 6))
                        .append('\n');
            }
        }
        return text.toString();
    }
}
