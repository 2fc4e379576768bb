#include "process.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace gputrain::bench {

namespace {

[[noreturn]] void child(int to, const std::function<int(const Send&)>& work) {
  int status = 1;
  try {
    status = work([to](const void* data, size_t bytes) {
      if (write(to, data, bytes) != static_cast<ssize_t>(bytes)) {
        throw std::runtime_error("results lost");
      }
    });
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
  }
  std::fflush(stdout);
  _exit(status);
}

}  // namespace

Outcome apart(int seconds, const std::function<int(const Send&)>& work) {
  int ends[2];
  if (pipe(ends) != 0) {
    throw std::runtime_error("no pipe");
  }
  // Or both would print what is still in the buffer.
  std::fflush(stdout);
  pid_t process = fork();
  if (process < 0) {
    throw std::runtime_error("no process");
  }
  if (process == 0) {
    close(ends[0]);
    child(ends[1], work);
  }
  close(ends[1]);
  Outcome outcome = {-1, ""};
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool late = false;
  while (!late) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd waiting = {ends[0], POLLIN, 0};
    late = left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0;
    char buffer[4096];
    ssize_t count = late ? 0 : read(ends[0], buffer, sizeof(buffer));
    if (count <= 0) {
      break;
    }
    outcome.sent.append(buffer, static_cast<size_t>(count));
  }
  close(ends[0]);
  if (late) {
    kill(process, SIGKILL);
    std::printf("did not finish in %d s\n", seconds);
  }
  int status = 0;
  waitpid(process, &status, 0);
  if (!late && WIFSIGNALED(status)) {
    std::printf("ended by signal %d\n", WTERMSIG(status));
  }
  outcome.status = !late && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

}  // namespace gputrain::bench
