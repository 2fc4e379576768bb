// Work in a process of its own: what hangs or breaks the device there costs nothing else.
#pragma once

#include <functional>
#include <string>

namespace gputrain::bench {

using Send = std::function<void(const void* data, size_t bytes)>;

struct Outcome {
  int status;        // of its exit; -1 when it did not end by itself in time
  std::string sent;  // all that it sent until then
};

// The caller must not hold the device, which does not survive a fork. Exceptions of `work` are printed: status 1.
Outcome apart(int seconds, const std::function<int(const Send&)>& work);

}  // namespace gputrain::bench
