// A network and the rows that it is trained on, and the trajectory that training it must follow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gputrain/gputrain_cpu.h"

namespace gputrain::bench {

// Full-batch or mini-batch training with Adam, and the Huber loss or, of complex networks, the complex one, as the
// published recipes have it. The rows are synthetic: uniform inputs in [-1, 1], smooth targets; only their number and
// shape matter to the time of an epoch.
struct Problem {
  std::vector<int> widths;  // as of gt_plan
  int rows;
  int batch;                   // rows of a step; 0 for all
  int family;                  // GT_DENSE, ...
  bool shuffle;                // mini-batches take the rows in another order each epoch
  std::vector<float> inputs;   // [rows, inputs]
  std::vector<float> targets;  // [rows, outputs]
  static constexpr int kReplicas = 8;
  std::vector<float> initial[kReplicas];  // parameters in the order of gputrain_cpu.h

  static constexpr double kRate = 1e-3;
  static constexpr double kBeta1 = 0.9;
  static constexpr double kBeta2 = 0.999;
  static constexpr double kEpsilon = 1e-8;
  static constexpr double kHuberDelta = 1;
  static constexpr double kGuard = 1e-6;

  Problem(std::vector<int> widths, int rows, int batch, int family = GT_DENSE, bool shuffle = true);

  int inputs_of_row() const { return widths.front(); }
  int outputs_of_row() const { return widths.back(); }
  int parameters() const { return static_cast<int>(initial[0].size()); }
  // Of product units: what one multiplies.
  int factors() const { return widths[1] > 0 ? widths[1] : widths[0]; }
  int steps() const { return batch == 0 ? 1 : (rows + batch - 1) / batch; }
  int loss() const { return family == GT_COMPLEX_PRODUCT_UNITS ? GT_COMPLEX_SQUARED : GT_HUBER; }
  std::string name() const;
  // Of an epoch of one replica, forward and backward; the first layer needs no input gradient.
  double multiply_adds() const;
};

// What float64 arithmetic makes of a problem.
struct Trajectory {
  std::vector<double> first_gradient;  // [parameters], of the first step
  std::vector<double> losses;          // [epochs]
  std::vector<double> early;           // [parameters] after kEarlyEpochs
  static constexpr int kEarlyEpochs = 10;
};

// Trains `initial` for `epochs` epochs in float64; `seed` is that of the shuffles.
Trajectory reference(const Problem& problem, const std::vector<float>& initial, int64_t seed, int epochs);

}  // namespace gputrain::bench
