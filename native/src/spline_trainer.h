// One replica of a spline network under way, and its epochs.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "books.h"
#include "lbfgs.h"
#include "spline_objective.h"

namespace gputrain {

// The parts of a plan that all replicas share.
struct SplineSettings {
  SplineProblem problem;
  int optimizer;
  double beta1, beta2, epsilon, momentum;
  LbfgsSettings lbfgs;
  int batch_size;
  bool shuffle;
  std::vector<double> output_weights;
  std::vector<double> targets;  // [rows, outputs] of the data set
  gt_rules rules;
};

struct SplineReplica : Books {
  using Books::Books;

  std::vector<std::shared_ptr<const SplineSet>> sets;
  std::vector<double> parameters, first_moment, second_moment, best;
  std::vector<double> parameter_sum;  // empty when the plan averages nothing
  // Of the knots among the parameters.
  std::unique_ptr<const SplinePieces> pieces;
  std::unique_ptr<const ValueSplines> values;
  // Of the parameters, where L-BFGS knows it already.
  std::optional<Evaluation> evaluation;

  // Takes parameters, whose knots may differ from those before.
  void load(const SplineModel& model, const InputValues& inputs, const double* given);
};

// Trains a replica with one or more threads, of which the first decides everything.
class SplineTrainer {
 public:
  // members: at most this many threads will share a replica.
  SplineTrainer(const SplineSettings& settings, const InputValues& inputs, int members);

  // Runs up to `epochs` epochs of the replica. Called by each of `members` threads with its index.
  void advance(SplineReplica& replica, int64_t epochs, int member, int members);

 private:
  void lead(SplineReplica& replica, int64_t epochs);
  double run_steps(SplineReplica& replica, double rate);
  double iterate(SplineReplica& replica, double rate);
  const std::vector<SplineBatch>& batch(const std::vector<int32_t>& rows);
  void adam(SplineReplica& replica, double rate) const;
  void sgd(SplineReplica& replica, double rate) const;
  void sample(SplineReplica& replica, double rate);
  double rms(SplineReplica& replica, const SplineSet& set);
  void evaluate(const SplineReplica& replica, const std::vector<SplineBatch>& chunks, const std::vector<double>& at,
                Evaluation* to);

  const SplineSettings& settings_;
  const InputValues& inputs_;
  SplineObjective objective_;
  Lbfgs lbfgs_;
  Evaluation evaluation_;
  std::vector<SplineBatch> batch_;
  std::vector<int32_t> line_of_value_, order_, rows_;
};

}  // namespace gputrain
