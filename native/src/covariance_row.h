// Kernels (covariance functions) of one point with many, in float64. As in simd.h everything lives in GT_ISA.
#pragma once

#include <cstdint>

#include "network.h"
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

// e^x for x <= 0 within 2 units in the last place; 0 below -708, where e^x leaves the normal numbers. x = n ln 2 + r
// with |r| <= ln 2 / 2: ln 2 in two parts, the first short enough that n times it is exact, and the series of e^r to
// r^13 / 13!, whose rest is 4e-18.
GT_INLINE Doubles exp_of_negative(Doubles x) {
  const Doubles magic = all(6755399441055744.0);  // 1.5 * 2^52: adding it rounds to an integer, in the low bits
  Longs tiny = x < all(-708.0);
  Doubles clamped = reinterpret_cast<Doubles>((reinterpret_cast<Longs>(x) & ~tiny));
  Doubles biased = clamped * all(1.4426950408889634) + magic;
  Doubles n = biased - magic;
  Doubles r = (clamped - n * all(6.93147180369123816490e-01)) - n * all(1.90821492927058770002e-10);
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
  sum = sum * r + all(1.0);
  Longs scaled = reinterpret_cast<Longs>(sum) + (reinterpret_cast<Longs>(biased) << 52);
  return reinterpret_cast<Doubles>(scaled & ~tiny);
}

GT_INLINE Doubles root(Doubles x) {
#if defined(__AVX512F__)
  return reinterpret_cast<Doubles>(_mm512_sqrt_pd(reinterpret_cast<__m512d>(x)));
#elif defined(__AVX2__)
  return reinterpret_cast<Doubles>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(x)));
#elif defined(__SSE2__)
  return reinterpret_cast<Doubles>(_mm_sqrt_pd(reinterpret_cast<__m128d>(x)));
#else
  return reinterpret_cast<Doubles>(vsqrtq_f64(reinterpret_cast<float64x2_t>(x)));
#endif
}

template <CovarianceKind Kind>
GT_INLINE Doubles covariance_of(const Covariance& c, const double* point, const double* others) {
  const int distances = Kind == CovarianceKind::gaussian_with_classes ? c.columns - 1 : c.columns;
  Doubles sum{};
  for (int n = 0; n < distances; n++) {
    Doubles d = *reinterpret_cast<const Doubles*>(others + n * c.stride) - all(point[n]);
    if constexpr (Kind == CovarianceKind::additive) {
      sum += exp_of_negative(d * d * all(c.factor));
    } else {
      sum += d * d;
    }
  }
  if constexpr (Kind == CovarianceKind::additive) {
    return sum * all(c.weight);
  } else if constexpr (Kind == CovarianceKind::gaussian) {
    return exp_of_negative(sum * all(c.factor));
  } else if constexpr (Kind == CovarianceKind::gaussian_with_classes) {
    Longs same = *reinterpret_cast<const Doubles*>(others + distances * c.stride) == all(point[distances]);
    Doubles of_class = all(c.weight) * exp_of_negative(sum * all(c.class_factor));
    return exp_of_negative(sum * all(c.factor)) + reinterpret_cast<Doubles>(reinterpret_cast<Longs>(of_class) & same);
  } else {
    return root(sum);
  }
}

template <CovarianceKind Kind>
void covariance_range(const Covariance& c, const double* point, const double* others, ptrdiff_t count, double* result) {
  for (ptrdiff_t j = 0; j < count; j += kDoubles) {
    *reinterpret_cast<Doubles*>(result + j) = covariance_of<Kind>(c, point, others + j);
  }
}

// Kernel of a point with `count` others, rounded up to whole vectors; result has room for them.
inline void covariance_row(const Covariance& c, const double* point, const double* others, ptrdiff_t count,
                           double* result) {
  switch (c.kind) {
    case CovarianceKind::additive:
      return covariance_range<CovarianceKind::additive>(c, point, others, count, result);
    case CovarianceKind::gaussian:
      return covariance_range<CovarianceKind::gaussian>(c, point, others, count, result);
    case CovarianceKind::gaussian_with_classes:
      return covariance_range<CovarianceKind::gaussian_with_classes>(c, point, others, count, result);
    case CovarianceKind::distance:
      return covariance_range<CovarianceKind::distance>(c, point, others, count, result);
  }
}

}  // namespace gputrain::GT_ISA
