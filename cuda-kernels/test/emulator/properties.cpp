#include "properties.h"

#include <cstdlib>
#include <string>

namespace gputrain::emulation {

int64_t setting(const char* name, int64_t otherwise) {
  const char* text = std::getenv((std::string("GPUTRAIN_EMULATED_") + name).c_str());
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

namespace {
int compute(bool major) {
  const char* text = std::getenv("GPUTRAIN_EMULATED_COMPUTE");
  double version = text == nullptr ? 9.0 : std::strtod(text, nullptr);
  int tenths = static_cast<int>(version * 10 + 0.5);
  return major ? tenths / 10 : tenths % 10;
}

}  // namespace

int64_t attribute(int which) {
  switch (which) {
    case 1:  // threads of a block
      return 1024;
    case 8:  // shared memory of a block without asking
      return 48 << 10;
    case 10:  // warp
      return 32;
    case 13:  // clock, kHz
      return 1'000'000;
    case 16:
      return setting("MULTIPROCESSORS", 4);
    case 39:  // threads of a multiprocessor
      return 2048;
    case 75:
      return compute(true);
    case 76:
      return compute(false);
    case 81:  // shared memory of a multiprocessor
      return 228 << 10;
    case 95:  // cooperative launches
      return 1;
    case 97:  // shared memory of a block, opted in
      return 227 << 10;
    case 120:  // clusters
      return compute(true) >= 9;
    default:
      return 0;
  }
}

int resident_blocks(int threads, size_t shared) {
  int by_shared = static_cast<int>((228u << 10) / (shared + 1024));
  int by_threads = 2048 / threads;
  return by_shared < by_threads ? by_shared : by_threads;
}

const char* error_name(int code) {
  switch (code) {
    case kSuccess:
      return "CUDA_SUCCESS";
    case kInvalidValue:
      return "CUDA_ERROR_INVALID_VALUE";
    case kOutOfMemory:
      return "CUDA_ERROR_OUT_OF_MEMORY";
    case kNoDevice:
      return "CUDA_ERROR_NO_DEVICE";
    case kInvalidDevice:
      return "CUDA_ERROR_INVALID_DEVICE";
    case 209:
      return "CUDA_ERROR_NO_BINARY_FOR_GPU";
    case 222:
      return "CUDA_ERROR_UNSUPPORTED_PTX_VERSION";
    case kNotFound:
      return "CUDA_ERROR_NOT_FOUND";
    case kLaunchFailed:
      return "CUDA_ERROR_LAUNCH_FAILED";
    case kTooManyBlocks:
      return "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE";
    case kInvalidClusterSize:
      return "CUDA_ERROR_INVALID_CLUSTER_SIZE";
    default:
      return "CUDA_ERROR_UNKNOWN";
  }
}

}  // namespace gputrain::emulation
