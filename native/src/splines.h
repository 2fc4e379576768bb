// Spline networks: where their parameters lie, and what the kernels need in place of them.
#pragma once

#include <cstddef>
#include <vector>

#include "floats.h"
#include "spline_network.h"

namespace gputrain {

// Of one layer in the parameter vector: base, scale, coefficients, mask, knots.
struct SplineOffsets {
  size_t base, scale, coefficients, mask, knots;
};

// A run of entries.
struct EntryRange {
  size_t begin, end;
};

class SplineModel {
 public:
  // lanes: doubles of a vector of the instruction set. Throws std::invalid_argument.
  SplineModel(std::vector<int> widths, int intervals, int order, int lanes);
  SplineModel(const SplineModel&) = delete;
  SplineModel& operator=(const SplineModel&) = delete;

  const Splines& network() const { return network_; }
  int inputs() const { return widths_.front(); }
  int outputs() const { return widths_.back(); }
  int order() const { return order_; }
  size_t parameters() const { return parameters_; }
  // The entries of the parameter vector that are trained.
  const std::vector<EntryRange>& trained() const { return trained_; }
  const SplineOffsets& offsets(int layer) const { return offsets_[static_cast<size_t>(layer)]; }

  // Sizes of SplineTables' arrays, of the coefficients and the base weights of SplineWeights, of SplineGradient's
  // splines.
  size_t knot_size() const { return knot_size_; }
  size_t middle_size() const { return middle_size_; }
  size_t piece_size() const { return piece_size_; }
  size_t coefficient_size() const { return coefficient_size_; }
  size_t base_size() const { return base_size_; }
  size_t slot_size() const { return slot_size_; }

  void weights(const double* parameters, double* coefficients, double* base) const;
  // Gradients of the parameters from those of the weights; 0 for entries that are not trained.
  void gradient(const double* parameters, const SplineGradient& from, double* gradient) const;
  // Calls f(layer, index of the edge's base weight) for every edge.
  template <class F>
  void for_edges(F f) const;

 private:
  const std::vector<int> widths_;
  const int intervals_, order_;
  std::vector<SplineLayer> layers_;
  std::vector<SplineOffsets> offsets_;
  std::vector<EntryRange> trained_;
  Splines network_{};
  size_t parameters_ = 0;
  size_t knot_size_ = 0, middle_size_ = 0, piece_size_ = 0, coefficient_size_ = 0, base_size_ = 0, slot_size_ = 0;
};

// The polynomials of a replica's knots.
class SplinePieces {
 public:
  SplinePieces(const SplineModel& model, const double* parameters);
  SplineTables tables() const { return {knots_.data(), middle_.data(), pieces_.data()}; }

  // Record of x, an input of a layer, and the splines there with their derivatives, [lanes] each.
  int32_t at(int layer, int input, double x, double* splines, double* slopes) const;

 private:
  void fill(const SplineLayer& layer, int input, const double* knots);

  const SplineModel& model_;
  Aligned<double> knots_, middle_, pieces_;
};

template <class F>
void SplineModel::for_edges(F f) const {
  for (int l = 0; l < network_.layers; l++) {
    const SplineLayer& layer = network_.layer[l];
    for (int i = 0; i < layer.in; i++) {
      for (int o = 0; o < layer.out; o++) {
        f(l, layer.base + static_cast<size_t>(l == 0 ? i * layer.out_stride + o : o * layer.in_stride + i));
      }
    }
  }
}

}  // namespace gputrain
