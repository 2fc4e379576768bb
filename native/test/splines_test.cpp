// Spline networks against their equations: predictions, the objective and its gradient, gradients with respect to the
// inputs, for shapes that leave remainders everywhere.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels.h"
#include "spline_objective.h"
#include "spline_reference.h"
#include "training.h"

using namespace gputrain;

namespace {

struct Sample {
  std::vector<double> inputs, targets, parameters;
  std::vector<int32_t> rows;

  // A third of the inputs repeat, some are on knots, some beyond them.
  Sample(const reference::SplineNet& net, int count) {
    std::mt19937 random(11);
    std::uniform_real_distribution<double> unit(-1, 1);
    parameters = net.draw(&random);
    for (int r = 0; r < count; r++) {
      for (int i = 0; i < net.widths.front(); i++) {
        const int kind = (r + i) % 7;
        const double* knots = parameters.data() + net.knots_of(0) + i * net.knots();
        inputs.push_back(kind < 2    ? 0.25 * (r % 5) - 0.4
                         : kind == 2 ? knots[r % net.knots()]
                         : kind == 3 ? 3 * unit(random)
                                     : unit(random));
      }
      for (int k = 0; k < net.widths.back(); k++) {
        targets.push_back(unit(random));
      }
      rows.push_back((count - 1 - r) % count);
    }
  }
};

// What the library evaluates, on its own.
class Evaluated {
 public:
  Evaluated(const reference::SplineNet& net, const reference::SplineNet::Objective& of, const Sample& sample,
            int chunks)
      : model_(net.widths, net.intervals, net.order, chosen_kernels().lanes / 2),
        inputs_(sample.inputs.data(), static_cast<int>(sample.rows.size()), net.widths.front()),
        problem_{&chosen_kernels().splines, &model_, of.loss, of.delta, of.l1, of.entropy},
        objective_(problem_, 1),
        pieces_(model_, sample.parameters.data()),
        values_(model_, pieces_, inputs_) {
    CHECK(model_.parameters() == sample.parameters.size(), "%zu parameters", model_.parameters());
    std::vector<int32_t> line_of_value(static_cast<size_t>(inputs_.count()), -1);
    const int rows = static_cast<int>(sample.rows.size());
    chunks_.resize(static_cast<size_t>(chunks));
    for (int c = 0; c < chunks; c++) {
      const int begin = spline_chunk_begin(rows, c, chunks);
      chunks_[static_cast<size_t>(c)].select(inputs_, sample.rows.data() + begin,
                                             spline_chunk_begin(rows, c + 1, chunks) - begin, sample.targets.data(),
                                             model_.outputs(), &line_of_value);
    }
    at_.gradient.resize(model_.parameters());
    objective_.evaluate(pieces_, values_, chunks_, of.decay, sample.parameters, &at_);
  }
  const Evaluation& operator*() const { return at_; }

