// An emulated multiprocessor: fibers for threads, barriers, blocks, clusters, launches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gputrain::emulation {

struct Fiber;
struct Block;

// Where all of a fixed set of fibers wait for each other.
struct Barrier {
  const char* name = "";
  int members = 0;
  std::vector<Fiber*> waiting;
  uint64_t round = 0;
};

struct Warp : Barrier {
  double slots[2][32];  // of shuffles, by the parity of the round
};

struct Cluster : Barrier {
  std::vector<Block*> blocks;
};

struct Block {
  int index, grid, threads, cluster_rank;
  char* shared;
  size_t shared_bytes;
  Barrier barrier;
  std::vector<Warp> warps;
  Cluster* cluster;
};

struct Copy {
  float* to;
  const float* from;
};

struct Fiber {
  void* stack_pointer;
  char* stack;
  Block* block;
  Warp* warp;
  int thread;
  bool done;
  const Barrier* waits_at;
  void* sanitizer_stack;
  std::vector<Copy> copies;
};

// The fiber that this operating-system thread runs.
extern thread_local Fiber* current __attribute__((tls_model("initial-exec")));

// Called by fibers.
void wait_at(Barrier& barrier);
void yield();
[[noreturn]] void fault(const char* what);
inline void check_aligned(const void* at) {
  if (reinterpret_cast<uintptr_t>(at) % 16 != 0) {
    fault("misaligned 16-byte access");
  }
}

// A kernel as the registry knows it.
struct Kernel {
  std::string name;
  void (*invoke)(void** parameters);
  int threads;  // the launch bound
  int cluster;  // blocks
};

struct Launch {
  const Kernel* kernel;
  int blocks, threads;
  size_t shared_bytes;
  void** parameters;
  bool cooperative;
};

// The order in which fibers that become ready together run.
enum class Order { kForward, kReverse, kShuffled };
void set_order(Order order, uint64_t seed);

// Runs a launch to its end; empty, or what went wrong.
std::string run(const Launch& launch);

}  // namespace gputrain::emulation
