// What a complex logarithm and exponential are made of: ln, exp, sine with cosine, angle. Without a table and without a
// branch, the same for every lane.
#pragma once

#include "activation.h"
#include "simd.h"

namespace gputrain::GT_ISA {

#include "complex_coefficients.inc"

// ln x for positive x, within 2 units in the last place; infinity and NaN stay what they are. Not for subnormal x.
GT_INLINE Vec log(Vec x) {
  // x = 2^n (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), so that ln x near 1 is a series in f alone.
  constexpr int32_t kRootHalf = 0x3F3504F3;
  // The first part of ln 2 has few bits: n times it is exact.
  constexpr float kLog2High = 0.693359375F;
  constexpr float kLog2Low = -2.12194440e-4F;
  Bits exponent = shift_right<23>(sub(bits_of(x), broadcast_bits(kRootHalf)));
  Vec f = sub(float_of(sub(bits_of(x), shift_left<23>(exponent))), broadcast(1.0F));
  Vec n = to_float(exponent);
  Vec square = mul(f, f);
  Vec rest = mul(mul(f, square), polynomial(kLog, f));
  rest = fma(n, broadcast(kLog2Low), rest);
  rest = fma(square, broadcast(-0.5F), rest);
  Vec value = fma(n, broadcast(kLog2High), add(f, rest));
  return select(less(x, broadcast(__builtin_inff())), value, x);
}

// e^x within 2 units in the last place; infinity from 88.73 on, 0 below -104, NaN for NaN.
GT_INLINE Vec exp(Vec x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLog2High = 0.693359375F;
  constexpr float kLog2Low = -2.12194440e-4F;
  // Beyond these the result is infinity or 0 anyway. The order of the operands keeps NaN.
  x = min(broadcast(89.0F), max(broadcast(-104.0F), x));
  Vec biased = fma(x, broadcast(kLog2E), broadcast(kRoundMagic));
  Vec n = sub(biased, broadcast(kRoundMagic));
  Vec r = fma(n, broadcast(-kLog2Low), fma(n, broadcast(-kLog2High), x));
  Vec power = add(broadcast(1.0F), fma(mul(r, r), polynomial(kExp, r), r));
#if defined(__AVX512F__)
  return scale_by_floor(power, n);
#else
  // In two factors: 2^128 and 2^-150 are not normal numbers.
  Bits whole = sub(bits_of(biased), bits_of(broadcast(kRoundMagic)));
  Bits half = shift_right<1>(whole);
  Bits bias = broadcast_bits(127);
  Vec first = float_of(shift_left<23>(add(half, bias)));
  Vec second = float_of(shift_left<23>(add(sub(whole, half), bias)));
  return mul(mul(power, first), second);
#endif
}

// Sine and cosine, within 1e-7 for |x| <= 1e4. A larger finite x gives something in [-1, 1], anything else NaN.
GT_INLINE void sine_and_cosine(Vec x, Vec* sine, Vec* cosine) {
  constexpr float kTwoByPi = 0.636619772F;
  // pi / 2: n times either of the first two parts is exact up to n = 2^13, and so are the differences.
  constexpr float kHigh = 1.5703125F;
  constexpr float kMiddle = 4.83751297e-4F;
  constexpr float kLow = 7.54979013e-8F;
  // Where the polynomials hold, with room for the rounding of n; what is so large that its remainder is lost stays
  // here.
  constexpr float kReach = 0.787F;
  Vec biased = fma(x, broadcast(kTwoByPi), broadcast(kRoundMagic));
  Vec n = sub(biased, broadcast(kRoundMagic));
  Vec r = fma(n, broadcast(-kLow), fma(n, broadcast(-kMiddle), fma(n, broadcast(-kHigh), x)));
  r = min(broadcast(kReach), max(broadcast(-kReach), r));
  Vec square = mul(r, r);
  Vec s = fma(mul(r, square), polynomial(kSin, square), r);
  Vec c = fma(mul(square, square), polynomial(kCos, square), fma(square, broadcast(-0.5F), broadcast(1.0F)));
  // The quadrant is in the low bits of the biased number: odd ones swap, its second bit is the sign of the sine, that
  // of the next quadrant the sign of the cosine.
  Bits quadrant = bits_of(biased);
  Mask swapped = odd(quadrant);
  Bits next = add(quadrant, broadcast_bits(1));
  Bits sine_sign = shift_left<31>(shift_right<1>(quadrant));
  Bits cosine_sign = shift_left<31>(shift_right<1>(next));
  *sine = float_of(exclusive_or(bits_of(select(swapped, c, s)), sine_sign));
  *cosine = float_of(exclusive_or(bits_of(select(swapped, s, c)), cosine_sign));
}

// Angle of the point (x, y) in [-pi, pi], within 3 units in the last place; 0 for the origin.
GT_INLINE Vec angle(Vec y, Vec x) {
  constexpr float kHalfPi = 1.57079633F;
  constexpr float kPi = 3.14159265F;
  // What the float above misses of pi, as a part of it.
  constexpr float kMissed = -2.78275e-8F;
  Vec height = abs(y);
  Vec width = abs(x);
  Mask steep = less(width, height);
  // The quotient of least size, with its sign: one series without a case. From the y axis the angle goes backward.
  Vec above = select(steep, sub(zero(), x), height);
  Vec below = select(steep, height, x);
  below = select(less(zero(), abs(below)), below, broadcast(1.0F));
  Vec t = div(above, below);
  Vec base = select(steep, broadcast(kHalfPi), select(less(x, zero()), broadcast(kPi), zero()));
  Vec square = mul(t, t);
  Vec turn = fma(mul(t, square), polynomial(kAtan, square), t);
  return copysign(abs(add(base, fma(base, broadcast(kMissed), turn))), y);
}

}  // namespace gputrain::GT_ISA
