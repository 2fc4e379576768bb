// L-BFGS with a line search for the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, 2nd edition,
// Algorithms 7.4 and 7.5, 3.5 and 3.6), by a block: a thread has the same entries of all vectors throughout, so that
// only their scalar products cross threads. All threads go the same way, because those have the same bits in all.
#pragma once

#include "driver.h"

namespace gputrain::device {

// A step t along the direction: value and slope of the objective there.
struct Trial {
  double t, value, slope;
};

// The step at which the cubic through values and slopes of two trials is least (Eq. 3.59); NaN where there is none.
GT_DEVICE double cubic_minimum(const Trial& p, const Trial& q) {
  double d1 = p.slope + q.slope - divide(3 * (p.value - q.value), p.t - q.t);
  double root = d1 * d1 - p.slope * q.slope;
  if (!(root >= 0) || !finite(root)) {
    return NAN;
  }
  double d2 = with_sign_of(square_root(root), q.t - p.t);
  double t = q.t - divide((q.t - p.t) * (q.slope + d2 - d1), q.slope - p.slope + 2 * d2);
  return finite(t) ? t : NAN;
}

GT_DEVICE double clamped(double x, double least, double most) { return x < least ? least : x > most ? most : x; }

struct Lbfgs {
  static constexpr bool kMinimises = true;
  static constexpr double kDecrease = 1e-4, kCurvature = 0.9;
  // The next step of the search is at most this often the last one, and beyond it by at least this share of what was
  // gone last.
  static constexpr double kGrowth = 10, kLeastGrowth = 0.01;
  // Trials keep this share of a bracket from its ends; where the parameters differ by less over it, the search ends.
  static constexpr double kMargin = 0.1, kLeastWidth = 1e-12;
  // Of s.y, as a share of |s| |y|, for a pair to be kept.
  static constexpr double kLeastCurvature = 1e-10;

  bool moved = false;

  // x: [n], the parameters; memory: [4 n + 2 history]; s and y: [history, n], the leading rows with y.y > 0 in use.
  template <class Tile>
  GT_DEVICE void begin(Tile& tile, double weight_decay, double* x, double* memory, double* s, double* y) {
    n_ = tile.session.parameters;
    history_ = tile.session.history;
    weight_decay_ = weight_decay;
    x_ = x;
    next_x_ = memory;
    g_ = memory + n_;
    next_g_ = memory + 2 * static_cast<int64_t>(n_);
    d_ = memory + 3 * static_cast<int64_t>(n_);
    curvature_ = memory + 4 * static_cast<int64_t>(n_);
    alpha_ = curvature_ + history_;
    s_ = s;
    y_ = y;
    while (count_ < history_) {
      const double* row = y_ + static_cast<int64_t>(count_) * n_;
      double square = dot(tile, row, row);
      if (!(square > 0)) {
        break;
      }
      square_ = square;
      double product = dot(tile, s_ + static_cast<int64_t>(count_) * n_, row);
      if (thread() == 0) {
        curvature_[count_] = product;
      }
      count_++;
    }
  }

  // Where row i of the pairs, oldest first, is kept; -1 where there is none.
  GT_DEVICE int64_t kept(int i) const { return i < count_ ? (oldest_ + i) % history_ : -1; }

  template <class Tile, class Team>
  GT_DEVICE double iterate(Tile& tile, Team& team, const Rows& rows, int n, double rate) {
    moved = false;
    if (!known_) {
      value_ = evaluate(tile, team, rows, n, x_, g_, &loss_);
      known_ = true;
    }
    double loss = loss_;
    if (!finite(value_)) {
      return NAN;
    }
    double largest = 0;
    double sizes = 0;
    for (int i = thread(); i < n_; i += threads()) {
      double size = absolute(g_[i]);
      largest = size > largest || size != size ? size : largest;
      sizes += size;
    }
    if (tile.block_largest(largest) <= tile.session.tolerance) {
      return loss;
    }
    sizes = tile.block_sum(sizes);
    set_direction(tile);
    double slope = dot(tile, d_, g_);
    if (!(slope < 0)) {
      count_ = 0;
      set_direction(tile);
      slope = dot(tile, d_, g_);
    }
    while (true) {
      double first = count_ > 0 ? rate : rate * (1 / sizes < 1 ? 1 / sizes : 1);
      if (search(tile, team, rows, n, slope, first)) {
        remember(tile);
        moved = true;
        return loss;
      }
      if (count_ == 0) {
        tile.move_to(x_);
        return loss;
      }
      count_ = 0;
      set_direction(tile);
      slope = dot(tile, d_, g_);
    }
  }

