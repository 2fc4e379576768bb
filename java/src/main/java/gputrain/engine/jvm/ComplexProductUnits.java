package gputrain.engine.jvm;

import gputrain.model.ProductUnitNetwork;

/**
 * Complex product units on one row in float64. With the gradient of the loss by a complex w written g_w = dL/dRe w + i
 * dL/dIm w (twice Wirtinger's derivative by the conjugate, as PyTorch has it), a holomorphic w = f(z) gives g_z =
 * conj(f'(z)) g_w:
 *
 * <pre>
 *   z = W x + b,  l_j = ln max(guard, |z_j|) + i arg z_j,  u_k = exp(sum_j E_kj l_j),  y = sum_k c_k u_k + d
 *   g_c = conj(u) g_y,  g_s = conj(u c) g_y,  g_E = g_s conj(l)^T,  g_l = E^H g_s,  g_z = z / max(guard, |z|)^2 g_l
 *   g_W = g_z x^T,  g_b = g_z,  dL/dx = Re(W^H g_z)
 * </pre>
 *
 * <p>Below the guard the derivative of the logarithm is replaced by conj(z) / guard^2, which is finite and 0 at 0.
 */
final class ComplexProductUnits implements RowNetwork {
    private final ProductUnitNetwork network;
    private final int weights;
    private final int biases;
    private final int exponents;
    private final int coefficients;
    private final int bias;
    /** From a real part to its imaginary part. */
    private final int weightPlane;

    private final int factors;
    private final int units;
    private final int exponentPlane;
    private final double[] x;
    private final double[] zRe;
    private final double[] zIm;
    private final double[] logRe;
    private final double[] logIm;
    private final double[] unitRe;
    private final double[] unitIm;
    private final double[] gRe;
    private final double[] gIm;
    private final double[] output = new double[2];

    ComplexProductUnits(ProductUnitNetwork network) {
        this.network = network;
        this.factors = network.factors();
        this.units = network.productUnits();
        boolean linear = network.linearUnits() > 0;
        this.weights = linear ? network.offset("linear.weight") : 0;
        this.biases = linear ? network.offset("linear.bias") : 0;
        this.exponents = network.offset("exponent");
        this.coefficients = network.offset("coefficient");
        this.bias = network.offset("bias");
        this.weightPlane = network.linearUnits() * network.inputs();
        this.exponentPlane = units * factors;
        this.x = new double[network.inputs()];
        this.zRe = new double[factors];
        this.zIm = new double[factors];
        this.logRe = new double[factors];
        this.logIm = new double[factors];
        this.unitRe = new double[units];
        this.unitIm = new double[units];
        this.gRe = new double[factors];
        this.gIm = new double[factors];
    }

    @Override
    public double[] forward(double[] parameters, double[] inputs, int offset) {
        System.arraycopy(inputs, offset, x, 0, x.length);
        for (int j = 0; j < factors; j++) {
            linear(parameters, j);
            logRe[j] = 0.5 * Math.log(guarded(j));
            logIm[j] = Math.atan2(zIm[j], zRe[j]);
        }
        output[0] = parameters[bias];
        output[1] = parameters[bias + 1];
        for (int k = 0; k < units; k++) {
            double re = 0;
            double im = 0;
            for (int j = 0; j < factors; j++) {
                double a = parameters[exponents + k * factors + j];
                double b = parameters[exponents + exponentPlane + k * factors + j];
                re += a * logRe[j] - b * logIm[j];
                im += a * logIm[j] + b * logRe[j];
            }
            double size = Math.exp(re);
            unitRe[k] = size * Math.cos(im);
            unitIm[k] = size * Math.sin(im);
            double a = parameters[coefficients + k];
            double b = parameters[coefficients + units + k];
            output[0] += a * unitRe[k] - b * unitIm[k];
            output[1] += a * unitIm[k] + b * unitRe[k];
        }
        return output;
    }

