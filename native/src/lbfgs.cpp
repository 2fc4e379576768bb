#include "lbfgs.h"

#include <algorithm>
#include <cmath>

namespace gputrain {
namespace {

// A pair is kept when s.y is above this times |s| |y|: the inverse Hessian stays positive definite.
constexpr double kLeastCurvature = 1e-10;

double largest(const std::vector<double>& values) {
  double most = 0;
  for (double value : values) {
    most = std::max(most, std::fabs(value));
  }
  return most;
}

double sum_of_sizes(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) {
    sum += std::fabs(value);
  }
  return sum;
}

// to += factor row
void add(double factor, const double* row, std::vector<double>* to) {
  for (double& value : *to) {
    value += factor * *row++;
  }
}

}  // namespace

Lbfgs::Lbfgs(const LbfgsSettings& settings, size_t n)
    : settings_(settings),
      n_(n),
      direction_(n),
      step_(n),
      change_(n),
      alpha_(static_cast<size_t>(settings.history)),
      rho_(alpha_.size()),
      search_(n) {}

bool Lbfgs::iterate(Objective& objective, double rate, std::vector<double>* x, Evaluation* at,
                    const LbfgsPairs& pairs) {
  if (largest(at->gradient) <= settings_.tolerance) {
    return false;
  }
  count_ = count(pairs);
  find_direction(at->gradient, pairs);
  double slope = dot(direction_.data(), at->gradient.data(), n_);
  if (!(slope < 0)) {
    forget(pairs);
    find_direction(at->gradient, pairs);
    slope = dot(direction_.data(), at->gradient.data(), n_);
  }
  for (;;) {
    const bool remembers = count_ > 0;
    const double trial = remembers ? rate : rate * std::min(1.0, 1 / sum_of_sizes(at->gradient));
    if (search_.find(objective, *x, direction_, at->value, slope, trial, settings_.evaluations)) {
      remember(*x, *at, pairs);
      *x = search_.point();
      *at = search_.evaluation();
      return true;
    }
    forget(pairs);
    if (!remembers) {
      return false;
    }
    find_direction(at->gradient, pairs);
    slope = dot(direction_.data(), at->gradient.data(), n_);
  }
}

size_t Lbfgs::count(const LbfgsPairs& pairs) const {
  size_t count = 0;
  for (const double* y = pairs.y; count < alpha_.size() && dot(y, y, n_) > 0; y += n_) {
    count++;
  }
  return count;
}

void Lbfgs::forget(const LbfgsPairs& pairs) {
  count_ = 0;
  std::fill_n(pairs.s, alpha_.size() * n_, 0.0);
  std::fill_n(pairs.y, alpha_.size() * n_, 0.0);
}

// direction = -H gradient by the two-loop recursion; H begins as (s.y) / (y.y) of the newest pair.
void Lbfgs::find_direction(const std::vector<double>& gradient, const LbfgsPairs& pairs) {
  std::transform(gradient.begin(), gradient.end(), direction_.begin(), [](double g) { return -g; });
  for (size_t k = count_; k-- > 0;) {
    const double* s = pairs.s + k * n_;
    const double* y = pairs.y + k * n_;
    rho_[k] = 1 / dot(y, s, n_);
    alpha_[k] = rho_[k] * dot(s, direction_.data(), n_);
    add(-alpha_[k], y, &direction_);
  }
  if (count_ > 0) {
    const double* y = pairs.y + (count_ - 1) * n_;
    const double scale = 1 / (rho_[count_ - 1] * dot(y, y, n_));
    for (double& d : direction_) {
      d *= scale;
    }
  }
  for (size_t k = 0; k < count_; k++) {
    const double beta = rho_[k] * dot(pairs.y + k * n_, direction_.data(), n_);
    add(alpha_[k] - beta, pairs.s + k * n_, &direction_);
  }
}

// The differences between the point found and x.
void Lbfgs::remember(const std::vector<double>& x, const Evaluation& at, const LbfgsPairs& pairs) {
  for (size_t i = 0; i < n_; i++) {
    step_[i] = search_.point()[i] - x[i];
    change_[i] = search_.evaluation().gradient[i] - at.gradient[i];
  }
  const double* s = step_.data();
  const double* y = change_.data();
  if (!(dot(s, y, n_) > kLeastCurvature * std::sqrt(dot(s, s, n_) * dot(y, y, n_)))) {
    return;
  }
  if (count_ == alpha_.size()) {
    count_--;
    std::copy(pairs.s + n_, pairs.s + alpha_.size() * n_, pairs.s);
    std::copy(pairs.y + n_, pairs.y + alpha_.size() * n_, pairs.y);
  }
  std::copy(step_.begin(), step_.end(), pairs.s + count_ * n_);
  std::copy(change_.begin(), change_.end(), pairs.y + count_ * n_);
  count_++;
}

}  // namespace gputrain
