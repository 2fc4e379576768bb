// The tables of kernels that were built, and the choice among them.
#pragma once

#include "network.h"

namespace gputrain {

namespace sse2 {
extern const Kernels kernels;
}
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
namespace neon {
extern const Kernels kernels;
}

// The widest instruction set of this processor, or the one that the environment variable GPUTRAIN_ISA names (sse2,
// avx2, avx512, neon). Throws std::runtime_error when that one is unknown or not available here.
const Kernels& chosen_kernels();

}  // namespace gputrain
