// Sessions through the C interface: the number of threads changes no bit, resuming goes on exactly, samples come in
// order, wrong arguments are refused with a message.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "permutation.h"
#include "training.h"

namespace {

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

void an_order_visits_every_row_once() {
  for (int32_t size : {1, 2, 3, 16, 63, 64, 65, 1000, 2099, 4096, 4097}) {
    gputrain::Permutation order(size, 7, 3);
    std::vector<int32_t> rows(static_cast<size_t>(size)), sorted, part(40);
    order.entries(0, size, rows.data());
    sorted = rows;
    std::sort(sorted.begin(), sorted.end());
    for (int32_t i = 0; i < size; i++) {
      CHECK(sorted[static_cast<size_t>(i)] == i, "row %d of %d", i, size);
    }
    int32_t n = std::min(40, size / 2 + 1);
    order.entries(size - n, n, part.data());
    CHECK(std::equal(part.begin(), part.begin() + n, rows.end() - n), "the last %d entries of %d", n, size);
  }
}

void it_learns(const Problem& problem) {
  Session session(problem, 2);
  session.advance(1);
  double first = session.states()[0].progress.loss;
  session.advance(300);
  double last = session.states()[0].progress.loss;
  CHECK(last < first / 5, "loss went from %g to %g", first, last);
}

// Replica 1 overflows in its first epoch; replica 0 does not notice.
void one_replica_overflows(int family) {
  Problem problem(130, 2, family);
  problem.plan.batch_size = 50;
  std::vector<double> large(problem.initial.size(), 300.0);
  problem.replicas[1].initial = large.data();
  Session both(problem, 2);
  both.advance(30);
  std::vector<State> states = both.states();
  const gt_progress& stopped = states[1].progress;
  CHECK(stopped.status == GT_NON_FINITE && stopped.epoch == 1 && stopped.step == 0 && !std::isfinite(stopped.loss),
        "status %d after %lld epochs", stopped.status, static_cast<long long>(stopped.epoch));
  CHECK(same(states[1].parameters, large), "a batch that is not finite was taken");
  problem.plan.replicas = 1;
  Session alone(problem, 1);
  alone.advance(30);
  compare(alone.states(), {states[0]}, "beside a replica that stopped");
}

void parameters_are_averaged(int family) {
  Problem problem(130, 2, family);
  problem.plan.batch_size = 50;
  problem.plan.rules.max_epochs = 20;
  problem.plan.rules.average_last = 6;
  Session stepped(problem, 2);
  std::vector<std::vector<double>> sums(2, std::vector<double>(problem.initial.size()));
  for (int64_t epoch = 1; epoch <= 22; epoch++) {
    stepped.advance(1);
    std::vector<State> states = stepped.states();
    for (size_t i = 0; i < states.size() && epoch <= 20; i++) {
      for (size_t k = 0; k < sums[i].size() && epoch > 14; k++) {
        sums[i][k] += states[i].parameters[k];
      }
      CHECK(same(states[i].sum, sums[i]), "sum of replica %zu after epoch %lld", i, static_cast<long long>(epoch));
    }
  }
  Session whole(problem, 3);
  whole.advance(20);
  compare(stepped.states(), whole.states(), "averages");
  Problem without(130, 2, family);
  without.plan.batch_size = 50;
  without.plan.rules.max_epochs = 20;
  Session plain(without, 1);
  plain.advance(20);
  CHECK(same(plain.states()[1].parameters, whole.states()[1].parameters), "averaging changed the training");
}

// The parameters of an epoch whose loss is not finite do not count.
void overflow_is_not_averaged() {
  Problem problem(40, 1, GT_PRODUCT_UNITS);
  problem.plan.rules.max_epochs = 10;
  problem.plan.rules.average_last = 10;
  problem.initial.assign(problem.initial.size(), 300.0);
  problem.replicas[0].initial = problem.initial.data();
  Session session(problem, 1);
  session.advance(10);
  State state = session.states()[0];
  CHECK(state.progress.status == GT_NON_FINITE && same(state.sum, std::vector<double>(state.sum.size())), "status %d",
        state.progress.status);
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
  problem.plan.family = 4;
  refused("unknown network family 4");
  problem.plan.family = GT_PRODUCT_UNITS;
  refused("outputs of product units: 2");
  problem.plan.family = GT_COMPLEX_PRODUCT_UNITS;
  problem.plan.guard = 0;
  refused("guard of product units");
  problem.plan.family = GT_DENSE;
  problem.plan.loss = GT_COMPLEX_SQUARED;
  refused("complex squared loss");
  problem.plan.loss = GT_HUBER;
  problem.plan.rules.average_last = -1;
  refused("epochs to average");
  problem.plan.rules.average_last = 0;
  CHECK(gt_open(&problem.plan, &problem.data, 0, &none) == GT_INVALID_ARGUMENT, "no threads");
  Session session(problem, 1);
  CHECK(gt_advance(session.get(), -1) == GT_INVALID_ARGUMENT, "a negative number of epochs");
  State s = session.states()[0];
  CHECK(gt_get_state(session.get(), 1, &s.progress, s.parameters.data(), s.first.data(), s.second.data(), s.best.data(),
                     nullptr) == GT_INVALID_ARGUMENT,
        "a replica that is not there");
  CHECK(gt_get_state(session.get(), 0, &s.progress, s.parameters.data(), s.first.data(), s.second.data(), s.best.data(),
                     s.best.data()) == GT_INVALID_ARGUMENT,
        "the sum of a plan that averages nothing");
  double peak = 0;
  CHECK(gt_measure_peak(0, 1, &peak) == GT_INVALID_ARGUMENT, "a peak on no threads");
  CHECK(gt_measure_peak(2, 0.001, &peak) == GT_OK && peak > 0, "peak %g", peak);
}

// The rms of a sample is that of predict(), and an input gradient the difference quotient of predict().
void predictions_are_those_of_training(int family) {
  Problem problem(70, 1, family);
  const size_t outputs = problem.outputs;
  Session session(problem, 1);
  session.advance(7);
  Samples samples = session.samples();
  State state = session.states()[0];
  std::vector<double> values(70 * outputs);
  CHECK(gt_predict(session.get(), state.parameters.data(), problem.inputs.data(), 70, values.data()) == GT_OK, "%s",
        gt_last_error());
  double sum = 0;
  for (size_t r = 0; r < 70; r++) {
    double e = 0;
    for (size_t k = 0; k < outputs; k++) {
      e += problem.weights[k] * (values[outputs * r + k] - problem.targets[outputs * r + k]);
    }
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
  CHECK(gt_predict(session.get(), state.parameters.data(), moved.data(), 2, values.data()) == GT_OK, "%s",
        gt_last_error());
  CHECK(std::fabs(gradient[0] - (values[0] - values[outputs]) / (2 * h)) < 1e-3, "input gradient %g, expected %g",
        gradient[0], (values[0] - values[outputs]) / (2 * h));
}

}  // namespace

int main() {
  skip_without_isa();
  an_order_visits_every_row_once();
  for (int family : {GT_DENSE, GT_PRODUCT_UNITS, GT_COMPLEX_PRODUCT_UNITS, GT_SPLINES}) {
    for (int replicas : {1, 2, 5}) {
      for (int rows : {6, 61, 1000}) {
        Problem full(rows, replicas, family);
        full.plan.rules.max_epochs = 30;
        full.plan.rules.average_last = 20;
        threads_change_nothing(full, "full batch");
        full.plan.optimizer = GT_SGD;
        full.plan.batch_size = rows / 3 + 1;
        threads_change_nothing(full, "batches in order");
        full.plan.shuffle = 1;
        threads_change_nothing(full, "shuffled batches");
        if (replicas == 2) {
          full.plan.rules.max_epochs = 1000;
          full.plan.rules.average_last = 975;
          resume_goes_on_exactly(full, "resume");
        }
      }
    }
    it_learns(Problem(300, 1, family));
    parameters_are_averaged(family);
    predictions_are_those_of_training(family);
  }
  for (int rows : {6, 61, 1000}) {
    Problem lbfgs(rows, 2, GT_SPLINES);
    lbfgs.plan.optimizer = GT_LBFGS;
    lbfgs.plan.rules.rate_rule = GT_RATE_STEP;
    lbfgs.plan.rules.rate = 1;
    lbfgs.plan.rules.every = 10;
    lbfgs.plan.rules.average_last = 975;
    lbfgs.plan.penalty_l1 = 1e-4;
    lbfgs.plan.penalty_entropy = 1e-4;
    threads_change_nothing(lbfgs, "L-BFGS");
    resume_goes_on_exactly(lbfgs, "L-BFGS");
  }
  one_replica_overflows(GT_PRODUCT_UNITS);
  one_replica_overflows(GT_COMPLEX_PRODUCT_UNITS);
  overflow_is_not_averaged();
  a_loss_that_is_not_finite_stops();
  wrong_arguments_are_refused();
  return result();
}
