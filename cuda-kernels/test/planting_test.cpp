// Plants every error that can be planted in the kernels, a barrier that does nothing or an access off by one, one at a
// time, and asserts that each is found: by a wrong result, a hang or a fault, in one of several orders of the threads.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "case.h"
#include "emulator/machine.h"
#include "emulator/planting.h"

using namespace gputrain;
using emulation::Plant;

namespace {

std::string train(const Case& one, const char* kernel, int blocks, const std::vector<Expected>& expected) {
  EmulatedSession session(one.plan, one.data);
  std::string error = session.advance(kernel, blocks, 4);
  return error.empty() ? difference(session, expected) : error;
}

// In a process of its own: a planted error may destroy it.
bool found(const Case& one, const char* kernel, int blocks, const std::vector<Expected>& expected, const Plant& what) {
  for (int attempt = 0; attempt < 6; attempt++) {
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      std::freopen("/dev/null", "w", stderr);
      alarm(20);
      auto order = attempt == 0   ? emulation::Order::kForward
                   : attempt == 1 ? emulation::Order::kReverse
                                  : emulation::Order::kShuffled;
      emulation::set_order(order, static_cast<uint64_t>(attempt));
      emulation::plant(what);
      _exit(train(one, kernel, blocks, expected).empty() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

int main() {
  int planted = 0;
  int missed = 0;
  struct Run {
    Case one;
    const char* kernel;
    int blocks;
  };
  Case shape = {.widths = {4, 32, 16, 1}, .rows = 300, .measured = 20, .replicas = 1};
  Case small = {.widths = {4, 32, 16, 1}, .rows = 70, .measured = 20, .batch = 60, .replicas = 1};
  Case generic = {.widths = {5, 9, 7, 2}, .rows = 100, .measured = 20, .replicas = 1};
  for (Run run : {Run{shape, "train_solo_4_32_16_1_gelu", 1}, Run{shape, "train_grid_4_32_16_1_gelu", 3},
                  Run{small, "train_cluster8_4_32_16_1_gelu", 16}, Run{generic, "train_grid_generic", 3}}) {
    run.one.fill();
    std::vector<Expected> expected = train_on_cpu(run.one, 4);
    emulation::record_sites(true);
    std::string error = train(run.one, run.kernel, run.blocks, expected);
    emulation::record_sites(false);
    if (!error.empty()) {
      std::printf("%s: %s with nothing planted\n", run.kernel, error.c_str());
      return 1;
    }
    for (const Plant& what : emulation::take_sites()) {
      planted++;
      if (!found(run.one, run.kernel, run.blocks, expected, what)) {
        missed++;
        std::printf("%s: not found: %s at %s:%u\n", run.kernel,
                    what.kind == Plant::kNoBarrier ? "a barrier that does nothing" : "an access off by one",
                    what.file.c_str(), what.line);
      }
    }
  }
  std::printf("%d errors planted, %d not found\n", planted, missed);
  return missed == 0 && planted > 0 ? 0 : 1;
}
