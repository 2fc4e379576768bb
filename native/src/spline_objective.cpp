#include "spline_objective.h"

#include <algorithm>
#include <cmath>

namespace gputrain {

SplineWorker::SplineWorker(const SplineModel& model) : model_(model) {
  const Splines& net = model.network();
  auto numbers = [&](int of_row) {
    numbers_.emplace_back(static_cast<size_t>(of_row) * kSplineRows);
    return numbers_.back().data();
  };
  int widest = 0;
  for (int l = 0; l <= net.layers; l++) {
    SplineNodes nodes{};
    // What a layer gives is what the one above takes; only the first layer takes nothing from here.
    nodes.x = l == 0 ? nullptr : numbers(net.layer[l - 1].out_stride);
    if (l > 0 && l < net.layers) {
      const SplineLayer& layer = net.layer[l];
      nodes.silu = numbers(layer.in_stride);
      nodes.slope = numbers(layer.in_stride);
      nodes.splines = numbers(2 * net.lanes * layer.in);
      records_.emplace_back(static_cast<size_t>(layer.in_stride) * kSplineRows);
      nodes.record = records_.back().data();
      widest = std::max(widest, layer.out);
    }
    nodes_.push_back(nodes);
  }
  edge_ = Aligned<double>(static_cast<size_t>(widest) * 4);
}

SplineTask SplineWorker::task(const SplinePieces& pieces, const SplineWeights& weights, const SplineValues& values,
                              const SplineBatch& batch) {
  const Splines& net = model_.network();
  const size_t size = batch.lines() * static_cast<size_t>(net.layer[0].out_stride);
  if (table_.size() < size) {
    table_ = Aligned<double>(size);
    table_gradient_ = Aligned<double>(size);
  }
  return {net,    pieces.tables(), weights,
          values, batch.rows(),    {nodes_.data(), table_.data(), table_gradient_.data(), edge_.data()}};
}

SplineObjective::SplineObjective(const SplineProblem& problem, int members)
    : problem_(problem),
      outputs_(static_cast<size_t>(members)),
      coefficients_(problem.model->coefficient_size()),
      base_(problem.model->base_size()),
      penalty_(problem.model->base_size()) {
  for (int i = 0; i < members; i++) {
    workers_.push_back(std::make_unique<SplineWorker>(*problem.model));
  }
}

SplineWeights SplineObjective::weights_of(const std::vector<double>& parameters) {
  problem_.model->weights(parameters.data(), coefficients_.data(), base_.data());
  return {coefficients_.data(), base_.data()};
}

// The first chunk's part becomes the sum of all, along a fixed binary tree.
void SplineObjective::add_chunks(size_t chunks, Aligned<double> Chunk::*part) {
  for (size_t stride = 1; stride < chunks; stride *= 2) {
    for (size_t c = 0; c + stride < chunks; c += 2 * stride) {
      double* to = (chunks_[c].*part).data();
      const double* from = (chunks_[c + stride].*part).data();
      for (size_t i = 0; i < (chunks_[c].*part).size(); i++) {
        to[i] += from[i];
      }
    }
  }
}

void SplineObjective::evaluate(const SplinePieces& pieces, const ValueSplines& values,
                               const std::vector<SplineBatch>& chunks, double weight_decay,
                               const std::vector<double>& parameters, Evaluation* at) {
  const SplineModel& model = *problem_.model;
  const SplineWeights weights = weights_of(parameters);
  while (chunks_.size() < chunks.size()) {
    chunks_.push_back({Aligned<double>(model.slot_size()), Aligned<double>(model.base_size()),
                       Aligned<double>(model.base_size()), 0});
  }
  double rows = 0;
  for (const SplineBatch& chunk : chunks) {
    rows += static_cast<double>(chunk.row_numbers().size());
  }
  const int n = static_cast<int>(chunks.size());
  const bool penalised = problem_.penalty_l1 != 0 || problem_.penalty_entropy != 0;
  double penalty = 0;
  if (penalised) {
    crew_.for_each(n, [&](int c, int member) {
      Aligned<double>& sizes = chunks_[static_cast<size_t>(c)].edge_sizes;
      std::fill_n(sizes.data(), sizes.size(), 0.0);
      problem_.kernels->edge_sizes(
          workers_[static_cast<size_t>(member)]->task(pieces, weights, values.values(), chunks[static_cast<size_t>(c)]),
          sizes.data());
    });
    penalty = penalise(chunks, rows);
  }
  const SplineLoss loss = {problem_.loss, problem_.huber_delta, 1 / (rows * model.outputs())};
  crew_.for_each(n, [&](int c, int member) {
    Chunk& to = chunks_[static_cast<size_t>(c)];
    std::fill_n(to.splines.data(), to.splines.size(), 0.0);
    std::fill_n(to.base.data(), to.base.size(), 0.0);
    to.loss = problem_.kernels->train(
        workers_[static_cast<size_t>(member)]->task(pieces, weights, values.values(), chunks[static_cast<size_t>(c)]),
        loss, penalised ? penalty_.data() : nullptr, {to.splines.data(), to.base.data()});
  });
  double sum = 0;
  for (size_t c = 0; c < chunks.size(); c++) {
    sum += chunks_[c].loss;
  }
  add_chunks(chunks.size(), &Chunk::splines);
  add_chunks(chunks.size(), &Chunk::base);
  model.gradient(parameters.data(), {chunks_[0].splines.data(), chunks_[0].base.data()}, at->gradient.data());
  double squares = 0;
  for (const EntryRange& range : model.trained()) {
    for (size_t i = range.begin; i < range.end; i++) {
      squares += parameters[i] * parameters[i];
      at->gradient[i] += weight_decay * parameters[i];
    }
  }
  at->loss = sum * loss.scale;
  at->value = at->loss + penalty + 0.5 * weight_decay * squares;
}

// The penalty of the edges' mean sizes a, and what a row's |phi| add to it: (l1 + entropy dS/da) / rows, where of a
// layer S = -sum of q ln q, q = a / (sum of a), and dS/da = -(ln q + S) / (sum of a).
double SplineObjective::penalise(const std::vector<SplineBatch>& chunks, double rows) {
  add_chunks(chunks.size(), &Chunk::edge_sizes);
  const double* sizes = chunks_[0].edge_sizes.data();
  const size_t layers = static_cast<size_t>(problem_.model->network().layers);
  std::vector<double> total(layers), entropy(layers);
  problem_.model->for_edges([&](int l, size_t edge) { total[static_cast<size_t>(l)] += sizes[edge] / rows; });
  problem_.model->for_edges([&](int l, size_t edge) {
    const double q = sizes[edge] / rows / total[static_cast<size_t>(l)];
    entropy[static_cast<size_t>(l)] -= q > 0 ? q * std::log(q) : 0;
  });
  problem_.model->for_edges([&](int l, size_t edge) {
    const size_t layer = static_cast<size_t>(l);
    const double q = sizes[edge] / rows / total[layer];
    const double slope = q > 0 ? -(std::log(q) + entropy[layer]) / total[layer] : 0;
    penalty_[edge] = (problem_.penalty_l1 + problem_.penalty_entropy * slope) / rows;
  });
  double penalty = 0;
  for (size_t l = 0; l < layers; l++) {
    penalty += problem_.penalty_l1 * total[l] + problem_.penalty_entropy * entropy[l];
  }
  return penalty;
}

void SplineObjective::predict(const SplinePieces& pieces, const ValueSplines& values,
                              const std::vector<SplineBatch>& chunks, const std::vector<double>& parameters,
                              const std::function<void(int, const double*)>& f) {
  const SplineWeights weights = weights_of(parameters);
  crew_.for_each(static_cast<int>(chunks.size()), [&](int c, int member) {
    const SplineBatch& chunk = chunks[static_cast<size_t>(c)];
    std::vector<double>& outputs = outputs_[static_cast<size_t>(member)];
    const size_t size = chunk.row_numbers().size() * static_cast<size_t>(problem_.model->outputs());
    outputs.resize(std::max(outputs.size(), size));
    problem_.kernels->forward(workers_[static_cast<size_t>(member)]->task(pieces, weights, values.values(), chunk),
                              outputs.data());
    f(c, outputs.data());
  });
}

}  // namespace gputrain
