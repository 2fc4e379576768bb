// Kernels (covariance functions) of one point with many, in float64. As in simd.h everything lives in GT_ISA.
#pragma once

#include "doubles.h"
#include "network.h"

namespace gputrain::GT_ISA {

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
