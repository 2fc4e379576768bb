package gputrain.engine;

import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import java.util.Arrays;

/**
 * Laplace's approximation to the posterior of a trained network's parameters (MacKay, Neural Computation 4 (1992) 448,
 * doi:10.1162/neco.1992.4.3.448; Bishop, Pattern Recognition and Machine Learning, Section 5.7), and what it says of
 * every row.
 *
 * <p>Training minimises F = L / m + sum over groups c of d_c / 2 |p_c|^2 with L the sum of rho(r_i) over m = R O residuals r =
 * output - target. With W = rho'(r) / r, rho is a constant and W r^2 / 2, so that exp(-L / s^2) is the likelihood of noise with
 * the variance s^2 / W_i, W = 1 for Huber's loss within its delta, 2 for the squared and 4 for the complex loss.
 * exp(-m F / s^2) is then likelihood times a prior of variance s^2 / (m d_c), and with the Gauss-Newton Hessian A of F
 *
 * <pre>
 *   covariance of the parameters = (s^2 / m) A^-1,   A = B^T B + D,   B = sqrt(W / m) J,   D = diag(d_c)
 *   gamma = Tr(B A^-1 B^T),   s^2 = 2 L / (m - gamma)
 *   log evidence = -m F / s^2 - (m / 2) log s^2 + sum of n_c / 2 log d_c - log|A| / 2   + (m / 2) log(W / 2 pi)
 * </pre>
 *
 * <p>s^2 is where the evidence of given priors is largest (MacKay's beta = 1 / s^2). The last term of the evidence is left
 * out, because it is the same for all weight decays; with Huber's and the absolute loss W is that of the residuals, and the
 * evidence is that of the squares that stand for them. All of this is local: parameters that are not at a minimum of F are
 * treated as if they were.
 *
 * <p>Not thread-safe; holds a linearisation until it is closed.
 */
public final class LaplacePosterior implements AutoCloseable {
    /** Of two sums that are equal but for rounding, the difference that is borne, as a share of what is left of the residuals. */
    private static final double TOLERATED = 1e-3;
    /** Where less of the residuals is left, it is rounding that is left. */
    private static final double LEAST_FREEDOM = 1;
    /** Relative change of the weights by which the influences are differences. */
    private static final double STEP = 1e-3;

    private final Linearisation linearisation;
    private final double[] parameters;
    private final double[] weightDecay;
    private final ParameterGroups groups;
    private final double[] trainingInputs;
    private final int rows;
    private final int outputs;
    private final double[] residuals;
    private final double[] scale;
    private final double lossSum;
    private final double squares;
    private final Linearisation.Fit fit;

    private LaplacePosterior(
            Linearisation linearisation,
            Network network,
            Loss loss,
            DataSet data,
            int[] trainingRows,
            double[] parameters,
            double[] weightDecay,
            ParameterGroups groups) {
        this.linearisation = linearisation;
        this.parameters = parameters.clone();
        this.weightDecay = weightDecay.clone();
        this.groups = groups;
        this.rows = trainingRows.length;
        this.outputs = network.outputs();
        this.trainingInputs = rowsOf(data.inputs(), data.inputWidth(), trainingRows);
        double[] targets = rowsOf(data.targets(), data.targetWidth(), trainingRows);
        int m = rows * outputs;
        this.residuals = Arrays.copyOf(linearisation.outputs(parameters), m);
        this.scale = new double[m];
        double sum = 0;
        for (int i = 0; i < m; i++) {
            residuals[i] -= targets[i];
            sum += LossFunction.value(loss, residuals[i]);
            scale[i] = Math.sqrt(LossFunction.weight(loss, residuals[i]) / m);
        }
        this.lossSum = sum;
        double penalty = 0;
        for (int k = 0; k < groups.trained().length; k++) {
            double p = parameters[groups.trained()[k]];
            penalty += weightDecay[groups.groups()[k]] * p * p;
        }
        this.squares = penalty;
        if (!linearisation.differentiate(parameters, scale)) {
            throw new EngineException("no posterior: outputs or derivatives of the network are not finite");
        }
        this.fit = fit();
        double left = m - gamma();
        double lost = Math.abs(Arrays.stream(fit.leverages()).sum() - gamma());
        if (!(left >= LEAST_FREEDOM && lost < TOLERATED * left)) {
            throw new EngineException(
                    "no posterior: all but " + left + " of " + m + " residuals are used up by parameters, to " + lost
                            + ", which leaves nothing to tell the noise from; more rows, or a larger weight decay");
        }
    }

