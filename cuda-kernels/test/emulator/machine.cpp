#include "machine.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define GT_SANITIZED 1
#endif
#include "stack_switch.h"

namespace gputrain::emulation {

thread_local Fiber* current = nullptr;

namespace {

#ifdef GT_SANITIZED
constexpr size_t kStackBytes = 256 << 10;
#else
constexpr size_t kStackBytes = 64 << 10;
#endif
// Looks at a counter without anyone else getting on, after which the launch counts as hung.
constexpr uint64_t kMostYields = 20'000'000;

Order g_order = Order::kShuffled;
uint64_t g_seed = 1;

// Blocks that are alive together, on one operating-system thread.
struct Gang {
  const Launch* launch;
  std::vector<std::unique_ptr<Block>> blocks;
  std::vector<std::unique_ptr<Cluster>> clusters;
  std::vector<std::unique_ptr<char[]>> shared;
  std::vector<Fiber> fibers;
  std::deque<Fiber*> ready;
  void* scheduler_stack = nullptr;
  const void* scheduler_bottom = nullptr;
  size_t scheduler_size = 0;
  uint64_t random = 1;
  uint64_t idle_yields = 0;
  std::vector<Fiber*> held;  // ready, but kept back while others get ahead
  uint64_t held_for = 0;     // switches
  size_t left = 0;
  std::string error;
};

thread_local Gang* t_gang __attribute__((tls_model("initial-exec"))) = nullptr;

void release_held(Gang& gang) {
  gang.ready.insert(gang.ready.end(), gang.held.begin(), gang.held.end());
  gang.held.clear();
}

// The next to run; null when none can, or the gang has failed.
Fiber* next_ready(Gang& gang) {
  if (!gang.held.empty() && (gang.ready.empty() || gang.held_for-- == 0)) {
    release_held(gang);
  }
  if (gang.ready.empty() || gang.idle_yields > kMostYields || !gang.error.empty()) {
    return nullptr;
  }
  Fiber* next = gang.ready.front();
  gang.ready.pop_front();
  return next;
}

void to_scheduler(bool for_good) {
  Gang& gang = *t_gang;
  Fiber* self = current;
#ifndef GT_SANITIZED
  // The scheduler need not be asked who comes next: half as many switches.
  if (Fiber* next = for_good ? nullptr : next_ready(gang)) {
    if (next != self) {
      current = next;
      gputrain_switch_stack(&self->stack_pointer, next->stack_pointer);
    }
    return;
  }
#endif
#ifdef GT_SANITIZED
  __sanitizer_start_switch_fiber(for_good ? nullptr : &self->sanitizer_stack, gang.scheduler_bottom,
                                 gang.scheduler_size);
#else
  static_cast<void>(for_good);
#endif
  gputrain_switch_stack(&self->stack_pointer, gang.scheduler_stack);
#ifdef GT_SANITIZED
  __sanitizer_finish_switch_fiber(self->sanitizer_stack, &gang.scheduler_bottom, &gang.scheduler_size);
#endif
}

void to_fiber(Gang& gang, Fiber& fiber) {
  current = &fiber;
#ifdef GT_SANITIZED
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, fiber.stack, kStackBytes);
#endif
  gputrain_switch_stack(&gang.scheduler_stack, fiber.stack_pointer);
#ifdef GT_SANITIZED
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  current = nullptr;
}

void fiber_main() {
  Gang& gang = *t_gang;
#ifdef GT_SANITIZED
  __sanitizer_finish_switch_fiber(nullptr, &gang.scheduler_bottom, &gang.scheduler_size);
#endif
  gang.launch->kernel->invoke(gang.launch->parameters);
  current->done = true;
  gang.left--;
  to_scheduler(true);
  std::abort();
}

void prepare_stack(Fiber& fiber) {
#if defined(__x86_64__)
  auto** top = reinterpret_cast<void**>(fiber.stack + kStackBytes);
  *--top = nullptr;  // a return address for fiber_main, which never returns; keeps the stack aligned as after a call
  *--top = reinterpret_cast<void*>(&fiber_main);
  for (int i = 0; i < 6; i++) {
    *--top = nullptr;
  }
  fiber.stack_pointer = top;
#else
  auto* context = reinterpret_cast<ucontext_t*>(fiber.stack);
  getcontext(context);
  context->uc_stack = {fiber.stack + sizeof(ucontext_t), 0, kStackBytes - sizeof(ucontext_t)};
  context->uc_link = nullptr;
  makecontext(context, &fiber_main, 0);
  fiber.stack_pointer = context;
#endif
}

uint64_t draw(Gang& gang) {
  // xorshift64* (Vigna, doi:10.1145/2845077)
  gang.random ^= gang.random >> 12;
  gang.random ^= gang.random << 25;
  gang.random ^= gang.random >> 27;
  return gang.random * 2685821657736338717ULL;
}

// Now and then, one thread or all that wait together fall behind the rest: what should wait for them must do so.
bool hold_back(Gang& gang, std::vector<Fiber*>& fibers) {
  if (g_order != Order::kShuffled || !gang.held.empty() || draw(gang) % 4 != 0) {
    return false;
  }
  gang.held_for = draw(gang) % (32 * gang.fibers.size());
  if (draw(gang) % 2 == 0) {
    gang.held.swap(fibers);
    return true;
  }
  // Most often the first of its block, whose results count most.
  size_t one = draw(gang) % fibers.size();
  bool first = draw(gang) % 4 != 0;
  for (size_t i = 0; first && i < fibers.size(); i++) {
    one = fibers[i]->thread == 0 ? i : one;
  }
  gang.held.push_back(fibers[one]);
  fibers.erase(fibers.begin() + static_cast<std::ptrdiff_t>(one));
  return fibers.empty();
}

// Those who become ready run before those who have been for long, so that a block or a warp gets as far ahead of the
// others as its barriers let it; shuffled, only sometimes. In turn, blocks would stay in step without waiting.
void make_ready(Gang& gang, std::vector<Fiber*>& fibers) {
  if (hold_back(gang, fibers)) {
    return;
  }
  size_t n = fibers.size();
  size_t cut = 0;
  bool backward = g_order == Order::kReverse;
  bool first = true;
  if (g_order == Order::kShuffled) {
    // A random cut and direction: as many surprises as a shuffle where it matters, who comes first, and cheaper.
    uint64_t random = draw(gang);
    cut = random % n;
    backward = (random >> 40 & 1) != 0;
    first = (random >> 41 & 1) != 0;
  }
  for (size_t i = 0; i < n; i++) {
    size_t place = first ? n - 1 - i : i;  // the last to be put in front is the first to run
    Fiber* fiber = fibers[backward ? (cut + 2 * n - 1 - place) % n : (cut + place) % n];
    if (first) {
      gang.ready.push_front(fiber);
    } else {
      gang.ready.push_back(fiber);
    }
  }
  fibers.clear();
}

// Stacks are kept: a launch needs hundreds.
class Stacks {
 public:
  char* take() {
    std::lock_guard lock(mutex_);
    if (free_.empty()) {
      return static_cast<char*>(std::aligned_alloc(4096, kStackBytes));
    }
    char* stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void give(char* stack) {
    std::lock_guard lock(mutex_);
    free_.push_back(stack);
  }
  ~Stacks() {
    for (char* stack : free_) {
      std::free(stack);
    }
  }

 private:
  std::mutex mutex_;
  std::vector<char*> free_;
};
Stacks g_stacks;

void add_block(Gang& gang, int index, Cluster* cluster) {
  const Launch& launch = *gang.launch;
  // Not new char[n](): what nobody wrote must not read as 0. Room for the alignment of 16 that the device gives.
  auto* memory = new char[launch.shared_bytes + 1];
  std::memset(memory, 0xFF, launch.shared_bytes);
  gang.shared.emplace_back(memory);
  auto block = std::make_unique<Block>();
  block->index = index;
  block->grid = launch.blocks;
  block->threads = launch.threads;
  block->cluster_rank = static_cast<int>(cluster->blocks.size());
  block->shared = memory;
  block->shared_bytes = launch.shared_bytes;
  block->barrier.name = "the block's barrier";
  block->barrier.members = launch.threads;
  block->warps.resize(static_cast<size_t>((launch.threads + 31) / 32));
  for (size_t w = 0; w < block->warps.size(); w++) {
    block->warps[w].name = "the warp's barrier";
    block->warps[w].members = std::min(32, launch.threads - 32 * static_cast<int>(w));
  }
  block->cluster = cluster;
  cluster->blocks.push_back(block.get());
  cluster->members += launch.threads;
  for (int t = 0; t < launch.threads; t++) {
    gang.fibers.push_back({nullptr,
                           g_stacks.take(),
                           block.get(),
                           &block->warps[static_cast<size_t>(t / 32)],
                           t,
                           false,
                           nullptr,
                           nullptr,
                           {}});
    prepare_stack(gang.fibers.back());
  }
  gang.blocks.push_back(std::move(block));
}

std::string describe_hang(const Gang& gang) {
  std::string text = "kernel " + gang.launch->kernel->name + " hangs:";
  int told = 0;
  for (const Fiber& fiber : gang.fibers) {
    if (!fiber.done && told++ < 4) {
      text += " block " + std::to_string(fiber.block->index) + " thread " + std::to_string(fiber.thread) +
              " waits at " + (fiber.waits_at == nullptr ? "a counter" : fiber.waits_at->name) + ";";
    }
  }
  return text + " " + std::to_string(gang.left) + " threads in all";
}

// Runs blocks [first, last) together.
std::string run_gang(const Launch& launch, int first, int last) {
  Gang gang;
  gang.launch = &launch;
  gang.random = (g_seed * 0x9E3779B97F4A7C15ULL ^ static_cast<uint64_t>(first + 1)) | 1;
  gang.fibers.reserve(static_cast<size_t>(last - first) * static_cast<size_t>(launch.threads));
  for (int b = first; b < last; b++) {
    if ((b - first) % launch.kernel->cluster == 0) {
      gang.clusters.push_back(std::make_unique<Cluster>());
      gang.clusters.back()->name = "the cluster's barrier";
    }
    add_block(gang, b, gang.clusters.back().get());
  }
  gang.left = gang.fibers.size();
  std::vector<Fiber*> all;
  for (Fiber& fiber : gang.fibers) {
    all.push_back(&fiber);
  }
  make_ready(gang, all);
  t_gang = &gang;
  while (gang.left > 0 && gang.error.empty()) {
    Fiber* fiber = next_ready(gang);
    if (fiber == nullptr) {
      gang.error = describe_hang(gang);
      break;
    }
    to_fiber(gang, *fiber);
  }
  t_gang = nullptr;
  for (Fiber& fiber : gang.fibers) {
    g_stacks.give(fiber.stack);
  }
  return gang.error;
}

}  // namespace

void wait_at(Barrier& barrier) {
  Gang& gang = *t_gang;
  gang.idle_yields = 0;
  current->waits_at = &barrier;
  barrier.waiting.push_back(current);
  if (static_cast<int>(barrier.waiting.size()) == barrier.members) {
    barrier.round++;
    make_ready(gang, barrier.waiting);
  }
  to_scheduler(false);
  current->waits_at = nullptr;
}

void yield() {
  t_gang->idle_yields++;
  t_gang->ready.push_back(current);
  to_scheduler(false);
}

void fault(const char* what) {
  const Block& block = *current->block;
  t_gang->error = "kernel " + t_gang->launch->kernel->name + ", block " + std::to_string(block.index) + ", thread " +
                  std::to_string(current->thread) + ": " + what;
  to_scheduler(true);
  std::abort();
}

void set_order(Order order, uint64_t seed) {
  g_order = order;
  g_seed = seed;
}

std::string run(const Launch& launch) {
  int gang_blocks = launch.cooperative ? launch.blocks : launch.kernel->cluster;
  int gangs = launch.blocks / gang_blocks;
  int workers = std::min(gangs, std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  std::atomic<int> next = 0;
  std::mutex mutex;
  std::string error;
  auto work = [&] {
    for (int g = next++; g < gangs; g = next++) {
      std::string mine = run_gang(launch, g * gang_blocks, (g + 1) * gang_blocks);
      if (!mine.empty()) {
        std::lock_guard lock(mutex);
        error = mine;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < workers; i++) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) {
    thread.join();
  }
  return error;
}

}  // namespace gputrain::emulation
