// Threads that stay, and the barrier between their phases.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gputrain {

// Spins for a moment, then sleeps: phases are microseconds apart, but other processes may share the machine.
class Barrier {
 public:
  // Waits until `members` threads have come.
  void wait(int members);

 private:
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<uint32_t> phase_{0};
};

class Pool {
 public:
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return threads_; }
  // Calls task(0) ... task(members - 1) at the same time, task(0) on the calling thread; returns when all are done.
  // The task must not throw.
  void run(int members, const std::function<void(int)>& task);

 private:
  void work(int index);

  int threads_;
  std::mutex mutex_;
  std::condition_variable start_, done_;
  const std::function<void(int)>* task_ = nullptr;
  int members_ = 0;
  int busy_ = 0;
  uint64_t round_ = 0;
  bool ending_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace gputrain
