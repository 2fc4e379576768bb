// Losses and their derivatives, along lines of outputs.
#pragma once

#include "network.h"
#include "simd.h"

namespace gputrain::GT_ISA {

// Loss of one residual and its derivative, not yet scaled.
template <LossKind Kind>
GT_INLINE Vec residual_loss(Vec r, Vec delta, Vec* derivative) {
  Vec size = abs(r);
  if constexpr (Kind == LossKind::huber) {
    Vec inner = min(size, delta);
    *derivative = copysign(inner, r);
    return mul(inner, sub(size, mul(broadcast(0.5F), inner)));
  } else if constexpr (Kind == LossKind::absolute) {
    *derivative = select(less(zero(), size), copysign(broadcast(1.0F), r), zero());
    return size;
  } else if constexpr (Kind == LossKind::squared) {
    *derivative = add(r, r);
    return mul(r, r);
  } else {
    Vec twice = add(r, r);
    *derivative = add(twice, twice);
    return mul(twice, r);
  }
}

// One line of outputs: y becomes the gradient, 0 beyond the first `valid`; the losses are added up in float64.
template <LossKind Kind>
void loss_line(const Loss& loss, float* y, const float* target, int n, int valid, double* sums) {
  const Vec delta = broadcast(loss.delta);
  const Vec scale = broadcast(loss.scale);
  for (int i = 0; i < n; i += Vec::size) {
    int keep = valid - i < 0 ? 0 : valid - i > Vec::size ? Vec::size : valid - i;
    Vec derivative;
    Vec value = residual_loss<Kind>(sub(load(y + i), load(target + i)), delta, &derivative);
    store(y + i, keep_first(mul(derivative, scale), keep));
    float lanes[Vec::size];
    store(lanes, keep_first(value, keep));
    for (int lane = 0; lane < Vec::size; lane++) {
      sums[lane] += static_cast<double>(lanes[lane]);
    }
  }
}

template <LossKind Kind>
double loss_lines_of(const Loss& loss, float* y, ptrdiff_t y_stride, const float* target, ptrdiff_t target_stride,
                     int lines, int n, int valid_lines, int valid) {
  double sums[Vec::size] = {};
  for (int line = 0; line < lines; line++) {
    loss_line<Kind>(loss, y + line * y_stride, target + line * target_stride, n, line < valid_lines ? valid : 0, sums);
  }
  double total = 0;
  for (double sum : sums) {
    total += sum;
  }
  return total;
}

// Sum of the losses of the first `valid` of each of the first `valid_lines` lines; y becomes the gradient.
inline double loss_lines(const Loss& loss, float* y, ptrdiff_t y_stride, const float* target, ptrdiff_t target_stride,
                         int lines, int n, int valid_lines, int valid) {
  auto of = [&](auto lines_of) {
    return lines_of(loss, y, y_stride, target, target_stride, lines, n, valid_lines, valid);
  };
  switch (loss.kind) {
    case LossKind::huber:
      return of(loss_lines_of<LossKind::huber>);
    case LossKind::absolute:
      return of(loss_lines_of<LossKind::absolute>);
    case LossKind::squared:
      return of(loss_lines_of<LossKind::squared>);
    case LossKind::complex_squared:
      break;
  }
  return of(loss_lines_of<LossKind::complex_squared>);
}

}  // namespace gputrain::GT_ISA
