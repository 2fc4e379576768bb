// Sessions through the C interface: the number of threads changes no bit, resuming goes on exactly, samples come in
// order, wrong arguments are refused with a message.
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "check.h"

namespace {

struct Problem {
  std::vector<int32_t> widths = {5, 24, 10, 2};
  std::vector<double> inputs, targets, initial, weights = {1, -0.5};
  std::vector<std::vector<int32_t>> lists;
  std::vector<std::vector<int32_t>> sizes;
  std::vector<gt_replica> replicas;
  gt_plan plan{};
  gt_data data{};

  explicit Problem(int rows, int replica_count) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> unit(-1, 1);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < widths[0]; i++) {
        inputs.push_back(unit(random));
      }
      double x = inputs[static_cast<size_t>(r) * 5];
      targets.push_back(std::sin(3 * x));
      targets.push_back(x * x);
    }
    for (size_t l = 0; l + 1 < widths.size(); l++) {
      for (int i = 0; i < (widths[l] + 1) * widths[l + 1]; i++) {
        initial.push_back(unit(random) / std::sqrt(widths[l]));
      }
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
    plan.activation = GT_GELU;
    plan.loss = GT_HUBER;
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
  std::vector<double> parameters, first, second, best;
};

struct Samples {
  std::vector<int32_t> replica;
  std::vector<int64_t> epoch;
  std::vector<double> loss, rate, rms;
};

class Session {
 public:
  Session(const Problem& problem, int threads) : n_(problem.initial.size()), replicas_(problem.plan.replicas) {
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
      s.parameters = s.first = s.second = s.best = std::vector<double>(n_);
      CHECK(gt_get_state(session_, i, &s.progress, s.parameters.data(), s.first.data(), s.second.data(), s.best.data(),
                         nullptr) == GT_OK,
            "%s", gt_last_error());
      all.push_back(s);
    }
    return all;
  }

  void restore(const std::vector<State>& all) {
    for (size_t i = 0; i < all.size(); i++) {
      const State& s = all[i];
      CHECK(gt_set_state(session_, static_cast<int32_t>(i), &s.progress, s.parameters.data(), s.first.data(),
                         s.second.data(), s.best.data(), nullptr) == GT_OK,
            "%s", gt_last_error());
    }
  }

  gt_session* get() { return session_; }

 private:
  size_t n_;
  int replicas_;
  gt_session* session_ = nullptr;
};

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

void compare(const std::vector<State>& a, const std::vector<State>& b, const char* what) {
  for (size_t i = 0; i < a.size(); i++) {
    CHECK(std::memcmp(&a[i].progress, &b[i].progress, sizeof(gt_progress)) == 0, "%s: progress of replica %zu", what,
          i);
    CHECK(same(a[i].parameters, b[i].parameters), "%s: parameters of replica %zu", what, i);
    CHECK(same(a[i].first, b[i].first) && same(a[i].second, b[i].second), "%s: moments of replica %zu", what, i);
    CHECK(same(a[i].best, b[i].best), "%s: best parameters of replica %zu", what, i);
  }
}

void threads_change_nothing(const Problem& problem, const char* what) {
  Session one(problem, 1);
  one.advance(20);
  Samples expected = one.samples();
  for (int threads : {2, 3, 5}) {
    Session more(problem, threads);
    more.advance(13);
    more.advance(7);
    Samples got = more.samples();
    CHECK(got.epoch == expected.epoch && got.replica == expected.replica && same(got.loss, expected.loss) &&
              same(got.rate, expected.rate) && same(got.rms, expected.rms),
          "%s: samples with %d threads", what, threads);
    compare(one.states(), more.states(), what);
  }
}

void resume_goes_on_exactly(const Problem& problem, const char* what) {
  Session whole(problem, 2);
  whole.advance(45);
  Session begun(problem, 2);
  begun.advance(18);
  std::vector<State> saved = begun.states();
  begun.advance(9);
  begun.restore(saved);
  begun.advance(27);
  compare(whole.states(), begun.states(), what);
  Session fresh(problem, 1);
  fresh.restore(saved);
  fresh.advance(27);
  compare(whole.states(), fresh.states(), what);
}

void it_learns(const Problem& problem) {
  Session session(problem, 2);
  session.advance(1);
  double first = session.states()[0].progress.loss;
  session.advance(300);
  double last = session.states()[0].progress.loss;
  CHECK(last < first / 5, "loss went from %g to %g", first, last);
}

