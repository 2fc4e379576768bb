package gputrain.experiment;

import gputrain.engine.Engine;
import gputrain.engine.EngineOptions;
import gputrain.engine.NotPositiveDefiniteException;
import java.util.Arrays;
import org.hipparchus.analysis.MultivariateFunction;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.PointValuePair;
import org.hipparchus.optim.SimpleValueChecker;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.hipparchus.optim.nonlinear.scalar.noderiv.SimplexOptimizer;

/**
 * Hyperparameters of the comparators: those with the smallest leave-one-out error on the nuclei that are fitted, found by
 * Nelder and Mead's simplex in their logarithms. Nothing outside the training set is looked at.
 */
final class KernelSearch {
    private static final double TOLERANCE = 1e-4;
    private static final int MOST = 400;

    private KernelSearch() {}

    /**
     * The settings of a form that fit some rows best, from the form's usual ones.
     *
     * @param requireRunning called between steps; throws when a stop is wanted
     */
    static KernelSettings leaveOneOut(
            KernelData data,
            KernelSettings.Form form,
            int[] rows,
            Engine engine,
            EngineOptions options,
            Runnable requireRunning) {
        KernelSettings start = start(form);
        return form == KernelSettings.Form.RBF
                ? start
                : leaveOneOut(data, start, rows, engine, options, requireRunning);
    }

    /** The settings that fit some rows best; R and the conventions of scaling stay. */
    static KernelSettings leaveOneOut(
            KernelData data,
            KernelSettings start,
            int[] rows,
            Engine engine,
            EngineOptions options,
            Runnable requireRunning) {
        try (KernelFit fit = new KernelFit(data, start, rows, engine, options)) {
            MultivariateFunction error = logarithms -> {
                requireRunning.run();
                KernelSettings settings = at(start, logarithms);
                try {
                    fit.refit(settings);
                    return rms(fit.leaveOneOut());
                } catch (NotPositiveDefiniteException | IllegalArgumentException e) {
                    return Double.MAX_VALUE;
                }
            };
            double[] from = logarithms(start);
            double[] steps = new double[from.length];
            Arrays.fill(steps, 0.5);
            PointValuePair best = new SimplexOptimizer(new SimpleValueChecker(TOLERANCE, TOLERANCE / 10))
                    .optimize(
                            new MaxEval(MOST),
                            new ObjectiveFunction(error),
                            GoalType.MINIMIZE,
                            new InitialGuess(from),
                            new NelderMeadSimplex(steps));
            return at(start, best.getPoint());
        }
    }

    private static KernelSettings start(KernelSettings.Form form) {
        return switch (form) {
            case GPR_NN -> KernelSettings.gprNn(3, 0.05, 0.01);
            case GPR -> new KernelSettings(form, 0, 0.03, 0.1, 1, 0, false, false);
            case KRR -> new KernelSettings(form, 0, 2, 0.3, 1, 0, false, false);
            case KRR_ODD_EVEN -> new KernelSettings(form, 0, 2, 0.3, 3, 0.5, false, false);
            case RBF -> new KernelSettings(form, 0, 1, 0, 1, 0, false, false);
        };
    }

    private static double[] logarithms(KernelSettings s) {
        double[] all = {Math.log(s.length()), Math.log(s.noise()), Math.log(s.classLength()), Math.log(s.classWeight())
        };
        return Arrays.copyOf(all, s.form() == KernelSettings.Form.KRR_ODD_EVEN ? 4 : 2);
    }

    private static KernelSettings at(KernelSettings start, double[] logarithms) {
        KernelSettings plain = start.with(Math.exp(logarithms[0]), Math.exp(logarithms[1]));
        return logarithms.length == 2
                ? plain
                : new KernelSettings(
                        plain.form(),
                        0,
                        plain.length(),
                        plain.noise(),
                        Math.exp(logarithms[2]),
                        Math.exp(logarithms[3]),
                        false,
                        false);
    }

    static double rms(double[] errors) {
        double sum = 0;
        for (double error : errors) {
            sum += error * error;
        }
        return Math.sqrt(sum / errors.length);
    }
}
