package gputrain.engine.jvm;

import gputrain.engine.JacobianMatrix;
import gputrain.model.Network;
import java.util.Arrays;

/** The derivatives of a network of any family, a backward pass for every output of every row: the oracle. */
final class RowDerivatives implements JacobianMatrix {
    private final Network network;
    private final int[] trained;

    RowDerivatives(Network network, int[] trained) {
        this.network = network;
        this.trained = trained;
    }

    @Override
    public void outputs(double[] parameters, double[] inputs, int rowFrom, int rowTo, double[] values) {
        RowNetwork one = RowNetwork.of(network);
        int outputs = network.outputs();
        for (int r = rowFrom; r < rowTo; r++) {
            System.arraycopy(one.forward(parameters, inputs, r * network.inputs()), 0, values, r * outputs, outputs);
        }
    }

    @Override
    public void derivatives(
            double[] parameters, double[] inputs, int rowFrom, int rowTo, double[] scale, double[] result) {
        RowNetwork one = RowNetwork.of(network);
        int outputs = network.outputs();
        int n = trained.length;
        double[] gradient = new double[network.parameterCount()];
        double[] direction = new double[outputs];
        for (int r = rowFrom; r < rowTo; r++) {
            one.forward(parameters, inputs, r * network.inputs());
            for (int i = r * outputs; i < (r + 1) * outputs; i++) {
                Arrays.fill(gradient, 0);
                Arrays.fill(direction, 0);
                direction[i - r * outputs] = scale[i];
                one.addParameterGradient(parameters, direction, gradient);
                for (int k = 0; k < n; k++) {
                    result[i * n + k] = gradient[trained[k]];
                }
            }
        }
    }
}