    /**
     * The posterior at given parameters.
     *
     * @param trainingRows the rows of {@code data} that were trained on
     * @param parameters {@code [parameterCount]}, those that are not trained included
     * @param weightDecay one for all parameters, or one for each group of {@link ParameterGroups#layers}; all above 0
     * @throws EngineException when a weight decay is 0 (the prior would have no variance), the derivatives are not finite,
     *     or rounding leaves nothing of the system
     * @throws IllegalArgumentException when there are neither one weight decay nor one for each layer
     */
    public static LaplacePosterior at(
            Linearisation.Source source,
            Network network,
            Loss loss,
            DataSet data,
            int[] trainingRows,
            double[] parameters,
            double[] weightDecay) {
        ParameterGroups groups = groups(network, weightDecay.length);
        for (double decay : weightDecay) {
            if (!(decay > 0 && decay < Double.POSITIVE_INFINITY)) {
                throw new EngineException("no posterior without a weight decay above 0, of every group of parameters: "
                        + Arrays.toString(weightDecay));
            }
        }
        Linearisation linearisation = source.open(network, data, trainingRows, groups);
        try {
            return new LaplacePosterior(
                    linearisation, network, loss, data, trainingRows, parameters, weightDecay, groups);
        } catch (RuntimeException e) {
            linearisation.close();
            throw e;
        }
    }

    /**
     * The groups of so many weight decays.
     *
     * @throws IllegalArgumentException when the network has no such groups
     */
    public static ParameterGroups groups(Network network, int weightDecays) {
        ParameterGroups layers = ParameterGroups.layers(network);
        if (weightDecays != 1 && weightDecays != layers.count()) {
            throw new IllegalArgumentException(
                    weightDecays + " weight decays; one for all parameters, or one for each of "
                            + String.join(", ", layers.names()));
        }
        return weightDecays == 1 ? ParameterGroups.one(network) : layers;
    }

    /** The groups that share a weight decay. */
    public ParameterGroups groups() {
        return groups;
    }

    /** gamma_c: how many of each group's parameters the rows determine. */
    public double[] effectiveParameters() {
        return fit.effective().clone();
    }

    /** s^2, in units of the loss. */
    public double dispersion() {
        return 2 * lossSum / (residuals.length - gamma());
    }

    /** Log evidence of the weight decays, without (m / 2) log(W / 2 pi), which is the same for all of them. */
    public double logEvidence() {
        double m = residuals.length;
        double logPrior = 0;
        for (int group : groups.groups()) {
            logPrior += Math.log(weightDecay[group]);
        }
        return -(lossSum + m * squares / 2) / dispersion()
                - m / 2 * Math.log(dispersion())
                + logPrior / 2
                - fit.logDeterminant() / 2;
    }

    /**
     * Variance of the noise of an output, in units of the target squared: sum of r^2 over the sum of 1 - h, h the output's
     * leverages (Wahba, J. R. Stat. Soc. B 45 (1983) 133). With one output and squares it is s^2 / W.
     */
    public double noiseVariance(int output) {
        return squaredResiduals(output) / freedom(output);
    }

    /**
     * Generalised cross-validation of an output, in units of the target squared: R times the sum of r^2 over the square of the
     * sum of 1 - h (Golub, Heath, Wahba, Technometrics 21 (1979) 215, doi:10.1080/00401706.1979.10489751); m RSS / (m -
     * gamma)^2 with one output.
     */
    public double crossValidation(int output) {
        return rows * squaredResiduals(output) / (freedom(output) * freedom(output));
    }

    /**
     * Variance of an output as a function, without noise: (s^2 / m) g A^-1 g^T, g its derivatives by the parameters.
     *
     * @param inputs {@code [count, inputs]}
     * @return {@code [count]}, in units of the target squared
     */
    public double[] variances(double[] inputs, int count, int output) {
        double[] weights = new double[outputs];
        weights[output] = 1;
        double[] variances = variances(inputs, count, weights);
        for (int i = 0; i < count; i++) {
            variances[i] *= dispersion() / residuals.length;
        }
        return variances;
    }

