// Rows through networks in float64, forward and backward, for second-order training: a warp a row, or an output of a
// row, its threads dealt over the units of a layer. What a row leaves (gt_linearised) stays in global memory: every
// product with the derivatives is made of it. Entries that continue h and d to multiples of 16 are never written; the
// host clears them.
#pragma once

#include "device.h"
#include "gputrain/second_order_abi.h"

namespace gputrain::device {

// What the derivatives of a row are asked for: one of its outputs times a scale, or a combination of all of them.
struct Direction {
  const double* weights;  // of the combination, or null
  int output;
  double scale;
  GT_DEVICE double operator()(int k) const { return weights != nullptr ? weights[k] : k == output ? scale : 0; }
};

GT_DEVICE int lane() { return thread() % 32; }

// Value and derivative of an activation in float64; NaN stays NaN.
GT_DEVICE void activate(int activation, double x, double* value, double* slope) {
  constexpr double kRootHalf = 0.70710678118654752;
  constexpr double kInverseRootTwoPi = 0.39894228040143268;
  if (activation == GT_GELU) {
    double cumulative = 0.5 * error_complement(-kRootHalf * x);
    *value = x * cumulative;
    *slope = multiply_add(x * kInverseRootTwoPi, exponential(-0.5 * x * x), cumulative);
  } else if (activation == GT_TANH) {
    double t = hyperbolic_tangent(x);
    *value = t;
    *slope = (1 - t) * (1 + t);
  } else if (activation == GT_RELU) {
    *value = x <= 0 ? 0 : x;
    *slope = x > 0 ? 1 : 0;
  } else {
    *value = x;
    *slope = 1;
  }
}

// Sum over the warp, the same bits in all of its threads.
GT_DEVICE double sum_of_warp(double value) {
  GT_UNROLL
  for (int mask = 1; mask < 32; mask *= 2) {
    value += shuffle_xor(value, mask);
  }
  return value;
}

// a . b of a length, in order.
GT_DEVICE double dot(const double* a, const double* b, int n) {
  double sum = 0;
  GT_UNROLL_BY(4)
  for (int k = 0; k < n; k++) {
    sum = multiply_add(a[k], b[k], sum);
  }
  return sum;
}

struct DenseRow {
  GT_DEVICE static void forward(const gt_linearised& net, const double* parameters, const double* x, double* row,
                                double* outputs) {
    for (int i = lane(); i < net.inputs; i += 32) {
      row[net.factor[0].values + i] = x[i];
    }
    for (int l = 0; l < net.factors; l++) {
      sync_warp();
      gt_factor f = net.factor[l];
      bool last = l + 1 == net.factors;
      for (int o = lane(); o < f.out; o += 32) {
        double z = dot(parameters + f.weight + o * f.in, row + f.values, f.in) + parameters[f.bias + o];
        if (last) {
          outputs[o] = z;
        } else {
          int to = net.factor[l + 1].values + o;
          activate(net.activation, z, row + to, row + net.extra + to);
        }
      }
    }
  }

