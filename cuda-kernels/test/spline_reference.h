// Spline networks as their equations say, in plain loops: every spline of every node by the recursion from degree 0,
// and the minimiser as in the books. Nothing is shared with the kernels but the structures of a plan and the
// schedule; rows are shuffled as by the CPU engine.
#pragma once

#include <vector>

#include "gputrain/gputrain_cpu.h"

namespace gputrain {

using Doubles = std::vector<double>;

int spline_parameters(const gt_plan& plan);

// Where a replica stands.
struct SplineState {
  gt_progress progress;
  Doubles parameters, first, second, best, sum;
  Doubles samples;  // [samples, 3 + row sets]: epoch, loss, rate, rms
};

SplineState initial_state(const gt_plan& plan, const gt_replica& replica);

// A replica's training.
class SplineReference {
 public:
  SplineReference(const gt_plan& plan, const gt_data& data, const gt_replica& replica)
      : plan_(plan), data_(data), replica_(replica) {}

  void advance(SplineState& state, int64_t epochs);

  // Outputs of a row, and the gradient of sum_k weights[k] y_k by its inputs.
  Doubles predict(const Doubles& parameters, const double* inputs);
  Doubles input_gradient(const Doubles& parameters, const double* inputs, const double* weights);

 private:
  struct Layer {
    int n, m, base, scale, coefficient, mask, knots;
  };
  struct Row;
  struct Objective {
    double loss, value;  // sum of the losses; loss, penalty and decay
    Doubles gradient;
  };

  std::vector<Layer> layers() const;
  void splines(const double* t, double x, Doubles& values, Doubles& slopes) const;
  Row forward(const Doubles& p, const double* inputs) const;
  // dF/dx of the inputs; adds to `gradient` unless null.
  Doubles backward(const Doubles& p, const Row& row, Doubles by_outputs, const std::vector<Doubles>& penalty,
                   Doubles* gradient) const;
  Objective objective(const Doubles& p, const std::vector<int>& rows, bool decay) const;
  double penalise(const Doubles& p, const std::vector<int>& rows, std::vector<Doubles>* slopes) const;
  double steps(SplineState& state, double rate, const std::vector<int>& order);
  double iterate(SplineState& state, double rate, const std::vector<int>& rows);
  void sample(SplineState& state, double rate);
  bool trained(int i) const;

  const gt_plan& plan_;
  const gt_data& data_;
  const gt_replica& replica_;
};

}  // namespace gputrain
