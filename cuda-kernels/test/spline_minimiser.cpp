// The reference's L-BFGS: Nocedal and Wright, Numerical Optimization, Algorithms 7.4, 7.5, 3.5 and 3.6.
#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <numeric>

#include "spline_reference.h"

namespace gputrain {

namespace {

double dot(const Doubles& a, const Doubles& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }
double largest(const Doubles& a) {
  return std::accumulate(a.begin(), a.end(), 0.0, [](double m, double x) { return std::max(m, std::fabs(x)); });
}

struct Point {
  double t, f, s;
};

double cubic(Point p, Point q) {
  double d1 = p.s + q.s - 3 * (p.f - q.f) / (p.t - q.t);
  double r = d1 * d1 - p.s * q.s;
  double d2 = std::copysign(std::sqrt(r), q.t - p.t);
  return q.t - (q.t - p.t) * (q.s + d2 - d1) / (q.s - p.s + 2 * d2);  // NaN where there is none
}

// phi(t) on at most `left` evaluations; returns the step, 0 when none was found.
class Search {
 public:
  Search(std::function<Point(double)> phi, Point start, double reach, int left)
      : phi_(std::move(phi)), start_(start), reach_(reach), left_(left) {}

  double bracket(double t) {
    Point a = start_;
    for (bool first = true; left_ > 0; first = false) {
      Point p = at(t);
      if (high(p) || (!first && p.f >= a.f)) {
        return zoom(a, p);
      }
      if (flat(p)) {
        return t;
      }
      if (p.s >= 0) {
        return zoom(p, a);
      }
      double least = t + 0.01 * (t - a.t);
      double next = cubic(a, p);
      t = std::isfinite(next) ? std::min(std::max(next, least), 10 * t) : (least + 10 * t) / 2;
      a = p;
    }
    return a.f < start_.f ? a.t : 0;
  }

 private:
  Point at(double t) {
    left_--;
    return phi_(t);
  }
  bool high(Point p) const { return !(p.f <= start_.f + 1e-4 * p.t * start_.s); }
  bool flat(Point p) const { return std::fabs(p.s) <= -0.9 * start_.s; }

  double zoom(Point lo, Point hi) {
    while (left_ > 0) {
      double width = std::fabs(hi.t - lo.t);
      if (width * reach_ < 1e-12) {
        break;
      }
      double left = std::min(lo.t, hi.t);
      double t = std::isfinite(hi.f) ? cubic(lo, hi) : NAN;
      t = std::isfinite(t) ? std::min(std::max(t, left + 0.1 * width), left + 0.9 * width) : left + width / 2;
      Point p = at(t);
      if (high(p) || p.f >= lo.f) {
        hi = p;
        continue;
      }
      if (flat(p)) {
        return t;
      }
      if (p.s * (hi.t - lo.t) >= 0) {
        hi = lo;
      }
      lo = p;
    }
    return lo.f < start_.f ? lo.t : 0;
  }

  std::function<Point(double)> phi_;
  Point start_;
  double reach_;
  int left_;
};

}  // namespace

double SplineReference::iterate(SplineState& state, double rate, const std::vector<int>& rows) {
  size_t n = state.parameters.size();
  Objective f = objective(state.parameters, rows, true);
  if (!std::isfinite(f.value)) {
    return NAN;
  }
  if (largest(f.gradient) <= plan_.tolerance) {
    state.progress.status = GT_CONVERGED;
    return f.loss;
  }
  std::deque<std::pair<Doubles, Doubles>> pairs;
  for (int h = 0; h < plan_.history; h++) {
    auto begin = static_cast<std::ptrdiff_t>(n) * h;
    auto end = begin + static_cast<std::ptrdiff_t>(n);
    Doubles y(state.second.begin() + begin, state.second.begin() + end);
    if (dot(y, y) > 0) {
      pairs.emplace_back(Doubles(state.first.begin() + begin, state.first.begin() + end), y);
    }
  }
  auto direction = [&] {
    Doubles q = f.gradient;
    std::deque<double> alpha;
    for (size_t k = pairs.size(); k-- > 0;) {
      auto& [s, y] = pairs[k];
      alpha.push_front(dot(s, q) / dot(s, y));
      for (size_t i = 0; i < n; i++) {
        q[i] -= alpha.front() * y[i];
      }
    }
    for (double& x : q) {
      x *= pairs.empty() ? 1
                         : dot(pairs.back().first, pairs.back().second) / dot(pairs.back().second, pairs.back().second);
    }
    for (size_t k = 0; k < pairs.size(); k++) {
      auto& [s, y] = pairs[k];
      double beta = dot(y, q) / dot(s, y);
      for (size_t i = 0; i < n; i++) {
        q[i] += (alpha[k] - beta) * s[i];
      }
    }
    for (double& x : q) {
      x = -x;
    }
    return q;
  };
  Doubles d = direction();
  if (!(dot(d, f.gradient) < 0)) {
    pairs.clear();
    d = direction();
  }
  auto point = [&](double t) {
    Doubles x = state.parameters;
    for (size_t i = 0; i < n; i++) {
      x[i] += t * d[i];
    }
    return x;
  };
  double step = 0;
  while (true) {
    double sizes = std::accumulate(f.gradient.begin(), f.gradient.end(), 0.0,
                                   [](double sum, double g) { return sum + std::fabs(g); });
    Search search(
        [&](double t) {
          Objective there = objective(point(t), rows, true);
          double s = dot(there.gradient, d);
          return Point{t, std::isfinite(s) ? there.value : NAN, s};
        },
        {0, f.value, dot(d, f.gradient)}, largest(d), plan_.evaluations);
    step = search.bracket(pairs.empty() ? rate * std::min(1.0, 1 / sizes) : rate);
    if (step > 0 || pairs.empty()) {
      break;
    }
    pairs.clear();
    d = direction();
  }
  if (step > 0) {
    Doubles x = point(step);
    Objective there = objective(x, rows, true);
    Doubles s(n), y(n);
    for (size_t i = 0; i < n; i++) {
      s[i] = x[i] - state.parameters[i];
      y[i] = there.gradient[i] - f.gradient[i];
    }
    if (dot(s, y) > 1e-10 * std::sqrt(dot(s, s) * dot(y, y))) {
      pairs.emplace_back(s, y);
    }
    while (pairs.size() > static_cast<size_t>(plan_.history)) {
      pairs.pop_front();
    }
    state.parameters = x;
    state.progress.step++;
  } else {
    state.progress.status = GT_CONVERGED;
  }
  std::fill(state.first.begin(), state.first.end(), 0);
  std::fill(state.second.begin(), state.second.end(), 0);
  for (size_t k = 0; k < pairs.size(); k++) {
    std::copy(pairs[k].first.begin(), pairs[k].first.end(), state.first.begin() + static_cast<std::ptrdiff_t>(k * n));
    std::copy(pairs[k].second.begin(), pairs[k].second.end(),
              state.second.begin() + static_cast<std::ptrdiff_t>(k * n));
  }
  return f.loss;
}

}  // namespace gputrain
