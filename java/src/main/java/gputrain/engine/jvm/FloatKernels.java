package gputrain.engine.jvm;

import gputrain.engine.Optimizer;
import gputrain.model.Activation;

/**
 * The inner loops in float32. Each is a counted loop over arrays that all have the same index and no branch inside,
 * which HotSpot turns into vector instructions; multiply and add stay apart (no fma), so that a result has the same bits
 * whether or not the processor has a fused instruction.
 */
final class FloatKernels {
    private static final float INVERSE_SQRT_2PI = (float) 0.3989422804014327;
    /** Abramowitz and Stegun, 26.2.17. */
    private static final float TAIL_SCALE = (float) 0.2316419;

    private static final float TAIL_1 = (float) 0.319381530;
    private static final float TAIL_2 = (float) -0.356563782;
    private static final float TAIL_3 = (float) 1.781477937;
    private static final float TAIL_4 = (float) -1.821255978;
    private static final float TAIL_5 = (float) 1.330274429;

    private FloatKernels() {}

    /** y += sum over j below {@code terms} of a[j] x[j], on the first {@code n} entries. */
    static void combine(float[] y, float[] a, float[][] x, int terms, int n) {
        int j = 0;
        // Four at a time: HotSpot 17 does not vectorise a body of eight, HotSpot 25 gains little from it.
        for (; j + 4 <= terms; j += 4) {
            add4(y, a, x, j, n);
        }
        for (; j < terms; j++) {
            add1(y, a[j], x[j], n);
        }
    }

    private static void add4(float[] y, float[] a, float[][] x, int j, int n) {
        float a0 = a[j];
        float a1 = a[j + 1];
        float a2 = a[j + 2];
        float a3 = a[j + 3];
        float[] x0 = x[j];
        float[] x1 = x[j + 1];
        float[] x2 = x[j + 2];
        float[] x3 = x[j + 3];
        for (int i = 0; i < n; i++) {
            y[i] += (a0 * x0[i] + a1 * x1[i]) + (a2 * x2[i] + a3 * x3[i]);
        }
    }