  GT_DEVICE static void backward(const gt_linearised& net, const double* parameters, const double* row,
                                 const Direction& direction, double* slopes) {
    for (int k = lane(); k < net.outputs; k += 32) {
      slopes[net.factor[net.factors - 1].slopes + k] = direction(k);
    }
    for (int l = net.factors - 1; l > 0; l--) {
      sync_warp();
      gt_factor f = net.factor[l];
      for (int i = lane(); i < f.in; i += 32) {
        double sum = 0;
        for (int o = 0; o < f.out; o++) {
          sum = multiply_add(slopes[f.slopes + o], parameters[f.weight + o * f.in + i], sum);
        }
        slopes[net.factor[l - 1].slopes + i] = sum * row[net.extra + f.values + i];
      }
    }
  }
};

// Factors of real product units: the linear units, if there are any, the exponents and the coefficients.
struct ProductUnitRow {
  GT_DEVICE static void forward(const gt_linearised& net, const double* parameters, const double* x, double* row,
                                double* outputs) {
    bool linear = net.factors == 3;
    gt_factor exponents = net.factor[net.factors - 2];
    gt_factor coefficients = net.factor[net.factors - 1];
    for (int i = lane(); linear && i < net.inputs; i += 32) {
      row[net.factor[0].values + i] = x[i];
    }
    for (int j = lane(); j < exponents.in; j += 32) {
      double z = linear ? dot(parameters + net.factor[0].weight + j * net.inputs, x, net.inputs) +
                              parameters[net.factor[0].bias + j]
                        : x[j];
      row[net.extra + j] = z;
      row[exponents.values + j] = logarithm(z <= net.guard ? net.guard : z);
    }
    sync_warp();
    double sum = 0;
    for (int k = lane(); k < exponents.out; k += 32) {
      double u =
          exponential(dot(parameters + exponents.weight + k * exponents.in, row + exponents.values, exponents.in));
      row[coefficients.values + k] = u;
      sum = multiply_add(parameters[coefficients.weight + k], u, sum);
    }
    sum = sum_of_warp(sum);
    if (lane() == 0) {
      outputs[0] = sum + parameters[coefficients.bias];
    }
  }

  GT_DEVICE static void backward(const gt_linearised& net, const double* parameters, const double* row,
                                 const Direction& direction, double* slopes) {
    gt_factor exponents = net.factor[net.factors - 2];
    gt_factor coefficients = net.factor[net.factors - 1];
    double dy = direction(0);
    if (lane() == 0) {
      slopes[coefficients.slopes] = dy;
    }
    for (int k = lane(); k < exponents.out; k += 32) {
      slopes[exponents.slopes + k] = row[coefficients.values + k] * parameters[coefficients.weight + k] * dy;
    }
    if (net.factors < 3) {
      return;
    }
    sync_warp();
    for (int j = lane(); j < exponents.in; j += 32) {
      double sum = 0;
      for (int k = 0; k < exponents.out; k++) {
        sum = multiply_add(parameters[exponents.weight + k * exponents.in + j], slopes[exponents.slopes + k], sum);
      }
      double z = row[net.extra + j];
      slopes[net.factor[0].slopes + j] = z > net.guard ? divide(sum, z) : 0;
    }
  }
};

// Complex product units; the equations are those of the product-unit tile, with g_s and g_z of one output.
struct ComplexProductUnitRow {
  // Of the parameters: real parts, then imaginary parts, of each tensor. Of what is kept of a row and of an output.
  int inputs, linear, factors, units;
  int weight, bias, exponent, coefficient, last;
  int log_re, log_im, unit_re, unit_im, z_re, z_im;
  int sum_re, sum_im, factor_re, factor_im;

  GT_DEVICE explicit ComplexProductUnitRow(const gt_linearised& net)
      : inputs(net.widths[0]),
        linear(net.widths[1]),
        factors(linear > 0 ? linear : inputs),
        units(net.widths[2]),
        weight(0),
        bias(2 * linear * inputs),
        exponent(bias + 2 * linear),
        coefficient(exponent + 2 * units * factors),
        last(coefficient + 2 * units),
        log_re(inputs),
        log_im(log_re + factors),
        unit_re(log_im + factors),
        unit_im(unit_re + units),
        z_re(unit_im + units),
        z_im(z_re + factors),
        sum_re(2),
        sum_im(sum_re + units),
        factor_re(sum_im + units),
        factor_im(factor_re + factors) {}

  GT_DEVICE double guarded(const gt_linearised& net, const double* row, int j) const {
    double size = multiply_add(row[z_re + j], row[z_re + j], row[z_im + j] * row[z_im + j]);
    return size <= net.guard * net.guard ? net.guard * net.guard : size;
  }

