// The splines of a node that can differ from 0 at a point, and silu there.
#pragma once

#include "device.h"

namespace gputrain::device {

// Order: of the splines, or 0 where only the session knows.
template <int Order>
struct SplinesAt {
  static constexpr int kMost = Order > 0 ? Order : 7;

  int interval;  // q, t_q <= x < t_(q+1); 0 where all splines are 0
  double silu, silu_slope;
  double value[kMost + 1];  // of splines q - order ... q
  double slope[kMost + 1];

  // Calls f(p) for p = 0 ... order.
  template <class F>
  GT_DEVICE static void each(int order, const F& f) {
    GT_UNROLL
    for (int p = 0; p <= kMost; p++) {
      if (Order == 0 && p > order) {
        break;
      }
      f(p);
    }
  }

  // t: the node's knots, of which `last` is the number of the last one, continued on both sides; reciprocals [order]
  // rows of `stride`, in which 1 / (t_(j+p) - t_j) is at [p - 1][j]. The recursion of Cox and de Boor goes upwards,
  // each degree in place of the one before:
  //   B_(j,p) = (x - t_j) c_(j,p) + (t_(j+p+1) - x) c_(j+1,p),   c_(j,p) = B_(j,p-1) / (t_(j+p) - t_j)
  //   B'_(j,p) = p (c_(j,p) - c_(j+1,p))
  GT_DEVICE SplinesAt(int degree, const double* t, int last, const double* reciprocals, int stride, double x)
      : interval(0) {
    int order = Order > 0 ? Order : degree;
    double s = divide(1, 1 + exponential(-x));
    // No number where x is none or infinite.
    silu = multiply_add(x, s, x - x);
    silu_slope = s * multiply_add(x, 1 - s, 1);
    GT_UNROLL
    for (int p = 0; p <= kMost; p++) {
      value[p] = 0;
      slope[p] = 0;
    }
    if (!(x >= t[0] && x < t[last])) {
      return;
    }
    int above = last;
    while (above - interval > 1) {
      int middle = (above + interval) / 2;
      bool left = x < t[middle];
      above = left ? middle : above;
      interval = left ? interval : middle;
    }
    t += interval;
    reciprocals += interval;
    double rising[kMost], falling[kMost];
    value[0] = 1;
    GT_UNROLL
    for (int p = 1; p <= kMost; p++) {
      if (Order == 0 && p > order) {
        break;
      }
      rising[p - 1] = x - t[1 - p];
      falling[p - 1] = t[p] - x;
      double carried = 0;
      double before = 0;
      GT_UNROLL
      for (int r = 0; r < p; r++) {
        double c = value[r] * reciprocals[(p - 1) * stride + r - p + 1];
        if (p == order) {
          slope[r] = order * (before - c);
          before = c;
        }
        value[r] = multiply_add(falling[r], c, carried);
        carried = rising[p - 1 - r] * c;
      }
      value[p] = carried;
      if (p == order) {
        slope[p] = order * before;
      }
    }
  }

  // As kept by an earlier call: at [p][rows], then silu, `step` apart; without the slopes.
  GT_DEVICE SplinesAt(int order, const double* kept, int64_t step, int kept_interval)
      : interval(kept_interval), silu(0), silu_slope(0) {
    GT_UNROLL
    for (int p = 0; p <= kMost; p++) {
      value[p] = 0;
      slope[p] = 0;
    }
    each(Order > 0 ? Order : order, [&](int p) { value[p] = kept[p * step]; });
    silu = kept[((Order > 0 ? Order : order) + 1) * step];
  }

  GT_DEVICE void keep(int order, double* to, int64_t step) const {
    each(Order > 0 ? Order : order, [&](int p) { to[p * step] = value[p]; });
    to[((Order > 0 ? Order : order) + 1) * step] = silu;
  }
};

}  // namespace gputrain::device
