// Errors that tests plant to show that they would be found: one barrier that does nothing, or one access that is off by
// one, chosen by where in the kernels' source it stands.
#pragma once

#include <cstdint>
#include <set>
#include <source_location>
#include <string>
#include <tuple>
#include <utility>

namespace gputrain::emulation {

using Site = std::source_location;

struct Plant {
  enum Kind { kNothing, kNoBarrier, kShiftedIndex };
  Kind kind = kNothing;
  std::string file;
  uint32_t line = 0;
  bool operator<(const Plant& other) const {
    return std::tie(kind, file, line) < std::tie(other.kind, other.file, other.line);
  }
};

// Plants an error; Plant() takes it away. Not while a kernel runs.
void plant(const Plant& what);
// Where errors of a kind could have been planted in the kernels that ran since the call before.
std::set<Plant> take_sites();
void record_sites(bool on);

extern bool g_planting;
bool planted_slowly(Plant::Kind kind, const Site& site);

// 1 where the error is planted.
inline int planted(Plant::Kind kind, const Site& site) { return g_planting && planted_slowly(kind, site) ? 1 : 0; }

}  // namespace gputrain::emulation
