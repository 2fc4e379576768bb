// Arithmetic of layouts, for both sides.
#pragma once

#include "device.h"

namespace gputrain::device {

GT_CONSTEXPR int ceiling(int n, int d) { return (n + d - 1) / d; }

// Least multiple of 4 from n on whose quarter is odd: eight neighbouring threads that load 16 bytes each from rows this
// far apart reach all 32 banks of shared memory.
GT_CONSTEXPR int odd_stride(int n) { return 4 * (ceiling(n, 4) | 1); }

}  // namespace gputrain::device
