package gputrain.engine.jvm;

import gputrain.engine.DataSet;
import gputrain.engine.LossFunction;
import gputrain.engine.Optimizer;
import gputrain.engine.Replica;
import gputrain.engine.TrainingPlan;
import gputrain.model.DenseNetwork;

/** Dense networks in float32, tile by tile of rows in their order. Losses and rms are summed in float64. */
final class Float32Arithmetic implements Arithmetic {
    private final TrainingPlan plan;
    private final DenseNetwork shape;
    /** {@code [rows][inputs]}, shared by the trainers, never written. */
    private final float[][] inputs;

    private final float[][] targets;

    Float32Arithmetic(TrainingPlan plan, DenseNetwork shape, DataSet data) {
        this.plan = plan;
        this.shape = shape;
        this.inputs = rows(data.inputs(), data.rows(), data.inputWidth());
        this.targets = rows(data.targets(), data.rows(), data.targetWidth());
    }

    private static float[][] rows(double[] values, int rows, int width) {
        float[][] result = new float[rows][width];
        for (int i = 0; i < values.length; i++) {
            result[i / width][i % width] = (float) values[i];
        }
        return result;
    }

    private static float[] narrowed(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static double[] widened(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    @Override
    public Trainer trainer(Replica replica) {
        return new Float32Trainer((float) replica.weightDecay());
    }

    @Override
    public double[] predict(double[] parameters, double[] values, int rows) {
        Float32Network network = new Float32Network(shape);
        network.load(narrowed(parameters));
        float[][] x = rows(values, rows, shape.inputs());
        double[] outputs = new double[rows * shape.outputs()];
        for (int start = 0; start < rows; start += Float32Network.TILE) {
            int count = forwardTile(network, x, start);
            for (int t = 0; t < count; t++) {
                for (int k = 0; k < shape.outputs(); k++) {
                    outputs[(start + t) * shape.outputs() + k] = network.output(t)[k];
                }
            }
        }
        return outputs;
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] values, int rows, double[] outputWeights) {
        Float32Network network = new Float32Network(shape);
        network.load(narrowed(parameters));
        float[] weights = narrowed(outputWeights);
        float[][] x = rows(values, rows, shape.inputs());
        double[] gradients = new double[rows * shape.inputs()];
        for (int start = 0; start < rows; start += Float32Network.TILE) {
            int count = forwardTile(network, x, start);
            for (int t = 0; t < count; t++) {
                System.arraycopy(weights, 0, network.outputGradient(t), 0, weights.length);
            }
            float[][] tile = network.inputGradient(count);
            for (int t = 0; t < count; t++) {
                double[] row = widened(tile[t]);
                System.arraycopy(row, 0, gradients, (start + t) * row.length, row.length);
            }
        }
        return gradients;
    }

    private static int forwardTile(Float32Network network, float[][] x, int start) {
        int count = Math.min(Float32Network.TILE, x.length - start);
        for (int t = 0; t < count; t++) {
            network.input(t, x[start + t]);
        }
        network.forward(count);
        return count;
    }

    private final class Float32Trainer implements Trainer {
        private final Float32Network network = new Float32Network(shape);
        private final float weightDecay;
        private final float[] gradient = new float[shape.parameterCount()];
        private float[] parameters = {};
        private float[] first = {};
        private float[] second = {};

        Float32Trainer(float weightDecay) {
            this.weightDecay = weightDecay;
        }

        @Override
        public double gradient(int[] rows, int from, int to) {
            double terms = (double) (to - from) * shape.outputs();
            double sum = 0;
            network.clearGradient();
            for (int start = from; start < to; start += Float32Network.TILE) {
                int count = forward(rows, start, to);
                for (int t = 0; t < count; t++) {
                    sum += rowLoss(t, targets[rows[start + t]], terms);
                }
                network.backward(count);
            }
            network.copyGradient(gradient);
            return sum;
        }

        private int forward(int[] rows, int start, int to) {
            int count = Math.min(Float32Network.TILE, to - start);
            for (int t = 0; t < count; t++) {
                network.input(t, inputs[rows[start + t]]);
            }
            network.forward(count);
            return count;
        }

        private double rowLoss(int t, float[] target, double terms) {
            float[] y = network.output(t);
            float[] outputGradient = network.outputGradient(t);
            double sum = 0;
            for (int k = 0; k < y.length; k++) {
                double residual = y[k] - target[k];
                sum += LossFunction.value(plan.loss(), residual);
                outputGradient[k] = (float) (LossFunction.derivative(plan.loss(), residual) / terms);
            }
            return sum;
        }

        @Override
        public void update(double rate, long step) {
            if (weightDecay != 0) {
                FloatKernels.decay(gradient, parameters, weightDecay);
            }
            if (plan.optimizer() instanceof Optimizer.Adam adam) {
                FloatKernels.adam(adam, parameters, gradient, first, second, rate, step);
            } else if (plan.optimizer() instanceof Optimizer.Sgd sgd) {
                FloatKernels.sgd(sgd, parameters, gradient, first, rate);
            }
            network.load(parameters);
        }

        @Override
        public Arithmetic.Iteration iterate(int[] rows, double rate, long steps) {
            throw new IllegalStateException("plans with L-BFGS are in float64");
        }

        @Override
        public double sumOfSquares(int[] rows, double[] outputWeights) {
            double sum = 0;
            for (int start = 0; start < rows.length; start += Float32Network.TILE) {
                int count = forward(rows, start, rows.length);
                for (int t = 0; t < count; t++) {
                    float[] y = network.output(t);
                    float[] target = targets[rows[start + t]];
                    double e = 0;
                    for (int k = 0; k < y.length; k++) {
                        e += outputWeights[k] * ((double) y[k] - target[k]);
                    }
                    sum += e * e;
                }
            }
            return sum;
        }

        @Override
        public double[] parameters() {
            return widened(parameters);
        }

        @Override
        public double[] firstMoment() {
            return widened(first);
        }

        @Override
        public double[] secondMoment() {
            return widened(second);
        }

        @Override
        public void load(double[] newParameters, double[] firstMoment, double[] secondMoment) {
            parameters = narrowed(newParameters);
            first = narrowed(firstMoment);
            second = narrowed(secondMoment);
            network.load(parameters);
        }
    }
}
