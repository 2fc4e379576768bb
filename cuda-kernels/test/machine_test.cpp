// The emulated multiprocessor itself: small kernels, right and with one error each. The right ones must pass in every
// order of the threads, the wrong ones must be found in every order: what this cannot find, no test of a kernel finds.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "device.h"
#include "emulator/registry.h"

using namespace gputrain;
using namespace gputrain::device;

namespace {

float* shared_floats() { return reinterpret_cast<float*>(shared_memory()); }

// Each thread hands its value to the one before it, round after round, through shared memory.
enum class Ring { kRight, kNoBarrierAfterWriting, kNoBarrierAfterReading, kThreadLeaves };
template <Ring R>
void ring(float* out, int rounds) {
  int place = block() * threads() + thread();
  out[place] = 0;
  for (int round = 0; round < rounds; round++) {
    shared_floats()[thread()] = static_cast<float>(thread() + round);
    if (R == Ring::kThreadLeaves && thread() == 5) {
      return;
    }
    if (R != Ring::kNoBarrierAfterWriting) {
      sync_block();
    }
    out[place] += shared_floats()[(thread() + 1) % threads()];
    if (R != Ring::kNoBarrierAfterReading) {
      sync_block();
    }
  }
}

template <bool Wait>
void warp_ring(float* out) {
  int lane = thread() % 32;
  shared_floats()[thread()] = static_cast<float>(thread());
  if (Wait) {
    sync_warp();
  }
  out[thread()] = shared_floats()[thread() - lane + (lane + 1) % 32];
}

// Sums over a warp: a float that is exact, a double that no float could hold.
template <bool All>
void butterfly(float* out, double* exact) {
  float sum = static_cast<float>(thread());
  double exact_sum = 1 + 1e-12 * thread();
  if (All || thread() != 31) {
    for (int mask = 16; mask > 0; mask /= 2) {
      sum += shuffle_xor(sum, mask);
      exact_sum += shuffle_xor(exact_sum, mask);
    }
  }
  out[thread()] = sum;
  exact[thread()] = exact_sum;
}

// Reads the next block's shared memory.
template <bool Wait>
void neighbours(float* out) {
  constexpr int kCluster = 4;
  shared_floats()[thread()] = static_cast<float>(100 * block() + thread());
  if (Wait) {
    sync_cluster();
  }
  out[block() * threads() + thread()] = *peer(shared_floats() + thread(), (cluster_rank() + 1) % kCluster);
  sync_cluster();
}

// Every block waits for all others through a counter, then sums what they wrote.
template <bool Wait, uint32_t TooMany>
void grid_sum(float* out, float* parts, uint32_t* counter) {
  if (thread() == 0) {
    parts[block()] = static_cast<float>(block() + 1);
    arrive(counter);
    while (Wait && arrivals(counter) < static_cast<uint32_t>(blocks()) + TooMany) {
      relax();
    }
  }
  sync_block();
  float sum = 0;
  for (int b = 0; b < blocks(); b++) {
    sum += parts[b];
  }
  out[block() * threads() + thread()] = sum;
}

template <bool Wait>
void copied(float* out, const float* in) {
  copy_async(shared_floats() + thread(), in + thread());
  if (Wait) {
    copies_done();
  }
  sync_block();
  out[thread()] = shared_floats()[threads() - 1 - thread()];
}

void reads_unwritten(float* out) { out[thread()] = shared_floats()[thread()]; }
template <int Offset>
void loads_four(float* out, const float* in) {
  store4(out + 4 * thread(), load4(in + 4 * thread() + Offset));
}
void gives_up() {
  if (block() == 1 && thread() == 7) {
    device::fail();
  }
}
template <int Past>
void writes_at_end(float* out) {
  shared_floats()[threads() - 1 + Past] = 1;
  out[thread()] = 1;
}

int g_failures = 0;
const char* g_order = "";

void expect(bool holds, const char* kernel, const std::string& what) {
  if (!holds) {
    std::printf("%s, %s order: %s\n", kernel, g_order, what.c_str());
    g_failures++;
  }
}

struct Shape {
  int blocks = 1, threads = 64, cluster = 1;
  bool cooperative = false;
};

// Runs a kernel with a float of shared memory per thread; empty, or the machine's error.
template <auto F, class... Arguments>
std::string run(const char* name, Shape shape, Arguments... arguments) {
  void* parameters[] = {&arguments..., nullptr};
  emulation::Kernel kernel = {name, &emulation::Invoker<F>::invoke, shape.threads, shape.cluster};
  return emulation::run({&kernel, shape.blocks, shape.threads, sizeof(float) * static_cast<size_t>(shape.threads),
                         parameters, shape.cooperative});
}

// Whether the kernel ran and left these values.
template <auto F, class... Arguments>
bool gives(const char* name, Shape shape, const std::vector<float>& expected, Arguments... arguments) {
  std::vector<float> out(expected.size(), -1);
  std::string error = run<F>(name, shape, out.data(), arguments...);
  expect(error.empty(), name, error);
  return error.empty() && out == expected;
}

void hangs(const char* name, const std::string& error, const char* at) {
  expect(error.find(std::string("kernel ") + name + " hangs") == 0 && error.find(at) != std::string::npos, name,
         "expected to hang at " + std::string(at) + ", but: '" + error + "'");
}

void test_barriers() {
  constexpr int kThreads = 64;
  constexpr int kRounds = 3;
  for (int n : {1, 5}) {  // more blocks than processors run at once
    std::vector<float> expected;
    for (int i = 0; i < n * kThreads; i++) {
      expected.push_back(static_cast<float>(kRounds * ((i + 1) % kThreads) + 3));
    }
    Shape shape = {.blocks = n, .threads = kThreads};
    expect(gives<&ring<Ring::kRight>>("ring", shape, expected, kRounds), "ring", "wrong");
    expect(!gives<&ring<Ring::kNoBarrierAfterWriting>>("ring", shape, expected, kRounds), "ring",
           "reads before the writes unnoticed");
    expect(!gives<&ring<Ring::kNoBarrierAfterReading>>("ring", shape, expected, kRounds), "ring",
           "overwrites what others still read unnoticed");
  }
  std::vector<float> out(kThreads);
  hangs("left", run<&ring<Ring::kThreadLeaves>>("left", {.threads = kThreads}, out.data(), kRounds),
        "the block's barrier");
}

void test_warps() {
  std::vector<float> expected;
  for (int t = 0; t < 64; t++) {
    expected.push_back(static_cast<float>(t - t % 32 + (t + 1) % 32));
  }
  expect(gives<&warp_ring<true>>("warp_ring", {}, expected), "warp_ring", "wrong");
  expect(!gives<&warp_ring<false>>("warp_ring", {}, expected), "warp_ring", "reads before the writes unnoticed");

  std::vector<float> sums(32);
  std::vector<double> exact(32);
  std::string error = run<&butterfly<true>>("butterfly", {.threads = 32}, sums.data(), exact.data());
  expect(error.empty(), "butterfly", error);
  for (size_t t = 0; t < 32; t++) {
    expect(sums[t] == 496 && std::abs(exact[t] - (32 + 496e-12)) < 1e-13, "butterfly", "wrong");
  }
  hangs("butterfly", run<&butterfly<false>>("butterfly", {.threads = 32}, sums.data(), exact.data()),
        "the warp's barrier");
}

void test_clusters() {
  std::vector<float> expected;
  for (int b = 0; b < 8; b++) {
    for (int t = 0; t < 32; t++) {
      expected.push_back(static_cast<float>(100 * (b / 4 * 4 + (b + 1) % 4) + t));
    }
  }
  for (bool cooperative : {false, true}) {
    Shape shape = {.blocks = 8, .threads = 32, .cluster = 4, .cooperative = cooperative};
    expect(gives<&neighbours<true>>("neighbours", shape, expected), "neighbours", "wrong");
    expect(!gives<&neighbours<false>>("neighbours", shape, expected), "neighbours", "reads too early unnoticed");
  }
}

void test_counters() {
  Shape shape = {.blocks = 8, .threads = 32, .cooperative = true};
  std::vector<float> expected(256, 36);
  std::vector<float> parts(8, NAN);
  uint32_t counter = 0;
  expect(gives<&grid_sum<true, 0>>("grid_sum", shape, expected, parts.data(), &counter), "grid_sum", "wrong");
  parts.assign(8, NAN);
  expect(!gives<&grid_sum<false, 0>>("grid_sum", shape, expected, parts.data(), &counter), "grid_sum",
         "does not wait for the others unnoticed");
  counter = 0;
  std::vector<float> out(256);
  hangs("grid_sum", run<&grid_sum<true, 1>>("grid_sum", shape, out.data(), parts.data(), &counter), "a counter");
}

void test_copies() {
  std::vector<float> in(64);
  std::vector<float> expected(64);
  for (size_t t = 0; t < 64; t++) {
    in[t] = static_cast<float>(t);
    expected[63 - t] = static_cast<float>(t);
  }
  const float* from = in.data();
  expect(gives<&copied<true>>("copied", {}, expected, from), "copied", "wrong");
  expect(!gives<&copied<false>>("copied", {}, expected, from), "copied", "does not wait for copies unnoticed");
}

void test_faults() {
  std::vector<float> out(64);
  expect(run<&reads_unwritten>("reads_unwritten", {}, out.data()).empty(), "reads_unwritten", "fails");
  for (float value : out) {
    expect(std::isnan(value), "reads_unwritten", "shared memory looks written");
  }
  alignas(16) float in[16] = {0, 1, 2, 3, 4, 5, 6, 7};
  alignas(16) float four[8] = {};
  float* to = four;
  const float* from = in;
  expect(run<&loads_four<0>>("loads_four", {.threads = 2}, to, from).empty() && four[7] == 7, "loads_four", "wrong");
  expect(run<&loads_four<1>>("loads_four", {.threads = 2}, to, from).find("misaligned") != std::string::npos,
         "loads_four", "misaligned unnoticed");
  std::string error = run<&gives_up>("gives_up", {.blocks = 3, .threads = 32});
  expect(error == "kernel gives_up, block 1, thread 7: the kernel called fail()", "gives_up", "'" + error + "'");
}

#if defined(__SANITIZE_ADDRESS__)
// Whether the sanitizer lets it live; in a process of its own.
template <auto F>
bool survives(const char* name) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) {
      _exit(2);
    }
    std::vector<float> out(64);
    _exit(run<F>(name, {}, out.data()).empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void test_ends_of_shared_memory() {
  expect(survives<&writes_at_end<0>>("writes_at_end"), "writes_at_end", "the last element is refused");
  expect(!survives<&writes_at_end<1>>("writes_at_end"), "writes_at_end", "one past the end unnoticed");
}
#else
void test_ends_of_shared_memory() {
  std::vector<float> out(64);
  expect(run<&writes_at_end<0>>("writes_at_end", {}, out.data()).empty(), "writes_at_end", "fails");
}
#endif

}  // namespace

int main() {
  struct {
    const char* name;
    emulation::Order order;
    uint64_t seed;
  } orders[] = {{"forward", emulation::Order::kForward, 0},
                {"reverse", emulation::Order::kReverse, 0},
                {"shuffled (1)", emulation::Order::kShuffled, 1},
                {"shuffled (2)", emulation::Order::kShuffled, 2},
                {"shuffled (3)", emulation::Order::kShuffled, 3}};
  for (auto& [name, order, seed] : orders) {
    g_order = name;
    emulation::set_order(order, seed);
    test_barriers();
    test_warps();
    test_clusters();
    test_counters();
    test_copies();
    test_faults();
    test_ends_of_shared_memory();
  }
  return g_failures == 0 ? 0 : 1;
}
