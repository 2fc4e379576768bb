#include "driver_api.h"

#include <dlfcn.h>

namespace gputrain::bench {

namespace {

constexpr int kNotSupported = 801;

Handle library() {
  static Handle handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    throw std::runtime_error("no CUDA driver: libcuda.so.1 cannot be loaded");
  }
  return handle;
}

std::string error_name(int code) {
  using Name = int (*)(int, const char**);
  auto name = reinterpret_cast<Name>(dlsym(library(), "cuGetErrorName"));
  const char* text = nullptr;
  if (name == nullptr || name(code, &text) != 0 || text == nullptr) {
    return "unknown error";
  }
  return text;
}

template <class... Arguments>
void call(const char* name, Arguments... arguments) {
  auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(library(), name));
  if (function == nullptr) {
    throw DriverError(std::string(name) + ": not in this driver", kNotSupported);
  }
  int code = function(arguments...);
  if (code != 0) {
    throw DriverError(std::string(name) + ": " + error_name(code) + " (" + std::to_string(code) + ")", code);
  }
}

const Handle kDefaultStream = nullptr;

}  // namespace

void open_device(int ordinal) {
  call("cuInit", 0U);
  int device = 0;
  call("cuDeviceGet", &device, ordinal);
  Handle context = nullptr;
  call("cuDevicePrimaryCtxRetain", &context, device);
  call("cuCtxSetCurrent", context);
}

std::string device_name(int ordinal) {
  char name[256] = {};
  call("cuDeviceGetName", &name[0], 255, ordinal);
  return name;
}

int driver_version() {
  int version = 0;
  call("cuDriverGetVersion", &version);
  return version;
}

int device_attribute(DeviceAttribute which, int ordinal) {
  int value = 0;
  call("cuDeviceGetAttribute", &value, static_cast<int>(which), ordinal);
  return value;
}

Handle load_module(const std::vector<char>& image) {
  Handle module = nullptr;
  call("cuModuleLoadData", &module, static_cast<const void*>(image.data()));
  return module;
}

Handle find_function(Handle module, const std::string& name) {
  Handle function = nullptr;
  call("cuModuleGetFunction", &function, module, name.c_str());
  return function;
}

std::vector<char> read_global(Handle module, const std::string& name) {
  DevicePointer address = 0;
  size_t bytes = 0;
  call("cuModuleGetGlobal_v2", &address, &bytes, module, name.c_str());
  std::vector<char> data(bytes);
  call("cuMemcpyDtoH_v2", static_cast<void*>(data.data()), address, bytes);
  return data;
}

int function_attribute(Handle function, FunctionAttribute which) {
  int value = 0;
  call("cuFuncGetAttribute", &value, static_cast<int>(which), function);
  return value;
}

void set_function_attribute(Handle function, FunctionAttribute which, int value) {
  call("cuFuncSetAttribute", function, static_cast<int>(which), value);
}

int resident_blocks(Handle function, int threads, int shared_bytes) {
  int blocks = 0;
  call("cuOccupancyMaxActiveBlocksPerMultiprocessor", &blocks, function, threads, static_cast<size_t>(shared_bytes));
  return blocks;
}

void launch(Handle function, int blocks, int threads, int shared_bytes, void** parameters, bool cooperative) {
  auto grid = static_cast<unsigned>(blocks);
  auto block = static_cast<unsigned>(threads);
  auto shared = static_cast<unsigned>(shared_bytes);
  if (cooperative) {
    call("cuLaunchCooperativeKernel", function, grid, 1U, 1U, block, 1U, 1U, shared, kDefaultStream, parameters);
  } else {
    call("cuLaunchKernel", function, grid, 1U, 1U, block, 1U, 1U, shared, kDefaultStream, parameters,
         static_cast<void**>(nullptr));
  }
}

void synchronise() { call("cuCtxSynchronize"); }

DeviceMemory::DeviceMemory(size_t bytes) : bytes_(bytes > 0 ? bytes : 1) { call("cuMemAlloc_v2", &address_, bytes_); }

DeviceMemory::~DeviceMemory() {
  try {
    call("cuMemFree_v2", address_);
  } catch (const DriverError&) {
    // The device is lost: what it held is gone already, and the launch that broke it has been reported.
  }
}

void DeviceMemory::upload(const void* from, size_t bytes, size_t offset) {
  if (bytes > 0) {
    call("cuMemcpyHtoD_v2", address_ + offset, from, bytes);
  }
}

void DeviceMemory::download(void* to, size_t bytes, size_t offset) const {
  if (bytes > 0) {
    call("cuMemcpyDtoH_v2", to, address_ + offset, bytes);
  }
}

void DeviceMemory::clear() { call("cuMemsetD8_v2", address_, static_cast<unsigned char>(0), bytes_); }

EventPair::EventPair() {
  call("cuEventCreate", &from_, 0U);
  call("cuEventCreate", &to_, 0U);
}

EventPair::~EventPair() {
  try {
    call("cuEventDestroy_v2", from_);
    call("cuEventDestroy_v2", to_);
  } catch (const DriverError&) {
    // As in ~DeviceMemory.
  }
}

void EventPair::begin() { call("cuEventRecord", from_, kDefaultStream); }

float EventPair::end() {
  call("cuEventRecord", to_, kDefaultStream);
  call("cuEventSynchronize", to_);
  float milliseconds = 0;
  call("cuEventElapsedTime", &milliseconds, from_, to_);
  return milliseconds;
}

}  // namespace gputrain::bench
