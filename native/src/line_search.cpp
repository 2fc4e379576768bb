#include "line_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace gputrain {
namespace {

constexpr double kC1 = 1e-4;
constexpr double kC2 = 0.9;
// The next trial is at most so many times as far, and beyond the last one by at least this share of its distance.
constexpr double kGrowth = 10;
constexpr double kLeastGrowth = 0.01;
// Trials within an interval stay away from its ends by this share of it.
constexpr double kMargin = 0.1;
// An interval is not divided when no parameter changes by more over it.
constexpr double kLeastWidth = 1e-12;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double dot(const double* a, const double* b, size_t n) {
  double sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (size_t k = 0; k < 8; k++) {
      sums[k] += a[i + k] * b[i + k];
    }
  }
  for (; i < n; i++) {
    sums[i % 8] += a[i] * b[i];
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

bool LineSearch::find(Objective& objective, const std::vector<double>& x, const std::vector<double>& direction,
                      double value, double slope, double first, int evaluations) {
  objective_ = &objective;
  origin_ = &x;
  direction_ = &direction;
  value0_ = value;
  slope0_ = slope;
  left_ = evaluations;
  low_.t = 0;
  low_.value = value;
  low_.slope = slope;
  double t = first;
  for (bool initial = true; left_ > 0; initial = false) {
    evaluate(t);
    if (too_high(now_) || (!initial && now_.value >= low_.value)) {
      return zoom(end_of(now_));
    }
    const End before = end_of(low_);
    std::swap(low_, now_);
    if (std::fabs(low_.slope) <= -kC2 * slope0_) {
      return true;
    }
    if (low_.slope >= 0) {
      return zoom(before);
    }
    const double least = t + kLeastGrowth * (t - before.t);
    const double most = kGrowth * t;
    const double minimum = cubic(before, end_of(low_));
    t = std::isnan(minimum) ? (least + most) / 2 : std::clamp(minimum, least, most);
  }
  return low_is_lower();
}

// Between low_, which is the lowest so far, and another end there is a step that satisfies the conditions.
bool LineSearch::zoom(End high) {
  double reach = 0;
  for (double d : *direction_) {
    reach = std::max(reach, std::fabs(d));
  }
  while (left_ > 0 && std::fabs(high.t - low_.t) * reach >= kLeastWidth) {
    evaluate(between(end_of(low_), high));
    if (too_high(now_) || now_.value >= low_.value) {
      high = end_of(now_);
      continue;
    }
    if (std::fabs(now_.slope) > -kC2 * slope0_ && now_.slope * (high.t - low_.t) >= 0) {
      high = end_of(low_);
    }
    std::swap(low_, now_);
    if (std::fabs(low_.slope) <= -kC2 * slope0_) {
      return true;
    }
  }
  return low_is_lower();
}

double LineSearch::between(const End& low, const End& high) {
  const double left = std::min(low.t, high.t);
  const double width = std::fabs(high.t - low.t);
  const double minimum = std::isfinite(high.value) ? cubic(low, high) : kNone;
  return std::isnan(minimum) ? left + width / 2
                             : std::clamp(minimum, left + kMargin * width, left + width - kMargin * width);
}

bool LineSearch::too_high(const Trial& trial) const {
  // Also where the value is not a number.
  return !(trial.value <= value0_ + kC1 * trial.t * slope0_) || std::isinf(trial.value);
}

void LineSearch::evaluate(double t) {
  left_--;
  now_.t = t;
  for (size_t i = 0; i < now_.x.size(); i++) {
    now_.x[i] = (*origin_)[i] + t * (*direction_)[i];
  }
  objective_->evaluate(now_.x, &now_.at);
  now_.slope = dot(now_.at.gradient.data(), direction_->data(), now_.x.size());
  // A slope that is no number would pass for a flat one.
  now_.value = std::isfinite(now_.slope) ? now_.at.value : kNone;
}

// Where the cubic through both values and slopes has its minimum (Eq. 3.59); NaN when it has none.
double LineSearch::cubic(const End& p, const End& q) {
  const double d1 = p.slope + q.slope - 3 * (p.value - q.value) / (p.t - q.t);
  const double square = d1 * d1 - p.slope * q.slope;
  if (!(square >= 0) || std::isinf(square)) {
    return kNone;
  }
  const double d2 = std::copysign(std::sqrt(square), q.t - p.t);
  const double t = q.t - (q.t - p.t) * (q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2);
  return std::isfinite(t) ? t : kNone;
}

}  // namespace gputrain
