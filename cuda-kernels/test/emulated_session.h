// A plan on the emulated GPU, without the driver in between: device memory is the host's, so that the sanitizers see
// every access.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gputrain/cuda_abi.h"

namespace gputrain {

struct EmulatedReplica {
  std::vector<int32_t> rows, set_begin;
  std::vector<float> parameters, first, second, best;
  std::vector<double> sum, samples;
};

class EmulatedSession {
 public:
  // The plan and the data are those of the CPU engine's interface; the plan must outlive the session.
  EmulatedSession(const gt_plan& plan, const gt_data& data);

  // Trains by a kernel of the registry for some epochs; empty, or the emulated machine's error.
  std::string advance(const std::string& kernel, int blocks, int64_t epochs);

  const EmulatedReplica& replica(int i) const { return own_[static_cast<size_t>(i)]; }
  const gt_progress& progress(int i) const { return replicas_[static_cast<size_t>(i)].progress; }
  int64_t samples(int i) const { return replicas_[static_cast<size_t>(i)].sample_count; }

  std::vector<float> predict(const std::vector<float>& inputs, int rows);
  std::vector<float> input_gradient(const std::vector<float>& inputs, int rows, const std::vector<float>& weights);

 private:
  std::string named(const char* kernel) const;

  gt_cuda_session session_ = {};
  std::vector<gt_cuda_replica> replicas_;
  std::vector<EmulatedReplica> own_;
  std::vector<float> inputs_, targets_;
  std::vector<double> exact_targets_;
  std::vector<double> output_weights_;
  std::vector<int64_t> sizes_;  // as `measure` gives them
};

// Kernels that can train a network, from the modules' own tables.
std::vector<gt_kernel_info> kernels_for(int family, const std::vector<int>& widths, int activation);

}  // namespace gputrain
