// Elementary functions of doubles for derivatives, each within a few units in the last place, without a table or a
// branch. As in simd.h everything lives in GT_ISA.
#pragma once

#include "doubles.h"

namespace gputrain::GT_ISA {

GT_INLINE Doubles copysign(Doubles magnitude, Doubles sign) {
  const Longs size = Longs{} + INT64_MAX;
  return reinterpret_cast<Doubles>((reinterpret_cast<Longs>(magnitude) & size) |
                                   (reinterpret_cast<Longs>(sign) & ~size));
}

// The numbers from -2^51 to 2^51 that are in the low bits.
GT_INLINE Doubles from_longs(Longs n) {
  const Doubles magic = all(6755399441055744.0);
  return reinterpret_cast<Doubles>(reinterpret_cast<Longs>(magic) + n) - magic;
}

// Highest power first.
template <int N>
GT_INLINE Doubles horner(const double (&coefficients)[N], Doubles x) {
  Doubles sum = all(coefficients[0]);
#pragma GCC unroll 16
  for (int i = 1; i < N; i++) {
    sum = fma(sum, x, all(coefficients[i]));
  }
  return sum;
}

// sum over k from 1 to Terms of z^(k-1) / (2 k + 1)
template <int Terms>
GT_INLINE Doubles odd_series(Doubles z) {
  Doubles sum = all(1.0 / (2 * Terms + 1));
#pragma GCC unroll 32
  for (int k = Terms - 1; k >= 1; k--) {
    sum = fma(sum, z, all(1.0 / (2 * k + 1)));
  }
  return sum;
}

// e^x: infinite above 709.78, 0 below -708.
GT_INLINE Doubles exp(Doubles x) {
  const Longs large = x > all(709.78271289338397);
  const Longs tiny = x < all(-708.0);
  const Doubles clamped = reinterpret_cast<Doubles>(reinterpret_cast<Longs>(x) & ~(large | tiny));
  const Doubles power = reinterpret_cast<Doubles>(exp_bits(reduced(clamped)) & ~tiny);
  return select(large, all(__builtin_inf()), power);
}

// ln x of a positive normal number; infinity and NaN stay what they are. x = 2^n (1 + f), 1 + f in [sqrt(1/2),
// sqrt(2)), and with s = f / (2 + f), which is at most 0.172, ln(1 + f) = 2 (s + s^3/3 + s^5/5 + ...) = f - s (f - 2
// s^2 (1/3 + s^2/5 + ...)).
GT_INLINE Doubles log(Doubles x) {
  const Longs low = reinterpret_cast<Longs>(all(0.70710678118654757));
  const Longs n = (reinterpret_cast<Longs>(x) - low) >> 52;
  const Doubles f = reinterpret_cast<Doubles>(reinterpret_cast<Longs>(x) - (n << 52)) - all(1.0);
  const Doubles s = f / (all(2.0) + f);
  const Doubles z = s * s;
  const Doubles power = from_longs(n);
  const Doubles less = s * (f - all(2.0) * z * odd_series<9>(z));
  const Doubles sum = power * all(6.93147180369123816490e-01) + (f - (less - power * all(1.90821492927058770002e-10)));
  return select(x <= all(1.7976931348623157e308), sum, x);
}

// Sine and cosine, to 1e-16 for |x| <= 1.6e6. A larger finite x gives something in [-1, 1], anything else NaN.
GT_INLINE void sine_and_cosine(Doubles x, Doubles* sine, Doubles* cosine) {
  const Doubles magic = all(6755399441055744.0);
  const Doubles biased = fma(x, all(0.63661977236758138), magic);
  const Doubles n = biased - magic;
  // pi / 2: n times either of the first two parts is exact up to n = 2^20.
  Doubles r = x - n * all(1.5707963267341256);
  r = r - n * all(6.077100506303966e-11);
  r = r - n * all(2.0222662487959506e-21);
  // What is so large that its remainder is lost stays where the series hold.
  const Doubles reach = all(0.787);
  r = select(r > reach, reach, select(r < -reach, -reach, r));
  const Doubles z = r * r;
  constexpr double kSine[] = {-1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0,
                              -1.0 / 5040.0,          1.0 / 120.0,        -1.0 / 6.0};
  constexpr double kCosine[] = {1.0 / 20922789888000.0, -1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0,
                                1.0 / 40320.0,          -1.0 / 720.0,         1.0 / 24.0};
  const Doubles s = fma(r * z, horner(kSine, z), r);
  const Doubles c = fma(z * z, horner(kCosine, z), fma(z, all(-0.5), all(1.0)));
  // As in complex_functions.h: the quadrant is in the low bits.
  const Longs quadrant = reinterpret_cast<Longs>(biased);
  const Longs one = Longs{} + 1;
  const Longs swapped = -(quadrant & one);
  const Longs sine_sign = (quadrant >> 1) << 63;
  const Longs cosine_sign = ((quadrant + one) >> 1) << 63;
  *sine = reinterpret_cast<Doubles>(reinterpret_cast<Longs>(select(swapped, c, s)) ^ sine_sign);
  *cosine = reinterpret_cast<Doubles>(reinterpret_cast<Longs>(select(swapped, s, c)) ^ cosine_sign);
}

// Angle of the point (x, y) in [-pi, pi], with the signs of zeros that atan2 has. In the first octant it is atan u or,
// beyond pi/8, pi/4 + atan u, with |u| <= 0.415 and atan u = u - u^3/3 + u^5/5 - ...; from the y axis it goes backward,
// and so it does from the negative x axis.
GT_INLINE Doubles angle(Doubles y, Doubles x) {
  const Doubles height = abs(y);
  const Doubles width = abs(x);
  const Longs steep = width < height;
  const Doubles low = select(steep, width, height);
  const Doubles high = select(steep, height, width);
  const Longs far = low > all(0.41421356237309503) * high;
  const Doubles below = select(far, low + high, high);
  const Doubles u = select(far, low - high, low) / select(below == Doubles{}, all(1.0), below);
  const Doubles z = u * u;
  Doubles turn = u - u * z * odd_series<20>(-z);
  // In units of pi / 4.
  Doubles base = select(far, all(1.0), Doubles{});
  base = select(steep, all(2.0) - base, base);
  turn = select(steep, -turn, turn);
  const Longs negative = copysign(all(1.0), x) < Doubles{};
  base = select(negative, all(4.0) - base, base);
  turn = select(negative, -turn, turn);
  return copysign(base * all(0.7853981633974483) + (base * all(3.061616997868383e-17) + turn), y);
}

// Hyperbolic tangent: -m / (2 + m) for m = e^(-2 |x|) - 1, which is formed without its cancellation.
GT_INLINE Doubles tanh(Doubles x) {
  const Doubles twice = all(-2.0) * abs(x);
  const Reduced e = reduced(select(twice < all(-708.0), all(-708.0), twice));
  const Doubles power = reinterpret_cast<Doubles>(reinterpret_cast<Longs>(all(1.0)) + (e.n << 52));
  const Doubles m = fma(power, e.quotient * e.r, power - all(1.0));
  return copysign(-m / (all(2.0) + m), x);
}

// Phi(x), the normal distribution, with full relative accuracy in its lower tail, and exp(-x^2 / 2). The rational
// approximations of W. J. Cody, Math. Comp. 23 (1969) 631, doi:10.1090/S0025-5718-1969-0247736-4, coefficients of his
// program CALERF: erf(y) / y in y^2 up to 0.46875, exp(y^2) erfc(y) in y up to 4, y^2 (1/sqrt(pi) - y exp(y^2) erfc(y))
// in 1 / y^2 beyond.
GT_INLINE void normal(Doubles x, Doubles* distribution, Doubles* exponential) {
  constexpr double kA[] = {1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
                           3.20937758913846947e3};
  constexpr double kB[] = {1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
                           2.84423683343917062e3};
  constexpr double kC[] = {2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
                           6.61191906371416295e1,  2.98635138197400131e2,  8.81952221241769090e2,
                           1.71204761263407058e3,  2.05107837782607147e3,  1.23033935479799725e3};
  constexpr double kD[] = {1,
                           1.57449261107098347e1,
                           1.17693950891312499e2,
                           5.37181101862009858e2,
                           1.62138957456669019e3,
                           3.29079923573345963e3,
                           4.36261909014324716e3,
                           3.43936767414372164e3,
                           1.23033935480374942e3};
  constexpr double kP[] = {1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
                           1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4};
  constexpr double kQ[] = {1,
                           2.56852019228982242e0,
                           1.87295284992346725e0,
                           5.27905102951428412e-1,
                           6.05183413124413191e-2,
                           2.33520497626869185e-3};
  const Doubles magic = all(6755399441055744.0);
  // Beyond that the tail is 0.
  const Doubles size = select(abs(x) > all(56.0), all(56.0), abs(x));
  const Doubles y = size * all(0.70710678118654757);
  const Longs small = y <= all(0.46875);
  const Longs far = y > all(4.0);
  const Doubles square = y * y;
  const Doubles w = all(1.0) / select(far, square, all(1.0));
  const Doubles above = select(small, horner(kA, square), select(far, horner(kP, w), horner(kC, y)));
  const Doubles below = select(small, horner(kB, square), select(far, horner(kQ, w), horner(kD, y)));
  const Doubles ratio = above / below;
  // x^2 as s^2 + (x - s)(x + s) with s of few bits: s^2 is exact, and the rounding of a large square does not reach the
  // exponential.
  const Doubles s = (size * all(16.0) + magic - magic) * all(1.0 / 16);
  const Doubles e = exp_of_negative(s * s * all(-0.5)) * exp((s - size) * (s + size) * all(0.5));
  const Doubles beyond = (all(0.56418958354775628695) - w * ratio) / select(far, y, all(1.0));
  const Doubles erfc = select(small, all(1.0) - y * ratio, e * select(far, beyond, ratio));
  const Doubles tail = all(0.5) * erfc;
  *distribution = select(x > Doubles{}, all(1.0) - tail, tail);
  *exponential = e;
}

}  // namespace gputrain::GT_ISA