 private:
  SplineModel model_;
  InputValues inputs_;
  SplineProblem problem_;
  SplineObjective objective_;
  SplinePieces pieces_;
  ValueSplines values_;
  std::vector<SplineBatch> chunks_;
  Evaluation at_{0, 0, {}};
};

void gradient_is_that_of_the_objective(const reference::SplineNet& net, int rows, int chunks,
                                       const reference::SplineNet::Objective& of) {
  Sample sample(net, rows);
  Evaluated evaluated(net, of, sample, chunks);
  double loss = 0;
  auto f = [&](const std::vector<double>& p) {
    return net.objective(p, sample.inputs, sample.targets, sample.rows, of, &loss);
  };
  const double value = f(sample.parameters);
  CHECK(std::fabs((*evaluated).loss - loss) < 1e-12 * (1 + loss), "loss %.17g, expected %.17g", (*evaluated).loss,
        loss);
  CHECK(std::fabs((*evaluated).value - value) < 1e-12 * (1 + value), "F %.17g, expected %.17g", (*evaluated).value,
        value);
  const size_t stride = std::max<size_t>(1, sample.parameters.size() * sample.rows.size() / 1500);
  for (size_t i = 0; i < sample.parameters.size(); i += stride) {
    const double gradient = (*evaluated).gradient[i];
    if (!net.trained(static_cast<int>(i))) {
      CHECK(gradient == 0, "gradient %g of entry %zu, which is not trained", gradient, i);
      continue;
    }
    std::vector<double> p = sample.parameters;
    const double h = 1e-6;
    p[i] += h;
    const double up = f(p);
    p[i] -= 2 * h;
    const double difference = (up - f(p)) / (2 * h);
    CHECK(std::fabs(gradient - difference) < 2e-7 * (1 + std::fabs(difference)),
          "order %d, %d intervals, %d rows: gradient %zu is %.9g, expected %.9g", net.order, net.intervals, rows, i,
          gradient, difference);
  }
}

// A session of a plan that trains nothing.
void predictions_follow_the_equations(const reference::SplineNet& net, int rows) {
  Sample sample(net, rows);
  Problem problem(10, 1, GT_SPLINES);
  std::vector<int32_t> widths(net.widths.begin(), net.widths.end());
  std::vector<double> weights;
  for (int k = 0; k < net.widths.back(); k++) {
    weights.push_back(1.0 / (k + 1));
  }
  problem.widths = widths;
  problem.plan.widths = problem.widths.data();
  problem.plan.layers = net.layers();
  problem.plan.intervals = net.intervals;
  problem.plan.order = net.order;
  problem.plan.output_weights = weights.data();
  problem.initial = sample.parameters;
  problem.replicas[0].initial = problem.initial.data();
  std::vector<double> inputs(10 * static_cast<size_t>(net.widths.front()));
  std::vector<double> targets(10 * static_cast<size_t>(net.widths.back()));
  problem.data = {inputs.data(), targets.data(), 10};
  Session session(problem, 1);
  std::vector<double> outputs(sample.targets.size()), gradient(sample.inputs.size());
  CHECK(gt_predict(session.get(), sample.parameters.data(), sample.inputs.data(), rows, outputs.data()) == GT_OK, "%s",
        gt_last_error());
  CHECK(gt_input_gradient(session.get(), sample.parameters.data(), sample.inputs.data(), rows, weights.data(),
                          gradient.data()) == GT_OK,
        "%s", gt_last_error());
  for (int r = 0; r < rows; r++) {
    const double* row = sample.inputs.data() + r * net.widths.front();
    std::vector<double> expected = net.outputs(sample.parameters, row, nullptr);
    for (size_t k = 0; k < expected.size(); k++) {
      const double y = outputs[static_cast<size_t>(r) * expected.size() + k];
      CHECK(std::fabs(y - expected[k]) < 1e-12 * (1 + std::fabs(expected[k])),
            "output %zu of row %d is %.17g, expected %.17g", k, r, y, expected[k]);
    }
    auto at = [&](const std::vector<double>& x) {
      std::vector<double> y = net.outputs(sample.parameters, x.data(), nullptr);
      double sum = 0;
      for (size_t k = 0; k < y.size(); k++) {
        sum += weights[k] * y[k];
      }
      return sum;
    };
    for (int i = 0; i < net.widths.front() && net.order > 2; i++) {
      std::vector<double> x(row, row + net.widths.front());
      const double h = 1e-6;
      x[static_cast<size_t>(i)] += h;
      const double up = at(x);
      x[static_cast<size_t>(i)] -= 2 * h;
      const double difference = (up - at(x)) / (2 * h);
      const double given = gradient[static_cast<size_t>(r * net.widths.front() + i)];
      CHECK(std::fabs(given - difference) < 1e-4 * (1 + std::fabs(difference)),
            "input gradient %d of row %d: %.9g, expected %.9g", i, r, given, difference);
    }
  }
  const double infinity = std::numeric_limits<double>::infinity();
  for (double x : {infinity - infinity, infinity, -infinity}) {
    std::vector<double> row(static_cast<size_t>(net.widths.front()), 0.1);
    row.back() = x;
    CHECK(gt_predict(session.get(), sample.parameters.data(), row.data(), 1, outputs.data()) == GT_OK &&
              std::isnan(outputs[0]),
          "output %g for %g", outputs[0], x);
  }
}

}  // namespace

int main() {
  skip_without_isa();
  const std::vector<reference::SplineNet> nets = {{{1, 1}, 1, 1},       {{3, 2}, 4, 2},       {{4, 8, 1}, 5, 3},
                                                  {{4, 5, 1}, 3, 3},    {{2, 9, 1}, 30, 3},   {{5, 3, 7, 2}, 6, 4},
                                                  {{1, 17, 1}, 2, 5},   {{13, 33, 3}, 3, 3},  {{2, 2, 2, 2, 1}, 3, 7},
                                                  {{4, 8, 4, 1}, 8, 3}, {{2, 3, 6, 9}, 4, 6}, {{6, 16, 12, 5}, 3, 1}};
  for (const reference::SplineNet& net : nets) {
    for (int rows : {1, 4, 33, 70}) {
      gradient_is_that_of_the_objective(net, rows, 1, {LossKind::squared, 1, 0, 0, 0});
    }
    gradient_is_that_of_the_objective(net, 61, 2, {LossKind::huber, 0.4, 0.01, 0.02, 0.1});
    gradient_is_that_of_the_objective(net, 37, 1, {LossKind::absolute, 1, 0, 0.05, 0});
    for (int rows : {1, 6, 40}) {
      predictions_follow_the_equations(net, rows);
    }
  }
  return result();
}
