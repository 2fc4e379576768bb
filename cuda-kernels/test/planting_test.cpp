// Plants every error that can be planted in the kernels, a barrier that does nothing or an access off by one, one at a
// time, and asserts that each is found: by a wrong result, a hang or a fault, in one of several orders of the threads.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "case.h"
#include "emulator/machine.h"
#include "emulator/planting.h"

using namespace gputrain;
using emulation::Plant;

namespace {

std::string train(const Case& one, const char* kernel, int blocks, const std::vector<Expected>& expected) {
  EmulatedSession session(one.plan, one.data);
  std::string error = session.advance(kernel, blocks, 6);
  return error.empty() ? difference(session, expected) : error;
}

// In a process of its own: a planted error may destroy it.
bool found(const Case& one, const char* kernel, int blocks, const std::vector<Expected>& expected, const Plant& what) {
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

struct Run {
  const char* kernel;
  int blocks;
  Case one;
};

// Between them they go through every line of the kernels that can carry a planted error.
std::vector<Run> runs() {
  const std::vector<int> shape = {4, 32, 16, 1};
  // Outputs and columns for more than one warp, and a set too small for all blocks.
  const std::vector<int> wide = {5, 40, 7};
  const Case units = {.widths = {5, 9, 35, 2}, .family = GT_COMPLEX_PRODUCT_UNITS, .loss = GT_COMPLEX_SQUARED};
  auto with = [](Case one, int rows, int measured, int batch) {
    one.rows = rows;
    one.measured = measured;
    one.batch = batch;
    one.replicas = 1;
    return one;
  };
  return {{"train_solo_4_32_16_1_gelu", 1, {.widths = shape, .rows = 300, .replicas = 1}},
          {"train_solo_4_32_16_1_gelu", 1, {.widths = shape, .rows = 70, .batch = 30, .replicas = 1}},
          {"train_grid_4_32_16_1_gelu", 20, {.widths = shape, .rows = 300, .replicas = 1}},
          {"train_grid_4_32_16_1_gelu", 3, {.widths = shape, .rows = 100, .batch = 60, .replicas = 1}},
          {"train_cluster8_4_32_16_1_gelu", 8, {.widths = shape, .rows = 300, .replicas = 1}},
          {"train_cluster8_4_32_16_1_gelu", 16, {.widths = shape, .rows = 100, .batch = 60, .replicas = 1}},
          {"train_grid_large", 3, {.widths = {3, 66, 5, 2}, .rows = 150, .replicas = 1}},
          {"train_solo_generic", 1, {.widths = wide, .rows = 100, .measured = 1, .replicas = 1}},
          {"train_solo_generic", 1, {.widths = wide, .rows = 20, .measured = 0, .replicas = 1}},
          {"train_grid_generic", 3, {.widths = wide, .rows = 100, .measured = 1, .batch = 60, .replicas = 1}},
          {"train_solo_complex_product_units", 1, with(units, 200, 9, 0)},
          {"train_solo_complex_product_units", 1, with(units, 20, 150, 0)},
          {"train_grid_complex_product_units", 3, with(units, 100, 9, 60)},
          {"train_solo_product_units", 1, with({.widths = {40, 0, 9, 1}, .family = GT_PRODUCT_UNITS}, 200, 1, 0)}};
}

}  // namespace

int main() {
  std::set<Plant> planted;
  std::set<Plant> caught;
  for (Run& run : runs()) {
    run.one.fill();
    // The replica stops on the way, at a sample.
    run.one.plan.rules.max_epochs = 4;
    std::vector<Expected> expected = train_on_cpu(run.one, 6);
    emulation::record_sites(true);
    std::string error = train(run.one, run.kernel, run.blocks, expected);
    emulation::record_sites(false);
    if (!error.empty()) {
      std::printf("%s: %s with nothing planted\n", run.kernel, error.c_str());
      return 1;
    }
    for (const Plant& what : emulation::take_sites()) {
      planted.insert(what);
      if (caught.count(what) == 0 && found(run.one, run.kernel, run.blocks, expected, what)) {
        caught.insert(what);
      }
    }
  }
  for (const Plant& what : planted) {
    if (caught.count(what) == 0) {
      std::printf("not found: %s at %s:%u\n",
                  what.kind == Plant::kNoBarrier ? "a barrier that does nothing" : "an access off by one",
                  what.file.c_str(), what.line);
    }
  }
  std::printf("%zu errors planted, %zu found\n", planted.size(), caught.size());
  return !planted.empty() && caught.size() == planted.size() ? 0 : 1;
}