    /**
     * What becomes of an output when a row is left out with all its outputs: one Newton step of the Gauss-Newton model, exact
     * for a network that is linear in its parameters and trained to the end with squares. With H_i = B_i A^-1 B_i^T the row's O by O block
     * of the hat matrix, S its scales and v = S r,
     *
     * <pre>
     *   z = (I - H_i)^-1 v,   S r_left-out = z,   change of output j = J_j A^-1 J_i^T S z
     * </pre>
     *
     * <p>(Cook, Technometrics 19 (1977) 15, doi:10.1080/00401706.1977.10489493; as influence functions of networks, Koh and
     * Liang, arXiv:1703.04730.) m stays what it was: the other rows and the prior keep their weights.
     */
    public LeftOut leftOut(int output) {
        RowBlocks centre = blocks(fit, scale);
        RowBlocks response = response(output);
        double[] own = new double[rows];
        double[] leftOut = new double[rows];
        double[] leverages = new double[rows];
        double[] influences = new double[rows];
        for (int row = 0; row < rows; row++) {
            int at = row * outputs + output;
            double[] z = centre.leftOut(row, residuals, scale);
            own[row] = residuals[at];
            leftOut[row] = z[output] / scale[at];
            leverages[row] = fit.leverages()[at];
            double all = response.quadratic(row, z, scale);
            double change = leftOut[row] - own[row];
            influences[row] = Math.sqrt(Math.max(0, all - change * change) / (rows - 1.0));
        }
        return new LeftOut(own, leftOut, leverages, influences);
    }

    @Override
    public void close() {
        linearisation.close();
    }

    /**
     * What the rows trained on say of an output, one value per row, in units of the target.
     *
     * @param residuals output minus target
     * @param leftOutResiduals the same of the network that did not train on the row
     * @param leverages of the output, between 0 and 1: how much of its own target the row's output follows
     * @param influences how far the output moves at the other rows when this one is left out, their rms
     */
    public record LeftOut(double[] residuals, double[] leftOutResiduals, double[] leverages, double[] influences) {}

    private double gamma() {
        return Arrays.stream(fit.effective()).sum();
    }

    private double squaredResiduals(int output) {
        double sum = 0;
        for (int i = output; i < residuals.length; i += outputs) {
            sum += residuals[i] * residuals[i];
        }
        return sum;
    }

    private double freedom(int output) {
        double sum = 0;
        for (int i = output; i < residuals.length; i += outputs) {
            sum += 1 - fit.leverages()[i];
        }
        return sum;
    }

    private Linearisation.Fit fit() {
        Linearisation.Fit result = linearisation.fit(weightDecay);
        if (result == null) {
            throw singular();
        }
        return result;
    }

    private double[] variances(double[] inputs, int count, double[] outputWeights) {
        double[] result = linearisation.variances(weightDecay, inputs, count, outputWeights);
        if (result == null) {
            throw singular();
        }
        return result;
    }

    private EngineException singular() {
        return new EngineException("no posterior: with the weight decay " + Arrays.toString(weightDecay)
                + " the system is not positive definite to rounding; a larger one");
    }

    /**
     * The blocks J_i A^-1 J_M^T J_M A^-1 J_i^T, J_M the derivatives of one output at all rows: minus the derivative of J_i A^-1
     * J_i^T by a weight that is added to that output's at every row, as a central difference. It takes two linearisations
     * instead of a system for every row.
     */
    private RowBlocks response(int output) {
        double inverse = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = output; i < scale.length; i += outputs) {
            inverse += 1 / (scale[i] * scale[i]) / rows;
            least = Math.min(least, scale[i] * scale[i]);
        }
        double step = Math.min(STEP / inverse, least / 2);
        RowBlocks above = shifted(output, step);
        RowBlocks below = shifted(output, -step);
        linearisation.outputs(parameters);
        linearisation.differentiate(parameters, scale);
        return below.minus(above, 2 * step);
    }

    private RowBlocks shifted(int output, double step) {
        double[] changed = scale.clone();
        for (int i = output; i < changed.length; i += outputs) {
            changed[i] = Math.sqrt(changed[i] * changed[i] + step);
        }
        linearisation.outputs(parameters);
        linearisation.differentiate(parameters, changed);
        return blocks(fit(), changed);
    }

    /** J_i A^-1 J_i^T of every row, in the linearisation as it is. */
    private RowBlocks blocks(Linearisation.Fit of, double[] scales) {
        RowBlocks blocks = new RowBlocks(rows, outputs);
        for (int i = 0; i < scales.length; i++) {
            blocks.set(i / outputs, i % outputs, i % outputs, of.leverages()[i] / (scales[i] * scales[i]));
        }
        for (int k = 0; k < outputs; k++) {
            for (int l = 0; l < k; l++) {
                double[] both = new double[outputs];
                both[k] = 1;
                both[l] = 1;
                double[] sums = variances(trainingInputs, rows, both);
                for (int row = 0; row < rows; row++) {
                    blocks.set(row, k, l, (sums[row] - blocks.get(row, k, k) - blocks.get(row, l, l)) / 2);
                }
            }
        }
        return blocks;
    }

    private static double[] rowsOf(double[] values, int width, int[] chosen) {
        double[] result = new double[chosen.length * width];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(values, chosen[i] * width, result, i * width, width);
        }
        return result;
    }
}
