// L-BFGS against a plain implementation, on functions and on a spline network; how it converges, fails and goes on.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "lbfgs.h"
#include "lbfgs_reference.h"
#include "training.h"

namespace {

using reference::Vector;

class Given final : public gputrain::Objective {
 public:
  explicit Given(reference::Function f) : f_(std::move(f)) {}
  void evaluate(const Vector& x, gputrain::Evaluation* at) override {
    at->value = at->loss = f_(x, &at->gradient);
    evaluations++;
  }
  int evaluations = 0;

 private:
  reference::Function f_;
};

// A curved valley in many dimensions (Rosenbrock), whose end is at 1.
double rosenbrock(const Vector& x, Vector* g) {
  double sum = 0;
  std::fill(g->begin(), g->end(), 0.0);
  for (size_t i = 0; i + 1 < x.size(); i++) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    sum += 20 * a * a + b * b;
    (*g)[i] -= 80 * a * x[i] + 2 * b;
    (*g)[i + 1] += 40 * a;
  }
  return sum;
}

// What both implementations do for some iterations from the same point.
struct Both {
  Given given;
  reference::Lbfgs expected;
  gputrain::Lbfgs actual;
  Vector x, s, y;
  gputrain::Evaluation at;

  Both(const reference::Function& f, int history, int evaluations, double tolerance, const Vector& start)
      : given(f),
        expected(f, static_cast<size_t>(history), evaluations, tolerance, start),
        actual({history, evaluations, tolerance}, start.size()),
        x(start),
        s(start.size() * static_cast<size_t>(history)),
        y(s.size()),
        at{0, 0, Vector(start.size())} {
    given.evaluate(x, &at);
  }

  bool iterate(double rate) {
    const bool moved = actual.iterate(given, rate, &x, &at, {s.data(), y.data()});
    CHECK(moved == expected.iterate(rate), "moved: %d", moved);
    return moved;
  }

  double distance() const {
    double most = 0;
    for (size_t i = 0; i < x.size(); i++) {
      most = std::max(most, std::fabs(x[i] - expected.x[i]));
    }
    return most;
  }
};

void a_valley_is_followed_as_by_the_formulas() {
  for (int history : {1, 3, 10}) {
    for (double rate : {1.0, 0.05, 30.0}) {
      Vector start(12);
      for (size_t i = 0; i < start.size(); i++) {
        start[i] = i % 2 == 0 ? -1.2 : 1.1;
      }
      Both both(rosenbrock, history, 25, 1e-9, start);
      for (int i = 0; i < 30; i++) {
        CHECK(both.iterate(rate), "stopped at iteration %d", i);
        CHECK(both.distance() < 1e-7, "history %d, rate %g, iteration %d: off by %g", history, rate, i,
              both.distance());
      }
      size_t pairs = 0;
      for (size_t row = 0; row < both.y.size(); row += start.size()) {
        pairs += gputrain::dot(&both.y[row], &both.y[row], start.size()) > 0;
      }
      CHECK(pairs == both.expected.y.size(), "%zu pairs, expected %zu", pairs, both.expected.y.size());
      for (int i = 0; i < 2000 && both.actual.iterate(both.given, 1, &both.x, &both.at, {both.s.data(), both.y.data()});
           i++) {
      }
      double largest = 0;
      for (double g : both.at.gradient) {
        largest = std::max(largest, std::fabs(g));
      }
      CHECK(largest < 1e-6, "ends where an entry of the gradient is %g", largest);
    }
  }
}

void a_function_that_only_falls_and_one_that_breaks_off() {
  // Unbounded: the search runs out of evaluations and takes the farthest point.
  Both falls([](const Vector& x, Vector* g) { return (*g)[0] = -1, -x[0]; }, 3, 4, 0, {0.0});
  CHECK(falls.iterate(1) && falls.x[0] > 1 && falls.distance() == 0, "went to %g", falls.x[0]);
  // Infinite beyond 1, not a number beyond 2.
  auto wall = [](const Vector& x, Vector* g) {
    (*g)[0] = x[0] < 1 ? 2 * (x[0] - 0.9) : std::numeric_limits<double>::quiet_NaN();
    return x[0] < 1   ? (x[0] - 0.9) * (x[0] - 0.9)
           : x[0] < 2 ? std::numeric_limits<double>::infinity()
                      : std::numeric_limits<double>::quiet_NaN();
  };
  Both broken(wall, 3, 30, 1e-6, {-4.0});
  for (int i = 0; i < 20 && broken.iterate(5); i++) {
  }
  CHECK(std::fabs(broken.x[0] - 0.9) < 1e-6 && broken.distance() < 1e-9, "ends at %g", broken.x[0]);
}