void a_loss_that_is_not_finite_stops() {
  Problem problem(40, 1);
  problem.plan.loss = GT_MEAN_SQUARED;
  problem.plan.activation = GT_IDENTITY;
  problem.plan.optimizer = GT_SGD;
  problem.plan.rules.rate_rule = GT_RATE_CONSTANT;
  problem.plan.rules.rate = 1e6;
  Session session(problem, 2);
  session.advance(200);
  State state = session.states()[0];
  CHECK(state.progress.status == GT_NON_FINITE && state.progress.epoch < 200, "status %d after %lld epochs",
        state.progress.status, static_cast<long long>(state.progress.epoch));
  CHECK(!std::isfinite(state.progress.loss) && state.progress.step == state.progress.epoch - 1, "loss %g, %lld steps",
        state.progress.loss, static_cast<long long>(state.progress.step));
  int64_t epoch = state.progress.epoch;
  session.advance(5);
  CHECK(session.states()[0].progress.epoch == epoch, "a stopped replica went on");
}

void wrong_arguments_are_refused() {
  Problem problem(10, 1);
  gt_session* none = nullptr;
  auto refused = [&](const char* part) {
    int code = gt_open(&problem.plan, &problem.data, 1, &none);
    CHECK(code == GT_INVALID_ARGUMENT && none == nullptr, "code %d", code);
    CHECK(std::string(gt_last_error()).find(part) != std::string::npos, "message: %s", gt_last_error());
  };
  problem.lists[0][3] = 10;
  refused("names row 10 of a data set of 10 rows");
  problem.lists[0][3] = 3;
  problem.plan.activation = 9;
  refused("unknown activation 9");
  problem.plan.activation = GT_RELU;
  problem.widths[1] = 0;
  refused("width must be at least 1: 0");
  problem.widths[1] = 24;
  problem.plan.rules.watched = 2;
  refused("watched row set 2 of 2");
  problem.plan.rules.watched = -1;
  CHECK(gt_open(&problem.plan, &problem.data, 0, &none) == GT_INVALID_ARGUMENT, "no threads");
  Session session(problem, 1);
  CHECK(gt_advance(session.get(), -1) == GT_INVALID_ARGUMENT, "a negative number of epochs");
  State s = session.states()[0];
  CHECK(gt_get_state(session.get(), 1, &s.progress, s.parameters.data(), s.first.data(), s.second.data(), s.best.data(),
                     nullptr) == GT_INVALID_ARGUMENT,
        "a replica that is not there");
  double peak = 0;
  CHECK(gt_measure_peak(0, 1, &peak) == GT_INVALID_ARGUMENT, "a peak on no threads");
  CHECK(gt_measure_peak(2, 0.001, &peak) == GT_OK && peak > 0, "peak %g", peak);
}

void predictions_are_those_of_training() {
  Problem problem(70, 1);
  Session session(problem, 1);
  session.advance(7);
  Samples samples = session.samples();
  State state = session.states()[0];
  std::vector<double> outputs(140);
  CHECK(gt_predict(session.get(), state.parameters.data(), problem.inputs.data(), 70, outputs.data()) == GT_OK, "%s",
        gt_last_error());
  double sum = 0;
  for (size_t r = 0; r < 70; r++) {
    double e = outputs[2 * r] - problem.targets[2 * r] - 0.5 * (outputs[2 * r + 1] - problem.targets[2 * r + 1]);
    sum += e * e;
  }
  CHECK(samples.epoch.size() == 1 && std::fabs(samples.rms[0] - std::sqrt(sum / 70)) < 1e-12,
        "rms %.15g, expected %.15g", samples.rms[0], std::sqrt(sum / 70));
  std::vector<double> gradient(5);
  double unit[] = {1, 0};
  CHECK(gt_input_gradient(session.get(), state.parameters.data(), problem.inputs.data(), 1, unit, gradient.data()) ==
            GT_OK,
        "%s", gt_last_error());
  double h = 1e-3;
  std::vector<double> moved(problem.inputs.begin(), problem.inputs.begin() + 10);
  std::copy(moved.begin(), moved.begin() + 5, moved.begin() + 5);
  moved[0] += h;
  moved[5] -= h;
  CHECK(gt_predict(session.get(), state.parameters.data(), moved.data(), 2, outputs.data()) == GT_OK, "%s",
        gt_last_error());
  CHECK(std::fabs(gradient[0] - (outputs[0] - outputs[2]) / (2 * h)) < 1e-3, "input gradient %g, expected %g",
        gradient[0], (outputs[0] - outputs[2]) / (2 * h));
}

}  // namespace

int main() {
  skip_without_isa();
  for (int replicas : {1, 2, 5}) {
    for (int rows : {6, 61, 1000}) {
      Problem full(rows, replicas);
      threads_change_nothing(full, "full batch");
      full.plan.optimizer = GT_SGD;
      full.plan.batch_size = rows / 3 + 1;
      threads_change_nothing(full, "batches in order");
      full.plan.shuffle = 1;
      threads_change_nothing(full, "shuffled batches");
      if (replicas == 2) {
        resume_goes_on_exactly(full, "resume");
      }
    }
  }
  it_learns(Problem(300, 1));
  a_loss_that_is_not_finite_stops();
  wrong_arguments_are_refused();
  predictions_are_those_of_training();
  return result();
}
