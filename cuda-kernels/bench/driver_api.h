// The part of the CUDA driver's interface that the benchmark uses, found at run time: it builds without the toolkit,
// and whichever libcuda.so.1 is on the library path answers, the emulated one too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace gputrain::bench {

using DevicePointer = unsigned long long;
using Handle = void*;

// A call of the driver that failed.
class DriverError : public std::runtime_error {
 public:
  DriverError(const std::string& text, int number) : std::runtime_error(text), code(number) {}
  int code;
};

enum DeviceAttribute {
  kClockKilohertz = 13,
  kMultiprocessors = 16,
  kComputeMajor = 75,
  kComputeMinor = 76,
  kMostSharedBytes = 97
};
enum FunctionAttribute {
  kStaticShared = 1,
  kLocalBytes = 3,  // of a thread: stack and spilled registers
  kRegisters = 4,
  kDynamicShared = 8,
  kLargeClusters = 14
};

// All functions throw DriverError, or std::runtime_error where there is no driver.
void open_device(int ordinal);
std::string device_name(int ordinal);
int driver_version();
int device_attribute(DeviceAttribute which, int ordinal);

Handle load_module(const std::vector<char>& image);
Handle find_function(Handle module, const std::string& name);
// Bytes of a module's global.
std::vector<char> read_global(Handle module, const std::string& name);
int function_attribute(Handle function, FunctionAttribute which);
void set_function_attribute(Handle function, FunctionAttribute which, int value);
// Blocks of a multiprocessor that are resident together.
int resident_blocks(Handle function, int threads, int shared_bytes);

void launch(Handle function, int blocks, int threads, int shared_bytes, void** parameters, bool cooperative);
void synchronise();
// Runs a launch between two events; milliseconds that it took on the device.
template <class Launch>
float timed(Launch&& work);

// Memory of the device, freed with the object.
class DeviceMemory {
 public:
  explicit DeviceMemory(size_t bytes);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  void upload(const void* from, size_t bytes, size_t offset = 0);
  void download(void* to, size_t bytes, size_t offset = 0) const;
  void clear();
  // As a pointer for the structures that kernels read.
  template <class T>
  T* as(size_t index = 0) const {
    return reinterpret_cast<T*>(static_cast<uintptr_t>(address_)) + index;
  }

 private:
  DevicePointer address_ = 0;
  size_t bytes_;
};

class EventPair {
 public:
  EventPair();
  ~EventPair();
  EventPair(const EventPair&) = delete;
  EventPair& operator=(const EventPair&) = delete;
  void begin();
  // Milliseconds since begin(), when the device has come so far.
  float end();

 private:
  Handle from_ = nullptr;
  Handle to_ = nullptr;
};

template <class Launch>
float timed(Launch&& work) {
  EventPair events;
  events.begin();
  work();
  return events.end();
}

}  // namespace gputrain::bench