void it_says_when_there_is_no_lower_point() {
  Both flat([](const Vector&, Vector* g) { return (*g)[0] = 0, 3.0; }, 2, 5, 0, {1.0});
  CHECK(!flat.iterate(1) && flat.given.evaluations == 1, "a gradient of 0");
  // A gradient that lies: the search fails with pairs, then without.
  int calls = 0;
  Given lies([&](const Vector& x, Vector* g) { return (*g)[0] = 1, ++calls > 1 ? 5 + x[0] * 0 : 1.0; });
  gputrain::Lbfgs lbfgs({2, 6, 0}, 1);
  Vector x = {0.0}, s = {1.0, 0.0}, y = {1.0, 0.0};
  gputrain::Evaluation at{0, 0, Vector(1)};
  lies.evaluate(x, &at);
  CHECK(!lbfgs.iterate(lies, 1, &x, &at, {s.data(), y.data()}), "found a lower point");
  CHECK(x[0] == 0 && s[0] == 0 && y[0] == 0 && lies.evaluations == 13, "%d evaluations", lies.evaluations);
  // Pairs that make the direction point up are forgotten.
  Given slope([](const Vector& at_x, Vector* g) { return (*g)[0] = 2 * at_x[0], at_x[0] * at_x[0]; });
  x = {3.0};
  s = {-1.0, 0.0};
  y = {1.0, 0.0};
  slope.evaluate(x, &at);
  CHECK(lbfgs.iterate(slope, 1, &x, &at, {s.data(), y.data()}) && std::fabs(x[0]) < 3, "went to %g", x[0]);
  CHECK(y[0] < 0 && s[0] * y[0] > 0, "pair %g, %g", s[0], y[0]);
}

// A real problem: F and central differences of it from the equations. Without penalties, whose kinks would spoil these.
void a_spline_network_is_trained_as_by_the_formulas() {
  Problem problem(60, 1, GT_SPLINES);
  problem.widths = {5, 3, 2};
  problem.plan.widths = problem.widths.data();
  problem.plan.layers = 2;
  const reference::SplineNet net = {{5, 3, 2}, Problem::kIntervals, Problem::kOrder};
  std::mt19937 random(8);
  problem.initial = net.draw(&random);
  problem.replicas[0].initial = problem.initial.data();
  problem.replicas[0].weight_decay = 1e-3;
  problem.plan.optimizer = GT_LBFGS;
  problem.plan.loss = GT_MEAN_SQUARED;
  problem.plan.rules.rate_rule = GT_RATE_CONSTANT;
  problem.plan.rules.rate = 1;
  const reference::SplineNet::Objective of = {gputrain::LossKind::squared, 1, 0, 0, 1e-3};
  const std::vector<int32_t> rows(problem.lists[0].begin(), problem.lists[0].begin() + problem.sizes[0][0]);
  double loss = 0;
  auto f = [&](const Vector& x, Vector* g) {
    auto value = [&](const Vector& p) { return net.objective(p, problem.inputs, problem.targets, rows, of, &loss); };
    for (size_t i = 0; i < x.size(); i++) {
      (*g)[i] = 0;
      if (net.trained(static_cast<int>(i))) {
        // Of the fourth order: its error is far below what the comparison allows.
        const double h = 1e-4;
        for (int k : {-2, -1, 1, 2}) {
          Vector p = x;
          p[i] += k * h;
          (*g)[i] += (k == 1 ? 8 : k == -1 ? -8 : k == 2 ? -1 : 1) * value(p) / (12 * h);
        }
      }
    }
    return value(x);
  };
  reference::Lbfgs expected(f, 6, 25, 1e-10, problem.initial);
  Session session(problem, 1);
  for (int i = 0; i < 30; i++) {
    net.objective(expected.x, problem.inputs, problem.targets, rows, of, &loss);
    const double before = loss;
    expected.iterate(1);
    session.advance(1);
    State state = session.states()[0];
    // Iterations magnify the errors of the differences, which are of 1e-12.
    CHECK(std::fabs(state.progress.loss - before) < 1e-6 * before, "iteration %d: loss %.9g, expected %.9g", i,
          state.progress.loss, before);
    CHECK(state.progress.step == i + 1, "%lld steps", static_cast<long long>(state.progress.step));
    for (size_t k = 0; k < state.parameters.size(); k++) {
      CHECK(net.trained(static_cast<int>(k)) || (state.parameters[k] == problem.initial[k]), "entry %zu moved", k);
    }
  }
}

Problem learning(int rows, int replicas) {
  Problem problem(rows, replicas, GT_SPLINES);
  problem.plan.optimizer = GT_LBFGS;
  problem.plan.loss = GT_MEAN_SQUARED;
  problem.plan.rules.rate_rule = GT_RATE_CONSTANT;
  problem.plan.rules.rate = 1;
  return problem;
}

