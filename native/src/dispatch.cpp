#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "kernels.h"

namespace gputrain {
namespace {

struct Candidate {
  std::string_view name;
  const Kernels* kernels;
  bool available;
};

const Kernels& choose() {
#if defined(__x86_64__)
  // The compiler's check includes that the operating system saves the registers.
  __builtin_cpu_init();
  const Candidate candidates[] = {
      {"avx512", &avx512::kernels,
       __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl")},
      {"avx2", &avx2::kernels, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
      {"sse2", &sse2::kernels, true}};
#else
  const Candidate candidates[] = {{"neon", &neon::kernels, true}};
#endif
  const char* wanted = std::getenv("GPUTRAIN_ISA");
  for (const Candidate& candidate : candidates) {
    if (wanted == nullptr || *wanted == '\0' ? candidate.available : candidate.name == wanted) {
      if (!candidate.available) {
        break;
      }
      return *candidate.kernels;
    }
  }
  throw std::runtime_error("GPUTRAIN_ISA=" + std::string(wanted == nullptr ? "" : wanted) +
                           " is not available on this processor");
}

}  // namespace

const Kernels& chosen_kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace gputrain
