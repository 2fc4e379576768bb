// Failed checks are printed and counted; a test program returns the count, or 77 where the instruction set that
// GPUTRAIN_ISA names is not available and so nothing could be tested.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "gputrain/gputrain_cpu.h"

inline int failures = 0;

#define CHECK(holds, ...)                                     \
  do {                                                        \
    if (!(holds)) {                                           \
      failures++;                                             \
      std::printf("%s:%d: %s: ", __FILE__, __LINE__, #holds); \
      std::printf(__VA_ARGS__);                               \
      std::printf("\n");                                      \
    }                                                         \
  } while (false)

inline void skip_without_isa() {
  if (gt_isa() == nullptr) {
    std::printf("skipped: %s\n", gt_last_error());
    std::exit(77);
  }
}

inline int result() {
  std::printf("%s: %d failed checks\n", gt_isa(), failures);
  return failures == 0 ? 0 : 1;
}
