package gputrain.engine.jvm;

import gputrain.model.ProductUnitNetwork;
import java.util.Arrays;

/**
 * Real product units on one row in float64, as the equations say:
 *
 * <pre>
 *   z = W x + b,  h = max(guard, z),  u_k = exp(sum_j E_kj log h_j),  y = sum_k c_k u_k + d
 *   ds_k = u_k c_k dy,  dE_kj = ds_k log h_j,  dz_j = (sum_k E_kj ds_k) / h_j where z_j &gt; guard, else 0
 * </pre>
 */
final class RealProductUnits implements RowNetwork {
    private final ProductUnitNetwork network;
    private final int weights;
    private final int biases;
    private final int exponents;
    private final int coefficients;
    private final int bias;
    private final double[] x;
    private final double[] z;
    private final double[] log;
    private final double[] unit;
    private final double[] output = new double[1];

    RealProductUnits(ProductUnitNetwork network) {
        this.network = network;
        boolean linear = network.linearUnits() > 0;
        this.weights = linear ? network.offset("linear.weight") : 0;
        this.biases = linear ? network.offset("linear.bias") : 0;
        this.exponents = network.offset("exponent");
        this.coefficients = network.offset("coefficient");
        this.bias = network.offset("bias");
        this.x = new double[network.inputs()];
        this.z = new double[network.factors()];
        this.log = new double[network.factors()];
        this.unit = new double[network.productUnits()];
    }

    @Override
    public double[] forward(double[] parameters, double[] inputs, int offset) {
        System.arraycopy(inputs, offset, x, 0, x.length);
        for (int j = 0; j < z.length; j++) {
            z[j] = network.linearUnits() > 0 ? linear(parameters, j) : x[j];
            log[j] = Math.log(Math.max(network.guard(), z[j]));
        }
        double sum = parameters[bias];
        for (int k = 0; k < unit.length; k++) {
            double exponent = 0;
            for (int j = 0; j < z.length; j++) {
                exponent += parameters[exponents + k * z.length + j] * log[j];
            }
            unit[k] = Math.exp(exponent);
            sum += parameters[coefficients + k] * unit[k];
        }
        output[0] = sum;
        return output;
    }

    private double linear(double[] parameters, int j) {
        double sum = parameters[biases + j];
        for (int i = 0; i < x.length; i++) {
            sum += parameters[weights + j * x.length + i] * x[i];
        }
        return sum;
    }

    @Override
    public void addParameterGradient(double[] parameters, double[] outputGradient, double[] gradient) {
        double dy = outputGradient[0];
        gradient[bias] += dy;
        for (int k = 0; k < unit.length; k++) {
            gradient[coefficients + k] += unit[k] * dy;
            double ds = unit[k] * parameters[coefficients + k] * dy;
            for (int j = 0; j < z.length; j++) {
                gradient[exponents + k * z.length + j] += ds * log[j];
            }
        }
        if (network.linearUnits() == 0) {
            return;
        }
        double[] dz = factorGradient(parameters, dy);
        for (int j = 0; j < z.length; j++) {
            gradient[biases + j] += dz[j];
            for (int i = 0; i < x.length; i++) {
                gradient[weights + j * x.length + i] += dz[j] * x[i];
            }
        }
    }

    private double[] factorGradient(double[] parameters, double dy) {
        double[] dz = new double[z.length];
        for (int k = 0; k < unit.length; k++) {
            double ds = unit[k] * parameters[coefficients + k] * dy;
            for (int j = 0; j < z.length; j++) {
                dz[j] += parameters[exponents + k * z.length + j] * ds;
            }
        }
        for (int j = 0; j < z.length; j++) {
            dz[j] = z[j] > network.guard() ? dz[j] / z[j] : 0;
        }
        return dz;
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] outputWeights) {
        double[] dz = factorGradient(parameters, outputWeights[0]);
        if (network.linearUnits() == 0) {
            return Arrays.copyOf(dz, dz.length);
        }
        double[] dx = new double[x.length];
        for (int j = 0; j < z.length; j++) {
            for (int i = 0; i < x.length; i++) {
                dx[i] += parameters[weights + j * x.length + i] * dz[j];
            }
        }
        return dx;
    }
}
