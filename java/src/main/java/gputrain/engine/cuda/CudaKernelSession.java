package gputrain.engine.cuda;

import gputrain.engine.HeldOut;
import gputrain.engine.KernelChecks;
import gputrain.engine.KernelProblem;
import gputrain.engine.KernelSession;
import gputrain.engine.NotPositiveDefiniteException;
import gputrain.engine.Posterior;
import gputrain.model.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kernel model on a GPU. The matrix of distances is solved as the CPU engines do, from P = s 1 1^T - D, which is positive
 * definite: D^-1 = -[P^-1 + g u u^T] with u = P^-1 1 and g = s / (1 - s 1^T u).
 */
final class CudaKernelSession implements KernelSession {
    /** Doubles, beside the matrix, that a call has in memory at a time, about. */
    private static final long MOST_AT_ONCE = 1L << 25;

    private final KernelProblem problem;
    private final KernelModule module;
    private final KernelMatrix matrix;
    private final long most;
    private @Nullable Kernel kernel;
    private @Nullable Factor factor;
    private double @Nullable [] coefficients;
    private boolean closed;

    /**
     * What of a factorisation is in this program's memory.
     *
     * @param shift u; empty where the kernel is no distance
     * @param weight g
     */
    private record Factor(double[] diagonal, double[] shift, double weight) {}

    CudaKernelSession(KernelProblem problem, int device) {
        this(problem, device, MOST_AT_ONCE);
    }

    /** @param most as {@link #MOST_AT_ONCE}; never changes a result */
    CudaKernelSession(KernelProblem problem, int device, long most) {
        this.problem = problem;
        this.most = most;
        this.module = KernelModule.open(device);
        try {
            this.matrix = new KernelMatrix(problem, module, most);
        } catch (RuntimeException | Error e) {
            module.close();
            throw e;
        }
    }

    @Override
    public void assemble(Kernel wanted) {
        use();
        KernelChecks.requireFits(wanted, problem);
        kernel = wanted;
        factor = null;
        coefficients = null;
    }

    @Override
    public double[] matrix() {
        use();
        return matrix.rows(KernelChecks.assembled(kernel));
    }

    @Override
    public void factorise(double noise) {
        use();
        Kernel wanted = KernelChecks.assembled(kernel);
        KernelChecks.requireNoise(wanted, noise);
        factor = null;
        coefficients = null;
        factor = wanted instanceof Kernel.Distance
                ? distances(wanted)
                : new Factor(matrix.factorise(wanted, noise, 0), new double[0], 0);
    }

    private Factor distances(Kernel wanted) {
        double largest = matrix.largestDistance();
        double shift = largest > 0 ? 2 * largest : 1;
        double[] diagonal = matrix.factorise(wanted, 0, shift);
        double[] ones = new double[problem.rows()];
        Arrays.fill(ones, 1);
        double[] solution = matrix.solve(ones);
        double weight = shift / (1 - shift * Arrays.stream(solution).sum());
        if (!(weight < 0 && weight > Double.NEGATIVE_INFINITY)) {
            // One point: its distance to itself is no system to solve.
            throw new NotPositiveDefiniteException(0, problem.rows() - 1);
        }
        return new Factor(diagonal, solution, weight);
    }

    @Override
    public double logDeterminant() {
        use();
        Factor there = KernelChecks.factorised(factor);
        if (there.shift.length > 0) {
            return Double.NaN;
        }
        double sum = 0;
        for (double pivot : there.diagonal) {
            sum += 2 * Math.log(pivot);
        }
        return sum;
    }

    @Override
    public double[] solve(double[] rightHandSide) {
        use();
        KernelChecks.requireRows("right-hand side", rightHandSide, problem.rows());
        Factor there = KernelChecks.factorised(factor);
        double[] solution = matrix.solve(rightHandSide);
        double along = 0;
        for (int i = 0; i < there.shift.length; i++) {
            along += there.shift[i] * rightHandSide[i];
        }
        for (int i = 0; i < there.shift.length; i++) {
            solution[i] = -(solution[i] + there.weight * along * there.shift[i]);
        }
        return solution;
    }

    @Override
    public double[] coefficients() {
        return solved().clone();
    }

    private double[] solved() {
        double[] there = coefficients;
        if (there == null) {
            there = solve(problem.targets());
            coefficients = there;
        }
        return there;
    }

    @Override
    public HeldOut leaveOut(int[] blocks, boolean variances) {
        use();
        List<int[]> folds = KernelChecks.blocks(blocks, problem.rows());
        Factor there = KernelChecks.factorised(factor);
        double[] c = solved();
        double[] errors = new double[problem.rows()];
        double[] variance = new double[variances ? problem.rows() : 0];
        Arrays.fill(errors, Double.NaN);
        Arrays.fill(variance, Double.NaN);
        if (folds.stream().allMatch(fold -> fold.length == 1)) {
            leaveEachOut(folds, there, c, errors, variance);
            return new HeldOut(errors, variance);
        }
        // Of distances, the inverse without its sign is what is positive definite.
        double[] wanted = c.clone();
        boolean distance = there.shift.length > 0;
        if (distance) {
            negate(wanted);
        }
        new KernelFolds(module, matrix, most).solve(folds, there.shift, there.weight, wanted, errors, variance);
        if (distance) {
            negate(variance);
        }
        return new HeldOut(errors, variance);
    }

    private void leaveEachOut(List<int[]> folds, Factor there, double[] c, double[] errors, double[] variance) {
        double[] diagonal = matrix.inverseDiagonal();
        for (int i = 0; i < there.shift.length; i++) {
            diagonal[i] = -(diagonal[i] + there.weight * there.shift[i] * there.shift[i]);
        }
        for (int[] fold : folds) {
            errors[fold[0]] = c[fold[0]] / diagonal[fold[0]];
            if (variance.length > 0) {
                variance[fold[0]] = 1 / diagonal[fold[0]];
            }
        }
    }

    private static void negate(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
        }
    }

    @Override
    public List<double[]> crossValidate(double[] noises, int[] blocks) {
        List<double[]> errors = new ArrayList<>();
        for (double noise : noises) {
            try {
                factorise(noise);
                errors.add(leaveOut(blocks, false).errors());
            } catch (NotPositiveDefiniteException e) {
                double[] none = new double[problem.rows()];
                Arrays.fill(none, Double.NaN);
                errors.add(none);
            }
        }
        return errors;
    }

    @Override
    public Posterior predict(double[] coordinates, int rows, boolean variance) {
        use();
        KernelChecks.requirePoints(coordinates, rows, problem.columns());
        Kernel wanted = KernelChecks.assembled(kernel);
        KernelChecks.requireVariance(wanted, variance);
        KernelChecks.factorised(factor);
        return matrix.predict(wanted, coordinates, rows, solved(), variance);
    }

    @Override
    public String method() {
        return "Cholesky in float64 on GPU " + module.device().properties().number() + ", whole matrix of "
                + problem.rows() + " points";
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            module.close();
        }
    }

    private void use() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        module.device().use();
    }
}
