// Small trainings of spline networks with ragged edges, and where they should lead.
#pragma once

#include <string>
#include <vector>

#include "gputrain/cuda_abi.h"
#include "spline_reference.h"

namespace gputrain {

// A plan with its data; deterministic in everything. fill() before use, and no copy after that.
struct SplineCase {
  std::vector<int> widths;
  int intervals = 3, order = 3;
  int loss = GT_HUBER;
  int optimizer = GT_ADAM;
  int rows = 37, measured = 9;
  int batch = 0;
  int replicas = 2;
  int average_last = 0;
  double l1 = 0, entropy = 0;
  int history = 4, evaluations = 20;
  double tolerance = 1e-9;
  double rate = 0;  // 0: what suits the optimiser

  static constexpr int kAveragedEpochs = 5;

  Doubles inputs = {}, targets = {}, output_weights = {};
  std::vector<int32_t> row_numbers = {}, set_sizes = {};
  std::vector<Doubles> initial = {};  // knots uneven, an edge of each layer masked
  std::vector<gt_replica> replica = {};
  gt_plan plan = {};
  gt_data data = {};

  void fill();
  std::vector<SplineState> expected(int64_t epochs) const;
};

// A plan as the kernels read it, in the host's memory, without replicas and workspace.
gt_spline_session spline_session(const gt_plan& plan, const gt_data& data);

// Empty, or what of the states is not the reference's up to rounding; L-BFGS amplifies that.
std::string difference(const SplineCase& one, const std::vector<SplineState>& states,
                       const std::vector<SplineState>& expected);

bool same_bits(const SplineState& a, const SplineState& b);

}  // namespace gputrain
