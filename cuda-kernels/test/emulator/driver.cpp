// A stand-in for the driver's library, libcuda.so.1: the functions that this project calls, on the emulated machine.
// Whatever is bound to the driver runs on it unchanged. It refuses what the driver refuses: foreign and freed pointers,
// copies past the end, launches that do not fit.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <set>

#include "properties.h"
#include "registry.h"

namespace gputrain::emulation {

Registry& registry() {
  static Registry all;
  return all;
}

namespace {

struct Function {
  const Kernel* kernel;
  int most_shared = 48 << 10;
  bool large_clusters = false;
};

struct Event {
  std::chrono::steady_clock::time_point at;
};

struct Allocation {
  size_t bytes;
  int device;
};

struct Machine {
  std::mutex mutex;
  bool initialised = false;
  int broken = kSuccess;
  int64_t launches = 0;
  std::map<char*, Allocation> allocations;
  std::map<int, size_t> used;
  std::set<Function*> functions;
  std::set<void*> modules;
  std::map<int, int> contexts;

  ~Machine() {
    for (Function* function : functions) {
      delete function;
    }
    if (setting("LEAKS", 0) != 0) {
      size_t left = allocations.size() + modules.size();
      for (auto& [device, count] : contexts) {
        left += static_cast<size_t>(count);
      }
      if (left != 0) {
        std::fprintf(stderr, "emulated driver: %zu allocations, %zu modules or contexts not released\n",
                     allocations.size(), left - allocations.size());
        std::_Exit(99);
      }
    }
  }
};

Machine& machine() {
  static Machine one;
  return one;
}

thread_local int t_device = -1;

int devices() { return static_cast<int>(setting("DEVICES", 1)); }
int64_t memory_of_device() { return setting("MEMORY", int64_t{1} << 30); }

// Whether calls work at all just now.
int health() {
  Machine& m = machine();
  return m.broken != kSuccess ? m.broken : !m.initialised ? kNotInitialised : kSuccess;
}

bool within(const char* at, size_t bytes) {
  Machine& m = machine();
  auto next = m.allocations.upper_bound(const_cast<char*>(at));
  if (next == m.allocations.begin()) {
    return false;
  }
  auto& [begin, allocation] = *std::prev(next);
  auto offset = static_cast<size_t>(at - begin);
  return offset <= allocation.bytes && bytes <= allocation.bytes - offset;  // sums could wrap around
}

int launch(Function* function, unsigned blocks, unsigned threads, unsigned shared, void** parameters,
           bool cooperative) {
  std::unique_lock lock(machine().mutex);
  if (int code = health()) {
    return code;
  }
  if (machine().functions.count(function) == 0 || t_device < 0) {
    return t_device < 0 ? kInvalidContext : kInvalidHandle;
  }
  const Kernel& kernel = *function->kernel;
  unsigned cluster = static_cast<unsigned>(kernel.cluster);
  if (blocks == 0 || threads == 0 || threads > static_cast<unsigned>(kernel.threads) ||
      shared > static_cast<unsigned>(function->most_shared)) {
    return kInvalidValue;
  }
  if (blocks % cluster != 0 || (cluster > 8 && !function->large_clusters) || (cluster > 1 && attribute(120) == 0)) {
    return kInvalidClusterSize;
  }
  auto most = static_cast<unsigned>(resident_blocks(static_cast<int>(threads), shared) * attribute(16));
  if (cooperative && blocks > most) {
    return kTooManyBlocks;
  }
  int64_t fail_after = setting("FAIL_AFTER", -1);
  if (fail_after >= 0 && machine().launches++ >= fail_after) {
    machine().broken = static_cast<int>(setting("FAIL_CODE", kLaunchFailed));
    return machine().broken;
  }
  lock.unlock();
  std::string error =
      run({&kernel, static_cast<int>(blocks), static_cast<int>(threads), shared, parameters, cooperative});
  if (!error.empty()) {
    std::fprintf(stderr, "emulated driver: %s\n", error.c_str());
    lock.lock();
    machine().broken = kLaunchFailed;
    return kLaunchFailed;
  }
  return kSuccess;
}

}  // namespace
}  // namespace gputrain::emulation

using namespace gputrain::emulation;

