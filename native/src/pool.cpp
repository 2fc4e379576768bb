#include "pool.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gputrain {
namespace {

// About ten microseconds.
constexpr int kSpins = 800;

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

void Barrier::wait(int members) {
  if (members == 1) {
    return;
  }
  uint32_t phase = phase_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == members - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.store(phase + 1, std::memory_order_release);
    phase_.notify_all();
    return;
  }
  // With more threads than processors the one waited for may need this one's.
  static const int processors = static_cast<int>(std::thread::hardware_concurrency());
  int spins = members <= processors ? kSpins : 0;
  for (int spin = 0; phase_.load(std::memory_order_acquire) == phase; spin++) {
    if (spin < spins) {
      relax();
    } else {
      // Asleep, not yielding: a thread that wakes is put on an idle processor, whereas two that yield to each other on
      // one processor look busy to the scheduler and stay there.
      phase_.wait(phase, std::memory_order_acquire);
    }
  }
}

Pool::Pool(int threads) : threads_(threads) {
  try {
    for (int i = 1; i < threads; i++) {
      workers_.emplace_back([this, i] { work(i); });
    }
  } catch (...) {
    threads_ = static_cast<int>(workers_.size()) + 1;
  }
}

Pool::~Pool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  start_.notify_all();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

void Pool::run(int members, const std::function<void(int)>& task) {
  if (members > 1) {
    std::lock_guard<std::mutex> lock(mutex_);
    task_ = &task;
    members_ = members;
    busy_ = members - 1;
    round_++;
    start_.notify_all();
  }
  task(0);
  if (members > 1) {
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }
}

void Pool::work(int index) {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    start_.wait(lock, [&] { return ending_ || round_ != seen; });
    if (ending_) {
      return;
    }
    seen = round_;
    if (index >= members_) {
      continue;
    }
    const std::function<void(int)>* task = task_;
    lock.unlock();
    (*task)(index);
    lock.lock();
    if (--busy_ == 0) {
      done_.notify_one();
    }
  }
}

}  // namespace gputrain