    private void linear(double[] parameters, int j) {
        if (network.linearUnits() == 0) {
            zRe[j] = x[j];
            zIm[j] = 0;
            return;
        }
        zRe[j] = parameters[biases + j];
        zIm[j] = parameters[biases + network.linearUnits() + j];
        for (int i = 0; i < x.length; i++) {
            zRe[j] += parameters[weights + j * x.length + i] * x[i];
            zIm[j] += parameters[weights + weightPlane + j * x.length + i] * x[i];
        }
    }

    /** |z_j|^2, at least the guard's. */
    private double guarded(int j) {
        return Math.max(zRe[j] * zRe[j] + zIm[j] * zIm[j], network.guard() * network.guard());
    }

    @Override
    public void addParameterGradient(double[] parameters, double[] outputGradient, double[] gradient) {
        double dRe = outputGradient[0];
        double dIm = outputGradient[1];
        gradient[bias] += dRe;
        gradient[bias + 1] += dIm;
        for (int k = 0; k < units; k++) {
            double re = unitRe[k] * dRe + unitIm[k] * dIm;
            double im = unitRe[k] * dIm - unitIm[k] * dRe;
            gradient[coefficients + k] += re;
            gradient[coefficients + units + k] += im;
            double sRe = sumGradientRe(parameters, k, re, im);
            double sIm = sumGradientIm(parameters, k, re, im);
            for (int j = 0; j < factors; j++) {
                gradient[exponents + k * factors + j] += sRe * logRe[j] + sIm * logIm[j];
                gradient[exponents + exponentPlane + k * factors + j] += sIm * logRe[j] - sRe * logIm[j];
            }
        }
        if (network.linearUnits() == 0) {
            return;
        }
        factorGradient(parameters, outputGradient);
        for (int j = 0; j < factors; j++) {
            gradient[biases + j] += gRe[j];
            gradient[biases + network.linearUnits() + j] += gIm[j];
            for (int i = 0; i < x.length; i++) {
                gradient[weights + j * x.length + i] += gRe[j] * x[i];
                gradient[weights + weightPlane + j * x.length + i] += gIm[j] * x[i];
            }
        }
    }

    /** Re(conj(c_k) g) for g = conj(u_k) g_y. */
    private double sumGradientRe(double[] parameters, int k, double re, double im) {
        return parameters[coefficients + k] * re + parameters[coefficients + units + k] * im;
    }

    private double sumGradientIm(double[] parameters, int k, double re, double im) {
        return parameters[coefficients + k] * im - parameters[coefficients + units + k] * re;
    }

    /** g_z into {@link #gRe} and {@link #gIm}. */
    private void factorGradient(double[] parameters, double[] outputGradient) {
        java.util.Arrays.fill(gRe, 0);
        java.util.Arrays.fill(gIm, 0);
        for (int k = 0; k < units; k++) {
            double re = unitRe[k] * outputGradient[0] + unitIm[k] * outputGradient[1];
            double im = unitRe[k] * outputGradient[1] - unitIm[k] * outputGradient[0];
            double sRe = sumGradientRe(parameters, k, re, im);
            double sIm = sumGradientIm(parameters, k, re, im);
            for (int j = 0; j < factors; j++) {
                double a = parameters[exponents + k * factors + j];
                double b = parameters[exponents + exponentPlane + k * factors + j];
                gRe[j] += a * sRe + b * sIm;
                gIm[j] += a * sIm - b * sRe;
            }
        }
        for (int j = 0; j < factors; j++) {
            double squared = guarded(j);
            double re = (zRe[j] * gRe[j] - zIm[j] * gIm[j]) / squared;
            gIm[j] = (zRe[j] * gIm[j] + zIm[j] * gRe[j]) / squared;
            gRe[j] = re;
        }
    }

    @Override
    public double[] inputGradient(double[] parameters, double[] outputWeights) {
        factorGradient(parameters, outputWeights);
        if (network.linearUnits() == 0) {
            return gRe.clone();
        }
        double[] dx = new double[x.length];
        for (int j = 0; j < factors; j++) {
            for (int i = 0; i < x.length; i++) {
                dx[i] += parameters[weights + j * x.length + i] * gRe[j]
                        + parameters[weights + weightPlane + j * x.length + i] * gIm[j];
            }
        }
        return dx;
    }
}
