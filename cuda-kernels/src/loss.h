// Loss of one residual, as gputrain.engine.Loss defines it, and its derivative.
#pragma once

#include "device.h"
#include "gputrain/cuda_abi.h"

namespace gputrain::device {

// `kind`: GT_HUBER (r^2/2 up to |r| = delta, then delta (|r| - delta/2)), GT_MEAN_ABSOLUTE (derivative 0 at 0),
// GT_MEAN_SQUARED, GT_COMPLEX_SQUARED (2 r^2, so that the mean over rows and two outputs is that of |y - t|^2 over
// rows). NaN stays NaN in both.
template <class Number>
GT_DEVICE Number loss_of(int kind, Number delta, Number residual, Number* slope) {
  if (kind == GT_MEAN_SQUARED) {
    *slope = 2 * residual;
    return residual * residual;
  }
  if (kind == GT_COMPLEX_SQUARED) {
    *slope = 4 * residual;
    return 2 * residual * residual;
  }
  Number size = absolute(residual);
  if (kind == GT_MEAN_ABSOLUTE) {
    *slope = residual > 0 ? Number(1) : residual < 0 ? Number(-1) : 0 * residual;
    return size;
  }
  bool far = size > delta;
  *slope = far ? with_sign_of(delta, residual) : residual;
  return far ? delta * (size - Number(0.5) * delta) : Number(0.5) * residual * residual;
}

}  // namespace gputrain::device
