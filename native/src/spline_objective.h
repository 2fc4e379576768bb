// The objective of a spline network over rows, its gradient, and predictions.
#pragma once

#include <memory>
#include <vector>

#include "crew.h"
#include "line_search.h"
#include "spline_rows.h"

namespace gputrain {

// The parts of a plan that decide the objective.
struct SplineProblem {
  const SplineKernels* kernels;
  const SplineModel* model;
  LossKind loss;
  double huber_delta;
  double penalty_l1, penalty_entropy;
};

// What one thread needs to take rows through a network.
class SplineWorker {
 public:
  explicit SplineWorker(const SplineModel& model);
  // A task on these rows; valid until the next call.
  SplineTask task(const SplinePieces& pieces, const SplineWeights& weights, const SplineValues& values,
                  const SplineBatch& batch);

 private:
  const SplineModel& model_;
  std::vector<SplineNodes> nodes_;
  std::vector<Aligned<double>> numbers_;
  std::vector<std::vector<int64_t>> records_;
  Aligned<double> table_, table_gradient_, edge_;
};

// Everything at fixed knots: the weights of the kernels for one parameter vector after another.
class SplineObjective {
 public:
  SplineObjective(const SplineProblem& problem, int members);

  Crew& crew() { return crew_; }

  // F = D + penalties + weight_decay / 2 |p|^2 of the trained parameters, over all rows of the chunks; the crew shares
  // them. Sums are formed in an order that the chunks alone decide.
  void evaluate(const SplinePieces& pieces, const ValueSplines& values, const std::vector<SplineBatch>& chunks,
                double weight_decay, const std::vector<double>& parameters, Evaluation* at);

  // Calls f(chunk, outputs [rows, outputs]) for every chunk, on all members.
  void predict(const SplinePieces& pieces, const ValueSplines& values, const std::vector<SplineBatch>& chunks,
               const std::vector<double>& parameters, const std::function<void(int, const double*)>& f);

 private:
  struct Chunk {
    Aligned<double> splines, base, edge_sizes;
    double loss;
  };

  SplineWeights weights_of(const std::vector<double>& parameters);
  double penalise(const std::vector<SplineBatch>& chunks, double rows);
  void add_chunks(size_t chunks, Aligned<double> Chunk::*part);

  const SplineProblem& problem_;
  Crew crew_;
  std::vector<std::unique_ptr<SplineWorker>> workers_;  // per member
  std::vector<std::vector<double>> outputs_;            // per member
  std::vector<Chunk> chunks_;
  Aligned<double> coefficients_, base_;
  Aligned<double> penalty_;  // what a row's |phi| add to the objective, laid out as the base weights
};

}  // namespace gputrain
