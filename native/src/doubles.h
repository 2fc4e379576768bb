// Vectors of doubles, as wide as the instruction set, and groups of four of them whatever it is. As in simd.h
// everything lives in GT_ISA.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd.h"

namespace gputrain::GT_ISA {

#if defined(__AVX512F__)
constexpr int kDoubles = 8;
#elif defined(__AVX2__)
constexpr int kDoubles = 4;
#else
constexpr int kDoubles = 2;
#endif

typedef double Doubles __attribute__((vector_size(8 * kDoubles), aligned(8), may_alias));
typedef int64_t Longs __attribute__((vector_size(8 * kDoubles)));

GT_INLINE Doubles all(double x) { return x - Doubles{}; }
GT_INLINE Doubles load(const double* p) { return *reinterpret_cast<const Doubles*>(p); }
GT_INLINE void store(double* p, Doubles a) { *reinterpret_cast<Doubles*>(p) = a; }

// a * b + c
GT_INLINE Doubles fma(Doubles a, Doubles b, Doubles c) {
#if defined(__AVX512F__)
  return reinterpret_cast<Doubles>(
      _mm512_fmadd_pd(reinterpret_cast<__m512d>(a), reinterpret_cast<__m512d>(b), reinterpret_cast<__m512d>(c)));
#elif defined(__AVX2__)
  return reinterpret_cast<Doubles>(
      _mm256_fmadd_pd(reinterpret_cast<__m256d>(a), reinterpret_cast<__m256d>(b), reinterpret_cast<__m256d>(c)));
#elif defined(__SSE2__)
  return a * b + c;
#else
  return reinterpret_cast<Doubles>(
      vfmaq_f64(reinterpret_cast<float64x2_t>(c), reinterpret_cast<float64x2_t>(a), reinterpret_cast<float64x2_t>(b)));
#endif
}

// where ? a : b, lane by lane; where is all ones or all zeros
GT_INLINE Doubles select(Longs where, Doubles a, Doubles b) {
  return reinterpret_cast<Doubles>((reinterpret_cast<Longs>(a) & where) | (reinterpret_cast<Longs>(b) & ~where));
}

GT_INLINE Doubles abs(Doubles a) {
  return reinterpret_cast<Doubles>(reinterpret_cast<Longs>(a) & (Longs{} + INT64_MAX));
}

// -1, 0 or 1; 0 for NaN
GT_INLINE Doubles sign_of(Doubles a) {
  const Longs one = reinterpret_cast<Longs>(all(1.0));
  return reinterpret_cast<Doubles>((a > Doubles{}) & one) - reinterpret_cast<Doubles>((a < Doubles{}) & one);
}

// n + (x >= t ? 1 : 0)
GT_INLINE Longs count_from(Longs n, Doubles x, Doubles t) {
#if defined(__AVX512F__)
  const __mmask8 reached = _mm512_cmp_pd_mask(reinterpret_cast<__m512d>(x), reinterpret_cast<__m512d>(t), _CMP_GE_OQ);
  const __m512i before = reinterpret_cast<__m512i>(n);
  return reinterpret_cast<Longs>(_mm512_mask_add_epi64(before, reached, before, _mm512_set1_epi64(1)));
#else
  return n - (x >= t);
#endif
}

// x = n ln 2 + r with |r| <= ln 2 / 2, for |x| <= 709.79: ln 2 in two parts, the first short enough that n times it is
// exact, and the series of (e^r - 1) / r to r^12 / 13!, whose rest is 4e-18.
struct Reduced {
  Doubles r, quotient;
  Longs n;  // in the low bits
};

GT_INLINE Reduced reduced(Doubles x) {
  const Doubles magic = all(6755399441055744.0);  // 1.5 * 2^52: adding it rounds to an integer, in the low bits
  Doubles biased = x * all(1.4426950408889634) + magic;
  Doubles n = biased - magic;
  Doubles r = (x - n * all(6.93147180369123816490e-01)) - n * all(1.90821492927058770002e-10);
  Doubles sum = all(1.0 / 6227020800.0);
  sum = sum * r + all(1.0 / 479001600.0);
  sum = sum * r + all(1.0 / 39916800.0);
  sum = sum * r + all(1.0 / 3628800.0);
  sum = sum * r + all(1.0 / 362880.0);
  sum = sum * r + all(1.0 / 40320.0);
  sum = sum * r + all(1.0 / 5040.0);
  sum = sum * r + all(1.0 / 720.0);
  sum = sum * r + all(1.0 / 120.0);
  sum = sum * r + all(1.0 / 24.0);
  sum = sum * r + all(1.0 / 6.0);
  sum = sum * r + all(0.5);
  sum = sum * r + all(1.0);
  return {r, sum, reinterpret_cast<Longs>(biased)};
}

// e^x of it: a power of two is an addition to the exponent.
GT_INLINE Longs exp_bits(const Reduced& x) {
  return reinterpret_cast<Longs>(x.quotient * x.r + all(1.0)) + (x.n << 52);
}

// e^x for x <= 0 within 2 units in the last place; 0 below -708, where e^x leaves the normal numbers.
GT_INLINE Doubles exp_of_negative(Doubles x) {
  Longs tiny = x < all(-708.0);
  Doubles clamped = reinterpret_cast<Doubles>((reinterpret_cast<Longs>(x) & ~tiny));
  return reinterpret_cast<Doubles>(exp_bits(reduced(clamped)) & ~tiny);
}

// Four doubles: one register, or two where registers hold two.
#if defined(__AVX2__)
constexpr int kQuadParts = 1;
#else
constexpr int kQuadParts = 2;
#endif

typedef double QuadPart __attribute__((vector_size(32 / kQuadParts), aligned(8), may_alias));
typedef int64_t QuadBits __attribute__((vector_size(32 / kQuadParts)));

struct Quad {
  QuadPart part[kQuadParts];
};

// Each part by itself.
template <class F>
GT_INLINE Quad by_part(F f) {
  Quad result;
#pragma GCC unroll 2
  for (int i = 0; i < kQuadParts; i++) {
    result.part[i] = f(i);
  }
  return result;
}

GT_INLINE Quad load_quad(const double* p) {
  return by_part([&](int i) { return *reinterpret_cast<const QuadPart*>(p + i * 4 / kQuadParts); });
}
GT_INLINE void store(double* p, Quad a) {
#pragma GCC unroll 2
  for (int i = 0; i < kQuadParts; i++) {
    *reinterpret_cast<QuadPart*>(p + i * 4 / kQuadParts) = a.part[i];
  }
}
GT_INLINE Quad all_quad(double x) {
  return by_part([&](int) { return x - QuadPart{}; });
}
GT_INLINE Quad zero_quad() {
  return by_part([&](int) { return QuadPart{}; });
}
GT_INLINE Quad add(Quad a, Quad b) {
  return by_part([&](int i) { return a.part[i] + b.part[i]; });
}
GT_INLINE Quad mul(Quad a, Quad b) {
  return by_part([&](int i) { return a.part[i] * b.part[i]; });
}
// a * b + c
GT_INLINE Quad fma(Quad a, Quad b, Quad c) {
#if defined(__AVX2__)
  return {{reinterpret_cast<QuadPart>(_mm256_fmadd_pd(reinterpret_cast<__m256d>(a.part[0]),
                                                      reinterpret_cast<__m256d>(b.part[0]),
                                                      reinterpret_cast<__m256d>(c.part[0])))}};
#else
  return by_part([&](int i) { return fma(a.part[i], b.part[i], c.part[i]); });
#endif
}
GT_INLINE Quad abs(Quad a) {
  return by_part([&](int i) {
    return reinterpret_cast<QuadPart>(reinterpret_cast<QuadBits>(a.part[i]) & (QuadBits{} + INT64_MAX));
  });
}
// -1, 0 or 1; 0 for NaN
GT_INLINE Quad sign_of(Quad a) {
  return by_part([&](int i) {
    const QuadBits one = reinterpret_cast<QuadBits>(1.0 - QuadPart{});
    return reinterpret_cast<QuadPart>((a.part[i] > QuadPart{}) & one) -
           reinterpret_cast<QuadPart>((a.part[i] < QuadPart{}) & one);
  });
}

// The four doubles that are the sums of the lanes of s[0] ... s[3].
GT_INLINE Quad sums_of(const Quad* s) {
#if defined(__AVX2__)
  __m256d ab = _mm256_hadd_pd(reinterpret_cast<__m256d>(s[0].part[0]), reinterpret_cast<__m256d>(s[1].part[0]));
  __m256d cd = _mm256_hadd_pd(reinterpret_cast<__m256d>(s[2].part[0]), reinterpret_cast<__m256d>(s[3].part[0]));
  return {{reinterpret_cast<QuadPart>(
      _mm256_add_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31)))}};
#else
  QuadPart half[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    half[i] = s[i].part[0] + s[i].part[1];
  }
  return by_part([&](int i) {
    QuadPart a = half[2 * i], b = half[2 * i + 1];
    return QuadPart{a[0], b[0]} + QuadPart{a[1], b[1]};
  });
#endif
}

}  // namespace gputrain::GT_ISA
