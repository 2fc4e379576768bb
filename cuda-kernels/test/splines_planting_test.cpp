// Plants every error that can be planted in the kernels of spline networks, one at a time, and asserts that each
// changes a result, hangs or faults in one of several orders of the threads. What they share with the kernels of other
// networks is planting_test's.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "emulated_splines.h"
#include "emulator/machine.h"
#include "emulator/planting.h"
#include "spline_case.h"

using namespace gputrain;
using emulation::Plant;

namespace {

std::string train(const SplineCase& one, const SplineLaunch& how, const std::vector<SplineState>& expected) {
  EmulatedSplines session(one.plan, one.data);
  std::string error = session.advance(how, 3);
  return error.empty() ? difference(one, session.states(), expected) : error;
}

// In a process of its own: a planted error may destroy it.
bool found(const SplineCase& one, const SplineLaunch& how, const std::vector<SplineState>& expected,
           const Plant& what) {
  for (int attempt = 0; attempt < 40; attempt++) {
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
      _exit(train(one, how, expected).empty() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      return true;
    }
  }
  return false;
}

struct Run {
  SplineLaunch how;
  SplineCase one;
};

// Between them they go through every barrier.
std::vector<Run> runs() {
  auto with = [](int optimizer, int batch, double penalty) {
    SplineCase one;
    one.widths = {3, 4, 1};
    one.optimizer = optimizer;
    one.batch = batch;
    one.l1 = penalty;
    one.entropy = penalty;
    one.rows = 150;
    one.replicas = 1;
    return one;
  };
  return {{{"train_cubic_splines", 3, 1}, with(GT_LBFGS, 0, 0.01)},
          {{"train_cubic_splines", 2, 2}, with(GT_ADAM, 70, 0.01)},
          {{"train_splines", 3, 2}, with(GT_LBFGS, 0, 0)},
          {{"train_large_splines", 3, 1}, with(GT_ADAM, 70, 0)}};
}

}  // namespace

int main() {
  std::set<Plant> planted;
  std::set<Plant> caught;
  for (Run& run : runs()) {
    run.one.fill();
    std::vector<SplineState> expected = run.one.expected(3);
    emulation::record_sites(true);
    std::string error = train(run.one, run.how, expected);
    emulation::record_sites(false);
    if (!error.empty()) {
      std::printf("%s: %s with nothing planted\n", run.how.kernel.c_str(), error.c_str());
      return 1;
    }
    for (const Plant& what : emulation::take_sites()) {
      if (what.file == "driver.h" || what.file == "team.h") {
        continue;
      }
      planted.insert(what);
      if (caught.count(what) == 0 && found(run.one, run.how, expected, what)) {
        caught.insert(what);
      }
    }
  }
  for (const Plant& what : planted) {
    if (caught.count(what) == 0) {
      std::printf("not found: a barrier that does nothing at %s:%u\n", what.file.c_str(), what.line);
    }
  }
  std::printf("%zu errors planted, %zu found\n", planted.size(), caught.size());
  return !planted.empty() && caught.size() == planted.size() ? 0 : 1;
}
