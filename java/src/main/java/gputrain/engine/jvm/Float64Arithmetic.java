package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.EdgePenalty;
import gputrain.engine.Linearisation;
import gputrain.engine.LossFunction;
import gputrain.engine.Optimizer;
import gputrain.engine.Precision;
import gputrain.engine.Replica;
import gputrain.engine.TrainingPlan;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import gputrain.model.ParameterTensor;
import gputrain.model.SplineNetwork;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Float64, row by row: the oracle. Sums run in the order of the rows. A plan in float32, which only product units bring
 * here, has its data, parameters and moments rounded to float32.
 */
final class Float64Arithmetic implements Arithmetic {
    private final TrainingPlan plan;
    private final DataSet data;
    private final boolean rounded;
    private final Linearisation.Source linearisations;

    /** @param linearisations for Levenberg-Marquardt */
    Float64Arithmetic(TrainingPlan plan, DataSet data, Linearisation.Source linearisations) {
        this.plan = plan;
        this.linearisations = linearisations;
        this.rounded = plan.precision() == Precision.FLOAT32;
        this.data = new DataSet(
                data.rows(), data.inputWidth(), data.targetWidth(), round(data.inputs()), round(data.targets()));
    }

    /** A copy, in the plan's precision. */
    private double[] round(double[] values) {
        double[] result = values.clone();
        for (int i = 0; rounded && i < result.length; i++) {
            result[i] = (float) result[i];
        }
        return result;
    }

    @Override
    public Trainer trainer(Replica replica) {
        return new Float64Trainer(replica.weightDecay());
    }