 private:
  template <class Tile>
  GT_DEVICE double dot(Tile& tile, const double* a, const double* b) const {
    double sum = 0;
    for (int i = thread(); i < n_; i += threads()) {
      sum = multiply_add(a[i], b[i], sum);
    }
    return tile.block_sum(sum);
  }

  GT_DEVICE double* s(int i) const { return s_ + kept(i) * n_; }
  GT_DEVICE double* y(int i) const { return y_ + kept(i) * n_; }

  // The objective and its gradient; the sum of the losses to *loss.
  template <class Tile, class Team>
  GT_DEVICE double evaluate(Tile& tile, Team& team, const Rows& rows, int n, double* at, double* gradient,
                            double* loss) {
    tile.move_to(at);
    // Every thread has set its entries of the point.
    sync_block();
    tile.accumulate(rows, share(n, team.rank(), team.blocks()), share(n, team.rank() + 1, team.blocks()), n);
    *loss = team.collect(tile);
    double squares = 0;
    for (int i = thread(); i < n_; i += threads()) {
      bool trains = tile.trains(i);
      gradient[i] = trains ? multiply_add(weight_decay_, at[i], tile.gradient(i)) : 0;
      squares += trains ? at[i] * at[i] : 0;
    }
    squares = tile.block_sum(squares);
    double mean = *loss / (static_cast<double>(n) * tile.session.widths[tile.session.layers]);
    return mean + tile.penalty + weight_decay_ / 2 * squares;
  }

  // d = -H g by the two loops over the pairs; H begins as (s.y) / (y.y) of the newest.
  template <class Tile>
  GT_DEVICE void set_direction(Tile& tile) {
    for (int i = thread(); i < n_; i += threads()) {
      d_[i] = -g_[i];
    }
    for (int k = count_ - 1; k >= 0; k--) {
      double alpha = divide(dot(tile, s(k), d_), curvature_[kept(k)]);
      if (thread() == 0) {
        alpha_[k] = alpha;
      }
      add(-alpha, y(k));
    }
    if (count_ > 0) {
      double scale = divide(curvature_[kept(count_ - 1)], square_);
      for (int i = thread(); i < n_; i += threads()) {
        d_[i] *= scale;
      }
    }
    for (int k = 0; k < count_; k++) {
      double beta = divide(dot(tile, y(k), d_), curvature_[kept(k)]);
      add(alpha_[k] - beta, s(k));
    }
  }

  GT_DEVICE void add(double factor, const double* row) {
    for (int i = thread(); i < n_; i += threads()) {
      d_[i] = multiply_add(factor, row[i], d_[i]);
    }
  }

