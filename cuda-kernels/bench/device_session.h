// A problem in the memory of the device, and its training by one kernel.
#pragma once

#include <memory>
#include <vector>

#include "modules.h"
#include "problem.h"

namespace gputrain::bench {

// A training kernel of a module and what it needs for a problem.
struct TrainingKernel {
  gt_kernel_info info;
  Handle function;
  Handle general;     // module for every network of the family, which has `measure`
  int general_index;  // of the kernel in that module's table; -1 for another module's
  bool cooperative;   // launched so that all blocks are resident together
};

// How a launch divides the work.
struct Division {
  int replicas;
  int blocks;  // of a replica
};

class DeviceSession {
 public:
  // `trained_rows`: the first so many rows are trained on; 0 for all.
  DeviceSession(const Problem& problem, const TrainingKernel& kernel, Division division, int trained_rows = 0);

  // Puts all replicas where their training begins. Replica r starts from initial[r % Problem::kReplicas].
  void reset();
  // One launch; milliseconds on the device.
  float advance(int64_t epochs);

  gt_progress progress(int replica) const;
  std::vector<float> parameters(int replica) const;
  std::vector<float> first_moment(int replica) const;
  int shared_bytes() const { return shared_bytes_; }
  static int64_t seed(int replica) { return replica % Problem::kReplicas + 1; }

 private:
  size_t size() const { return static_cast<size_t>(problem_.parameters()); }
  std::vector<float> vector_of(int replica, size_t which) const;
  void measure();

  const Problem& problem_;
  TrainingKernel kernel_;
  Division division_;
  int trained_rows_;
  int shared_bytes_ = 0;
  gt_cuda_session host_ = {};
  DeviceMemory inputs_, targets_, exact_targets_, weights_, rows_, set_begin_, active_;
  DeviceMemory state_;  // [4, replicas, parameters]: parameters, moments, best
  DeviceMemory partial_, partial_loss_, arrivals_, replica_, session_;
  std::unique_ptr<DeviceMemory> workspace_;
};

}  // namespace gputrain::bench
