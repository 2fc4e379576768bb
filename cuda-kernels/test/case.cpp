#include "case.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace gputrain {

namespace {

// Relative to the vector's length, because single entries cancel.
template <class T>
bool same(const std::vector<T>& actual, const std::vector<double>& expected, double tolerance) {
  double square = 0;
  double difference = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    double d = static_cast<double>(actual[i]) - expected[i];
    difference += d * d;
    square += expected[i] * expected[i];
  }
  return difference <= tolerance * tolerance * square + 1e-20;
}

// What is not finite in either precision may be infinite in one and NaN in the other.
bool same(double actual, double expected, double tolerance) {
  return actual == expected || std::fabs(actual - expected) <= tolerance * std::fabs(expected) ||
         (!std::isfinite(actual) && !std::isfinite(expected));
}

void check(int code) {
  if (code != GT_OK) {
    std::fprintf(stderr, "CPU engine: %s\n", gt_last_error());
    std::abort();
  }
}

gt_session* open(const Case& one) {
  gt_session* session = nullptr;
  check(gt_open(&one.plan, &one.data, 1, &session));
  return session;
}

}  // namespace

std::vector<Expected> train_on_cpu(const Case& one, int64_t epochs) {
  gt_session* session = open(one);
  check(gt_advance(session, epochs));
  std::vector<double> zeros(one.initial[0].size());
  std::vector<Expected> all(one.initial.size(), Expected{{}, zeros, zeros, zeros, zeros, zeros, {}});
  for (int i = 0; i < one.replicas; i++) {
    Expected& at = all[static_cast<size_t>(i)];
    check(gt_get_state(session, i, &at.progress, at.parameters.data(), at.first.data(), at.second.data(),
                       at.best.data(), one.average_last > 0 ? at.sum.data() : nullptr));
  }
  size_t n = static_cast<size_t>(gt_sample_count(session));
  std::vector<int32_t> replica(n);
  std::vector<int64_t> epoch(n);
  std::vector<double> loss(n), rate(n), rms(2 * n);
  gt_take_samples(session, replica.data(), epoch.data(), loss.data(), rate.data(), rms.data());
  for (size_t i = 0; i < n; i++) {
    std::vector<double>& to = all[static_cast<size_t>(replica[i])].rms;
    to.insert(to.end(), {rms[2 * i], rms[2 * i + 1]});
  }
  gt_close(session);
  return all;
}

std::string different_predictions(const Case& one) {
  size_t n = static_cast<size_t>(one.widths.front());
  size_t outputs = static_cast<size_t>(one.widths.back());
  size_t rows = static_cast<size_t>(one.rows);
  const double* parameters = one.initial[0].data();
  std::vector<double> y(rows * outputs), by_x(rows * n);
  gt_session* session = open(one);
  check(gt_predict(session, parameters, one.inputs.data(), one.rows, y.data()));
  check(gt_input_gradient(session, parameters, one.inputs.data(), one.rows, one.output_weights.data(), by_x.data()));
  gt_close(session);
  EmulatedSession emulated(one.plan, one.data);
  std::vector<float> inputs(one.inputs.begin(), one.inputs.begin() + static_cast<std::ptrdiff_t>(rows * n));
  std::vector<float> weights(one.output_weights.begin(), one.output_weights.end());
  return !same(emulated.predict(inputs, one.rows), y, 5e-6)                      ? "predictions"
         : !same(emulated.input_gradient(inputs, one.rows, weights), by_x, 1e-5) ? "gradient by the inputs"
                                                                                 : "";
}

std::string difference(const EmulatedSession& session, const std::vector<Expected>& expected) {
  for (size_t i = 0; i < expected.size(); i++) {
    std::string where = "replica " + std::to_string(i) + ": ";
    int r = static_cast<int>(i);
    const gt_progress& actual = session.progress(r);
    const gt_progress& right = expected[i].progress;
    if (actual.epoch != right.epoch || actual.step != right.step || actual.status != right.status ||
        actual.best_epoch != right.best_epoch) {
      return where + "epochs, steps, status or best epoch";
    }
    if (!same(actual.loss, right.loss, 5e-6) || !same(actual.best_rms, right.best_rms, 5e-6)) {
      return where + "loss or best rms";
    }
    if (static_cast<size_t>(session.samples(r)) * 2 != expected[i].rms.size()) {
      return where + "number of samples";
    }
    for (size_t s = 0; s < expected[i].rms.size(); s++) {
      // Epoch, loss and rate come before the two sets' rms.
      if (!same(session.replica(r).samples[s / 2 * 5 + 3 + s % 2], expected[i].rms[s], 5e-6)) {
        return where + "sampled rms";
      }
    }
    if (!same(session.replica(r).parameters, expected[i].parameters, 1e-5) ||
        !same(session.replica(r).best, expected[i].best, 1e-5)) {
      return where + "parameters";
    }
    if (!same(session.replica(r).sum, expected[i].sum, 1e-5)) {
      return where + "sum of the parameters";
    }
    if (!same(session.replica(r).first, expected[i].first, 1e-4) ||
        !same(session.replica(r).second, expected[i].second, 1e-4)) {
      return where + "moments";
    }
  }
  return "";
}

}  // namespace gputrain
