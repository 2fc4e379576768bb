package gputrain.engine;

import gputrain.model.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A kernel model on a CPU. The engine gives the dense operations; what is done with them is here. An additive kernel of
 * small rank is solved in its own features, everything else with the whole matrix.
 */
public final class HostKernelSession implements KernelSession {
    /** Below this noise, relative to the diagonal, 1 - h of the low-rank formula has too few digits left. */
    private static final double SMALLEST_NOISE = 1e-8;

    /** From so many noises on, the eigenvectors of any number of features pay: no noise needs a factor of its own. */
    private static final int MANY_NOISES = 4;

    private final KernelProblem problem;
    private final DenseAlgebra algebra;
    private final String name;
    private @Nullable Kernel kernel;
    private double @Nullable [] matrix;
    private @Nullable LowRankMatrix lowRank;
    private int rankTried;
    private @Nullable KernelFactorisation factorisation;
    private double @Nullable [] coefficients;

    /** @param name of the operations, for the log */
    public HostKernelSession(KernelProblem problem, DenseAlgebra algebra, String name) {
        this.problem = problem;
        this.algebra = algebra;
        this.name = name;
    }

    @Override
    public void assemble(Kernel wanted) {
        KernelChecks.requireFits(wanted, problem);
        kernel = wanted;
        matrix = null;
        lowRank = null;
        rankTried = 0;
        factorisation = null;
        coefficients = null;
    }

    @Override
    public double[] matrix() {
        return whole().clone();
    }

    private double[] whole() {
        double[] there = matrix;
        if (there == null) {
            Kernel wanted = KernelChecks.assembled(kernel);
            int n = problem.rows();
            there = new double[n * n];
            algebra.assemble(wanted, problem.coordinates(), n, problem.coordinates(), n, problem.columns(), there);
            matrix = there;
        }
        return there;
    }

    @Override
    public void factorise(double noise) {
        Kernel wanted = KernelChecks.assembled(kernel);
        KernelChecks.requireNoise(wanted, noise);
        factorisation = null;
        coefficients = null;
        Optional<LowRankMatrix> small = noise >= SMALLEST_NOISE * wanted.diagonal(problem.columns())
                ? lowRank(wanted, problem.rows() / 2)
                : Optional.empty();
        factorisation = small.isPresent()
                ? small.get().with(noise)
                : new DenseFactorisation(problem, wanted, algebra, whole(), noise);
    }

    /** @param most features that are worth their eigenvectors */
    private Optional<LowRankMatrix> lowRank(Kernel wanted, int most) {
        if (lowRank == null && most > rankTried && wanted instanceof Kernel.Additive additive) {
            rankTried = most;
            try {
                lowRank = AdditiveFeatures.of(problem, additive, most)
                        .map(features -> new LowRankMatrix(problem, additive, algebra, features))
                        .orElse(null);
            } catch (EngineException e) {
                // Eigenvectors that did not converge, as in plain Java for more than a thousand features: the whole
                // matrix needs none.
                rankTried = problem.rows();
            }
        }
        return Optional.ofNullable(lowRank);
    }

    private KernelFactorisation factorised() {
        return KernelChecks.factorised(factorisation);
    }

    @Override
    public double logDeterminant() {
        return factorised().logDeterminant();
    }

    @Override
    public double[] solve(double[] rightHandSide) {
        KernelChecks.requireRows("right-hand side", rightHandSide, problem.rows());
        double[] b = rightHandSide.clone();
        factorised().solve(b);
        return b;
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
        return leaveOut(KernelChecks.blocks(blocks, problem.rows()), variances);
    }

    private HeldOut leaveOut(List<int[]> members, boolean variances) {
        KernelFactorisation there = factorised();
        double[] c = solved();
        double[] errors = new double[problem.rows()];
        double[] variance = new double[variances ? problem.rows() : 0];
        Arrays.fill(errors, Double.NaN);
        Arrays.fill(variance, Double.NaN);
        boolean single = members.stream().allMatch(rows -> rows.length == 1);
        double[] diagonal = single ? there.inverseDiagonal() : new double[0];
        for (int[] rows : members) {
            if (single) {
                errors[rows[0]] = c[rows[0]] / diagonal[rows[0]];
                if (variances) {
                    variance[rows[0]] = 1 / diagonal[rows[0]];
                }
            } else {
                double[] direct = variances ? null : there.leaveOut(rows);
                if (direct == null) {
                    leaveOut(rows, there.inverseBlock(rows), c, errors, variance);
                } else {
                    for (int i = 0; i < rows.length; i++) {
                        errors[rows[i]] = direct[i];
                    }
                }
            }
        }
        return new HeldOut(errors, variance);
    }

    private void leaveOut(int[] rows, double[] block, double[] c, double[] errors, double[] variance) {
        int m = rows.length;
        double[] e = new double[m];
        // The inverse of a matrix of distances is negative definite on every block.
        double sign = kernel instanceof Kernel.Distance ? -1 : 1;
        for (int i = 0; i < m; i++) {
            e[i] = sign * c[rows[i]];
        }
        if (sign < 0) {
            for (int i = 0; i < block.length; i++) {
                block[i] = -block[i];
            }
        }
        int pivot = algebra.cholesky(block, m);
        if (pivot >= 0) {
            throw new NotPositiveDefiniteException(0, rows[pivot]);
        }
        algebra.solve(block, m, e, 1);
        for (int i = 0; i < m; i++) {
            errors[rows[i]] = e[i];
        }
        if (variance.length > 0) {
            algebra.invert(block, m);
            for (int i = 0; i < m; i++) {
                variance[rows[i]] = sign * block[i * m + i];
            }
        }
    }

    @Override
    public List<double[]> crossValidate(double[] noises, int[] blocks) {
        if (noises.length >= MANY_NOISES) {
            lowRank(KernelChecks.assembled(kernel), problem.rows());
        }
        List<int[]> members = KernelChecks.blocks(blocks, problem.rows());
        List<double[]> errors = new ArrayList<>();
        for (double noise : noises) {
            try {
                factorise(noise);
                errors.add(leaveOut(members, false).errors());
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
        KernelProblem.checkPoints(coordinates, rows, problem.columns());
        KernelChecks.requireVariance(KernelChecks.assembled(kernel), variance);
        return factorised().predict(coordinates, rows, solved(), variance);
    }

    @Override
    public String method() {
        LowRankMatrix small = lowRank;
        return small == null
                ? name + ", whole matrix of " + problem.rows() + " points"
                : name + ", " + small.rank() + " features of " + problem.rows() + " points";
    }

    @Override
    public void close() {
        matrix = null;
        lowRank = null;
        factorisation = null;
    }
}
