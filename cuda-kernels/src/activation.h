// Activations with their derivatives.
#pragma once

#include "device.h"
#include "gputrain/cuda_abi.h"

namespace gputrain::device {

template <int N>
GT_DEVICE float polynomial(const float (&c)[N], float x) {
  float sum = c[N - 1];
  GT_UNROLL
  for (int i = N - 2; i >= 0; i--) {
    sum = multiply_add(sum, x, c[i]);
  }
  return sum;
}

// x Phi(x) and Phi(x) + x phi(x). One exponential serves phi and, times a fitted function of |x|, the smaller of Phi(x)
// and Phi(-x), which so keeps its relative accuracy far into the tail. Fits: native/tools/fit_activations.py.
GT_DEVICE void gelu(float x, float* value, float* slope) {
  constexpr float kHalfLog2E = 0.72134752F;
  constexpr float kInverseRootTwoPi = 0.39894228F;
  constexpr float kTailShift = 3.4000001F;
  constexpr float kTail[] = {0.49999997F,  -1.35640371F,  1.53363359F,   -0.803836107F, -0.00819570385F,
                             0.141696081F, 0.0828356519F, -0.128702313F, 0.0389894731F};
  float half = exp2_approximate(x * (x * -kHalfLog2E));
  float size = fabsf(x);
  float tail = half * polynomial(kTail, size * reciprocal_approximate(size + kTailShift));
  float phi = x > 0 ? 1 - tail : tail;
  *value = x * phi;
  *slope = multiply_add(x * kInverseRootTwoPi, half, phi);
}

// tanh(x) and 1 - tanh(x)^2; with t = exp(-2 |x|) the derivative is 4 t / (1 + t)^2, which does not cancel.
GT_DEVICE void tanh_and_slope(float x, float* value, float* slope) {
  constexpr float kTwoLog2E = 2.8853901F;
  constexpr float kTanh[] = {-0.333332807F, 0.133314416F, -0.0537397154F, 0.0206390861F, -0.0057049864F};
  float size = fabsf(x);
  float t = exp2_approximate(size * -kTwoLog2E);
  float r = reciprocal_approximate(1 + t);
  float square = x * x;
  float near = multiply_add(x * square, polynomial(kTanh, square), x);
  *value = size < 0.625F ? near : copysignf((1 - t) * r, x);
  *slope = 4 * t * (r * r);
}

// `Activation`: GT_IDENTITY, GT_GELU, GT_RELU, GT_TANH. NaN stays NaN.
template <int Activation>
GT_DEVICE void activate(float x, float* value, float* slope) {
  if (Activation == GT_GELU) {
    gelu(x, value, slope);
  } else if (Activation == GT_TANH) {
    tanh_and_slope(x, value, slope);
  } else if (Activation == GT_RELU) {
    *value = x <= 0 ? 0 : x;
    *slope = x > 0 ? 1.0F : 0.0F;
  } else {
    *value = x;
    *slope = 1;
  }
}

// The same, chosen at run time.
GT_DEVICE void activate_any(int activation, float x, float* value, float* slope) {
  if (activation == GT_GELU) {
    activate<GT_GELU>(x, value, slope);
  } else if (activation == GT_TANH) {
    activate<GT_TANH>(x, value, slope);
  } else if (activation == GT_RELU) {
    activate<GT_RELU>(x, value, slope);
  } else {
    activate<GT_IDENTITY>(x, value, slope);
  }
}

}  // namespace gputrain::device
