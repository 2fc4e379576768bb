// What is measured: problems, divisions of the work, and what each moves by arithmetic.
#pragma once

#include <vector>

#include "device_session.h"

namespace gputrain::bench {

// full: every division; quick: those that a decision hangs on; emulated: sizes that a processor gets through.
enum class Extent { full, quick, emulated };

std::vector<Problem> problems(Extent extent);
// Epochs that a kernel is compared with the float64 reference for.
int checked_epochs(Extent extent, const Problem& problem);

bool serves(const gt_kernel_info& kernel, const Problem& problem);

// Divisions worth a measurement on a device of `multiprocessors`.
std::vector<Division> divisions(const gt_kernel_info& kernel, int multiprocessors, Extent extent);

// Bytes that all replicas of a launch move in an epoch, counted from the algorithm: caches are not considered.
struct Traffic {
  double global;       // through the second-level cache: rows, gradients, parameters, moments
  double distributed;  // between the shared memories of a cluster
};
Traffic traffic(const gt_kernel_info& kernel, const Problem& problem, Division division);

}  // namespace gputrain::bench
