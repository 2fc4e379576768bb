#include "spline_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

namespace gputrain {

namespace {

// Relative to the vector's length, because single entries cancel.
bool same(const Doubles& actual, const Doubles& expected, double tolerance) {
  double square = 0;
  double difference = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    square += expected[i] * expected[i];
  }
  return actual.size() == expected.size() && difference <= tolerance * tolerance * square + 1e-26;
}

bool same(double actual, double expected, double tolerance) {
  return actual == expected || std::fabs(actual - expected) <= tolerance * std::fabs(expected) ||
         (!std::isfinite(actual) && !std::isfinite(expected));
}

}  // namespace

gt_spline_session spline_session(const gt_plan& plan, const gt_data& data) {
  gt_spline_session session = {};
  session.rules = plan.rules;
  std::copy_n(plan.widths, plan.layers + 1, session.widths);
  session.layers = plan.layers;
  session.intervals = plan.intervals;
  session.order = plan.order;
  session.parameters = spline_parameters(plan);
  session.loss = plan.loss;
  session.optimizer = plan.optimizer;
  session.history = plan.history;
  session.evaluations = plan.evaluations;
  session.batch_size = plan.batch_size;
  session.shuffle = plan.shuffle;
  session.row_sets = plan.row_sets;
  session.replicas = plan.replicas;
  session.tolerance = plan.tolerance;
  session.penalty_l1 = plan.penalty_l1;
  session.penalty_entropy = plan.penalty_entropy;
  session.huber_delta = plan.huber_delta;
  session.beta1 = plan.beta1;
  session.beta2 = plan.beta2;
  session.epsilon = plan.epsilon;
  session.momentum = plan.momentum;
  session.inputs = data.inputs;
  session.targets = data.targets;
  session.output_weights = plan.output_weights;
  for (int i = 0; i < plan.replicas; i++) {
    const int32_t* sizes = plan.replica[i].set_sizes;
    session.most_rows = std::max(session.most_rows, std::accumulate(sizes, sizes + plan.row_sets, 0));
  }
  return session;
}

void SplineCase::fill() {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(-1.3, 1.3);
  auto add = [&](Doubles& to, int count, double scale) {
    for (int i = 0; i < count; i++) {
      to.push_back(scale * uniform(random));
    }
  };
  int all = rows + measured;
  add(inputs, all * widths.front(), 1);
  add(targets, all * widths.back(), 1);
  for (int k = 0; k < widths.back(); k++) {
    output_weights.push_back(1.0 - 0.25 * k);
  }
  for (int i = 0; i < all; i++) {
    row_numbers.push_back((i * 5 + 3) % all);  // not in order
  }
  set_sizes = {rows, measured};
  for (int r = 0; r < replicas; r++) {
    Doubles values;
    for (size_t l = 0; l + 1 < widths.size(); l++) {
      int edges = widths[l] * widths[l + 1];
      double bound = 1 / std::sqrt(widths[l]);
      add(values, edges, bound);
      add(values, edges, bound);
      add(values, edges * (intervals + order), 1);
      values.insert(values.end(), static_cast<size_t>(edges), 1);
      values[values.size() - 1 - static_cast<size_t>(edges / 2)] = 0;
      for (int i = 0; i < widths[l]; i++) {
        double t = -1.0 - 2.0 * order / intervals;
        for (int j = 0; j <= intervals + 2 * order; j++) {
          values.push_back(t);
          t += (2.0 + 0.5 * uniform(random)) / intervals;
        }
      }
    }
    initial.push_back(values);
  }
  for (int r = 0; r < replicas; r++) {
    replica.push_back({11 + r, row_numbers.data(), set_sizes.data(), r == 0 ? 0 : 1e-3, 1 - 0.5 * r,
                       initial[static_cast<size_t>(r)].data()});
  }
  plan.widths = widths.data();
  plan.layers = static_cast<int32_t>(widths.size()) - 1;
  plan.family = GT_SPLINES;
  plan.intervals = intervals;
  plan.order = order;
  plan.loss = loss;
  plan.optimizer = optimizer;
  plan.history = history;
  plan.evaluations = evaluations;
  plan.tolerance = tolerance;
  plan.penalty_l1 = l1;
  plan.penalty_entropy = entropy;
  plan.huber_delta = 0.4;
  plan.beta1 = 0.9;
  plan.beta2 = 0.999;
  plan.epsilon = 1e-8;
  plan.momentum = 0.9;
  plan.batch_size = batch;
  plan.shuffle = batch > 0;
  plan.output_weights = output_weights.data();
  plan.row_sets = 2;
  plan.replicas = replicas;
  plan.replica = replica.data();
  plan.rules.rate_rule = GT_RATE_CONSTANT;
  plan.rules.rate = rate > 0 ? rate : optimizer == GT_LBFGS ? 1 : 1e-2;
  plan.rules.watched = 1;
  // The end is far when it is not that of a run of averages.
  plan.rules.max_epochs = average_last > 0 ? kAveragedEpochs : 1000;
  plan.rules.average_last = average_last;
  plan.rules.sample_every = 2;
  plan.rules.every = 1;
  data = {inputs.data(), targets.data(), all};
}

std::vector<SplineState> SplineCase::expected(int64_t epochs) const {
  std::vector<SplineState> states;
  for (const gt_replica& one : replica) {
    states.push_back(initial_state(plan, one));
    SplineReference(plan, data, one).advance(states.back(), epochs);
  }
  return states;
}

std::string difference(const SplineCase& one, const std::vector<SplineState>& states,
                       const std::vector<SplineState>& expected) {
  double tolerance = one.optimizer == GT_LBFGS ? 1e-8 : 1e-10;
  for (size_t i = 0; i < expected.size(); i++) {
    std::string where = "replica " + std::to_string(i) + ": ";
    const SplineState& actual = states[i];
    const gt_progress& right = expected[i].progress;
    if (actual.progress.epoch != right.epoch || actual.progress.step != right.step ||
        actual.progress.status != right.status || actual.progress.best_epoch != right.best_epoch) {
      return where + "epochs, steps, status or best epoch";
    }
    if (!same(actual.progress.loss, right.loss, tolerance) ||
        !same(actual.progress.best_rms, right.best_rms, tolerance)) {
      return where + "loss or best rms";
    }
    if (actual.samples.size() != expected[i].samples.size()) {
      return where + "number of samples";
    }
    for (size_t s = 0; s < actual.samples.size(); s++) {
      if (!same(actual.samples[s], expected[i].samples[s], tolerance)) {
        return where + "samples";
      }
    }
    if (!same(actual.parameters, expected[i].parameters, tolerance) ||
        !same(actual.best, expected[i].best, tolerance) ||
        (one.average_last > 0 && !same(actual.sum, expected[i].sum, tolerance))) {
      return where + "parameters";
    }
    if (!same(actual.first, expected[i].first, 100 * tolerance) ||
        !same(actual.second, expected[i].second, 100 * tolerance)) {
      return where + "moments";
    }
  }
  return "";
}

bool same_bits(const SplineState& a, const SplineState& b) {
  auto same_vector = [](const Doubles& x, const Doubles& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) == 0;
  };
  return a.progress.epoch == b.progress.epoch && a.progress.step == b.progress.step &&
         a.progress.loss == b.progress.loss && a.progress.best_rms == b.progress.best_rms &&
         same_vector(a.parameters, b.parameters) && same_vector(a.first, b.first) && same_vector(a.second, b.second) &&
         same_vector(a.best, b.best) && same_vector(a.sum, b.sum);
}

}  // namespace gputrain
