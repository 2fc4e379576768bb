// Activations with their derivatives, in the vector type of the instruction set.
#pragma once

#include "simd.h"

namespace gputrain::GT_ISA {

#include "coefficients.inc"

template <int Count>
GT_INLINE Vec polynomial(const float (&c)[Count], Vec x) {
  Vec sum = broadcast(c[Count - 1]);
#pragma GCC unroll 16
  for (int i = Count - 2; i >= 0; i--) {
    sum = fma(sum, x, broadcast(c[i]));
  }
  return sum;
}

// 2^z for z <= 0, within 2 units in the last place; 2^-126 or less for anything smaller, NaN for NaN.
GT_INLINE Vec exp2_negative(Vec z) {
#if defined(__AVX512F__)
  // scalef takes the floor of its exponent by itself, and underflows gracefully.
  Vec fraction = above_floor(z);
  return scale_by_floor(fma(fraction, polynomial(kExp2Floor, fraction), broadcast(1.0F)), z);
#else
  z = max(broadcast(-126.0F), z);
  Vec biased = add(z, broadcast(kRoundMagic));
  Vec fraction = sub(z, sub(biased, broadcast(kRoundMagic)));
  return scale_by_power_of_two(fma(fraction, polynomial(kExp2, fraction), broadcast(1.0F)), biased);
#endif
}

struct Identity {
  static GT_INLINE void apply(Vec x, Vec* value, Vec* slope) {
    *value = x;
    *slope = broadcast(1.0F);
  }
};

struct Relu {
  static GT_INLINE void apply(Vec x, Vec* value, Vec* slope) {
    // The order of the operands keeps NaN.
    *value = max(zero(), x);
    *slope = select(less(zero(), x), broadcast(1.0F), zero());
  }
};

// x Phi(x) and Phi(x) + x phi(x). One exponential serves phi and, times a fitted function of |x|, the smaller of Phi(x)
// and Phi(-x), which so keeps its relative accuracy far into the tail.
struct Gelu {
  static GT_INLINE void apply(Vec x, Vec* value, Vec* slope) {
    constexpr float kHalfLog2E = 0.72134752F;
    constexpr float kInverseRootTwoPi = 0.39894228F;
    Vec half = exp2_negative(mul(x, mul(x, broadcast(-kHalfLog2E))));
    Vec size = abs(x);
    // Not 1 - b / (b + |x|): that would bring the quotient's rounding to where Phi is largest.
    Vec t = div(size, add(size, broadcast(kTailShift)));
    Vec tail = mul(half, polynomial(kTail, t));
    Vec phi = select(less(zero(), x), sub(broadcast(1.0F), tail), tail);
    *value = mul(x, phi);
    *slope = fma(mul(x, broadcast(kInverseRootTwoPi)), half, phi);
  }
};

// tanh(x) and 1 - tanh(x)^2; with t = exp(-2 |x|) the derivative is 4 t / (1 + t)^2, which does not cancel.
struct Tanh {
  static GT_INLINE void apply(Vec x, Vec* value, Vec* slope) {
    constexpr float kTwoLog2E = 2.8853901F;
    Vec a = abs(x);
    Vec t = exp2_negative(mul(a, broadcast(-kTwoLog2E)));
    Vec r = reciprocal(add(broadcast(1.0F), t));
    Vec far = copysign(mul(sub(broadcast(1.0F), t), r), x);
    Vec square = mul(x, x);
    Vec near = fma(mul(x, square), polynomial(kTanh, square), x);
    *value = select(less(a, broadcast(0.625F)), near, far);
    *slope = mul(mul(broadcast(4.0F), t), mul(r, r));
  }
};

}  // namespace gputrain::GT_ISA