    @Override
    public double[] predict(double[] parameters, double[] inputs, int rows) {
        Network shape = plan.network();
        RowNetwork network = RowNetwork.of(shape);
        double[] outputs = new double[rows * shape.outputs()];
        for (int row = 0; row < rows; row++) {
            double[] y = network.forward(parameters, inputs, row * shape.inputs());
            System.arraycopy(y, 0, outputs, row * shape.outputs(), y.length);
        }
        return outputs;
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] inputs, int rows, double[] outputWeights) {
        int width = plan.network().inputs();
        RowNetwork network = RowNetwork.of(plan.network());
        double[] gradients = new double[rows * width];
        for (int row = 0; row < rows; row++) {
            network.forward(parameters, inputs, row * width);
            System.arraycopy(network.inputGradient(parameters, outputWeights), 0, gradients, row * width, width);
        }
        return gradients;
    }

    private final class Float64Trainer implements Trainer {
        private final RowNetwork network = RowNetwork.of(plan.network());
        private final double weightDecay;
        private final double[] gradient = new double[plan.network().parameterCount()];
        private final @Nullable PenaltyTerm penalty;
        /** From the first step of an advance to its last. */
        private @Nullable LeastSquares objective;

        private double lossOfGradient;
        private double[] parameters = {};
        private double[] first = {};
        private double[] second = {};

        Float64Trainer(double weightDecay) {
            this.weightDecay = weightDecay;
            this.penalty =
                    network instanceof SplineEdges edges && !plan.penalty().equals(EdgePenalty.NONE)
                            ? new PenaltyTerm((SplineNetwork) plan.network(), edges, plan.penalty(), data)
                            : null;
        }

        @Override
        public double gradient(int[] rows, int from, int to) {
            if (penalty != null) {
                penalty.look(parameters, rows, from, to);
            }
            int outputs = data.targetWidth();
            double terms = (double) (to - from) * outputs;
            double[] outputGradient = new double[outputs];
            double sum = 0;
            Arrays.fill(gradient, 0);
            for (int i = from; i < to; i++) {
                double[] y = network.forward(parameters, data.inputs(), rows[i] * data.inputWidth());
                for (int k = 0; k < outputs; k++) {
                    double residual = y[k] - data.targets()[rows[i] * outputs + k];
                    sum += LossFunction.value(plan.loss(), residual);
                    outputGradient[k] = LossFunction.derivative(plan.loss(), residual) / terms;
                }
                network.addParameterGradient(parameters, outputGradient, gradient);
            }
            return sum;
        }

        @Override
        public void update(double rate, long step) {
            decay();
            if (plan.optimizer() instanceof Optimizer.Adam adam) {
                adamStep(adam, rate, step);
            } else if (plan.optimizer() instanceof Optimizer.Sgd sgd) {
                sgdStep(sgd, rate);
            }
            if (rounded) {
                load(parameters, first, second);
            }
        }

        private void decay() {
            for (ParameterTensor tensor : plan.network().tensors()) {
                for (int i = tensor.offset(); tensor.trained() && i < tensor.offset() + tensor.size(); i++) {
                    gradient[i] += weightDecay * parameters[i];
                }
            }
        }

        @Override
        public Iteration iterate(int[] rows, double rate, long steps) {
            if (plan.optimizer() instanceof Optimizer.LevenbergMarquardt settings) {
                return dampedStep(settings, rows, steps);
            }
            Optimizer.Lbfgs lbfgs = (Optimizer.Lbfgs) plan.optimizer();
            double[] point = parameters.clone();
            double[] slope = new double[point.length];
            double value = objective(rows, point, slope);
            double loss = lossOfGradient;
            if (!Double.isFinite(value)) {
                return new Iteration(Double.NaN, QuasiNewton.Outcome.CONVERGED);
            }
            QuasiNewton.Outcome outcome = new QuasiNewton(lbfgs, (at, to) -> objective(rows, at, to), first, second)
                    .iterate(point, value, slope, rate);
            parameters = point;
            return new Iteration(loss, outcome);
        }

        private Iteration dampedStep(Optimizer.LevenbergMarquardt settings, int[] rows, long steps) {
            if (objective == null) {
                ParameterGroups groups = settings.evidence().groups(plan.network());
                double[] decay = Arrays.copyOfRange(first, 1, first.length);
                // Before the first step there are none yet.
                if (second[0] == 0) {
                    Arrays.fill(decay, weightDecay);
                }
                objective = new LeastSquares(plan.network(), plan.loss(), data, rows, groups, decay, linearisations);
            }
            double[] to = new DampedStep(settings, objective, first, second).from(parameters, steps);
            if (to == null) {
                return new Iteration(Double.NaN, QuasiNewton.Outcome.CONVERGED);
            }
            QuasiNewton.Outcome outcome = to == parameters ? QuasiNewton.Outcome.CONVERGED : QuasiNewton.Outcome.MOVED;
            parameters = to;
            return new Iteration(objective.lossSum(), outcome);
        }

        @Override
        public void rest() {
            if (objective != null) {
                objective.close();
                objective = null;
            }
        }

        /** Loss, penalty and decay at a point; the gradient of their sum goes to {@code slope}. */
        private double objective(int[] rows, double[] point, double[] slope) {
            parameters = point;
            lossOfGradient = gradient(rows, 0, rows.length);
            decay();
            System.arraycopy(gradient, 0, slope, 0, slope.length);
            double squares = 0;
            for (ParameterTensor tensor : plan.network().tensors()) {
                for (int i = tensor.offset(); tensor.trained() && i < tensor.offset() + tensor.size(); i++) {
                    squares += point[i] * point[i];
                }
            }
            return lossOfGradient / ((double) rows.length * data.targetWidth())
                    + (penalty == null ? 0 : penalty.value())
                    + weightDecay / 2 * squares;
        }

        private void adamStep(Optimizer.Adam adam, double rate, long step) {
            double correction1 = 1 - Math.pow(adam.beta1(), (double) step);
            double correction2 = 1 - Math.pow(adam.beta2(), (double) step);
            for (int i = 0; i < parameters.length; i++) {
                double g = gradient[i];
                first[i] = adam.beta1() * first[i] + (1 - adam.beta1()) * g;
                second[i] = adam.beta2() * second[i] + (1 - adam.beta2()) * g * g;
                double denominator = Math.sqrt(second[i]) / Math.sqrt(correction2) + adam.epsilon();
                parameters[i] -= rate / correction1 * first[i] / denominator;
            }
        }

        private void sgdStep(Optimizer.Sgd sgd, double rate) {
            for (int i = 0; i < parameters.length; i++) {
                first[i] = sgd.momentum() * first[i] + gradient[i];
                parameters[i] -= rate * first[i];
            }
        }

        @Override
        public double sumOfSquares(int[] rows, double[] outputWeights) {
            int outputs = data.targetWidth();
            double sum = 0;
            for (int row : rows) {
                double[] y = network.forward(parameters, data.inputs(), row * data.inputWidth());
                double e = 0;
                for (int k = 0; k < outputs; k++) {
                    e += outputWeights[k] * (y[k] - data.targets()[row * outputs + k]);
                }
                sum += e * e;
            }
            return sum;
        }

        @Override
        public double[] parameters() {
            return parameters.clone();
        }

        @Override
        public double[] firstMoment() {
            return first.clone();
        }

        @Override
        public double[] secondMoment() {
            return second.clone();
        }

        @Override
        public void load(double[] newParameters, double[] firstMoment, double[] secondMoment) {
            parameters = round(newParameters);
            first = round(firstMoment);
            second = round(secondMoment);
        }
    }
}
