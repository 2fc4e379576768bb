package gputrain.experiment;

import gputrain.engine.LearningRateRule;
import gputrain.engine.Loss;
import gputrain.engine.Optimizer;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan's parts as a person would write them. */
final class PlanText {
    private PlanText() {}

    static String of(Loss loss) {
        if (loss instanceof Loss.Huber huber) {
            return "Huber, delta " + number(huber.delta());
        }
        if (loss instanceof Loss.ComplexSquared) {
            return "mean of (Re y - target)^2 + (Im y)^2 over the nuclei, y the complex output";
        }
        return loss instanceof Loss.MeanAbsolute ? "mean absolute error" : "mean squared error";
    }

    static String of(Optimizer optimizer) {
        if (optimizer instanceof Optimizer.Adam adam) {
            return "Adam, beta " + number(adam.beta1()) + " and " + number(adam.beta2()) + ", epsilon "
                    + number(adam.epsilon());
        }
        if (optimizer instanceof Optimizer.Lbfgs lbfgs) {
            return "L-BFGS, " + lbfgs.history() + " pairs, strong Wolfe line search of at most " + lbfgs.evaluations()
                    + " evaluations; an epoch is one iteration";
        }
        if (optimizer instanceof Optimizer.LevenbergMarquardt damped) {
            return "Levenberg-Marquardt, Nielsen's damping from " + number(damped.initialDamping()) + ", at most "
                    + damped.trials() + " trials of a step, until no entry of the gradient is above "
                    + number(damped.tolerance()) + "; an epoch is one step"
                    + (damped.acceleration() > 0
                            ? ", with geodesic acceleration up to " + number(damped.acceleration()) + " of it"
                            : "")
                    + (damped.evidence().wanted() ? "; " + evidence(damped.evidence()) : "");
        }
        return "gradient descent, momentum " + number(((Optimizer.Sgd) optimizer).momentum());
    }

    static String of(LearningRateRule rule) {
        if (rule instanceof LearningRateRule.Constant constant) {
            return number(constant.rate());
        }
        if (rule instanceof LearningRateRule.ByTrainingLoss table) {
            return table.lines().stream()
                            .map(line -> number(line.rate()) + " from loss " + number(line.lossAtLeast()))
                            .collect(Collectors.joining(", "))
                    + (table.latched() ? ", never back up" : "");
        }
        if (rule instanceof LearningRateRule.Step step) {
            return number(step.rate()) + ", times " + number(step.factor()) + " every " + step.every() + " epochs";
        }
        if (rule instanceof LearningRateRule.ReduceOnPlateau plateau) {
            return number(plateau.rate()) + ", times " + number(plateau.factor()) + " after " + plateau.patience()
                    + " epochs without improvement, at least " + number(plateau.minimum());
        }
        LearningRateRule.Cosine cosine = (LearningRateRule.Cosine) rule;
        return "cosine from " + number(cosine.rate()) + " to " + number(cosine.minimum()) + " over " + cosine.epochs()
                + " epochs";
    }

    /** The epochs whose parameters are averaged: the last ones of the most that there can be. */
    static String averaged(long epochs, long averageLast) {
        return "epochs " + (epochs - averageLast + 1) + " to " + epochs;
    }

    /** Four significant digits, plain from 0.001 to 9999, otherwise like 1e-6. */
    static String number(double value) {
        double magnitude = Math.abs(value);
        if (value == 0 || (magnitude >= 1e-3 && magnitude < 1e4)) {
            return trim(String.format(Locale.ROOT, "%.6f", value));
        }
        String[] parts = String.format(Locale.ROOT, "%.3e", value).split("e", -1);
        return trim(parts[0]) + "e" + Integer.parseInt(parts[1]);
    }

    private static String trim(String digits) {
        return digits.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static String evidence(Optimizer.Evidence evidence) {
        return "weight decay by the evidence every " + evidence.every() + " steps, "
                + (evidence.byLayer() ? "one for each layer" : "one for all parameters");
    }
}