// The driver's own signatures, handles as pointers.
extern "C" {
#define GT_API __attribute__((visibility("default")))
#define GT_HEALTHY                       \
  std::lock_guard lock(machine().mutex); \
  if (int code = health()) {             \
    return code;                         \
  }

GT_API int cuInit(unsigned) {
  std::lock_guard lock(machine().mutex);
  if (devices() == 0) {
    return kNoDevice;
  }
  machine().initialised = true;
  return machine().broken;
}
GT_API int cuDriverGetVersion(int* version) {
  *version = static_cast<int>(setting("DRIVER", 13000));
  return kSuccess;
}
GT_API int cuGetErrorName(int code, const char** name) {
  *name = error_name(code);
  return kSuccess;
}
GT_API int cuGetErrorString(int code, const char** text) { return cuGetErrorName(code, text); }
GT_API int cuDeviceGetCount(int* count) {
  GT_HEALTHY
  *count = devices();
  return kSuccess;
}
GT_API int cuDeviceGet(int* device, int ordinal) {
  GT_HEALTHY
  *device = ordinal;
  return ordinal >= 0 && ordinal < devices() ? kSuccess : kInvalidDevice;
}
GT_API int cuDeviceGetName(char* name, int length, int) {
  std::snprintf(name, static_cast<size_t>(length), "Emulated GPU");
  return kSuccess;
}
GT_API int cuDeviceGetAttribute(int* value, int which, int) {
  *value = static_cast<int>(attribute(which));
  return kSuccess;
}
GT_API int cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = static_cast<size_t>(memory_of_device());
  return kSuccess;
}
GT_API int cuDevicePrimaryCtxSetFlags_v2(int, unsigned) {
  GT_HEALTHY
  return kSuccess;
}
GT_API int cuDevicePrimaryCtxRetain(void** context, int device) {
  GT_HEALTHY
  machine().contexts[device]++;
  *context = reinterpret_cast<void*>(static_cast<intptr_t>(device) + 1);
  return kSuccess;
}
GT_API int cuDevicePrimaryCtxRelease_v2(int device) {
  std::lock_guard lock(machine().mutex);
  machine().contexts[device]--;
  return kSuccess;
}
GT_API int cuCtxSetCurrent(void* context) {
  GT_HEALTHY
  t_device = static_cast<int>(reinterpret_cast<intptr_t>(context)) - 1;
  return kSuccess;
}
GT_API int cuCtxSynchronize() {
  GT_HEALTHY
  return kSuccess;
}
GT_API int cuModuleLoadData(void** module, const void* image) {
  GT_HEALTHY
  if (int code = static_cast<int>(setting("LOAD_ERROR", kSuccess))) {
    return code;
  }
  if (image == nullptr || t_device < 0) {
    return image == nullptr ? kInvalidValue : kInvalidContext;
  }
  *module = std::malloc(1);
  machine().modules.insert(*module);
  return kSuccess;
}
GT_API int cuModuleUnload(void* module) {
  std::lock_guard lock(machine().mutex);
  if (machine().modules.erase(module) == 0) {
    return kInvalidHandle;
  }
  std::free(module);
  return machine().broken;
}
GT_API int cuModuleGetFunction(void** function, void* module, const char* name) {
  GT_HEALTHY
  auto found = registry().kernels.find(name);
  if (machine().modules.count(module) == 0 || found == registry().kernels.end()) {
    return kNotFound;
  }
  auto* made = new Function{&found->second};
  machine().functions.insert(made);
  *function = made;
  return kSuccess;
}
GT_API int cuModuleGetGlobal_v2(void** address, size_t* bytes, void* module, const char* name) {
  GT_HEALTHY
  auto found = registry().globals.find(name);
  if (machine().modules.count(module) == 0 || found == registry().globals.end()) {
    return kNotFound;
  }
  *address = const_cast<void*>(found->second.data);
  *bytes = found->second.bytes;
  return kSuccess;
}
GT_API int cuFuncSetAttribute(void* function, int which, int value) {
  GT_HEALTHY
  auto* f = static_cast<Function*>(function);
  if (machine().functions.count(f) == 0) {
    return kInvalidHandle;
  }
  if (which == 8) {  // dynamic shared memory
    if (value > attribute(97)) {
      return kInvalidValue;
    }
    f->most_shared = value;
  } else if (which == 14) {  // clusters of more than 8
    f->large_clusters = value != 0;
  }
  return kSuccess;
}
GT_API int cuFuncGetAttribute(int* value, int which, void* function) {
  auto* f = static_cast<Function*>(function);
  *value = which == 0 ? f->kernel->threads : which == 8 ? f->most_shared : 0;
  return kSuccess;
}
GT_API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void*, int threads, size_t shared) {
  *blocks = resident_blocks(threads, shared);
  return kSuccess;
}
GT_API int cuMemGetInfo_v2(size_t* free, size_t* total) {
  GT_HEALTHY
  if (t_device < 0) {
    return kInvalidContext;
  }
  *total = static_cast<size_t>(memory_of_device());
  *free = *total - machine().used[t_device];
  return kSuccess;
}
GT_API int cuMemAlloc_v2(char** address, size_t bytes) {
  GT_HEALTHY
  if (t_device < 0 || bytes == 0) {
    return t_device < 0 ? kInvalidContext : kInvalidValue;
  }
  size_t& used = machine().used[t_device];
  if (bytes > static_cast<size_t>(memory_of_device()) - used) {
    return kOutOfMemory;
  }
  *address = static_cast<char*>(std::malloc(bytes));
  std::memset(*address, 0xFF, bytes);
  used += bytes;
  machine().allocations[*address] = {bytes, t_device};
  return kSuccess;
}
GT_API int cuMemFree_v2(char* address) {
  std::lock_guard lock(machine().mutex);
  auto found = machine().allocations.find(address);
  if (found == machine().allocations.end()) {
    return kInvalidValue;
  }
  machine().used[found->second.device] -= found->second.bytes;
  machine().allocations.erase(found);
  std::free(address);
  return machine().broken;
}
GT_API int cuMemcpyHtoD_v2(char* to, const void* from, size_t bytes) {
  GT_HEALTHY
  if (!within(to, bytes)) {
    return kInvalidValue;
  }
  std::memcpy(to, from, bytes);
  return kSuccess;
}
GT_API int cuMemcpyDtoH_v2(void* to, const char* from, size_t bytes) {
  GT_HEALTHY
  bool global = false;
  for (auto& [name, object] : registry().globals) {
    const char* begin = static_cast<const char*>(object.data);
    global = global || (from >= begin && from < begin + object.bytes &&
                        bytes <= object.bytes - static_cast<size_t>(from - begin));
  }
  if (!global && !within(from, bytes)) {
    return kInvalidValue;
  }
  std::memcpy(to, from, bytes);
  return kSuccess;
}
GT_API int cuMemsetD8_v2(char* to, unsigned char value, size_t bytes) {
  GT_HEALTHY
  if (!within(to, bytes)) {
    return kInvalidValue;
  }
  std::memset(to, value, bytes);
  return kSuccess;
}
GT_API int cuLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                          unsigned block_y, unsigned block_z, unsigned shared, void*, void** parameters, void**) {
  if (grid_y != 1 || grid_z != 1 || block_y != 1 || block_z != 1) {
    return kInvalidValue;
  }
  return launch(static_cast<Function*>(function), grid_x, block_x, shared, parameters, false);
}
GT_API int cuLaunchCooperativeKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                     unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared, void*,
                                     void** parameters) {
  if (grid_y != 1 || grid_z != 1 || block_y != 1 || block_z != 1) {
    return kInvalidValue;
  }
  return launch(static_cast<Function*>(function), grid_x, block_x, shared, parameters, true);
}
GT_API int cuEventCreate(void** event, unsigned) {
  *event = new Event;
  return kSuccess;
}
GT_API int cuEventDestroy_v2(void* event) {
  delete static_cast<Event*>(event);
  return kSuccess;
}
GT_API int cuEventRecord(void* event, void*) {
  static_cast<Event*>(event)->at = std::chrono::steady_clock::now();
  return kSuccess;
}
GT_API int cuEventSynchronize(void*) { return kSuccess; }
GT_API int cuEventElapsedTime(float* milliseconds, void* from, void* to) {
  *milliseconds =
      std::chrono::duration<float, std::milli>(static_cast<Event*>(to)->at - static_cast<Event*>(from)->at).count();
  return kSuccess;
}
}
