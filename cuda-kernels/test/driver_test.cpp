// What the stand-in for the driver must refuse because the driver does; an engine is only as well tested as this.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "device.h"
#include "emulator/registry.h"

extern "C" {
int cuInit(unsigned);
int cuDeviceGetCount(int*);
int cuDeviceGet(int*, int);
int cuDevicePrimaryCtxRetain(void**, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxSetCurrent(void*);
int cuCtxSynchronize();
int cuModuleLoadData(void**, const void*);
int cuModuleUnload(void*);
int cuModuleGetFunction(void**, void*, const char*);
int cuModuleGetGlobal_v2(void**, size_t*, void*, const char*);
int cuFuncSetAttribute(void*, int, int);
int cuMemGetInfo_v2(size_t*, size_t*);
int cuMemAlloc_v2(char**, size_t);
int cuMemFree_v2(char*);
int cuMemcpyHtoD_v2(char*, const void*, size_t);
int cuMemcpyDtoH_v2(void*, const char*, size_t);
int cuMemsetD8_v2(char*, unsigned char, size_t);
int cuLaunchKernel(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
int cuLaunchCooperativeKernel(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*,
                              void**);
}

namespace {

using namespace gputrain;

void number(int32_t* out, int32_t first) {
  out[device::block() * device::threads() + device::thread()] = first + device::block();
}
void in_clusters(int32_t* out, int32_t first) { number(out, first); }
void broken() { device::fail(); }
const int32_t kTable[3] = {4, 5, 6};

GT_REGISTER("number", number, 64, 1);
GT_REGISTER("in_clusters", in_clusters, 64, 16);
GT_REGISTER("broken", broken, 32, 1);
GT_REGISTER_GLOBAL("table", kTable);

int g_failures = 0;

void check(int line, int code, int expected) {
  if (code != expected) {
    std::printf("line %d: %d instead of %d\n", line, code, expected);
    g_failures++;
  }
}
#define CHECK(call, expected) check(__LINE__, call, expected)

void set(const char* name, const char* value) { setenv(name, value, 1); }

struct Machine {
  void* context = nullptr;
  void* module = nullptr;
  Machine() {
    CHECK(cuInit(0), 0);
    CHECK(cuDevicePrimaryCtxRetain(&context, 0), 0);
    CHECK(cuCtxSetCurrent(context), 0);
    CHECK(cuModuleLoadData(&module, "image"), 0);
  }
  ~Machine() {
    cuModuleUnload(module);
    cuDevicePrimaryCtxRelease_v2(0);
  }
  void* function(const char* name) const {
    void* found = nullptr;
    CHECK(cuModuleGetFunction(&found, module, name), 0);
    return found;
  }
};

int launch(void* function, unsigned blocks, unsigned threads, unsigned shared, bool cooperative, void** parameters) {
  return cooperative ? cuLaunchCooperativeKernel(function, blocks, 1, 1, threads, 1, 1, shared, nullptr, parameters)
                     : cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, shared, nullptr, parameters, nullptr);
}

void test_start() {
  int count = 0;
  CHECK(cuDeviceGetCount(&count), 3);  // before cuInit
  set("GPUTRAIN_EMULATED_DEVICES", "0");
  CHECK(cuInit(0), 100);
  set("GPUTRAIN_EMULATED_DEVICES", "2");
  CHECK(cuInit(0), 0);
  CHECK(cuDeviceGetCount(&count), 0);
  CHECK(count, 2);
  int device = 0;
  CHECK(cuDeviceGet(&device, 1), 0);
  CHECK(cuDeviceGet(&device, 2), 101);
  CHECK(cuDeviceGet(&device, -1), 101);
  char* memory = nullptr;
  size_t free = 0;
  size_t total = 0;
  CHECK(cuMemAlloc_v2(&memory, 16), 201);  // no context
  CHECK(cuMemGetInfo_v2(&free, &total), 201);
}

void test_memory() {
  Machine machine;
  set("GPUTRAIN_EMULATED_MEMORY", "1000");
  char* memory = nullptr;
  char* more = nullptr;
  CHECK(cuMemAlloc_v2(&memory, 0), 1);
  CHECK(cuMemAlloc_v2(&memory, 1001), 2);
  CHECK(cuMemAlloc_v2(&memory, 600), 0);
  CHECK(cuMemAlloc_v2(&more, 600), 2);
  CHECK(cuMemAlloc_v2(&more, SIZE_MAX), 2);
  size_t free = 0;
  size_t total = 0;
  CHECK(cuMemGetInfo_v2(&free, &total), 0);
  CHECK(static_cast<int>(free), 400);

  std::vector<char> host(700, 3);
  CHECK(cuMemcpyDtoH_v2(host.data(), memory, 600), 0);
  CHECK(host[0] == 0 || host[599] == 0, 0);  // fresh memory must not look initialised
  CHECK(cuMemcpyHtoD_v2(memory + 100, host.data(), 500), 0);
  CHECK(cuMemcpyHtoD_v2(memory + 100, host.data(), 501), 1);
  CHECK(cuMemcpyHtoD_v2(memory + 100, host.data(), SIZE_MAX - 50), 1);
  CHECK(cuMemcpyHtoD_v2(memory - 1, host.data(), 1), 1);
  CHECK(cuMemcpyDtoH_v2(host.data(), memory, 601), 1);
  CHECK(cuMemcpyDtoH_v2(host.data(), host.data() + 8, 8), 1);
  CHECK(cuMemcpyHtoD_v2(nullptr, host.data(), 8), 1);
  CHECK(cuMemsetD8_v2(memory + 1, 0, 600), 1);
  CHECK(cuMemFree_v2(memory + 8), 1);
  CHECK(cuMemFree_v2(memory), 0);
  CHECK(cuMemFree_v2(memory), 1);
  CHECK(cuMemcpyHtoD_v2(memory, host.data(), 8), 1);
  CHECK(cuMemAlloc_v2(&memory, 1000), 0);  // what was freed is there again
  CHECK(cuMemFree_v2(memory), 0);
  unsetenv("GPUTRAIN_EMULATED_MEMORY");
}

void test_modules() {
  Machine machine;
  void* found = nullptr;
  CHECK(cuModuleGetFunction(&found, machine.module, "no such kernel"), 500);
  size_t bytes = 0;
  CHECK(cuModuleGetGlobal_v2(&found, &bytes, machine.module, "table"), 0);
  CHECK(static_cast<int>(bytes), 12);
  int32_t read[4] = {};
  CHECK(cuMemcpyDtoH_v2(read, static_cast<char*>(found), 12), 0);
  CHECK(read[2], 6);
  CHECK(cuMemcpyDtoH_v2(read, static_cast<char*>(found), 16), 1);
  CHECK(cuModuleGetGlobal_v2(&found, &bytes, machine.module, "no such table"), 500);
  void* second = nullptr;
  CHECK(cuModuleLoadData(&second, nullptr), 1);
  CHECK(cuModuleLoadData(&second, "image"), 0);
  CHECK(cuModuleUnload(second), 0);
  CHECK(cuModuleUnload(second), 400);
  set("GPUTRAIN_EMULATED_LOAD_ERROR", "209");
  CHECK(cuModuleLoadData(&second, "image"), 209);
  unsetenv("GPUTRAIN_EMULATED_LOAD_ERROR");
}

void test_launches() {
  Machine machine;
  char* memory = nullptr;
  CHECK(cuMemAlloc_v2(&memory, 4096), 0);
  int32_t first = 40;
  void* parameters[] = {&memory, &first};
  void* function = machine.function("number");
  CHECK(launch(function, 3, 2, 0, false, parameters), 0);
  CHECK(cuCtxSynchronize(), 0);
  int32_t out[6] = {};
  CHECK(cuMemcpyDtoH_v2(out, memory, sizeof(out)), 0);
  for (int i = 0; i < 6; i++) {
    CHECK(out[i], 40 + i / 2);
  }
  CHECK(launch(function, 1, 65, 0, false, parameters), 1);  // above the launch bound
  CHECK(launch(function, 0, 32, 0, false, parameters), 1);
  CHECK(launch(function, 1, 0, 0, false, parameters), 1);
  CHECK(launch(&first, 1, 32, 0, false, parameters), 400);
  CHECK(launch(function, 1, 32, 49153, false, parameters), 1);  // not opted in
  CHECK(cuFuncSetAttribute(function, 8, (227 << 10) + 1), 1);
  CHECK(cuFuncSetAttribute(function, 8, 227 << 10), 0);
  CHECK(launch(function, 1, 32, 227 << 10, false, parameters), 0);
  CHECK(launch(function, 4, 32, 227 << 10, true, parameters), 0);  // one for each of the 4 multiprocessors
  CHECK(launch(function, 5, 32, 227 << 10, true, parameters), 720);
  CHECK(launch(function, 5, 32, 227 << 10, false, parameters), 0);

  void* clusters = machine.function("in_clusters");
  CHECK(launch(clusters, 16, 32, 0, false, parameters), 912);  // more than 8 without asking
  CHECK(cuFuncSetAttribute(clusters, 14, 1), 0);
  CHECK(launch(clusters, 16, 32, 0, false, parameters), 0);
  CHECK(launch(clusters, 24, 32, 0, false, parameters), 912);
  set("GPUTRAIN_EMULATED_COMPUTE", "8.6");
  CHECK(launch(clusters, 16, 32, 0, false, parameters), 912);
  unsetenv("GPUTRAIN_EMULATED_COMPUTE");
  CHECK(cuMemFree_v2(memory), 0);
}

// The exit status of a process of its own: what breaks a device, or ends the program, does it there.
template <class F>
int alone(F body) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) {
      _exit(3);
    }
    g_failures = 0;
    body();
    std::fflush(stdout);
    std::exit(g_failures == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void expect_all_calls_fail(char* memory, int code) {
  int32_t word = 0;
  char* more = nullptr;
  void* module = nullptr;
  CHECK(cuCtxSynchronize(), code);
  CHECK(cuMemAlloc_v2(&more, 16), code);
  CHECK(cuMemcpyDtoH_v2(&word, memory, 4), code);
  CHECK(cuMemcpyHtoD_v2(memory, &word, 4), code);
  CHECK(cuModuleLoadData(&module, "image"), code);
  CHECK(cuMemFree_v2(memory), code);
}

void test_lost_devices() {
  CHECK(alone([] {
          Machine machine;
          char* memory = nullptr;
          CHECK(cuMemAlloc_v2(&memory, 16), 0);
          CHECK(launch(machine.function("broken"), 1, 32, 0, false, nullptr), 719);
          expect_all_calls_fail(memory, 719);
        }),
        0);
  CHECK(alone([] {
          set("GPUTRAIN_EMULATED_FAIL_AFTER", "2");
          set("GPUTRAIN_EMULATED_FAIL_CODE", "46");
          Machine machine;
          char* memory = nullptr;
          CHECK(cuMemAlloc_v2(&memory, 4096), 0);
          int32_t first = 0;
          void* parameters[] = {&memory, &first};
          void* function = machine.function("number");
          CHECK(launch(function, 1, 32, 0, false, parameters), 0);
          CHECK(launch(function, 1, 32, 0, false, parameters), 0);
          CHECK(launch(function, 1, 32, 0, false, parameters), 46);
          CHECK(launch(function, 1, 32, 0, false, parameters), 46);
          expect_all_calls_fail(memory, 46);
        }),
        0);
}

void test_leaks() {
  set("GPUTRAIN_EMULATED_LEAKS", "1");
  CHECK(alone([] { Machine machine; }), 0);
  CHECK(alone([] {
          Machine machine;
          char* memory = nullptr;
          CHECK(cuMemAlloc_v2(&memory, 16), 0);
        }),
        99);
  CHECK(alone([] {
          Machine machine;
          CHECK(cuDevicePrimaryCtxRetain(&machine.context, 0), 0);
        }),
        99);
  unsetenv("GPUTRAIN_EMULATED_LEAKS");
}

}  // namespace

int main() {
  test_start();
  test_memory();
  test_modules();
  test_launches();
  test_lost_devices();
  test_leaks();
  return g_failures == 0 ? 0 : 1;
}
