// A plan of spline networks on the emulated GPU, without the driver in between: device memory is the host's, so that
// the sanitizers see every access.
#pragma once

#include <string>
#include <vector>

#include "gputrain/cuda_abi.h"
#include "spline_reference.h"

namespace gputrain {

// How a plan is trained.
struct SplineLaunch {
  std::string kernel;
  int warps;   // of a block
  int blocks;  // of a replica
};

class EmulatedSplines {
 public:
  // The plan and the data must outlive the session.
  EmulatedSplines(const gt_plan& plan, const gt_data& data);

  // Trains for some epochs; empty, or the emulated machine's error.
  std::string advance(const SplineLaunch& how, int64_t epochs);

  SplineState state(int replica) const;
  std::vector<SplineState> states() const;
  void restore(int replica, const SplineState& state);

  Doubles predict(const Doubles& parameters, const Doubles& inputs, int rows);
  Doubles input_gradient(const Doubles& parameters, const Doubles& inputs, int rows, const Doubles& weights);

 private:
  const gt_plan& plan_;
  gt_spline_session session_ = {};
  std::vector<gt_spline_replica> replicas_;
  std::vector<SplineState> states_;  // what the kernels see as device memory
  std::vector<std::vector<int32_t>> set_begin_;
  int64_t sizes_[GT_SPLINE_SIZES];
};

}  // namespace gputrain
