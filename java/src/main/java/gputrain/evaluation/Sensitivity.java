package gputrain.evaluation;

/** How strongly a model's output answers to each input (Huang et al., Eq. 2). */
public final class Sensitivity {
    private Sensitivity() {}

    /**
     * Normalised scores S_j / sum of S, with S_j the mean over the rows of |dy/dx_j|.
     *
     * @param gradients dy/dx, {@code [rows, inputs]} row-major, of scaled inputs
     * @return one share per input, adding up to 1; NaN when every derivative is 0
     */
    public static double[] shares(double[] gradients, int inputs) {
        double[] shares = new double[inputs];
        double sum = 0;
        for (int i = 0; i < gradients.length; i++) {
            shares[i % inputs] += Math.abs(gradients[i]);
            sum += Math.abs(gradients[i]);
        }
        for (int j = 0; j < inputs; j++) {
            shares[j] /= sum;
        }
        return shares;
    }
}