  // Looks for a step with the strong Wolfe conditions; false when none that was tried is lower. The point, its
  // gradient and its value are then the next ones.
  template <class Tile, class Team>
  GT_DEVICE bool search(Tile& tile, Team& team, const Rows& rows, int n, double slope0, double first) {
    double reach = 0;
    for (int i = thread(); i < n_; i += threads()) {
      double size = absolute(d_[i]);
      reach = size > reach || size != size ? size : reach;
    }
    reach = tile.block_largest(reach);
    // At first `low` is the trial before, then the better end of the bracket.
    Trial low = {0, value_, slope0};
    Trial high = {};
    bool bracketed = false;
    double t = first;
    double tried = 0;
    for (int left = tile.session.evaluations;; left--) {
      bool ends = left == 0 || (bracketed && !(absolute(high.t - low.t) * reach >= kLeastWidth));
      if (ends) {
        if (!(low.t > 0 && low.value < value_)) {
          return false;
        }
        if (tried == low.t) {
          return true;
        }
        t = low.t;
      } else if (bracketed) {
        t = between(low, high);
      }
      for (int i = thread(); i < n_; i += threads()) {
        next_x_[i] = multiply_add(t, d_[i], x_[i]);
      }
      tried = t;
      next_value_ = evaluate(tile, team, rows, n, next_x_, next_g_, &next_loss_);
      if (ends) {
        return true;
      }
      Trial now = {t, next_value_, dot(tile, d_, next_g_)};
      // A slope that is no number would pass for a flat one.
      now.value = finite(now.slope) ? now.value : NAN;
      bool too_high = !(now.value <= value_ + kDecrease * t * slope0);
      bool first_trial = left == tile.session.evaluations;
      if (too_high || (!first_trial && now.value >= low.value)) {
        high = now;
        bracketed = true;
      } else if (absolute(now.slope) <= -kCurvature * slope0) {
        return true;
      } else if (bracketed) {
        high = now.slope * (high.t - low.t) >= 0 ? low : high;
        low = now;
      } else if (now.slope >= 0) {
        high = low;
        low = now;
        bracketed = true;
      } else {
        double least = t + kLeastGrowth * (t - low.t);
        double most = kGrowth * t;
        double cubic = cubic_minimum(low, now);
        t = cubic != cubic ? (least + most) / 2 : clamped(cubic, least, most);
        low = now;
      }
    }
  }

  GT_DEVICE static double between(const Trial& low, const Trial& high) {
    double left = low.t < high.t ? low.t : high.t;
    double width = absolute(high.t - low.t);
    double cubic = finite(high.value) ? cubic_minimum(low, high) : NAN;
    return cubic != cubic ? left + width / 2 : clamped(cubic, left + kMargin * width, left + width - kMargin * width);
  }

  // Goes to the next point; keeps the pair of differences if the objective curves upwards along it.
  template <class Tile>
  GT_DEVICE void remember(Tile& tile) {
    double product = 0;
    double s_square = 0;
    double y_square = 0;
    for (int i = thread(); i < n_; i += threads()) {
      double step = next_x_[i] - x_[i];
      double change = next_g_[i] - g_[i];
      product = multiply_add(step, change, product);
      s_square = multiply_add(step, step, s_square);
      y_square = multiply_add(change, change, y_square);
    }
    product = tile.block_sum(product);
    s_square = tile.block_sum(s_square);
    y_square = tile.block_sum(y_square);
    if (product > kLeastCurvature * square_root(s_square * y_square)) {
      if (count_ == history_) {
        oldest_ = (oldest_ + 1) % history_;
        count_--;
      }
      int newest = count_++;
      square_ = y_square;
      if (thread() == 0) {
        curvature_[kept(newest)] = product;
      }
      for (int i = thread(); i < n_; i += threads()) {
        s(newest)[i] = next_x_[i] - x_[i];
        y(newest)[i] = next_g_[i] - g_[i];
      }
    }
    swap(x_, next_x_);
    swap(g_, next_g_);
    value_ = next_value_;
    loss_ = next_loss_;
  }

  GT_DEVICE static void swap(double*& a, double*& b) {
    double* other = a;
    a = b;
    b = other;
  }

  int n_ = 0, history_ = 1;
  int count_ = 0, oldest_ = 0;  // pairs, and the row of the oldest
  bool known_ = false;          // what belongs to the point
  double weight_decay_ = 0;
  double value_ = 0, loss_ = 0;
  double next_value_ = 0, next_loss_ = 0;
  double square_ = 0;  // y.y of the newest pair
  double *x_ = nullptr, *next_x_ = nullptr, *g_ = nullptr, *next_g_ = nullptr, *d_ = nullptr;
  double *curvature_ = nullptr, *alpha_ = nullptr;  // s.y by row; of the first loop
  double *s_ = nullptr, *y_ = nullptr;
};

}  // namespace gputrain::device
