// What the emulated GPUs are.
//
// The machine is described by the environment: GPUTRAIN_EMULATED_DEVICES (1), _MULTIPROCESSORS (4), _COMPUTE (9.0),
// _MEMORY (bytes of a device, 1 GiB), _DRIVER (13000). Faults: _LOAD_ERROR (cuModuleLoadData returns it), _FAIL_AFTER
// (launches) with _FAIL_CODE (719): from then on every call returns it, as after a lost device. _LEAKS=1: at exit, what
// was not freed goes to standard error and the process ends with status 99.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gputrain::emulation {

enum {
  kSuccess = 0,
  kInvalidValue = 1,
  kOutOfMemory = 2,
  kNotInitialised = 3,
  kNoDevice = 100,
  kInvalidDevice = 101,
  kInvalidContext = 201,
  kInvalidHandle = 400,
  kNotFound = 500,
  kLaunchFailed = 719,
  kTooManyBlocks = 720,
  kInvalidClusterSize = 912
};

// GPUTRAIN_EMULATED_name, or another number where it is not set.
int64_t setting(const char* name, int64_t otherwise);

// Of CUdevice_attribute, by the driver's numbers; 0 for what nobody here asks for.
int64_t attribute(int which);

// Blocks that a multiprocessor holds at once.
int resident_blocks(int threads, size_t shared);

const char* error_name(int code);

}  // namespace gputrain::emulation
