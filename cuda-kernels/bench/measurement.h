// Checks one kernel against the float64 reference and times it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cases.h"

namespace gputrain::bench {

struct Target {
  std::string directory;  // of the modules
  int device = 0;
  Extent extent = Extent::full;
  bool timing = true;
  bool plain = false;  // no cooperative launches
};

// One line of JSON for each result.
using Record = std::function<void(const std::string& json)>;

// The float64 trajectories of a problem's replicas.
using References = std::map<int, Trajectory>;
References references(const Problem& problem, Extent extent);

// Name, driver and peak of the device; prints them.
void describe_device(const Target& target, const Record& record);

enum class Verdict { passed, failed, skipped };

// Takes a module's kernel through all its divisions. A launch that the device refuses (blocks that cannot be resident
// together) is reported, and no failure unless all are refused. Skipped: the device lacks what the kernel needs.
Verdict measure_kernel(const Target& target, const std::string& module, int kernel, const Problem& problem,
                       const References& expected, const Record& record);

}  // namespace gputrain::bench