    private static void add1(float[] y, float a, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += a * x[i];
        }
    }

    /** y += x. */
    static void add(float[] y, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += x[i];
        }
    }

    /** y *= x. */
    static void multiply(float[] y, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            y[i] *= x[i];
        }
    }

    /** value = f(z), slope = f'(z). */
    static void activate(Activation activation, float[] z, float[] value, float[] slope, int n) {
        switch (activation) {
            case IDENTITY -> identity(z, value, slope, n);
            case GELU -> gelu(z, value, slope, n);
            case RELU -> relu(z, value, slope, n);
            case TANH -> tanh(z, value, slope, n);
        }
    }

    private static void identity(float[] z, float[] value, float[] slope, int n) {
        for (int i = 0; i < n; i++) {
            value[i] = z[i];
            slope[i] = 1;
        }
    }

    private static void relu(float[] z, float[] value, float[] slope, int n) {
        for (int i = 0; i < n; i++) {
            float x = 0.5f * (z[i] + Math.abs(z[i]));
            value[i] = x;
            // 1 above 0 and 0 at 0, without a branch.
            slope[i] = x / Math.max(x, Float.MIN_NORMAL);
        }
    }

    /**
     * x Phi(x) and Phi(x) + x phi(x), absolute error below 5e-7, from the density and from the upper tail Phi(-|x|). In
     * three loops, because HotSpot does not vectorise a body as long as the three together.
     */
    private static void gelu(float[] z, float[] value, float[] slope, int n) {
        density(z, slope, n);
        upperTail(z, slope, value, n);
        for (int i = 0; i < n; i++) {
            float x = z[i];
            float size = Math.abs(x);
            float tail = value[i];
            float sign = x / (size + 1e-30f);
            value[i] = 0.5f * (x + size) - size * tail;
            slope[i] = 0.5f + sign * (0.5f - tail) + x * slope[i];
        }
    }

    /**
     * phi(x) = exp(-x^2/2)/sqrt(2 pi). The exponential comes from its series at a 32nd of the argument, squared five
     * times in the form exp - 1, which keeps small arguments accurate.
     */
    private static void density(float[] z, float[] density, int n) {
        for (int i = 0; i < n; i++) {
            // Beyond 9 standard deviations phi is 0 beside float32's 1; the clamp keeps exp finite.
            float r = Math.min(0.5f * z[i] * z[i], 40f) * (1 / 32f);
            float q = r * (1 + r * (1 / 2f + r * (1 / 6f + r * (1 / 24f + r * (1 / 120f + r * (1 / 720f))))));
            q = q * (2 + q);
            q = q * (2 + q);
            q = q * (2 + q);
            q = q * (2 + q);
            q = q * (2 + q);
            density[i] = INVERSE_SQRT_2PI / (1 + q);
        }
    }

    /** Phi(-|x|): phi times a polynomial in 1/(1 + p |x|), Abramowitz and Stegun, 26.2.17 (error 7.5e-8). */
    private static void upperTail(float[] z, float[] density, float[] tail, int n) {
        for (int i = 0; i < n; i++) {
            float t = 1 / (1 + TAIL_SCALE * Math.abs(z[i]));
            tail[i] = density[i] * t * (TAIL_1 + t * (TAIL_2 + t * (TAIL_3 + t * (TAIL_4 + t * TAIL_5))));
        }
    }

    /**
     * tanh and 1 - tanh^2. A convergent of Lambert's continued fraction at an eighth of the argument, then three times
     * tanh(2 y) = 2 tanh(y) / (1 + tanh(y)^2).
     */
    private static void tanh(float[] z, float[] value, float[] slope, int n) {
        for (int i = 0; i < n; i++) {
            // tanh(10) is 1 in float32.
            float y = Math.max(-10f, Math.min(10f, z[i])) * 0.125f;
            float s = y * y;
            float t = y * (10395 + s * (1260 + s * 21)) / (10395 + s * (4725 + s * (210 + s)));
            t = 2 * t / (1 + t * t);
            t = 2 * t / (1 + t * t);
            t = 2 * t / (1 + t * t);
            value[i] = t;
            slope[i] = (1 - t) * (1 + t);
        }
    }

    /** g += decay p. */
    static void decay(float[] g, float[] p, float decay) {
        int n = p.length;
        for (int i = 0; i < n; i++) {
            g[i] += decay * p[i];
        }
    }

    /** One step of {@link Optimizer.Adam}; rate and corrections are rounded to float32 once a step. */
    static void adam(Optimizer.Adam adam, float[] p, float[] g, float[] m, float[] v, double rate, long step) {
        float beta1 = (float) adam.beta1();
        float beta2 = (float) adam.beta2();
        float rest1 = (float) (1 - adam.beta1());
        float rest2 = (float) (1 - adam.beta2());
        float size = (float) (rate / (1 - Math.pow(adam.beta1(), (double) step)));
        float root = (float) Math.sqrt(1 - Math.pow(adam.beta2(), (double) step));
        float epsilon = (float) adam.epsilon();
        int n = p.length;
        for (int i = 0; i < n; i++) {
            m[i] = beta1 * m[i] + rest1 * g[i];
            v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
            p[i] -= size * m[i] / ((float) Math.sqrt(v[i]) / root + epsilon);
        }
    }

    /** One step of {@link Optimizer.Sgd}. */
    static void sgd(Optimizer.Sgd sgd, float[] p, float[] g, float[] u, double rate) {
        float momentum = (float) sgd.momentum();
        float size = (float) rate;
        int n = p.length;
        for (int i = 0; i < n; i++) {
            u[i] = momentum * u[i] + g[i];
            p[i] -= size * u[i];
        }
    }
}