// No gradient: the network is 0 whatever happens, and so is every target.
void a_gradient_of_zero_has_converged() {
  Problem problem = learning(40, 2);
  std::vector<double> nothing(problem.initial), zeros(problem.targets.size());
  const reference::SplineNet net = {{5, 6, 3, 2}, Problem::kIntervals, Problem::kOrder};
  for (size_t i = 0; i < nothing.size(); i++) {
    nothing[i] = net.trained(static_cast<int>(i)) ? 0 : nothing[i];
  }
  problem.replicas[0].initial = nothing.data();
  problem.data.targets = zeros.data();
  Session session(problem, 2);
  session.advance(9);
  const std::vector<State> states = session.states();
  const gt_progress& at = states[0].progress;
  CHECK(at.status == GT_CONVERGED && at.epoch == 1 && at.step == 0 && at.loss == 0, "status %d", at.status);
  CHECK(same(states[0].parameters, nothing), "a converged replica moved");
  CHECK(states[1].progress.epoch == 9 && states[1].progress.status == GT_RUNNING, "the other stopped");
  const Samples samples = session.samples();
  CHECK(samples.epoch.size() == 2 && samples.replica[0] == 0 && samples.epoch[0] == 1, "its last epoch is sampled");
}

void what_is_not_finite_stops() {
  for (int optimizer : {GT_ADAM, GT_SGD, GT_LBFGS}) {
    Problem problem = learning(40, 2);
    problem.plan.optimizer = optimizer;
    std::vector<double> large(problem.initial);
    for (double& value : large) {
      value *= value == 1 ? 1 : 1e120;
    }
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> inputs = problem.inputs;
    problem.replicas[1].initial = large.data();
    Session overflow(problem, 2);
    overflow.advance(3);
    State state = overflow.states()[1];
    CHECK(state.progress.status == GT_NON_FINITE && state.progress.epoch == 1 && state.progress.step == 0,
          "optimiser %d: status %d", optimizer, state.progress.status);
    CHECK(same(state.parameters, large), "optimiser %d: an infinite loss was taken", optimizer);
    CHECK(overflow.states()[0].progress.status == GT_RUNNING, "optimiser %d: the other replica", optimizer);
    inputs[13] = nan;
    problem.data.inputs = inputs.data();
    Session missing(problem, 1);
    missing.advance(3);
    CHECK(missing.states()[0].progress.status == GT_NON_FINITE, "an input that is not a number");
  }
}

void wrong_arguments_are_refused() {
  Problem problem = learning(40, 1);
  gt_session* none = nullptr;
  auto refused = [&](const char* part) {
    CHECK(gt_open(&problem.plan, &problem.data, 1, &none) == GT_INVALID_ARGUMENT && none == nullptr, "%s", part);
    CHECK(std::string(gt_last_error()).find(part) != std::string::npos, "message: %s", gt_last_error());
  };
  auto with = [&](auto gt_plan::*field, auto value, const char* part) {
    auto before = problem.plan.*field;
    problem.plan.*field = value;
    refused(part);
    problem.plan.*field = before;
  };
  with(&gt_plan::order, 0, "an order of 1 to 7: 4, 0");
  with(&gt_plan::order, 8, "an order of 1 to 7");
  with(&gt_plan::intervals, 0, "intervals >= 1");
  with(&gt_plan::history, 0, "history >= 1");
  with(&gt_plan::evaluations, 0, "evaluations >= 1");
  with(&gt_plan::tolerance, -1.0, "tolerance >= 0");
  with(&gt_plan::penalty_l1, -1.0, "penalties of edges");
  with(&gt_plan::penalty_entropy, std::numeric_limits<double>::infinity(), "penalties of edges");
  with(&gt_plan::batch_size, 8, "all rows in one step");
  with(&gt_plan::optimizer, 3, "unknown optimiser 3");
  with(&gt_plan::family, GT_DENSE, "L-BFGS needs a spline network");
  with(&gt_plan::loss, GT_COMPLEX_SQUARED, "complex squared loss");
  problem.widths[1] = 0;
  refused("each at least 1");
}

}  // namespace

int main() {
  skip_without_isa();
  a_valley_is_followed_as_by_the_formulas();
  a_function_that_only_falls_and_one_that_breaks_off();
  it_says_when_there_is_no_lower_point();
  a_spline_network_is_trained_as_by_the_formulas();
  a_gradient_of_zero_has_converged();
  what_is_not_finite_stops();
  wrong_arguments_are_refused();
  return result();
}
