#include "spline_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "permutation.h"

namespace gputrain {
namespace {

// The objective over all training rows, for L-BFGS.
template <class F>
class FullObjective final : public Objective {
 public:
  explicit FullObjective(F f) : f_(f) {}
  void evaluate(const std::vector<double>& x, Evaluation* at) override { f_(x, at); }

 private:
  F f_;
};

}  // namespace

void SplineReplica::load(const SplineModel& model, const InputValues& inputs, const double* given) {
  parameters.assign(given, given + model.parameters());
  pieces = std::make_unique<SplinePieces>(model, given);
  values = std::make_unique<ValueSplines>(model, *pieces, inputs);
  evaluation.reset();
}

SplineTrainer::SplineTrainer(const SplineSettings& settings, const InputValues& inputs, int members)
    : settings_(settings),
      inputs_(inputs),
      objective_(settings.problem, members),
      lbfgs_(settings.lbfgs, settings.problem.model->parameters()),
      evaluation_{0, 0, std::vector<double>(settings.problem.model->parameters())},
      line_of_value_(static_cast<size_t>(inputs.count()), -1) {}

void SplineTrainer::advance(SplineReplica& replica, int64_t epochs, int member, int members) {
  if (member > 0) {
    objective_.crew().help(member, members);
    return;
  }
  objective_.crew().begin(members);
  run_epochs(
      settings_.rules, replica.rate_factor, epochs, &replica.progress,
      [&](double rate) { return settings_.optimizer == GT_LBFGS ? iterate(replica, rate) : run_steps(replica, rate); },
      [&] {
        for (size_t i = 0; i < replica.parameters.size(); i++) {
          replica.parameter_sum[i] += replica.parameters[i];
        }
      },
      [&](double rate) { sample(replica, rate); });
  objective_.crew().end();
}

void SplineTrainer::evaluate(const SplineReplica& replica, const std::vector<SplineBatch>& chunks,
                             const std::vector<double>& at, Evaluation* to) {
  objective_.evaluate(*replica.pieces, *replica.values, chunks, replica.weight_decay, at, to);
}

// An iteration of L-BFGS; returns the loss before it.
double SplineTrainer::iterate(SplineReplica& replica, double rate) {
  const std::vector<SplineBatch>& chunks = replica.sets[0]->chunks;
  if (!replica.evaluation) {
    replica.evaluation = Evaluation{0, 0, std::vector<double>(replica.parameters.size())};
    evaluate(replica, chunks, replica.parameters, &*replica.evaluation);
  }
  const double loss = replica.evaluation->loss;
  if (!std::isfinite(loss) || !std::isfinite(replica.evaluation->value)) {
    return std::isfinite(loss) ? replica.evaluation->value : loss;
  }
  FullObjective objective([&](const std::vector<double>& x, Evaluation* at) { evaluate(replica, chunks, x, at); });
  if (lbfgs_.iterate(objective, rate, &replica.parameters, &*replica.evaluation,
                     {replica.first_moment.data(), replica.second_moment.data()})) {
    replica.progress.step++;
  } else {
    replica.progress.status = GT_CONVERGED;
  }
  return loss;
}

// The steps of one epoch. Stops before the update of a batch whose loss is not finite.
double SplineTrainer::run_steps(SplineReplica& replica, double rate) {
  const SplineSet& set = *replica.sets[0];
  const int rows = static_cast<int>(set.rows.size());
  const int size = settings_.batch_size == 0 ? rows : std::min(settings_.batch_size, rows);
  const bool shuffled = settings_.shuffle && size < rows;
  if (shuffled) {
    order_.resize(static_cast<size_t>(rows));
    Permutation(rows, replica.seed, replica.progress.epoch).entries(0, rows, order_.data());
  }
  double sum = 0;
  for (int first = 0; first < rows; first += size) {
    const int count = std::min(size, rows - first);
    if (size < rows) {
      rows_.resize(static_cast<size_t>(count));
      for (int i = 0; i < count; i++) {
        const size_t position = static_cast<size_t>(first + i);
        rows_[static_cast<size_t>(i)] = set.rows[shuffled ? static_cast<size_t>(order_[position]) : position];
      }
    }
    evaluate(replica, size < rows ? batch(rows_) : set.chunks, replica.parameters, &evaluation_);
    sum += evaluation_.loss * count;
    if (!std::isfinite(sum)) {
      return sum;
    }
    replica.progress.step++;
    if (settings_.optimizer == GT_ADAM) {
      adam(replica, rate);
    } else {
      sgd(replica, rate);
    }
  }
  return sum / rows;
}

const std::vector<SplineBatch>& SplineTrainer::batch(const std::vector<int32_t>& rows) {
  const int n = spline_chunks(static_cast<int>(rows.size()));
  batch_.resize(static_cast<size_t>(n));
  for (int c = 0; c < n; c++) {
    const int begin = spline_chunk_begin(static_cast<int>(rows.size()), c, n);
    const int end = spline_chunk_begin(static_cast<int>(rows.size()), c + 1, n);
    batch_[static_cast<size_t>(c)].select(inputs_, rows.data() + begin, end - begin, settings_.targets.data(),
                                          settings_.problem.model->outputs(), &line_of_value_);
  }
  return batch_;
}

void SplineTrainer::adam(SplineReplica& replica, double rate) const {
  const double t = static_cast<double>(replica.progress.step);
  const double step = rate / (1 - std::pow(settings_.beta1, t));
  const double inverse_root = 1 / std::sqrt(1 - std::pow(settings_.beta2, t));
  for (const EntryRange& range : settings_.problem.model->trained()) {
    for (size_t i = range.begin; i < range.end; i++) {
      const double g = evaluation_.gradient[i];
      double& m = replica.first_moment[i];
      double& v = replica.second_moment[i];
      m = settings_.beta1 * m + (1 - settings_.beta1) * g;
      v = settings_.beta2 * v + (1 - settings_.beta2) * g * g;
      replica.parameters[i] -= step * m / (std::sqrt(v) * inverse_root + settings_.epsilon);
    }
  }
}

void SplineTrainer::sgd(SplineReplica& replica, double rate) const {
  for (const EntryRange& range : settings_.problem.model->trained()) {
    for (size_t i = range.begin; i < range.end; i++) {
      double& velocity = replica.first_moment[i];
      velocity = settings_.momentum * velocity + evaluation_.gradient[i];
      replica.parameters[i] -= rate * velocity;
    }
  }
}

void SplineTrainer::sample(SplineReplica& replica, double rate) {
  std::vector<double> all;
  for (size_t s = 0; s < replica.sets.size(); s++) {
    all.push_back(rms(replica, *replica.sets[s]));
    if (static_cast<int>(s) == settings_.rules.watched && gt_improved(&replica.progress, all.back())) {
      replica.best = replica.parameters;
    }
  }
  replica.enter(replica.progress, rate, all);
}

double SplineTrainer::rms(SplineReplica& replica, const SplineSet& set) {
  if (set.rows.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const size_t outputs = static_cast<size_t>(settings_.problem.model->outputs());
  std::vector<double> squares(set.chunks.size());
  objective_.predict(*replica.pieces, *replica.values, set.chunks, replica.parameters, [&](int c, const double* y) {
    double sum = 0;
    for (int32_t row : set.chunks[static_cast<size_t>(c)].row_numbers()) {
      double error = 0;
      for (size_t k = 0; k < outputs; k++) {
        error += settings_.output_weights[k] * (*y++ - settings_.targets[static_cast<size_t>(row) * outputs + k]);
      }
      sum += error * error;
    }
    squares[static_cast<size_t>(c)] = sum;
  });
  double sum = 0;
  for (double part : squares) {
    sum += part;
  }
  return std::sqrt(sum / static_cast<double>(set.rows.size()));
}

}  // namespace gputrain
