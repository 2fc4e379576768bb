// The kernels of spline networks against plain loops, on shapes with ragged edges, by several numbers of warps and
// blocks; the threads run in several orders. Under the sanitizers an access outside of what it may touch ends the test.
#include <cmath>
#include <cstdio>
#include <iterator>

#include "emulated_splines.h"
#include "emulator/machine.h"
#include "spline_case.h"

using namespace gputrain;

namespace {

int g_checks = 0;
int g_failures = 0;

void report(const std::string& error, const SplineCase& one, const SplineLaunch& how, const char* what) {
  g_checks++;
  if (!error.empty()) {
    std::printf("%s:%d with %d warps, %s, [%d ...], %d intervals of order %d, optimiser %d: %s\n", how.kernel.c_str(),
                how.blocks, how.warps, what, one.widths[0], one.intervals, one.order, one.optimizer, error.c_str());
    g_failures++;
  }
}

std::vector<SplineLaunch> launches(const SplineCase& one) {
  std::vector<SplineLaunch> all = {
      {"train_splines", 2, 1}, {"train_splines", 1, 3}, {"train_large_splines", GT_MOST_SPLINE_WARPS, 2}};
  if (one.order == 3) {
    all.push_back({"train_cubic_splines", 3, 1});
    all.push_back({"train_cubic_splines", GT_MOST_SPLINE_WARPS, 2});
  }
  return all;
}

// Empty, or what the kernels make of the first replica's parameters otherwise than the reference.
std::string different_predictions(const SplineCase& one) {
  SplineReference reference(one.plan, one.data, one.replica[0]);
  const Doubles& parameters = one.initial[0];
  auto n = static_cast<size_t>(one.widths.front());
  Doubles inputs = one.inputs;
  // On knots of the first input, in the outermost intervals, at and beyond the ends.
  int edges = one.widths[0] * one.widths[1];
  const double* knots = &parameters[static_cast<size_t>(edges * (one.intervals + one.order + 3))];
  int last = one.intervals + 2 * one.order;
  const double special[] = {knots[0],
                            knots[one.order],
                            knots[one.intervals + one.order],
                            knots[last],
                            (knots[0] + knots[1]) / 2,
                            (knots[last - 1] + knots[last]) / 2,
                            1e300,
                            -1e300};
  for (size_t r = 0; r < std::size(special) && r * n < inputs.size(); r++) {
    inputs[r * n] = special[r];
  }
  int rows = static_cast<int>(inputs.size() / n);
  Doubles outputs, by_inputs;
  for (int r = 0; r < rows; r++) {
    const double* row = &inputs[static_cast<size_t>(r) * n];
    Doubles y = reference.predict(parameters, row);
    Doubles g = reference.input_gradient(parameters, row, one.output_weights.data());
    outputs.insert(outputs.end(), y.begin(), y.end());
    by_inputs.insert(by_inputs.end(), g.begin(), g.end());
  }
  EmulatedSplines emulated(one.plan, one.data);
  Doubles y = emulated.predict(parameters, inputs, rows);
  Doubles g = emulated.input_gradient(parameters, inputs, rows, one.output_weights);
  for (size_t i = 0; i < y.size(); i++) {
    if (!(std::fabs(y[i] - outputs[i]) <= 1e-12 * (1 + std::fabs(outputs[i])))) {
      return "predictions";
    }
  }
  for (size_t i = 0; i < g.size(); i++) {
    if (!(std::fabs(g[i] - by_inputs[i]) <= 1e-11 * (1 + std::fabs(by_inputs[i])))) {
      return "gradient by the inputs";
    }
  }
  for (double nowhere : {NAN, INFINITY, -INFINITY}) {
    inputs[n - 1] = nowhere;
    if (!std::isnan(emulated.predict(parameters, inputs, rows)[0])) {
      return "prediction from what is no number";
    }
  }
  return "";
}

void check(SplineCase one, const char* what, int first = 2, int second = 3) {
  one.fill();
  std::vector<SplineState> expected = one.expected(first + second);
  for (const SplineLaunch& how : launches(one)) {
    EmulatedSplines session(one.plan, one.data);
    std::string error = session.advance(how, first);
    if (error.empty()) {
      error = session.advance(how, second);
    }
    report(error.empty() ? difference(one, session.states(), expected) : error, one, how, what);
  }
  report(different_predictions(one), one, {"predict_splines", GT_MOST_SPLINE_WARPS, 2}, what);
}

void check_all_optimisers(SplineCase one, const char* what) {
  for (int optimizer : {GT_ADAM, GT_SGD, GT_LBFGS}) {
    one.optimizer = optimizer;
    one.batch = optimizer == GT_LBFGS ? 0 : one.batch;
    check(one, what);
  }
}

void check_shapes() {
  check_all_optimisers({.widths = {4, 8, 1}, .intervals = 5, .rows = 150}, "full batch");
  check_all_optimisers({.widths = {3, 5, 2}, .rows = 70, .batch = 19, .average_last = 3}, "batches, averages");
  check_all_optimisers({.widths = {2, 3, 4, 2}, .intervals = 1, .order = 2, .l1 = 0.01}, "penalty of sizes");
  check_all_optimisers({.widths = {3, 9, 1}, .intervals = 11, .l1 = 0.01, .entropy = 0.05}, "entropy");
  check_all_optimisers(
      {.widths = {1, 1}, .intervals = 2, .order = 1, .loss = GT_MEAN_SQUARED, .rows = 1, .measured = 0}, "a row");
  check({.widths = {2, 3}, .intervals = 3, .order = 1}, "straight lines");
  check({.widths = {2, 2, 2, 2, 1}, .intervals = 4, .order = 7, .entropy = 0.1}, "order 7");
  check({.widths = {5, 33, 3}, .intervals = 3, .order = 3, .loss = GT_MEAN_ABSOLUTE}, "many columns");
  check({.widths = {2, 3, 1}, .intervals = 40, .order = 4, .optimizer = GT_SGD}, "many intervals");
}

// Long enough to drop pairs, with and without a search that ends early.
void check_long_minimisation() {
  SplineCase one = {.widths = {3, 4, 1}, .intervals = 4, .loss = GT_MEAN_SQUARED, .optimizer = GT_LBFGS, .rows = 120};
  one.history = 3;
  check(one, "pairs dropped", 7, 9);
  one.evaluations = 1;
  check(one, "a single evaluation", 4, 6);
  for (int evaluations : {2, 3, 5}) {
    one.evaluations = evaluations;
    one.rate = 8.0 * evaluations;
    check(one, "few evaluations", 4, 6);
  }
  // Kinks: a search may end at another trial than its last.
  SplineCase kinks = {.widths = {3, 4, 1}, .intervals = 4, .loss = GT_MEAN_ABSOLUTE, .optimizer = GT_LBFGS, .rows = 30};
  kinks.replicas = 1;
  for (int evaluations : {2, 3}) {
    for (double rate : {0.05, 2.0}) {
      kinks.evaluations = evaluations;
      kinks.rate = rate;
      check(kinks, "kinks", 3, 5);
    }
  }
  one.evaluations = 20;
  one.rate = 1e-3;
  check(one, "short first steps", 4, 4);
  for (double rate : {3.0, 8.0, 20.0, 60.0, 300.0}) {
    one.rate = rate;
    check(one, "far too long first steps", 3, 3);
  }
}

void check_ends() {
  // Every gradient is below the tolerance.
  SplineCase one = {.widths = {2, 3, 1}, .optimizer = GT_LBFGS};
  one.tolerance = 1e6;
  check(one, "converged at once");
  // One evaluation, and that goes up: no step, even down the gradient.
  one.tolerance = 0;
  one.evaluations = 1;
  one.rate = 1e7;
  check(one, "a search without success");
  // A replica that overflows while the other goes on.
  for (int optimizer : {GT_ADAM, GT_LBFGS}) {
    SplineCase overflow = {.widths = {2, 3, 1}, .loss = GT_MEAN_SQUARED, .optimizer = optimizer};
    overflow.fill();
    overflow.initial[1][0] = 1e200;
    overflow.initial[1][6] = 1e200;
    std::vector<SplineState> expected = overflow.expected(5);
    SplineLaunch how = {"train_cubic_splines", 2, 1};
    EmulatedSplines session(overflow.plan, overflow.data);
    std::string error = session.advance(how, 5);
    error = error.empty() && expected[1].progress.status != GT_NON_FINITE ? "no overflow" : error;
    report(error.empty() ? difference(overflow, session.states(), expected) : error, overflow, how, "overflow");
  }
}

// Launches may be cut anywhere, and a state goes on elsewhere.
void check_resume() {
  for (int optimizer : {GT_ADAM, GT_LBFGS}) {
    SplineCase one = {.widths = {3, 4, 1}, .optimizer = optimizer, .rows = 90, .average_last = 4, .l1 = 1e-3};
    one.history = 3;
    one.fill();
    one.plan.rules.max_epochs = 12;
    for (const SplineLaunch& how : launches(one)) {
      EmulatedSplines whole(one.plan, one.data);
      EmulatedSplines parts(one.plan, one.data);
      EmulatedSplines later(one.plan, one.data);
      std::string error = whole.advance(how, 11);
      error += parts.advance(how, 2) + parts.advance(how, 5);
      // Knots belong to the state: others until then.
      for (int r = 0; r < one.replicas; r++) {
        later.restore(r, parts.state(one.replicas - 1 - r));
      }
      error += later.advance(how, 1);
      for (int r = 0; r < one.replicas; r++) {
        later.restore(r, parts.state(r));
      }
      error += later.advance(how, 4);
      for (int r = 0; r < one.replicas && error.empty(); r++) {
        error = same_bits(whole.state(r), later.state(r)) ? "" : "other bits";
      }
      report(error, one, how, "resumed");
    }
  }
}

}  // namespace

int main() {
  emulation::set_order(emulation::Order::kForward, 0);
  check_shapes();
  for (auto order : {emulation::Order::kReverse, emulation::Order::kShuffled}) {
    emulation::set_order(order, 3);
    check_long_minimisation();
    check_ends();
    check_resume();
    check_all_optimisers({.widths = {4, 5, 1}, .intervals = 5, .rows = 70, .l1 = 0.01, .entropy = 0.01}, "any order");
  }
  std::printf("%d checks, %d failed\n", g_checks, g_failures);
  return g_checks > 0 && g_failures == 0 ? 0 : 1;
}
