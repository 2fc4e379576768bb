#include "spline_session.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "kernels.h"
#include "require.h"

namespace gputrain {
namespace {

// Of the instruction set in use; floats are half as long.
int double_lanes() { return chosen_kernels().lanes / 2; }

// Rows that a single thread takes through a network.
struct SingleTask {
  SplinePieces pieces;
  InputValues inputs;
  ValueSplines values;
  SplineBatch batch;
  Aligned<double> coefficients, base;
  SplineWorker worker;

  SingleTask(const SplineModel& model, const double* parameters, const double* given, int rows)
      : pieces(model, parameters),
        inputs(given, rows, model.inputs()),
        values(model, pieces, inputs),
        coefficients(model.coefficient_size()),
        base(model.base_size()),
        worker(model) {
    std::vector<int32_t> all(static_cast<size_t>(rows));
    std::iota(all.begin(), all.end(), 0);
    std::vector<int32_t> line_of_value(static_cast<size_t>(inputs.count()), -1);
    batch.select(inputs, all.data(), rows, nullptr, model.outputs(), &line_of_value);
    model.weights(parameters, coefficients.data(), base.data());
  }

  SplineTask task() { return worker.task(pieces, {coefficients.data(), base.data()}, values.values(), batch); }
};

}  // namespace

SplineSession::SplineSession(const gt_plan& plan, const gt_data& data, int threads)
    : gt_session(plan, data, threads),
      model_(std::vector<int>(plan.widths, plan.widths + plan.layers + 1), plan.intervals, plan.order, double_lanes()),
      inputs_(data.inputs, data.rows, model_.inputs()) {
  const bool lbfgs = plan.optimizer == GT_LBFGS;
  require(!lbfgs || plan.batch_size == 0, "L-BFGS needs all rows in one step");
  require(!lbfgs || (plan.history >= 1 && plan.evaluations >= 1 && plan.tolerance >= 0),
          "L-BFGS needs history >= 1, evaluations >= 1 and tolerance >= 0: " + std::to_string(plan.history) + ", " +
              std::to_string(plan.evaluations) + ", " + std::to_string(plan.tolerance));
  require(std::isfinite(plan.penalty_l1) && plan.penalty_l1 >= 0 && std::isfinite(plan.penalty_entropy) &&
              plan.penalty_entropy >= 0,
          "penalties of edges must be finite and not negative");
  settings_.problem = {&chosen_kernels().splines, &model_,         static_cast<LossKind>(plan.loss),
                       plan.huber_delta,          plan.penalty_l1, plan.penalty_entropy};
  settings_.optimizer = plan.optimizer;
  settings_.beta1 = plan.beta1;
  settings_.beta2 = plan.beta2;
  settings_.epsilon = plan.epsilon;
  settings_.momentum = plan.momentum;
  settings_.lbfgs = {lbfgs ? plan.history : 0, plan.evaluations, plan.tolerance};
  settings_.batch_size = plan.batch_size;
  settings_.shuffle = plan.shuffle != 0;
  const size_t outputs = static_cast<size_t>(model_.outputs());
  settings_.output_weights.assign(plan.output_weights, plan.output_weights + outputs);
  settings_.targets.assign(data.targets, data.targets + static_cast<size_t>(data.rows) * outputs);
  settings_.rules = rules_;
  for (int i = 0; i < plan.replicas; i++) {
    add_replica(plan.replica[i], row_sets(plan, plan.replica[i]));
  }
  for (int i = 0; i < pool_.threads(); i++) {
    trainers_.push_back(std::make_unique<SplineTrainer>(settings_, inputs_, i == 0 ? pool_.threads() : 1));
  }
}

void SplineSession::add_replica(const gt_replica& given, std::vector<std::vector<int32_t>> sets) {
  auto added = std::make_unique<SplineReplica>(given);
  for (std::vector<int32_t>& set : sets) {
    added->sets.push_back(cut(std::move(set)));
  }
  added->load(model_, inputs_, given.initial);
  added->best = added->parameters;
  const size_t rows = settings_.optimizer == GT_LBFGS ? static_cast<size_t>(settings_.lbfgs.history) : 1;
  added->first_moment.resize(rows * model_.parameters());
  added->second_moment.resize(rows * model_.parameters());
  added->parameter_sum.resize(rules_.average_last > 0 ? model_.parameters() : 0);
  books_.push_back(added.get());
  training_rows_.push_back(static_cast<int>(added->sets[0]->rows.size()));
  replicas_.push_back(std::move(added));
}

// Lists that replicas share are cut once.
std::shared_ptr<const SplineSet> SplineSession::cut(std::vector<int32_t> rows) {
  for (const auto& other : replicas_) {
    for (const auto& known : other->sets) {
      if (known->rows == rows) {
        return known;
      }
    }
  }
  auto set = std::make_shared<SplineSet>();
  set->rows = std::move(rows);
  const int count = static_cast<int>(set->rows.size());
  const int n = spline_chunks(count);
  std::vector<int32_t> line_of_value(static_cast<size_t>(inputs_.count()), -1);
  for (int c = 0; c < n; c++) {
    const int begin = spline_chunk_begin(count, c, n);
    set->chunks.emplace_back().select(inputs_, set->rows.data() + begin, spline_chunk_begin(count, c + 1, n) - begin,
                                      settings_.targets.data(), model_.outputs(), &line_of_value);
  }
  return set;
}

void SplineSession::train(int replica, int64_t epochs, int team, int member, int members) {
  trainers_[static_cast<size_t>(team)]->advance(*replicas_[static_cast<size_t>(replica)], epochs, member, members);
}

int SplineSession::most_members(int rows) const { return spline_chunks(rows); }

void SplineSession::get_state(int index, gt_progress* progress, double* parameters, double* first_moment,
                              double* second_moment, double* best, double* parameter_sum) const {
  check_state(index, parameter_sum);
  const SplineReplica& from = *replicas_[static_cast<size_t>(index)];
  *progress = from.progress;
  std::copy(from.parameters.begin(), from.parameters.end(), parameters);
  std::copy(from.first_moment.begin(), from.first_moment.end(), first_moment);
  std::copy(from.second_moment.begin(), from.second_moment.end(), second_moment);
  std::copy(from.best.begin(), from.best.end(), best);
  std::copy(from.parameter_sum.begin(), from.parameter_sum.end(), parameter_sum);
}

void SplineSession::set_state(int index, const gt_progress& progress, const double* parameters,
                              const double* first_moment, const double* second_moment, const double* best,
                              const double* parameter_sum) {
  check_state(index, parameter_sum);
  SplineReplica& to = *replicas_[static_cast<size_t>(index)];
  to.progress = progress;
  to.load(model_, inputs_, parameters);
  std::copy_n(first_moment, to.first_moment.size(), to.first_moment.begin());
  std::copy_n(second_moment, to.second_moment.size(), to.second_moment.begin());
  std::copy_n(best, to.best.size(), to.best.begin());
  std::copy_n(parameter_sum, to.parameter_sum.size(), to.parameter_sum.begin());
}

void SplineSession::predict(const double* parameters, const double* inputs, int rows, double* outputs) const {
  SingleTask single(model_, parameters, inputs, std::max(rows, 0));
  settings_.problem.kernels->forward(single.task(), outputs);
}

void SplineSession::input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                                   double* gradient) const {
  SingleTask single(model_, parameters, inputs, std::max(rows, 0));
  settings_.problem.kernels->input_gradient(single.task(), single.values.slopes(), weights, gradient);
}

}  // namespace gputrain
