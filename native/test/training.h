// A small training problem of each network family, and sessions on it through the C interface.
#pragma once

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "check.h"
#include "spline_reference.h"

struct Problem {
  static constexpr int kIntervals = 4, kOrder = 3;
  std::vector<int32_t> widths = {5, 24, 10, 2};
  size_t outputs;
  std::vector<double> inputs, targets, initial, weights = {1, -0.5};
  std::vector<std::vector<int32_t>> lists;
  std::vector<std::vector<int32_t>> sizes;
  std::vector<gt_replica> replicas;
  gt_plan plan{};
  gt_data data{};

  explicit Problem(int rows, int replica_count, int family = GT_DENSE) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> unit(-1, 1);
    if (family == GT_SPLINES) {
      widths = {5, 6, 3, 2};
    } else if (family != GT_DENSE) {
      widths = {5, 11, 9, family == GT_COMPLEX_PRODUCT_UNITS ? 2 : 1};
    }
    outputs = static_cast<size_t>(widths[3]);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < widths[0]; i++) {
        inputs.push_back(unit(random));
      }
      double x = inputs[static_cast<size_t>(r) * 5];
      targets.push_back(std::sin(3 * x));
      if (outputs == 2) {
        targets.push_back(family == GT_COMPLEX_PRODUCT_UNITS ? 0 : x * x);
      }
    }
    auto draw = [&](int n, double bound) {
      for (int i = 0; i < n; i++) {
        initial.push_back(bound * unit(random));
      }
    };
    if (family == GT_DENSE) {
      for (size_t l = 0; l + 1 < widths.size(); l++) {
        draw((widths[l] + 1) * widths[l + 1], 1 / std::sqrt(widths[l]));
      }
    } else if (family == GT_SPLINES) {
      reference::SplineNet net = {{widths.begin(), widths.end()}, kIntervals, kOrder};
      initial = net.draw(&random);
    } else {
      draw(widths[3] * widths[1] * (widths[0] + 1), 0.4);
      draw(widths[3] * widths[2] * widths[1], 0.2);
      draw(widths[3] * (widths[2] + 1), 0.3);
    }
    for (int i = 0; i < replica_count; i++) {
      // Training rows, and a second set that overlaps them; the last replica has an empty one.
      std::vector<int32_t> list;
      for (int r = i; r < rows; r++) {
        list.push_back(r);
      }
      int32_t train = rows - i;
      int32_t other = i + 1 == replica_count && i > 0 ? 0 : rows / 3;
      for (int r = 0; r < other; r++) {
        list.push_back(r);
      }
      lists.push_back(list);
      sizes.push_back({train, other});
    }
    for (size_t i = 0; i < lists.size(); i++) {
      replicas.push_back({static_cast<int64_t>(i), lists[i].data(), sizes[i].data(), 1e-5,
                          1 + 0.1 * static_cast<double>(i), initial.data()});
    }
    plan.widths = widths.data();
    plan.layers = 3;
    plan.family = family;
    plan.activation = GT_GELU;
    plan.guard = 1e-3;
    plan.intervals = kIntervals;
    plan.order = kOrder;
    plan.history = 6;
    plan.evaluations = 25;
    plan.tolerance = 1e-10;
    plan.loss = family == GT_COMPLEX_PRODUCT_UNITS ? GT_COMPLEX_SQUARED : GT_HUBER;
    plan.optimizer = GT_ADAM;
    plan.huber_delta = 1;
    plan.beta1 = 0.9;
    plan.beta2 = 0.999;
    plan.epsilon = 1e-8;
    plan.momentum = 0.9;
    plan.output_weights = weights.data();
    plan.row_sets = 2;
    plan.replicas = replica_count;
    plan.replica = replicas.data();
    plan.rules.rate_rule = GT_RATE_PLATEAU;
    plan.rules.rate = 5e-3;
    plan.rules.factor = 0.7;
    plan.rules.rate_patience = 3;
    plan.rules.threshold = 0.01;
    plan.rules.every = 1;
    plan.rules.watched = 1;
    plan.rules.max_epochs = 1000;
    plan.rules.sample_every = 7;
    data = {inputs.data(), targets.data(), rows};
  }
};

struct State {
  gt_progress progress{};
  std::vector<double> parameters, first, second, best, sum;  // sum: empty when the plan averages nothing

  double* sum_or_null() { return sum.empty() ? nullptr : sum.data(); }
  const double* sum_or_null() const { return sum.empty() ? nullptr : sum.data(); }
};

struct Samples {
  std::vector<int32_t> replica;
  std::vector<int64_t> epoch;
  std::vector<double> loss, rate, rms;
};

class Session {
 public:
  Session(const Problem& problem, int threads)
      : n_(problem.initial.size()),
        moments_(problem.plan.optimizer == GT_LBFGS ? n_ * static_cast<size_t>(problem.plan.history) : n_),
        replicas_(problem.plan.replicas),
        averages_(problem.plan.rules.average_last > 0) {
    int code = gt_open(&problem.plan, &problem.data, threads, &session_);
    CHECK(code == GT_OK, "open: %s", gt_last_error());
  }
  ~Session() { gt_close(session_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void advance(int64_t epochs) { CHECK(gt_advance(session_, epochs) == GT_OK, "%s", gt_last_error()); }

  Samples samples() {
    size_t n = static_cast<size_t>(gt_sample_count(session_));
    Samples s = {std::vector<int32_t>(n), std::vector<int64_t>(n), std::vector<double>(n), std::vector<double>(n),
                 std::vector<double>(2 * n)};
    CHECK(gt_take_samples(session_, s.replica.data(), s.epoch.data(), s.loss.data(), s.rate.data(), s.rms.data()) ==
              GT_OK,
          "%s", gt_last_error());
    return s;
  }

  std::vector<State> states() const {
    std::vector<State> all;
    for (int i = 0; i < replicas_; i++) {
      State s;
      s.parameters = s.best = std::vector<double>(n_);
      s.first = s.second = std::vector<double>(moments_);
      s.sum.resize(averages_ ? n_ : 0);
      CHECK(gt_get_state(session_, i, &s.progress, s.parameters.data(), s.first.data(), s.second.data(), s.best.data(),
                         s.sum_or_null()) == GT_OK,
            "%s", gt_last_error());
      all.push_back(s);
    }
    return all;
  }

  void restore(const std::vector<State>& all) {
    for (size_t i = 0; i < all.size(); i++) {
      const State& s = all[i];
      CHECK(gt_set_state(session_, static_cast<int32_t>(i), &s.progress, s.parameters.data(), s.first.data(),
                         s.second.data(), s.best.data(), s.sum_or_null()) == GT_OK,
            "%s", gt_last_error());
    }
  }

  gt_session* get() { return session_; }

 private:
  size_t n_, moments_;
  int replicas_;
  bool averages_;
  gt_session* session_ = nullptr;
};

inline bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

inline void compare(const std::vector<State>& a, const std::vector<State>& b, const char* what) {
  for (size_t i = 0; i < a.size(); i++) {
    CHECK(std::memcmp(&a[i].progress, &b[i].progress, sizeof(gt_progress)) == 0, "%s: progress of replica %zu", what,
          i);
    CHECK(same(a[i].parameters, b[i].parameters), "%s: parameters of replica %zu", what, i);
    CHECK(same(a[i].first, b[i].first) && same(a[i].second, b[i].second), "%s: moments of replica %zu", what, i);
    CHECK(same(a[i].best, b[i].best), "%s: best parameters of replica %zu", what, i);
    CHECK(same(a[i].sum, b[i].sum), "%s: sum of the parameters of replica %zu", what, i);
  }
}