  GT_DEVICE void forward(const gt_linearised& net, const double* p, const double* x, double* row,
                         double* outputs) const {
    for (int i = lane(); i < inputs; i += 32) {
      row[i] = x[i];
    }
    for (int j = lane(); j < factors; j += 32) {
      const double* w = p + weight + j * inputs;
      row[z_re + j] = linear > 0 ? dot(w, x, inputs) + p[bias + j] : x[j];
      row[z_im + j] = linear > 0 ? dot(w + linear * inputs, x, inputs) + p[bias + linear + j] : 0;
      row[log_re + j] = 0.5 * logarithm(guarded(net, row, j));
      row[log_im + j] = angle(row[z_im + j], row[z_re + j]);
    }
    sync_warp();
    double re = 0, im = 0;
    for (int k = lane(); k < units; k += 32) {
      const double* a = p + exponent + k * factors;
      const double* b = a + units * factors;
      double size = exponential(dot(a, row + log_re, factors) - dot(b, row + log_im, factors));
      double sine, cosine;
      sine_cosine(dot(a, row + log_im, factors) + dot(b, row + log_re, factors), &sine, &cosine);
      double u = size * cosine;
      double v = size * sine;
      row[unit_re + k] = u;
      row[unit_im + k] = v;
      double c = p[coefficient + k];
      double d = p[coefficient + units + k];
      re += c * u - d * v;
      im += c * v + d * u;
    }
    re = sum_of_warp(re);
    im = sum_of_warp(im);
    if (lane() == 0) {
      outputs[0] = re + p[last];
      outputs[1] = im + p[last + 1];
    }
  }

  GT_DEVICE void backward(const gt_linearised& net, const double* p, const double* row, const Direction& direction,
                          double* slopes) const {
    double y_re = direction(0);
    double y_im = direction(1);
    if (lane() == 0) {
      slopes[0] = y_re;
      slopes[1] = y_im;
    }
    for (int k = lane(); k < units; k += 32) {
      double u = row[unit_re + k];
      double v = row[unit_im + k];
      double re = u * y_re + v * y_im;
      double im = u * y_im - v * y_re;
      double c = p[coefficient + k];
      double d = p[coefficient + units + k];
      slopes[sum_re + k] = c * re + d * im;
      slopes[sum_im + k] = c * im - d * re;
    }
    if (linear == 0) {
      return;
    }
    sync_warp();
    for (int j = lane(); j < factors; j += 32) {
      double re = 0, im = 0;
      for (int k = 0; k < units; k++) {
        double a = p[exponent + k * factors + j];
        double b = p[exponent + (units + k) * factors + j];
        re += a * slopes[sum_re + k] + b * slopes[sum_im + k];
        im += a * slopes[sum_im + k] - b * slopes[sum_re + k];
      }
      double size = guarded(net, row, j);
      slopes[factor_re + j] = divide(row[z_re + j] * re - row[z_im + j] * im, size);
      slopes[factor_im + j] = divide(row[z_re + j] * im + row[z_im + j] * re, size);
    }
  }

  // Derivative by parameter q.
  GT_DEVICE double derivative(const double* row, const double* slopes, int q) const {
    if (q >= last) {
      return slopes[q - last];
    }
    if (q >= coefficient) {
      int k = (q - coefficient) % units;
      double u = row[unit_re + k];
      double v = row[unit_im + k];
      return q - coefficient < units ? u * slopes[0] + v * slopes[1] : u * slopes[1] - v * slopes[0];
    }
    if (q >= exponent) {
      int e = (q - exponent) % (units * factors);
      int k = e / factors;
      int j = e % factors;
      double re = slopes[sum_re + k];
      double im = slopes[sum_im + k];
      return q - exponent < units * factors ? re * row[log_re + j] + im * row[log_im + j]
                                            : im * row[log_re + j] - re * row[log_im + j];
    }
    if (q >= bias) {
      return slopes[factor_re + q - bias + (q - bias < linear ? 0 : factors - linear)];
    }
    int e = q % (linear * inputs);
    return slopes[(q < linear * inputs ? factor_re : factor_im) + e / inputs] * row[e % inputs];
  }
};

}  // namespace gputrain::device
