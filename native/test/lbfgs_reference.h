// L-BFGS and its line search once more, written from the formulas alone: the inverse Hessian as a matrix (Nocedal and
// Wright, Eq. 7.16) and every point kept, so that nothing but the formulas can be wrong.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <vector>

namespace reference {

using Vector = std::vector<double>;
// F, and its gradient in the second argument.
using Function = std::function<double(const Vector&, Vector*)>;

inline double inner(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); i++) {
    sum += a[i] * b[i];
  }
  return sum;
}

struct Lbfgs {
  struct Point {
    double t, f, slope;
    Vector x, g;
  };
  Function function;
  size_t history;
  int evaluations;
  double tolerance;

  Vector x, g;
  double f = 0;
  std::deque<Vector> s, y;

  Lbfgs(Function given, size_t pairs, int most, double least, Vector start)
      : function(std::move(given)), history(pairs), evaluations(most), tolerance(least), x(std::move(start)), g(x) {
    f = function(x, &g);
  }

  Vector direction() const {
    const size_t n = x.size();
    const double scale = s.empty() ? 1 : inner(s.back(), y.back()) / inner(y.back(), y.back());
    std::vector<Vector> h(n, Vector(n));
    for (size_t i = 0; i < n; i++) {
      h[i][i] = scale;
    }
    for (size_t k = 0; k < s.size(); k++) {
      const double rho = 1 / inner(y[k], s[k]);
      Vector hy(n);
      for (size_t i = 0; i < n; i++) {
        hy[i] = inner(h[i], y[k]);
      }
      const double yhy = inner(y[k], hy);
      for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
          h[i][j] += rho * ((rho * yhy + 1) * s[k][i] * s[k][j] - hy[i] * s[k][j] - s[k][i] * hy[j]);
        }
      }
    }
    Vector d(n);
    for (size_t i = 0; i < n; i++) {
      d[i] = -inner(h[i], g);
    }
    return d;
  }

  static double cubic(const Point& p, const Point& q) {
    const double d1 = p.slope + q.slope - 3 * (p.f - q.f) / (p.t - q.t);
    const double r = d1 * d1 - p.slope * q.slope;
    if (!(r >= 0) || !std::isfinite(r)) {
      return NAN;
    }
    const double d2 = (q.t > p.t ? 1 : -1) * std::sqrt(r);
    return q.t - (q.t - p.t) * (q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2);
  }

  bool search(const Vector& d, double first, Point* found) const {
    int left = evaluations;
    const double slope0 = inner(g, d);
    double reach = 0;
    for (double value : d) {
      reach = std::max(reach, std::fabs(value));
    }
    auto at = [&](double t) {
      left--;
      Point p = {t, 0, 0, x, Vector(x.size())};
      for (size_t i = 0; i < x.size(); i++) {
        p.x[i] += t * d[i];
      }
      p.f = function(p.x, &p.g);
      p.slope = inner(p.g, d);
      return p;
    };
    auto high = [&](const Point& p) { return !std::isfinite(p.f) || p.f > f + 1e-4 * p.t * slope0; };
    auto flat = [&](const Point& p) { return std::fabs(p.slope) <= -0.9 * slope0; };
    Point lo = {0, f, slope0, x, g}, hi = lo;
    bool bracketed = false;
    double t = first;
    for (bool initial = true; left > 0 && !bracketed; initial = false) {
      Point now = at(t);
      bracketed = high(now) || (!initial && now.f >= lo.f);
      if (bracketed) {
        hi = now;
        break;
      }
      if (flat(now)) {
        *found = now;
        return true;
      }
      if (now.slope >= 0) {
        hi = lo;
        lo = now;
        bracketed = true;
        break;
      }
      const double least = t + 0.01 * (t - lo.t), most = 10 * t;
      const double c = cubic(lo, now);
      lo = now;
      t = std::isfinite(c) ? std::min(std::max(c, least), most) : 0.5 * (least + most);
    }
    while (bracketed && left > 0 && std::fabs(hi.t - lo.t) * reach >= 1e-12) {
      const double a = std::min(lo.t, hi.t), width = std::fabs(hi.t - lo.t);
      const double c = std::isfinite(hi.f) ? cubic(lo, hi) : NAN;
      Point now =
          at(std::isfinite(c) ? std::min(std::max(c, a + 0.1 * width), a + width - 0.1 * width) : a + width / 2);
      if (high(now) || now.f >= lo.f) {
        hi = now;
        continue;
      }
      if (flat(now)) {
        *found = now;
        return true;
      }
      if (now.slope * (hi.t - lo.t) >= 0) {
        hi = lo;
      }
      lo = now;
    }
    *found = lo;
    return lo.t > 0 && lo.f < f;
  }

  // Whether it moved.
  bool iterate(double rate) {
    double largest = 0, sizes = 0;
    for (double value : g) {
      largest = std::max(largest, std::fabs(value));
      sizes += std::fabs(value);
    }
    if (largest <= tolerance) {
      return false;
    }
    for (;;) {
      Vector d = direction();
      if (!(inner(d, g) < 0)) {
        s.clear();
        y.clear();
        d = direction();
      }
      Point found;
      if (search(d, s.empty() ? rate * std::min(1.0, 1 / sizes) : rate, &found)) {
        Vector step(x.size()), change(x.size());
        for (size_t i = 0; i < x.size(); i++) {
          step[i] = found.x[i] - x[i];
          change[i] = found.g[i] - g[i];
        }
        if (inner(step, change) > 1e-10 * std::sqrt(inner(step, step) * inner(change, change))) {
          s.push_back(step);
          y.push_back(change);
        }
        if (s.size() > history) {
          s.pop_front();
          y.pop_front();
        }
        x = found.x;
        g = found.g;
        f = found.f;
        return true;
      }
      const bool remembered = !s.empty();
      s.clear();
      y.clear();
      if (!remembered) {
        return false;
      }
    }
  }
};

}  // namespace reference
