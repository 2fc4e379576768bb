// Loss of one residual, as gputrain.engine.Loss defines it, and its derivative.
#pragma once

#include "device.h"
#include "gputrain/cuda_abi.h"

namespace gputrain::device {

// `kind`: GT_HUBER (r^2/2 up to |r| = delta, then delta (|r| - delta/2)), GT_MEAN_ABSOLUTE (derivative 0 at 0),
// GT_MEAN_SQUARED, GT_COMPLEX_SQUARED (2 r^2, so that the mean over rows and two outputs is that of |y - t|^2 over
// rows). NaN stays NaN in both.
GT_DEVICE float loss_of(int kind, float delta, float residual, float* slope) {
  if (kind == GT_MEAN_SQUARED) {
    *slope = 2 * residual;
    return residual * residual;
  }
  if (kind == GT_COMPLEX_SQUARED) {
    *slope = 4 * residual;
    return 2 * residual * residual;
  }
  float size = fabsf(residual);
  if (kind == GT_MEAN_ABSOLUTE) {
    *slope = residual > 0 ? 1.0F : residual < 0 ? -1.0F : 0 * residual;
    return size;
  }
  bool far = size > delta;
  *slope = far ? copysignf(delta, residual) : residual;
  return far ? delta * (size - 0.5F * delta) : 0.5F * residual * residual;
}

}  // namespace gputrain::device
